use core::future::pending;
use core::mem;
use core::pin::pin;
use core::sync::atomic::{AtomicBool, Ordering};
use std::io;
use std::sync::Arc;

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, StreamExt as _};
use redox_auth_reqwest::{Pacing, Redox};
use tokio::sync::watch;

use super::outcome::{Outcome, Verdict};
use super::reader;
use super::run::{Done, Run, Work};
use super::{Parcel, client};
use crate::args::SendArgs;
use crate::ended::ended;
use crate::failure::Failure;
use crate::notes;
use crate::terminal::say;

/// Sends everything in these files, several at a time, and prints each outcome.
pub(super) async fn run(args: SendArgs) -> Result<(), Failure> {
    let args = Arc::new(args);
    let mut run = Run::start(&args)?;
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
    let stopping = watch::Sender::new(false);
    loop {
        let takes_more = !is_at_end && !run.is_stopped();
        if !takes_more && under_way.is_empty() {
            break;
        }
        tokio::select! {
            () = &mut interrupted => {
                if run.is_stopped() {
                    run.stop(Failure::no_answer(
                        "interrupted again; the API may have processed the requests under way",
                    ));
                    break;
                }
                interrupted.set(ended()?);
                run.bar.suspend(|| {
                    say("waiting for requests under way; Ctrl-C again stops at once");
                });
                run.stop(Failure::interrupted());
            }
            item = items.next(), if takes_more && under_way.len() < usize::from(args.jobs) => {
                match item {
                    Some(item) => under_way.extend(
                        run.begin(item).map(|work| send(work, &redox, stopping.subscribe())),
                    ),
                    None => is_at_end = true,
                }
            }
            Some(done) = under_way.next() => {
                run.end(done);
                while let Some(Some(done)) = under_way.next().now_or_never() {
                    run.end(done);
                }
            }
        }
        run.print();
        // Only a change wakes the requests under way.
        let is_stopped = run.is_stopped();
        stopping.send_if_modified(|stops| mem::replace(stops, is_stopped) != is_stopped);
    }
    run.result(&args)
}

/// Sends the item, or gives up if the run stops while the item waits for its turn to be sent or retried.
async fn send(work: Work<Parcel>, redox: &Redox, stopping: watch::Receiver<bool>) -> Done {
    let kind = work.parcel.kind;
    let under_way = watch::Sender::new(false);
    let call = {
        let (under_way, start) = (under_way.clone(), work.start);
        let is_recorded = AtomicBool::new(false);
        work.parcel.call(redox).before(move || {
            if let Some(start) = &start
                && !is_recorded.swap(true, Ordering::Relaxed)
            {
                let written = start.write();
                written.map_err(|failure| io::Error::other(failure.to_string()))?;
            }
            under_way.send_replace(true);
            Ok(())
        })
    };
    let waiting = under_way.subscribe();
    let call = call.put_back(move || {
        under_way.send_replace(false);
    });
    let outcome = tokio::select! {
        biased;
        response = call.send() => Outcome::of(kind, response).await,
        () = is_given_up(stopping, waiting) => {
            Outcome::without_answer(Verdict::NotSent, "the run stopped before it was sent".to_owned())
        }
    };
    Done {
        place: work.place,
        digest: work.digest,
        outcome,
    }
}

/// Waits until the run stops and the request is not under way.
async fn is_given_up(mut stopping: watch::Receiver<bool>, mut under_way: watch::Receiver<bool>) {
    let stops = stopping.wait_for(|stops| *stops).await.is_ok();
    if !stops || under_way.wait_for(|it| !it).await.is_err() {
        pending::<()>().await;
    }
}
