use indicatif::ProgressBar;

use super::outcome::{Outcome, Place, Verdict};
use super::progress::{bar_of_many, count_lines};
use super::reader::Item;
use super::results::{Next, Results, Start};
use super::tally::Tally;
use crate::args::SendArgs;
use crate::failure::Failure;
use crate::terminal::say;
use crate::write;

/// The state of a run.
pub(super) struct Run {
    results: Results,
    tally: Tally,
    /// The lines of outcomes that are not printed yet.
    lines: Vec<u8>,
    pub(super) bar: ProgressBar,
    /// How far the bar goes with each outcome: no further where it counts bytes.
    step: u64,
    /// Why nothing more is begun.
    stop: Option<Failure>,
    /// Whether the run must stop after an unknown outcome.
    keeps_order: bool,
}

/// An item to send.
pub(super) struct Work<P> {
    pub(super) place: Place,
    pub(super) digest: Option<String>,
    pub(super) parcel: P,
    /// The record to write before sending, if there are results.
    pub(super) start: Option<Start>,
    /// The incomplete file that an earlier run may have left on an SFTP server.
    pub(super) begun: Option<String>,
}

/// A finished item.
pub(super) struct Done {
    pub(super) place: Place,
    pub(super) digest: Option<String>,
    pub(super) outcome: Outcome,
}

impl Run {
    /// A new run.
    pub(super) fn start(args: &SendArgs) -> Result<Self, Failure> {
        let (results, bar) = (Results::open(args)?, bar_of_many(args));
        count_lines(&bar, args)?;
        Ok(Self {
            results,
            tally: Tally::default(),
            lines: Vec::new(),
            bar,
            step: u64::from(args.sftp.sftp.is_none()),
            stop: None,
            keeps_order: args.mllp.mllp.is_some() && !args.mllp.keep_going,
        })
    }

    /// Whether a file keeps the outcomes.
    pub(super) const fn keeps_results(&self) -> bool {
        self.results.are_kept()
    }

    /// Whether the run begins nothing more.
    pub(super) const fn is_stopped(&self) -> bool {
        self.stop.is_some()
    }

    /// Whether an unknown outcome holds back the items after it, in this run and in the next.
    const fn is_held(&self) -> bool {
        self.keeps_order && self.tally.unknown > 0
    }

    /// Decides what to do with an item, and returns it if the run must send it.
    pub(super) fn begin<P>(&mut self, item: Item<P>) -> Option<Work<P>> {
        let Item {
            place,
            digest,
            parcel,
        } = item;
        let next = digest
            .as_deref()
            .map_or(Next::Send, |digest| self.results.next(digest));
        match next {
            Next::LeaveDone => {
                self.tally.before = self.tally.before.saturating_add(1);
                self.show();
                return None;
            }
            Next::LeaveUnknown => {
                let error =
                    "an earlier run may have sent it; --repeat-unknown sends it again".to_owned();
                let outcome = Outcome::without_answer(Verdict::Unknown, error);
                // The results already have this record.
                self.tell(&place, &outcome);
                return None;
            }
            Next::Send | Next::Repeat | Next::LookFor(_) => {}
        }
        match parcel {
            Ok(parcel) => {
                let start = digest
                    .as_deref()
                    .and_then(|digest| self.results.start(digest, &place, &next));
                let begun = match next {
                    Next::LookFor(part) => Some(part),
                    _ => None,
                };
                Some(Work {
                    place,
                    digest,
                    parcel,
                    start,
                    begun,
                })
            }
            Err(problem) => {
                let outcome = Outcome::without_answer(Verdict::NotSent, problem);
                self.end(Done {
                    place,
                    digest,
                    outcome,
                });
                None
            }
        }
    }

    /// Keeps an outcome, which [`print`](Self::print) then prints.
    pub(super) fn end(&mut self, done: Done) {
        if self.keeps_results() {
            let record = done.outcome.record(&done.place);
            if let Err(failure) = self.results.ended(done.digest.as_deref(), record) {
                self.stop(failure);
            }
        }
        self.tell(&done.place, &done.outcome);
        if let Some(failure) = done.outcome.stop {
            self.stop(failure);
        }
    }

    fn tell(&mut self, place: &Place, outcome: &Outcome) {
        self.tally.count(outcome.verdict);
        if self.is_held() && !self.is_stopped() {
            self.stop(Failure::no_answer(
                "stopped, because no message may overtake one whose outcome is unknown",
            ));
        }
        outcome.record(place).write_to(&mut self.lines);
        self.show();
    }

    /// Prints the outcomes since the last time, all with one write.
    pub(super) fn print(&mut self) {
        if self.lines.is_empty() {
            return;
        }
        let printed = self.bar.suspend(|| write(&[&self.lines]));
        self.lines.clear();
        if let Err(failure) = printed {
            self.stop(failure);
        }
    }

    fn show(&self) {
        if !self.bar.is_hidden() {
            self.bar.set_message(self.tally.to_string());
            self.bar.inc(self.step);
        }
    }

    /// Begins nothing more. Keeps the most serious reason.
    pub(super) fn stop(&mut self, failure: Failure) {
        let is_worse = |before: &Failure| failure.kind() > before.kind();
        if self.stop.as_ref().is_none_or(is_worse) {
            self.stop = Some(failure);
        }
    }

    pub(super) fn result(mut self, args: &SendArgs) -> Result<(), Failure> {
        self.print();
        self.bar.finish_and_clear();
        let stop = self.stop.as_ref();
        let worst = stop.map(Failure::kind).max(self.tally.worst());
        let Some(kind) = worst else {
            say(&self.tally);
            return Ok(());
        };
        if stop.is_some_and(Failure::is_closed_pipe) {
            say(&self.tally);
            return Err(Failure::new(kind, String::new()));
        }
        let mut lines = stop
            .map(|failure| format!("{failure}\n"))
            .unwrap_or_default();
        lines.push_str(&self.tally.to_string());
        if stop.is_some() {
            lines.push_str(match (&args.results, self.is_held()) {
                (Some(_), true) => "\n  to resume:    run the same command with --repeat-unknown, which sends that message again, or with --keep-going, which continues without it",
                (Some(_), false) => "\n  to resume:    run the same command",
                (None, true) => "\n  to resume:    send the rest, which is not printed above; --keep-going continues after such a message",
                (None, false) => "\n  to resume:    send the rest, which is not printed above; with --results FILE, the same command can resume",
            });
        }
        Err(Failure::new(kind, lines))
    }
}
