//! Which crates are built together for their tests.
//!
//! Cargo compiles a dependency once for the crates of one build, with the features that any of them asks for, where it
//! would compile it again and again for one crate after the other. For the same reason `tests/features` is part of each build.
//! The steps `clippy` and `no-std` take the libraries alone as well, so that a feature that a crate forgot to ask for is found.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::command::{Failure, Run, from_root, target_dir};
use crate::members::Member;

/// Crates of one build, all their features on.
#[derive(Debug)]
pub(crate) struct Together<'m>(Vec<&'m Member>);

/// A program of tests.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Program {
    path: PathBuf,
    /// The folder of the crate, where its tests expect to run.
    folder: PathBuf,
}

impl<'m> Together<'m> {
    /// These crates in one build, where it does not matter that they share their features.
    pub(crate) fn of(members: &[&'m Member]) -> Self {
        Self(members.to_vec())
    }

    /// Every crate, in one of these.
    pub(crate) fn all(members: &'m [Member]) -> Vec<Self> {
        Self::apart(&members.iter().collect::<Vec<_>>())
    }

    /// These crates, each in one of these.
    pub(crate) fn apart(members: &[&'m Member]) -> Vec<Self> {
        let is_of = |names: &[&str], member: &Member| names.contains(&member.name.as_str());
        let apart = APART.concat();
        let builds = APART.iter().map(|names| {
            let named = members.iter().filter(|member| is_of(names, member));
            named.copied().collect()
        });
        let others = members.iter().filter(|member| !is_of(&apart, member));
        let others: Vec<_> = others.copied().collect();
        let builds = builds.chain([others]);
        builds.filter(|it| !it.is_empty()).map(Self).collect()
    }

    /// The one with the crate of this name.
    pub(crate) fn with(members: &'m [Member], name: &str) -> Result<Self, Failure> {
        let has = |together: &Self| together.0.iter().any(|member| member.name == name);
        let found = Self::all(members).into_iter().find(has);
        found.ok_or_else(|| Failure::new(format!("no crate is named {name}")))
    }

    pub(crate) fn has(&self, member: &Member) -> bool {
        self.0.contains(&member)
    }

    pub(crate) fn has_benches(&self) -> bool {
        self.0.iter().any(|member| member.has_benches)
    }

    /// A call of cargo for these crates; the command comes first.
    pub(crate) fn cargo(&self, command: &str) -> Run {
        self.cargo_for(command, |_| true)
    }

    /// Runs the doc tests of those that have some.
    pub(crate) fn doc_tests(&self) -> Run {
        self.cargo_for("test --doc", |member| !member.skips_doc_tests)
    }

    fn cargo_for(&self, command: &str, is_wanted: impl Fn(&Member) -> bool) -> Run {
        let run = Run::cargo(command).args("--all-features");
        let is_core = |member: &&Member| APART[0].contains(&member.name.as_str());
        let run = match self.0.iter().all(is_core) {
            true => run,
            false => run.args("-p").arg(FEATURES),
        };
        let wanted = self.0.iter().filter(|member| is_wanted(member));
        wanted.fold(run, |run, member| run.args("-p").arg(&member.name))
    }

    /// Builds the tests, and gives back the programs they are in.
    pub(crate) fn build_tests(&self) -> Result<Vec<Program>, Failure> {
        let build = self.cargo("test --no-run --message-format json-render-diagnostics");
        build.announce();
        Ok(programs(&build.output()?))
    }

    /// Builds an example and gives back where it is.
    pub(crate) fn build_example(&self, name: &str) -> Result<PathBuf, Failure> {
        self.cargo(&format!("build --example {name}")).run()?;
        Ok(target_dir().join("debug/examples").join(name))
    }
}

impl Program {
    /// Whether it tests this crate.
    pub(crate) fn is_of(&self, member: &Member) -> bool {
        self.folder == member.folder
    }

    /// What runs it.
    pub(crate) fn run(&self) -> Run {
        Run::new(self.path.display().to_string()).within(&self.folder)
    }
}

/// The programs in what cargo prints as JSON, a line each.
fn programs(printed: &str) -> Vec<Program> {
    printed
        .lines()
        .filter_map(|line| program(&serde_json::from_str(line).ok()?))
        .collect()
}

fn program(message: &Value) -> Option<Program> {
    let is_test = message.pointer("/profile/test")?.as_bool()?;
    let path = message["executable"].as_str()?;
    let manifest = Path::new(message["manifest_path"].as_str()?);
    is_test.then_some(Program {
        path: PathBuf::from(path),
        folder: from_root(manifest.parent()?),
    })
}

/// The crate whose dependencies have the features that all builds but core's share.
const FEATURES: &str = "redox-auth-features";

/// Crates that change what the others would be tested with, if they were built with them.
const APART: [&[&str]; 2] = [
    // Its curves are those of devices, without the tables that the benches ask for. It is built without its features as well,
    // which shares most of its dependencies.
    &["redox-auth-core", "redox-auth-curves", "redox-auth-tables"],
    // `serde_json` keeps the order and the digits there. The second runs the program of the first.
    &["redox-auth-cli", "redox-auth-interop"],
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::root;

    #[test]
    fn every_crate_is_in_one_build() {
        let members = crate::members::members().unwrap();
        let mut names: Vec<_> = Together::all(&members)
            .iter()
            .flat_map(|together| &together.0)
            .map(|member| member.name.as_str())
            .collect();
        let mut expected: Vec<_> = members.iter().map(|member| member.name.as_str()).collect();
        names.sort_unstable();
        expected.sort_unstable();
        assert_eq!(names, expected);
        for name in APART.concat() {
            assert!(expected.contains(&name), "{name}");
            let together = Together::with(&members, name).unwrap();
            assert!(together.cargo("test").to_string().contains(name));
        }
    }

    #[test]
    fn programs_of_tests_are_told_from_others() {
        let core = root().join("core/Cargo.toml");
        let printed = r#"
{"reason":"compiler-artifact","manifest_path":"CORE","profile":{"test":true},"executable":"/target/debug/deps/core-1"}
{"reason":"compiler-artifact","manifest_path":"CORE","profile":{"test":false},"executable":"/target/debug/tool"}
{"reason":"compiler-artifact","manifest_path":"CORE","profile":{"test":false},"executable":null}
{"reason":"build-finished","success":true}
not of cargo
"#;
        let expected = Program {
            path: PathBuf::from("/target/debug/deps/core-1"),
            folder: PathBuf::from("core"),
        };
        let printed = printed.replace("CORE", &core.display().to_string());
        assert_eq!(programs(&printed), [expected]);
    }
}
