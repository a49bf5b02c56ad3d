use core::convert::Infallible;
use core::time::Duration;

use axum::body::{Body, Bytes};
use futures_util::stream;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::traffic::{CLOSED, Traffic};

/// Server-sent events (HTML Living Standard §9.2): the number of the newest exchange, at once and whenever there are new
/// ones, but not more often than the page can follow.
pub(super) fn body(traffic: &Traffic) -> Body {
    let watching = traffic.watch();
    let first = traffic.newest();
    Body::from_stream(stream::unfold(
        State {
            watching,
            first: Some(first),
        },
        |mut state| async move {
            let event = state.next().await?;
            Some((Ok::<_, Infallible>(Bytes::from(event)), state))
        },
    ))
}

struct State {
    watching: watch::Receiver<u64>,
    first: Option<u64>,
}

impl State {
    async fn next(&mut self) -> Option<String> {
        if let Some(newest) = self.first.take() {
            return Some(event(newest));
        }
        match timeout(QUIET, self.watching.changed()).await {
            // An empty comment line shows whether the client is still connected.
            Err(_) => Some(":\n\n".to_owned()),
            Ok(Err(_)) => None,
            Ok(Ok(())) => {
                if *self.watching.borrow() != CLOSED {
                    sleep(PACE).await;
                }
                match *self.watching.borrow_and_update() {
                    CLOSED => None,
                    newest => Some(event(newest)),
                }
            }
        }
    }
}

fn event(newest: u64) -> String {
    format!("data: {{\"newest\":{newest}}}\n\n")
}

/// The shortest time between two events.
const PACE: Duration = Duration::from_millis(200);

/// The time without events after which the server sends an empty comment line.
const QUIET: Duration = Duration::from_secs(15);
