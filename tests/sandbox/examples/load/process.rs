use core::error::Error;
use core::net::SocketAddr;
use core::time::Duration;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::assertions::{BASE_URL, CLIENT_ID, Signer};

/// A sandbox in a process of its own, which ends when this is dropped.
pub(crate) struct Sandbox {
    child: Child,
    address: SocketAddr,
    dashboard: String,
}

impl Sandbox {
    pub(crate) fn start(program: &str, signer: &Signer) -> Result<Self, Box<dyn Error>> {
        let mut child = Command::new(program)
            .args([CLIENT_ID, BASE_URL, &signer.jwks()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let printed = child.stdout.take().ok_or("its output is not read")?;
        let mut lines = BufReader::new(printed).lines();
        let mut line = || lines.next().ok_or("the sandbox did not start");
        let address = line()??.parse()?;
        let dashboard = line()??;
        Ok(Self {
            child,
            address,
            dashboard,
        })
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn dashboard(&self) -> &str {
        &self.dashboard
    }

    /// How long its threads were on a processor so far.
    pub(crate) fn processor_time(&self) -> Result<Duration, Box<dyn Error>> {
        let mut time = Duration::ZERO;
        for thread in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            // A thread that ended meanwhile was one of those that write pages.
            let Ok(text) = fs::read_to_string(thread?.path().join("schedstat")) else {
                continue;
            };
            let nanos = text.split(' ').next().unwrap_or_default();
            time = time.saturating_add(Duration::from_nanos(nanos.parse()?));
        }
        Ok(time)
    }

    /// The most memory that it had at once.
    pub(crate) fn peak_mebibytes(&self) -> Result<u64, Box<dyn Error>> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kibibytes: u64 = peak
            .ok_or("no VmHWM")?
            .trim()
            .trim_end_matches(" kB")
            .parse()?;
        Ok(kibibytes / 1024)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // It ends with its input. If it has ended already, there is nothing to do.
        let _ended = self.child.wait();
    }
}
