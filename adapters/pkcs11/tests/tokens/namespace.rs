//! Tests that see other files than the system's where a program looks for them, and nobody else does.

use std::process::Command;

use rustix::process::geteuid;

/// The same command, in name spaces of its own for mounts and shared memory, after this script of the shell.
pub(crate) fn within(script: &str, command: &Command) -> Command {
    let mut within = Command::new("unshare");
    within.args(["--mount", "--ipc"]);
    if !geteuid().is_root() {
        within.arg("--map-root-user");
    }
    within
        .args(["sh", "-ec", &format!("{script}\n\"$@\""), "sh"])
        .arg(command.get_program())
        .args(command.get_args());
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            within.env(name, value);
        }
    }
    within
}
