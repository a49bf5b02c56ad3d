use std::fs;

use crate::bare_metal::Toolchain;
use crate::command::{Failure, Run, root};
use crate::members::Member;
use crate::project::Project;
use crate::summary::Outcome;
use crate::together::Together;
use crate::{pages, tools};

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
        "tests/firmware/beside-jwt",
        "tests/firmware/boards",
        "tests/stacks",
        "tests/stacks/mbedtls",
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
    let changed = project.changed("clippy", &project.members)?;
    if changed.is_empty() {
        return Ok(Outcome::Unchanged);
    }
    let denied = |run: Run| run.args("-- -D warnings").run();
    denied(Together::of(&changed).cargo("clippy --all-targets"))?;
    for member in changed {
        // Alone, too: together they share their features, which hides one that a crate forgot to ask for. Without the tests,
        // whose dependencies take longer to compile than the crate. The step `no-std` does the same for the libraries of
        // devices, and `demo` builds the command alone.
        if member.is_library_for_services() {
            denied(Run::cargo("clippy --all-features -p").arg(&member.name))?;
        }
        project.passed("clippy", member);
    }
    Ok(Outcome::Passed)
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
            let crate_alone = format!("-p {} {features}", member.name);
            toolchain.clippy(&crate_alone).run()?;
        }
        Ok(())
    })
}

/// The first command of the README, as it is printed there.
pub(crate) fn demo(_: &[Member]) -> Result<(), Failure> {
    let readme = fs::read_to_string(root().join("README.md"))?;
    let command = readme
        .split_once("```sh\ncargo ")
        .and_then(|(_, rest)| rest.lines().next());
    match command {
        Some(command) => Run::cargo(command).run(),
        None => Err(Failure::new("README.md: expected a command of cargo first")),
    }
}

pub(crate) fn docs(project: &Project) -> Result<Outcome, Failure> {
    let changed = project.changed("docs", &project.members)?;
    if changed.is_empty() {
        return Ok(Outcome::Unchanged);
    }
    // The library for C and the command have one name, and the same folder of pages for it.
    for build in Together::apart(&changed) {
        build
            .cargo("doc --no-deps")
            .env("RUSTDOCFLAGS", "-D warnings")
            .run()?;
    }
    pages::check()?;
    for member in changed {
        project.passed("docs", member);
    }
    Ok(Outcome::Passed)
}
