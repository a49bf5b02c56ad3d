//! The dashboard of the sandbox in Chromium.

use std::fs;

use crate::command::{Failure, Run, root, target_dir};
use crate::members::Member;
use crate::together::Together;
use crate::{install, tools};

/// Builds the command, and has Chromium use every page of its sandbox. Screenshots are kept in `target/dashboard`.
pub(crate) fn run(members: &[Member]) -> Result<(), Failure> {
    let mut tests = fs::read_dir(root().join(FOLDER).join("tests"))?
        .map(|entry| Ok(format!("tests/{}", entry?.file_name().display())))
        .collect::<Result<Vec<_>, Failure>>()?;
    tests.sort();
    prepare(members)?.args(&tests.join(" ")).run()
}

/// Makes the pictures of the README anew.
pub(crate) fn pictures(members: &[Member]) -> Result<(), Failure> {
    let update = prepare(members)?.env("REDOX_AUTH_UPDATE_PICTURES", "1");
    update.arg("tests/pictures.test.mjs").run()
}

/// The call of Node.js that runs tests, once all that they need is there.
fn prepare(members: &[Member]) -> Result<Run, Failure> {
    tools::ensure(&[tools::NODE, tools::NPM, tools::CHROMIUM])?;
    install::npm(FOLDER)?;
    // With its tests, as the step `tests` builds it.
    Together::with(members, "redox-auth-cli")?.build_tests()?;
    let command = target_dir().join("debug/redox-auth");
    let pictures = target_dir().join("dashboard");
    // A picture that no test makes any more would be taken for one of this run.
    if pictures.exists() {
        fs::remove_dir_all(&pictures)?;
    }
    Ok(Run::new("node")
        .args("--test --test-concurrency=2 --test-reporter=spec")
        .env("REDOX_AUTH_COMMAND", command.display().to_string())
        .env("REDOX_AUTH_PICTURES", pictures.display().to_string())
        .within(FOLDER))
}

const FOLDER: &str = "tests/sandbox/browser";
