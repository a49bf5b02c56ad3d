use core::pin::pin;

use super::reader::Item;
use super::run::{Done, Run, Work};
use crate::ended::ended;
use crate::failure::Failure;
use crate::terminal::say;

/// Sends the items one at a time and in order. When a person ends the program, waits for the one under way.
pub(super) async fn send_all<P>(
    run: &mut Run,
    items: impl IntoIterator<Item = Item<P>>,
    mut send: impl AsyncFnMut(Work<P>) -> Done,
) -> Result<(), Failure> {
    let mut interrupted = pin!(ended()?);
    for item in items {
        if run.is_stopped() {
            break;
        }
        let Some(work) = run.begin(item) else {
            continue;
        };
        let mut sending = pin!(send(work));
        let done = tokio::select! {
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
        };
        run.end(done);
    }
    Ok(())
}
