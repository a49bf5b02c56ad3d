//! Daemons of a test, which end with it.

use core::time::Duration;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use rustix::process::{Pid, Signal, kill_process_group};

/// A program that runs until it is dropped, or its parent ends.
pub(crate) struct Daemon(Child);

impl Daemon {
    pub(crate) fn start(command: &Command) -> Self {
        let mut guarded = Command::new("setpriv");
        guarded
            .args(["--pdeathsig", "KILL", "--"])
            .arg(command.get_program())
            .args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => guarded.env(name, value),
                None => guarded.env_remove(name),
            };
        }
        let started = guarded
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Self(started.unwrap_or_else(|error| panic!("{guarded:?}: {error}")))
    }

    /// The same, which is there when this socket is answered.
    pub(crate) fn answering_at(command: &Command, socket: &Path) -> Self {
        let daemon = Self::start(command);
        until(&format!("{command:?}"), || {
            UnixStream::connect(socket).is_ok()
        });
        daemon
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // With its child processes. It may have ended already.
        let group = i32::try_from(self.0.id()).ok().and_then(Pid::from_raw);
        let _ = group.map(|group| kill_process_group(group, Signal::KILL));
        let _ = self.0.wait();
    }
}

/// Waits until something is so, and not for ever.
pub(crate) fn until(what: &str, is_so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < LIMIT, "{what} is not there");
        std::thread::yield_now();
    }
}

const LIMIT: Duration = Duration::from_secs(60);
