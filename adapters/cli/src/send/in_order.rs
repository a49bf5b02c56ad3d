use core::pin::pin;
use core::task::Poll;

use futures_util::poll;

use super::outcome::Verdict;
use super::reader::Item;
use super::run::{Done, Run, Work};
use crate::ended::ended;
use crate::failure::Failure;
use crate::terminal::say;

/// When [`send_all`] prints that an item was accepted.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Printing {
    /// At once.
    AtOnce,
    /// While the server works on the next item, if there are no results to keep: each of the two programs has something to do
    /// then.
    BesideNext,
}

/// Sends the items one at a time and in order. When a person ends the program, waits for the one under way.
pub(super) async fn send_all<P>(
    run: &mut Run,
    items: impl IntoIterator<Item = Item<P>>,
    printing: Printing,
    mut send: impl AsyncFnMut(Work<P>) -> Done,
) -> Result<(), Failure> {
    let mut interrupted = pin!(ended()?);
    let mut unprinted: Option<Done> = None;
    for item in items {
        if item.parcel.is_err()
            && let Some(done) = unprinted.take()
        {
            run.end(done);
        }
        run.print();
        if run.is_stopped() {
            break;
        }
        let Some(work) = run.begin(item) else {
            continue;
        };
        let mut sending = pin!(send(work));
        let sent = poll!(&mut sending);
        if let Some(done) = unprinted.take() {
            run.end(done);
        }
        run.print();
        let done = match sent {
            Poll::Ready(done) => done,
            Poll::Pending => tokio::select! {
                done = &mut sending => done,
                () = &mut interrupted => {
                    interrupted.set(ended()?);
                    run.stop(Failure::interrupted());
                    run.bar.suspend(|| {
                        say("waiting for the message or file under way; Ctrl-C again stops at once");
                    });
                    tokio::select! {
                        done = &mut sending => done,
                        () = &mut interrupted => {
                            run.stop(Failure::no_answer(
                                "interrupted again; the server may have processed the message or file under way",
                            ));
                            break;
                        }
                    }
                }
            },
        };
        let waits = printing == Printing::BesideNext
            && done.outcome.verdict == Verdict::Ok
            && !run.keeps_results();
        if waits {
            unprinted = Some(done);
        } else {
            run.end(done);
        }
    }
    if let Some(done) = unprinted {
        run.end(done);
    }
    Ok(())
}
