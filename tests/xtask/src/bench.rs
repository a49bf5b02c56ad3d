//! What everything costs, beside the peers: builds the contenders and has them measured.

mod peer;

use crate::command::{Failure, Run, root};
use crate::members::Member;
use crate::tools;
use peer::{PEERS, Peer};

/// How much is measured.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Extent {
    /// Everything; the tables and charts are made of it.
    Full,
    /// Everything for a moment, without the peers that take long to build.
    Quick,
    /// One group, and of it only these names beside ours, or all.
    Some { group: String, names: Vec<String> },
}

/// The step of the test command.
pub(crate) fn step(members: &[Member]) -> Result<(), Failure> {
    for member in members.iter().filter(|member| member.has_benches) {
        // Criterion runs each bench once when it is told `--test`, and measures nothing.
        Run::cargo("bench --benches")
            .args(&format!("-p {} -- --test", member.name))
            .run()?;
    }
    bench(&Extent::Quick)?;
    driver().args("check").run()
}

/// Builds what is to be measured and measures it.
pub(crate) fn bench(extent: &Extent) -> Result<(), Failure> {
    tools::ensure(&[tools::VALGRIND])?;
    Run::cargo("build --release --bins")
        .args("-p redox-auth-benches")
        .run()?;
    let mut run = driver().args(extent.name());
    if let Extent::Some { group, names } = extent {
        run = run.arg("--group").arg(group);
        for name in names {
            run = run.arg("--name").arg(name);
        }
    }
    for (kind, program) in OURS {
        run = run
            .arg("--contender")
            .arg(format!("{kind}={}", ours(program)));
    }
    run = run.arg("--allocations").arg(ours("contender_allocations"));
    for peer in PEERS.iter().filter(|peer| extent.takes(peer)) {
        peer.prepare()?;
        run = run
            .arg("--contender")
            .arg(format!("signing={}", peer.program));
    }
    run.run()?;
    if let Some(secs) = extent.steady_load_secs() {
        Run::new(ours("service")).arg(secs).run()?;
    }
    match extent {
        // What Criterion keeps is for whoever looks closer: target/criterion.
        Extent::Full => Run::cargo("bench -p redox-auth-benches --bench calls")
            .args("-- --warm-up-time 1 --measurement-time 2")
            .run(),
        Extent::Quick | Extent::Some { .. } => Ok(()),
    }
}

impl Extent {
    /// What follows `bench` on the command line.
    pub(crate) fn parse(arguments: &[&str]) -> Option<Self> {
        match arguments {
            [] => Some(Self::Full),
            ["--quick"] => Some(Self::Quick),
            [flag, ..] if flag.starts_with('-') => None,
            [group, names @ ..] => Some(Self::Some {
                group: (*group).to_owned(),
                names: names.iter().map(|name| (*name).to_owned()).collect(),
            }),
        }
    }

    const fn name(&self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Quick => "quick",
            Self::Some { .. } => "some",
        }
    }

    /// How long the load is steady.
    const fn steady_load_secs(&self) -> Option<&'static str> {
        match self {
            Self::Full => Some("60"),
            Self::Quick => Some("3"),
            Self::Some { .. } => None,
        }
    }

    fn takes(&self, peer: &Peer) -> bool {
        match self {
            Self::Full => true,
            Self::Quick => peer.is_quickly_built,
            Self::Some { names, .. } => {
                names.is_empty() || names.iter().any(|name| name == peer.name)
            }
        }
    }
}

fn driver() -> Run {
    Run::new(ours("bench"))
}

fn ours(program: &str) -> String {
    root()
        .join("target/release")
        .join(program)
        .display()
        .to_string()
}

/// Our own contenders, with the kind of what they do.
const OURS: [(&str, &str); 5] = [
    ("signing", "contender_signing"),
    ("call", "contender_calls"),
    ("batch", "contender_batch"),
    ("sessions", "contender_sessions"),
    ("exchange", "contender_exchanges"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_and_names_are_told_from_flags() {
        let some = |group: &str, names: &[&str]| {
            Some(Extent::Some {
                group: group.to_owned(),
                names: names.iter().map(|name| (*name).to_owned()).collect(),
            })
        };
        assert_eq!(Extent::parse(&[]), Some(Extent::Full));
        assert_eq!(Extent::parse(&["--quick"]), Some(Extent::Quick));
        assert_eq!(Extent::parse(&["ES256"]), some("ES256", &[]));
        assert_eq!(Extent::parse(&["ES256", "ring"]), some("ES256", &["ring"]));
        assert_eq!(Extent::parse(&["--fast"]), None);
    }

    #[test]
    fn only_the_peers_that_are_asked_for_are_built() {
        let taken = |extent: &Extent| PEERS.iter().filter(|peer| extent.takes(peer)).count();
        let one = Extent::parse(&["ES256", "jsonwebtoken"]);
        assert_eq!(one.map_or(0, |extent| taken(&extent)), 2);
        assert_eq!(taken(&Extent::Full), PEERS.len());
        assert!(taken(&Extent::Quick) < PEERS.len());
    }
}
