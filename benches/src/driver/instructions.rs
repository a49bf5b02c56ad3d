use std::io::{self, Write};
use std::process::{Command, Stdio};

use redox_auth_contender::Task;

/// How many instructions one call takes that the offer of this index makes, by callgrind.
///
/// What two runs of different lengths differ by is the calls' alone, without what comes before and after them.
pub(super) fn instructions(program: &str, task: &Task, index: usize) -> io::Result<u64> {
    let few = collected(program, task, index, FEW)?;
    let many = collected(program, task, index, FEW.saturating_add(MORE))?;
    Ok(many.saturating_sub(few) / MORE)
}

fn collected(program: &str, task: &Task, index: usize, count: u64) -> io::Result<u64> {
    let mut child = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .args(program.split(' '))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(mut to) = child.stdin.take() {
        writeln!(to, "{}", serde_json::to_string(task)?)?;
        writeln!(to, "run {index} {count}")?;
    }
    let output = child.wait_with_output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    let collected = said
        .lines()
        .find_map(|line| line.split_once("Collected : "));
    collected
        .and_then(|(_, number)| number.trim().parse().ok())
        .ok_or_else(|| io::Error::other(format!("valgrind counted nothing: {said}")))
}

const FEW: u64 = 100;
const MORE: u64 = 400;
