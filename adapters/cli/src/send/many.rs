use core::pin::pin;
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use indicatif::ProgressBar;
use redox_auth_reqwest::{Pacing, Redox};
use serde_json::Value;

use super::outcome::{Outcome, Place, Verdict};
use super::progress::bar_of_many;
use super::reader::{self, Item};
use super::results::{Next, Results};
use super::tally::Tally;
use super::{Parcel, client};
use crate::args::SendArgs;
use crate::ended::ended;
use crate::failure::Failure;
use crate::terminal::say;
use crate::{notes, print};

/// Sends everything in these files, several at a time, and prints what becomes of each.
pub(super) async fn run(args: SendArgs) -> Result<(), Failure> {
    let args = Arc::new(args);
    let mut run = Run {
        results: Results::open(&args)?,
        tally: Tally::default(),
        bar: bar_of_many(&args),
        stop: None,
    };
    let pacing = match args.rate {
        Some(rate) => Pacing::new().at_most(rate),
        None => Pacing::new(),
    };
    let redox = client(&args, Some(pacing))?;
    let mut interrupted = pin!(ended()?);
    notes::print(&redox, &redox.token().await?);
    let mut items = reader::start(Arc::clone(&args), redox.clone())?;
    let mut under_way = FuturesUnordered::new();
    let mut is_at_end = false;
    loop {
        let takes_more = !is_at_end && run.stop.is_none();
        if !takes_more && under_way.is_empty() {
            break;
        }
        tokio::select! {
            () = &mut interrupted => {
                if run.stop.is_some() {
                    run.stop(Failure::no_answer(
                        "interrupted again; what was under way may have been done",
                    ));
                    break;
                }
                interrupted.set(ended()?);
                run.bar.suspend(|| {
                    say("waits for what is under way; Ctrl-C again ends at once");
                });
                run.stop(Failure::interrupted());
            }
            item = items.recv(), if takes_more && under_way.len() < usize::from(args.jobs) => {
                match item {
                    Some(item) => under_way.extend(run.begin(item).map(|work| work.run(&redox))),
                    None => is_at_end = true,
                }
            }
            Some(done) = under_way.next() => run.end(done),
        }
    }
    run.bar.finish_and_clear();
    run.result(&args)
}

/// Something that may be sent.
struct Work {
    place: Place,
    digest: Option<String>,
    parcel: Parcel,
}

/// Something that was dealt with.
struct Done {
    place: Place,
    digest: Option<String>,
    outcome: Outcome,
}

impl Work {
    async fn run(self, redox: &Redox) -> Done {
        let kind = self.parcel.kind;
        let response = self.parcel.call(redox).send().await;
        Done {
            place: self.place,
            digest: self.digest,
            outcome: Outcome::of(kind, response).await,
        }
    }
}

/// What is known of a run.
struct Run {
    results: Results,
    tally: Tally,
    bar: ProgressBar,
    /// Why nothing more is begun.
    stop: Option<Failure>,
}

impl Run {
    /// Decides what to do with an item, and returns it if it is to be sent.
    fn begin(&mut self, item: Item) -> Option<Work> {
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
                    "it may have been done in an earlier run; --repeat-unknown sends it again"
                        .to_owned();
                let outcome = Outcome::without_answer(Verdict::Unknown, error);
                // The results say so already.
                self.tell(&place, &outcome);
                return None;
            }
            Next::Send | Next::Repeat => {}
        }
        match parcel {
            Ok(parcel) => {
                let started = digest
                    .as_deref()
                    .map(|digest| self.results.started(digest, &place, next));
                if let Some(Err(failure)) = started {
                    self.stop(failure);
                    return None;
                }
                Some(Work {
                    place,
                    digest,
                    parcel,
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

    /// Keeps an outcome and prints it.
    fn end(&mut self, done: Done) {
        let members = done.outcome.members(&done.place);
        if let Err(failure) = self.results.ended(done.digest.as_deref(), members) {
            self.stop(failure);
        }
        self.tell(&done.place, &done.outcome);
        if let Some(failure) = done.outcome.stop {
            self.stop(failure);
        }
    }

    fn tell(&mut self, place: &Place, outcome: &Outcome) {
        self.tally.count(outcome.verdict);
        let line = Value::Object(outcome.members(place)).to_string();
        if let Err(failure) = self.bar.suspend(|| print(&line)) {
            self.stop(failure);
        }
        self.show();
    }

    fn show(&self) {
        self.bar.set_message(self.tally.to_string());
        self.bar.inc(1);
    }

    /// Begins nothing more. The worst reason is kept.
    fn stop(&mut self, failure: Failure) {
        let is_worse = |before: &Failure| failure.kind() > before.kind();
        if self.stop.as_ref().is_none_or(is_worse) {
            self.stop = Some(failure);
        }
    }

    fn result(self, args: &SendArgs) -> Result<(), Failure> {
        let stop = self.stop.as_ref();
        let worst = stop.map(Failure::kind).max(self.tally.worst());
        let Some(kind) = worst else {
            return Ok(());
        };
        let mut lines = stop
            .map(|failure| format!("{failure}\n"))
            .unwrap_or_default();
        lines.push_str(&self.tally.to_string());
        if stop.is_some() {
            lines.push_str(match args.results {
                Some(_) => "\n  go on by:  the same command",
                None => "\n  go on by:  what is not printed above; with --results FILE the same command would go on",
            });
        }
        Err(Failure::new(kind, lines))
    }
}
