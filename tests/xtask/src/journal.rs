//! How long everything took: the commands of a step, in the order in which they ended.

use core::time::Duration;
use std::fs;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// What something took.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Time {
    pub(crate) clock: Duration,
    /// The sum over all processors; `None` where the system does not count it.
    pub(crate) processors: Option<Duration>,
}

impl Time {
    /// Of one command among others: what the processors did for each of them is not known.
    pub(crate) const fn of_one_of_several(self) -> Self {
        Self {
            processors: None,
            ..self
        }
    }
}

/// A command that has ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Entry {
    pub(crate) command: String,
    pub(crate) time: Time,
}

/// Measures from its start.
#[derive(Debug)]
pub(crate) struct Stopwatch {
    start: Instant,
    processors: Option<Duration>,
}

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self {
            start: Instant::now(),
            processors: of_ended_commands(),
        }
    }

    pub(crate) fn read(&self) -> Time {
        let processors = of_ended_commands().zip(self.processors);
        Time {
            clock: self.start.elapsed(),
            processors: processors.map(|(now, before)| now.saturating_sub(before)),
        }
    }
}

/// Adds a command to those of the step.
pub(crate) fn add(command: String, time: Time) {
    let mut entries = ENTRIES.lock().unwrap_or_else(PoisonError::into_inner);
    entries.push(Entry { command, time });
}

/// The commands since the last call.
pub(crate) fn take() -> Vec<Entry> {
    let mut entries = ENTRIES.lock().unwrap_or_else(PoisonError::into_inner);
    core::mem::take(&mut *entries)
}

/// The processors' time of all commands that have ended, from Linux.
fn of_ended_commands() -> Option<Duration> {
    children(&fs::read_to_string("/proc/self/stat").ok()?)
}

/// The fields `cutime` and `cstime`, which follow 13 others after the name of the program.
fn children(stat: &str) -> Option<Duration> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(13);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    let sum = ticks()?.checked_add(ticks()?)?;
    Some(Duration::from_millis(sum.checked_mul(MILLIS_PER_TICK)?))
}

static ENTRIES: Mutex<Vec<Entry>> = Mutex::new(Vec::new());

/// Linux counts for programs in hundredths of a second, whatever it does inside.
const MILLIS_PER_TICK: u64 = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_children_is_found_behind_any_name() {
        let stat = "42 (a b) c) S 1 42 42 0 -1 4194304 100 200 0 0 7 8 150 50 20 0 1 0 99 0";
        assert_eq!(children(stat), Some(Duration::from_secs(2)));
        assert_eq!(children("42 (cut"), None);
        assert_eq!(children("42 (cut) S 1 2 3"), None);
    }
}
