//! Commands that need little of the machine each, at the same time.

use core::num::NonZeroUsize;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::command::{Failure, Run, target_dir};

/// Runs these commands, as many at a time as there are processors, and shows the output of each in one piece.
///
/// They start in the order given. After a failure no other starts; the first failure comes back.
pub(crate) fn run(commands: &[Run]) -> Result<(), Failure> {
    run_at_a_time(processors(), commands)
}

/// The same with one more at a time, for commands that wait half of their time.
pub(crate) fn run_waiting(commands: &[Run]) -> Result<(), Failure> {
    run_at_a_time(processors().saturating_add(1), commands)
}

fn processors() -> usize {
    thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

fn run_at_a_time(most: usize, commands: &[Run]) -> Result<(), Failure> {
    let folder = target_dir().join("xtask");
    fs::create_dir_all(&folder)?;
    let queue = &Queue(Mutex::new(commands));
    thread::scope(|scope| {
        let workers: Vec<_> = (0..most)
            .map(|index| folder.join(format!("output-{index}")))
            .map(|buffer| scope.spawn(move || queue.work(&buffer)))
            .collect();
        let results = workers.into_iter().map(|worker| match worker.join() {
            Ok(result) => result,
            Err(_) => Err(Failure::new("a thread that runs commands panicked")),
        });
        results.fold(Ok(()), Result::and)
    })
}

/// The commands that have not started.
struct Queue<'c>(Mutex<&'c [Run]>);

impl Queue<'_> {
    fn work(&self, buffer: &Path) -> Result<(), Failure> {
        while let Some(command) = self.next() {
            if let Err(failure) = command.run_buffered(buffer) {
                self.end();
                return Err(failure);
            }
        }
        Ok(())
    }

    fn next(&self) -> Option<&Run> {
        let mut commands = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (first, others) = commands.split_first()?;
        *commands = others;
        Some(first)
    }

    fn end(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = &[];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_runs_and_nothing_starts_after_a_failure() {
        let folder = target_dir().join("xtask/side-by-side");
        let made = |name: &str| folder.join(name).exists();
        let make = |name: &str| Run::new("touch").path(&folder.join(name));
        fs::create_dir_all(&folder).unwrap();

        let all: Vec<_> = ["1", "2", "3", "4", "5"].map(make).into();
        run(&all).unwrap();
        assert!(made("1") && made("3") && made("5"));
        fs::remove_dir_all(&folder).unwrap();
        fs::create_dir_all(&folder).unwrap();

        // Each worker ends with its first command.
        let failing = vec![Run::new("false"); 1000];
        let commands = [failing.as_slice(), &[make("never")]].concat();
        let failure = run(&commands).unwrap_err();
        assert_eq!(failure.by_hand.as_deref(), Some("false"));
        assert!(!made("never"));
        fs::remove_dir_all(&folder).unwrap();
    }
}
