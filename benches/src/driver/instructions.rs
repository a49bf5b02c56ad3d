use std::io::{self, Write};
use std::process::{Child, Command, Stdio};

use redox_auth_contender::Task;

/// The instructions of one call of the offer with this index, counted by callgrind.
///
/// Two runs of different lengths differ by the calls alone, without what comes before and after them. They run side by side:
/// callgrind counts the same on a busy processor.
pub(super) fn instructions(program: &str, task: &Task, index: usize) -> io::Result<u64> {
    let runs = [FEW, FEW.saturating_add(MORE)].map(|count| counting(program, task, index, count));
    let [few, many] = runs.map(|run| collected(run?));
    Ok(many?.saturating_sub(few?) / MORE)
}

/// Starts a run of so many calls.
fn counting(program: &str, task: &Task, index: usize, count: u64) -> io::Result<Child> {
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
    Ok(child)
}

/// The instructions of a run, when it is over.
fn collected(run: Child) -> io::Result<u64> {
    let output = run.wait_with_output()?;
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
