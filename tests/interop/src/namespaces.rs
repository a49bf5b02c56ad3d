use core::time::Duration;
use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use crate::tools;

/// Two network namespaces, ours and that of a server, with a network between them. They are gone when this is dropped, or
/// when this process is.
#[derive(Debug)]
pub struct Namespaces {
    first: Child,
    commands: ChildStdin,
    lines: Receiver<String>,
}

impl Namespaces {
    /// A site-to-site VPN with strongSwan and this DH group, as strongSwan names it: our side is 10.1.0.1, and 10.153.0.1 is
    /// Redox's. There is no tunnel yet.
    ///
    /// # Panics
    /// Where this user may not make network namespaces, or strongSwan is missing.
    #[must_use]
    pub fn vpn(group: &str) -> Self {
        Self::start(
            "vpn.sh",
            &[OsStr::new(group), tools::redox_auth_binary().as_os_str()],
        )
    }

    /// nginx with HTTP/2 at 10.9.0.1, behind a network that can fail: our side is 10.9.0.2. This folder holds `all.ndjson` and
    /// `key.pem`, and gets the rest.
    ///
    /// # Panics
    /// Where this user may not make network namespaces, or nginx, OpenSSL or iptables is missing.
    #[must_use]
    pub fn silent(folder: &Path) -> Self {
        Self::start(
            "silent.sh",
            &[tools::redox_auth_binary().as_os_str(), folder.as_os_str()],
        )
    }

    fn start(script: &str, arguments: &[&OsStr]) -> Self {
        let mut command = Command::new("unshare");
        // Root of a user namespace may do the same in it.
        if !is_root() {
            command.args(["--user", "--map-root-user"]);
        }
        command
            .args([
                "--net",
                "--mount",
                "--pid",
                "--fork",
                "--kill-child",
                "--mount-proc",
            ])
            .arg("sh")
            .arg(tools::script(script))
            .args(arguments)
            .env_clear()
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit());
        let mut first = command
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}; {}", tools::PREPARE));
        let output = first.stdout.take().expect("its output is a pipe");
        let (sender, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                // Nobody listens any more.
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        let commands = first.stdin.take().expect("its input is a pipe");
        let this = Self {
            first,
            commands,
            lines,
        };
        let mut said = String::new();
        loop {
            match this.lines.recv_timeout(PATIENCE) {
                Ok(line) if line == "ready" => return this,
                Ok(line) => said.push_str(&format!("{line}\n")),
                Err(_) => panic!("{script}: {said}\n{NEEDS}; {}", tools::PREPARE),
            }
        }
    }

    /// Runs a function of the script, or one of the shell's, on our side.
    ///
    /// # Panics
    /// Where it does not end, or the namespaces have.
    pub fn run(&mut self, command: &str) -> (i32, String) {
        writeln!(self.commands, "{command}").expect("the namespaces are there");
        let mut output = String::new();
        loop {
            let line = self.lines.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("{command} does not end: {output}"));
            if let Some(code) = line.strip_prefix("exit ") {
                return (code.parse().expect("a code is a number"), output);
            }
            output.push_str(&format!("{line}\n"));
        }
    }

    /// The same of one that must succeed; gives back what it printed.
    ///
    /// # Panics
    /// Where it fails.
    pub fn must(&mut self, command: &str) -> String {
        let (code, output) = self.run(command);
        assert_eq!(code, 0, "{command}: {output}");
        output
    }

    /// Runs `redox-auth` on our side.
    ///
    /// # Panics
    /// Where it does not end.
    pub fn redox_auth(&mut self, arguments: &str) -> (i32, String) {
        self.run(&format!("\"$redox_auth\" {arguments}"))
    }
}

impl Drop for Namespaces {
    fn drop(&mut self) {
        // With the first process of a PID namespace the kernel kills all others in it, and so the namespaces end.
        let _ = self.first.kill();
        let _ = self.first.wait();
    }
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

const NEEDS: &str = "network namespaces need root, or a kernel that lets users make them (on Debian `sysctl \
                     kernel.unprivileged_userns_clone=1`), and a VPN needs /dev/net/tun";

/// No test depends on it: it only turns what hangs into a failure.
const PATIENCE: Duration = Duration::from_secs(120);
