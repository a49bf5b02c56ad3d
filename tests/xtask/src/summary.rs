//! The table at the end.

use core::fmt::Write as _;
use core::time::Duration;

use crate::journal::{Entry, Time};

/// What became of a step.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    Passed,
    Failed,
    /// It passed before, with the same inputs.
    Unchanged,
    /// An earlier one failed.
    NotRun,
}

/// A step in the table.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) step: &'static str,
    pub(crate) outcome: Outcome,
    pub(crate) time: Time,
    pub(crate) commands: Vec<Entry>,
}

/// One line a step, and below a long step the commands that took longest. `all` is the time of the whole run.
pub(crate) fn table(rows: &[Row], all: Time) -> String {
    let mut table = format!("{:<20}{:>9}{:>13}\n", "", "seconds", "processors");
    for row in rows {
        let outcome = match row.outcome {
            Outcome::Passed => "passed",
            Outcome::Failed => "FAILED",
            Outcome::Unchanged => "unchanged",
            Outcome::NotRun => "not run",
        };
        if row.outcome == Outcome::NotRun {
            let _ = writeln!(table, "{:<10}{outcome}", row.step);
            continue;
        }
        line(
            &mut table,
            &format!("{:<10}{outcome}", row.step),
            row.time,
            "",
        );
        for entry in row.long_commands() {
            line(&mut table, "", entry.time, &shortened(&entry.command));
        }
    }
    line(&mut table, "all", all, "");
    table
}

/// The last line, for programs that read it.
pub(crate) fn verdict(rows: &[Row]) -> String {
    let count = |outcome| rows.iter().filter(|row| row.outcome == outcome).count();
    let (passed, failed) = (count(Outcome::Passed), count(Outcome::Failed));
    match count(Outcome::Unchanged) {
        0 => format!("{passed} passed, {failed} failed"),
        unchanged => format!("{passed} passed, {failed} failed, {unchanged} skipped"),
    }
}

impl Row {
    /// Of a step that has not run.
    pub(crate) fn of(step: &'static str) -> Self {
        Self {
            step,
            outcome: Outcome::NotRun,
            time: Time::default(),
            commands: Vec::new(),
        }
    }

    /// In the order in which they ended; none of a short step.
    fn long_commands(&self) -> impl Iterator<Item = &Entry> {
        let is_long = self.time.clock >= LONG_STEP;
        self.commands
            .iter()
            .filter(move |entry| is_long && entry.time.clock >= LONG_COMMAND)
    }
}

fn line(table: &mut String, what: &str, time: Time, command: &str) {
    let seconds = |time: Duration| format!("{:.1}", time.as_secs_f64());
    let clock = seconds(time.clock);
    let processors = time.processors.map_or(String::new(), seconds);
    let line = format!("{what:<20}{clock:>9}{processors:>13}  {command}");
    let _ = writeln!(table, "{}", line.trim_end());
}

/// As much of a command as fits beside its time.
fn shortened(command: &str) -> String {
    if command.chars().count() <= WIDTH {
        return command.to_owned();
    }
    let start: String = command.chars().take(WIDTH).collect();
    format!("{start}…")
}

const LONG_STEP: Duration = Duration::from_secs(20);

const LONG_COMMAND: Duration = Duration::from_secs(5);

/// Characters of a command.
const WIDTH: usize = 90;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_what_failed_what_was_not_run_and_what_took_long() {
        let rows = [
            row("fmt", Outcome::Passed, 1, vec![entry("cargo fmt", 1)]),
            row("docs", Outcome::Unchanged, 0, Vec::new()),
            row(
                "clippy",
                Outcome::Failed,
                60,
                vec![
                    entry("cargo clippy -p one", 4),
                    entry("cargo clippy -p two", 56),
                ],
            ),
            row("tests", Outcome::NotRun, 0, Vec::new()),
        ];
        assert_eq!(
            table(&rows, time(61)),
            "                      seconds   processors\n\
             fmt       passed          1.0          2.0\n\
             docs      unchanged       0.0          0.0\n\
             clippy    FAILED         60.0        120.0\n\
             \x20                        56.0               cargo clippy -p two\n\
             tests     not run\n\
             all                      61.0        122.0\n"
        );
        assert_eq!(verdict(&rows), "1 passed, 1 failed, 1 skipped");
        assert_eq!(verdict(&rows[..1]), "1 passed, 0 failed");
    }

    #[test]
    fn a_long_command_is_cut() {
        let command = "é".repeat(WIDTH);
        assert_eq!(shortened(&command), command);
        assert_eq!(shortened(&format!("{command}é")), format!("{command}…"));
    }

    fn row(step: &'static str, outcome: Outcome, secs: u64, commands: Vec<Entry>) -> Row {
        Row {
            step,
            outcome,
            time: time(secs),
            commands,
        }
    }

    fn time(secs: u64) -> Time {
        Time {
            clock: Duration::from_secs(secs),
            processors: Some(Duration::from_secs(secs.saturating_mul(2))),
        }
    }

    fn entry(command: &str, secs: u64) -> Entry {
        let time = Time {
            clock: Duration::from_secs(secs),
            processors: None,
        };
        Entry {
            command: command.to_owned(),
            time,
        }
    }
}
