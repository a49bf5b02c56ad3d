use core::pin::pin;
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use redox_auth_reqwest::{Pacing, Redox};

use super::outcome::Outcome;
use super::reader;
use super::run::{Done, Run, Work};
use super::{Parcel, client};
use crate::args::SendArgs;
use crate::ended::ended;
use crate::failure::Failure;
use crate::notes;
use crate::terminal::say;

/// Sends everything in these files, several at a time, and prints what becomes of each.
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
    loop {
        let takes_more = !is_at_end && !run.is_stopped();
        if !takes_more && under_way.is_empty() {
            break;
        }
        tokio::select! {
            () = &mut interrupted => {
                if run.is_stopped() {
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
                    Some(item) => under_way.extend(run.begin(item).map(|work| send(work, &redox))),
                    None => is_at_end = true,
                }
            }
            Some(done) = under_way.next() => run.end(done),
        }
    }
    run.result(&args)
}

async fn send(work: Work<Parcel>, redox: &Redox) -> Done {
    let kind = work.parcel.kind;
    let response = work.parcel.call(redox).send().await;
    Done {
        place: work.place,
        digest: work.digest,
        outcome: Outcome::of(kind, response).await,
    }
}
