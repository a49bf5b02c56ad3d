use std::fs;
use std::process::Command;
use std::thread;

use crate::results::Machine;

/// What this machine says of itself.
pub(super) fn machine() -> Machine {
    let information = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let processor = information
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("unknown", |(_, name)| name);
    Machine {
        processor: processor.to_owned(),
        cores: thread::available_parallelism().map_or(1, usize::from),
        system: said("uname -sm").unwrap_or_else(|| String::from("unknown")),
        tools: TOOLS.iter().filter_map(|tool| tool.version()).collect(),
    }
}

/// The commit that is checked out, with `-dirty` behind it where it was changed.
pub(super) fn commit() -> String {
    said("git describe --always --dirty --abbrev=12 --exclude=*")
        .unwrap_or_else(|| String::from("unknown"))
}

struct Tool {
    name: &'static str,
    command: &'static str,
}

impl Tool {
    fn version(&self) -> Option<String> {
        let said = said(self.command)?;
        let version = said.strip_prefix(self.name).unwrap_or(&said);
        let version = version.trim_start_matches(['v', '-', ' ']);
        Some(format!("{} {version}", self.name))
    }
}

const TOOLS: [Tool; 4] = [
    Tool {
        name: "rustc",
        command: "rustc --version",
    },
    Tool {
        name: "Node.js",
        command: "node --version",
    },
    Tool {
        name: "Python",
        command: "python3 --version",
    },
    Tool {
        name: "valgrind",
        command: "valgrind --version",
    },
];

/// What a command prints, without the end of the line.
pub(super) fn said(command: &str) -> Option<String> {
    let mut words = command.split(' ');
    let output = Command::new(words.next()?).args(words).output().ok()?;
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    (output.status.success() && !said.is_empty()).then_some(said)
}
