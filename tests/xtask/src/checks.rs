use crate::bare_metal::Toolchain;
use crate::command::{Failure, Run};
use crate::members::Member;
use crate::project::Project;
use crate::summary::Outcome;
use crate::tools;

pub(crate) fn formatting(_: &[Member]) -> Result<(), Failure> {
    tools::ensure(&[tools::RUSTFMT])?;
    Run::cargo("fmt --all --check").run()?;
    Run::cargo("fmt --all --check")
        .within("benches/peers")
        .run()?;
    // Without `--all`, which would take in core again, as a path dependency.
    for folder in [
        "benches/peers/huskarl",
        "benches/peers/oxitoken",
        "tests/firmware",
    ] {
        Run::cargo("fmt --check").within(folder).run()?;
    }
    // By itself, because Cargo reads what it depends on, which comes from the history.
    Run::new("rustfmt")
        .args("--check --edition 2024 benches/peers/before/src/main.rs")
        .run()
}

pub(crate) fn clippy(project: &Project) -> Result<Outcome, Failure> {
    tools::ensure(&[tools::CLIPPY])?;
    // Crate by crate: one run over the workspace would unify features and hide a broken set of them.
    project.check_each("clippy", &project.members, |member| {
        for features in feature_sets(member) {
            Run::cargo("clippy --all-targets")
                .args(&format!("-p {} {features} -- -D warnings", member.name))
                .run()?;
        }
        Ok(())
    })
}

pub(crate) fn no_std(project: &Project) -> Result<Outcome, Failure> {
    // For the assembly of p256-cortex-m4.
    tools::ensure(&[tools::ARM_GCC])?;
    let toolchain = Toolchain::find()?;
    let for_devices = project
        .members
        .iter()
        .filter(|member| member.is_for_devices());
    project.check_each("no-std", for_devices, |member| {
        for features in member.feature_sets() {
            toolchain
                .cargo("check")
                .args(&format!("-p {} {features}", member.name))
                .run()?;
        }
        Ok(())
    })
}

/// The first command of the README, as it is printed there.
pub(crate) fn demo(_: &[Member]) -> Result<(), Failure> {
    Run::cargo("run --release -- demo").run()
}

pub(crate) fn docs(project: &Project) -> Result<Outcome, Failure> {
    project.check_each("docs", &project.members, |member| {
        Run::cargo("doc --no-deps --all-features")
            .args(&format!("-p {}", member.name))
            .env("RUSTDOCFLAGS", "-D warnings")
            .run()
    })
}

fn feature_sets(member: &Member) -> Vec<String> {
    if member.is_for_devices() {
        member.feature_sets()
    } else {
        vec![String::from("--all-features")]
    }
}
