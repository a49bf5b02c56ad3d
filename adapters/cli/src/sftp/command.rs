use std::env;
use std::io;
use std::process::Stdio;

use tokio::process::Command;

use super::address::Address;
use super::ask::{Asked, HOST_KEY, VARIABLE};

/// The call of `ssh` that ends in SFTP on its pipes.
///
/// It reads no configuration file and has no other environment variables, so its behaviour depends on the options alone. It
/// accepts no host keys of the algorithms in `without`, where `*` stands for any end.
pub(super) fn ssh(address: &Address, asked: &Asked, without: &str) -> io::Result<Command> {
    let program = env::current_exe()?.display().to_string();
    let mut command = Command::new(SSH);
    command.env_clear();
    for name in ["PATH", "HOME", "TMPDIR"] {
        command.envs(env::var_os(name).map(|value| (name, value)));
    }
    command
        .env("SSH_ASKPASS", &program)
        .env("SSH_ASKPASS_REQUIRE", "force")
        .env(VARIABLE, asked.variable().as_ref());
    command.args(["-F", "none", "-T", "-a", "-x"]);
    for option in OPTIONS {
        command.args(["-o", option]);
    }
    // Quoted, with ssh's own tokens escaped: the program may be in any folder.
    let program = program
        .replace('%', "%%")
        .replace('\\', "\\\\")
        .replace('"', "\\\"");
    command.arg("-o");
    command.arg(format!(
        "KnownHostsCommand=\"{program}\" {HOST_KEY} %I %H %t %K"
    ));
    if !without.is_empty() {
        command.arg("-o");
        command.arg(format!("HostKeyAlgorithms=-{without}"));
    }
    command
        .args(["-p", &address.port.to_string()])
        .args(["-l", &address.user])
        .args(["-s", "--", &address.host, "sftp"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // Ctrl-C is for this program, which may finish first.
        .process_group(0)
        .kill_on_drop(true);
    Ok(command)
}

/// What `ssh -V` prints, if there is an `ssh`.
pub(crate) async fn ssh_version() -> io::Result<String> {
    let output = Command::new(SSH)
        .arg("-V")
        .stdin(Stdio::null())
        .output()
        .await?;
    Ok(String::from_utf8_lossy(&output.stderr).trim().to_owned())
}

pub(super) const SSH: &str = "ssh";

const OPTIONS: [&str; 19] = [
    // Only known keys, and only those that this program knows.
    "StrictHostKeyChecking=yes",
    "UserKnownHostsFile=none",
    "GlobalKnownHostsFile=none",
    "UpdateHostKeys=no",
    "CheckHostIP=no",
    // One password attempt, also for a server that asks with a prompt.
    "PreferredAuthentications=password,keyboard-interactive",
    "NumberOfPasswordPrompts=1",
    "PubkeyAuthentication=no",
    "IdentityAgent=none",
    "ConnectTimeout=15",
    "ConnectionAttempts=1",
    // `ssh` notices a dead server after a minute.
    "ServerAliveInterval=15",
    "ServerAliveCountMax=4",
    "ClearAllForwardings=yes",
    "PermitLocalCommand=no",
    "ControlPath=none",
    "CanonicalizeHostname=no",
    "Compression=no",
    // The log then tells how far the login came.
    "LogLevel=DEBUG1",
];
