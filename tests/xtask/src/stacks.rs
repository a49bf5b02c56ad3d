//! The gateway over the network stacks that teams use, against our command's sandbox.

use std::path::PathBuf;

use crate::command::{Failure, Run, target_dir};
use crate::members::{self, Member};
use crate::together::Together;
use crate::tools;

/// Builds our command and the stacks, and runs them in a network namespace of its own: two of them make TAP devices.
pub(crate) fn run(members: &[Member]) -> Result<(), Failure> {
    tools::ensure(&[tools::TAP])?;
    let command = command(members)?;
    in_folder(Run::cargo("test --no-run"), FOLDER).run()?;
    let unshared = Run::new("unshare")
        .args("--map-root-user --net sh -c")
        .arg("ip link set lo up && exec \"$@\"")
        .args("sh cargo test");
    let unshared = unshared.env("REDOX_AUTH", command.display().to_string());
    in_folder(unshared, FOLDER).run()
}

/// The same, and Mbed TLS, which takes minutes to compile.
pub(crate) fn with_mbedtls() -> Result<(), Failure> {
    tools::ensure(&[tools::CLANG, tools::CMAKE, tools::LIBCLANG, tools::NGINX])?;
    let members = members::members()?;
    run(&members)?;
    let command = command(&members)?.display().to_string();
    let test = Run::cargo("test").env("REDOX_AUTH", command);
    in_folder(test, &format!("{FOLDER}/mbedtls")).run()
}

fn command(members: &[Member]) -> Result<PathBuf, Failure> {
    Together::with(members, "redox-auth-cli")?
        .cargo("build --bins")
        .run()?;
    Ok(target_dir().join("debug/redox-auth"))
}

/// With its builds beside ours.
fn in_folder(run: Run, folder: &str) -> Run {
    run.args("--target-dir")
        .path(&target_dir().join("stacks"))
        .within(folder)
}

const FOLDER: &str = crate::inputs::STACKS;
