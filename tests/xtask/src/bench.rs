//! What everything costs, beside the peers: builds the contenders and has them measured.

mod command;
mod dashboard;
mod history;
mod mllp;
mod peer;

use crate::command::{Failure, Run, target_dir};
use crate::members::Member;
use crate::together::Together;
use crate::tools;
use peer::{PEERS, Peer, Prepared, TENANTS};

/// How much is measured.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Extent {
    /// Everything; the tables and charts are made of it.
    Full,
    /// Everything for a moment, without the peers that take long to build.
    Quick,
    /// One group, or `tenants` or `mllp`, and of it only these names beside ours, or all.
    Some { group: String, names: Vec<String> },
}

/// The step of the test command.
pub(crate) fn step(members: &[Member]) -> Result<(), Failure> {
    // With the tests, so that what they have built serves here, too: Criterion runs each bench once under `cargo test`, and
    // measures nothing. A test of our programs builds these.
    for build in Together::all(members) {
        if build.has_benches() {
            build.cargo("test --bench *").run()?;
        }
    }
    let ours = Together::with(members, "redox-auth-benches")?;
    ours.cargo("test --no-run --test render").run()?;
    measure(&Extent::Quick)?;
    Extent::Quick.driver().args("check").run()
}

/// Builds what is to be measured and measures it.
pub(crate) fn bench(extent: &Extent) -> Result<(), Failure> {
    if extent.is_of(MLLP) {
        return mllp::measure();
    }
    if extent.is_of(dashboard::GROUP) {
        return dashboard::measure();
    }
    if extent.is_of(command::NAME) {
        return command::measure();
    }
    let programs = match extent {
        Extent::Quick => Run::cargo("build --bins"),
        Extent::Full | Extent::Some { .. } => Run::cargo("build --release --bins"),
    };
    programs.args("-p redox-auth-benches").run()?;
    measure(extent)
}

fn measure(extent: &Extent) -> Result<(), Failure> {
    tools::ensure(&[tools::VALGRIND])?;
    let ours = |program: &str| extent.program(program);
    let mut run = extent.driver().args(extent.name());
    if let Extent::Some { group, names } = extent {
        run = run.arg("--group").arg(group);
        for name in names {
            run = run.arg("--name").arg(name);
        }
    }
    for (kind, program) in OURS {
        let contender = extent.contender(kind, &ours(program));
        run = run.arg("--contender").arg(contender);
    }
    run = run.arg("--allocations").arg(ours("contender_allocations"));
    for peer in PEERS.iter().filter(|peer| extent.takes(peer)) {
        run = match peer.prepare()? {
            Prepared::Ready => run
                .arg("--contender")
                .arg(extent.contender(peer.kind, peer.program)),
            Prepared::Absent(why) => run
                .arg("--absent")
                .arg(format!("{}={}: {why}", peer.kind, peer.name)),
        };
    }
    run.run()?;
    match extent {
        Extent::Full | Extent::Quick => Run::new(ours("service")).arg(extent.name()).run()?,
        Extent::Some { .. } => {}
    }
    match extent {
        // Criterion keeps its details in target/criterion.
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

    fn driver(&self) -> Run {
        Run::new(self.program("bench"))
    }

    /// One of our programs. What runs for a moment only is not optimized.
    fn program(&self, name: &str) -> String {
        let profile = match self {
            Self::Quick => "debug",
            Self::Full | Self::Some { .. } => "release",
        };
        target_dir().join(profile).join(name).display().to_string()
    }

    fn is_of(&self, name: &str) -> bool {
        matches!(self, Self::Some { group, .. } if group == name)
    }

    /// How many clients there are at once.
    const fn clients(&self) -> u32 {
        match self {
            Self::Full | Self::Some { .. } => 1_000,
            Self::Quick => 20,
        }
    }

    /// A contender as the driver takes it.
    fn contender(&self, kind: &str, program: &str) -> String {
        if kind == TENANTS {
            format!("{kind}={program} {}", self.clients())
        } else {
            format!("{kind}={program}")
        }
    }

    fn takes(&self, peer: &Peer) -> bool {
        match self {
            Self::Full => true,
            Self::Quick => peer.is_quickly_built,
            Self::Some { group, names } => {
                // `huskarl, HTTP client shared` is of the peer `huskarl`.
                let is_it = |name: &String| name.split(',').next() == Some(peer.name);
                let is_named = names.is_empty() || names.iter().any(is_it);
                is_named && (peer.kind == TENANTS) == (group == TENANTS)
            }
        }
    }
}

/// Messages over MLLP, whose clients are commands and no contenders.
const MLLP: &str = "mllp";

/// Our own contenders, with the kind of what they do.
const OURS: [(&str, &str); 6] = [
    ("signing", "contender_signing"),
    ("call", "contender_calls"),
    ("batch", "contender_batch"),
    ("sessions", "contender_sessions"),
    ("exchange", "contender_exchanges"),
    (TENANTS, "contender_tenants"),
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
        let tenants = Extent::parse(&["tenants", "huskarl"]);
        assert_eq!(tenants.map_or(0, |extent| taken(&extent)), 1);
        assert_eq!(taken(&Extent::Full), PEERS.len());
        assert!(taken(&Extent::Quick) < PEERS.len());
    }
}
