//! A key that is replaced while requests are sent.

use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use core::time::Duration;
use std::sync::Arc;
use std::time::Instant;

use tokio::task::JoinHandle;
use tokio::time::interval;

use super::support::Place;
use super::swaps::{SWAPS, Swap};

/// How often the key is replaced.
const TIMES: usize = 100;

/// The number of senders. Each sends one request after the other.
const SENDERS: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_replaced_a_hundred_times_under_traffic_fails_no_request() {
    let answered = replace_under_traffic(None).await;
    assert!(answered >= TIMES * 3 * SENDERS * 2, "{answered}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, which takes a quarter of a minute: run it by name with `--ignored --nocapture`"]
async fn a_key_replaced_a_hundred_times_under_two_hundred_requests_a_second() {
    let began = Instant::now();
    let each = Duration::from_millis(5) * u32::try_from(SENDERS).unwrap();
    let answered = replace_under_traffic(Some(each)).await;
    let secs = began.elapsed().as_secs_f64();
    let rate = f64::from(u32::try_from(answered).unwrap()) / secs;
    println!(
        "{TIMES} replacements, {answered} requests in {secs:.1} s, {rate:.0} a second, none failed"
    );
}

/// The ways of replacing a file, three times each, again and again: each comes with every order.
fn each_thrice() -> impl Iterator<Item = Swap> {
    SWAPS.into_iter().cycle().flat_map(|swap| [swap; 3])
}

/// Replaces the key in every way and order; returns how many requests were answered, each with 200. A sender sends a request in
/// every time `each`, or without a pause.
async fn replace_under_traffic(each: Option<Duration>) -> usize {
    let place = Arc::new(Place::with_key("0").await);
    // The first token is not under way any more when the clock moves.
    place.key_id().await;
    let traffic = Traffic::start(&place, each);
    for (time, swap) in (0..TIMES).zip(each_thrice()) {
        let (before, next) = (time.to_string(), time.saturating_add(1).to_string());
        let both = [before.as_str(), next.as_str()];
        let replace = |content: &str| {
            swap(place.folder.path(), time, content);
        };
        let jwk = place.prepare(&next);
        // Every order that an operator may choose, as long as the server knows a key that the client has.
        match time % 3 {
            0 => {
                place.register(&both);
                traffic.renew(&place).await;
                replace(&jwk);
            }
            1 => {
                replace(&jwk);
                traffic.renew(&place).await;
                place.register(&both);
            }
            _ => {
                std::fs::write(place.file(), &jwk[..jwk.len() / 2]).unwrap();
                traffic.renew(&place).await;
                replace(&jwk);
                place.register(&both);
            }
        }
        traffic.renew(&place).await;
        place.register(&[&next]);
        traffic.renew(&place).await;
        assert_eq!(place.key_id().await, next);
    }
    assert_eq!(place.redox.files()[0].changes, 100);
    traffic.end().await
}

/// Requests that are sent all the time.
struct Traffic {
    senders: Vec<Sender>,
    is_over: Arc<AtomicBool>,
}

struct Sender {
    answered: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Traffic {
    fn start(place: &Arc<Place>, each: Option<Duration>) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let senders = (0..SENDERS).map(|_| {
            let answered = Arc::new(AtomicUsize::new(0));
            let task = {
                let (place, is_over) = (Arc::clone(place), Arc::clone(&is_over));
                let answered = Arc::clone(&answered);
                tokio::spawn(async move {
                    // Turns that were missed are made up for at once.
                    let mut turns = each.map(interval);
                    while !is_over.load(Ordering::Relaxed) {
                        if let Some(turns) = &mut turns {
                            turns.tick().await;
                        }
                        let answer = place.sandbox.send_message(&place.redox).await;
                        assert_eq!(answer.status(), 200);
                        answered.fetch_add(1, Ordering::Relaxed);
                    }
                })
            };
            Sender { answered, task }
        });
        Self {
            senders: senders.collect(),
            is_over,
        }
    }

    /// Lets the token expire, and waits until another one came, and until each sender has had an answer to a request that it
    /// has sent since.
    async fn renew(&self, place: &Place) {
        let tokens = place.redox.counters().oauth_tokens;
        place.clocks.advance_secs(300);
        while place.redox.counters().oauth_tokens == tokens {
            self.go_on().await;
        }
        for sender in &self.senders {
            let enough = sender.answered.load(Ordering::Relaxed).saturating_add(2);
            while sender.answered.load(Ordering::Relaxed) < enough {
                self.go_on().await;
            }
        }
    }

    async fn go_on(&self) {
        assert!(!self.senders.iter().any(|sender| sender.task.is_finished()));
        tokio::task::yield_now().await;
    }

    /// The number of requests with the right answer.
    async fn end(self) -> usize {
        self.is_over.store(true, Ordering::Relaxed);
        let mut answered: usize = 0;
        for sender in self.senders {
            sender.task.await.unwrap();
            answered = answered.saturating_add(sender.answered.load(Ordering::Relaxed));
        }
        answered
    }
}
