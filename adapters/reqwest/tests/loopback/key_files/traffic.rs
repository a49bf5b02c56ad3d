use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::Arc;

use tokio::task::JoinHandle;

use super::support::Place;

/// The key is replaced this often.
const TIMES: usize = 100;

/// While so many send requests, one after the other.
const SENDERS: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_replaced_a_hundred_times_under_traffic_fails_no_request() {
    let place = Arc::new(Place::with_key("0").await);
    let traffic = Traffic::start(&place);
    for time in 0..TIMES {
        let (before, next) = (time.to_string(), time.saturating_add(1).to_string());
        let both = [before.as_str(), next.as_str()];
        // Every order that an operator may choose, as long as the server knows a key that the client has.
        match time % 3 {
            0 => {
                place.register(&both);
                traffic.renew(&place).await;
                place.write(&next);
            }
            1 => {
                place.write(&next);
                traffic.renew(&place).await;
                place.register(&both);
            }
            _ => {
                let jwk = place.prepare(&next);
                std::fs::write(place.file(), &jwk[..jwk.len() / 2]).unwrap();
                traffic.renew(&place).await;
                std::fs::write(place.file(), &jwk).unwrap();
                place.register(&both);
            }
        }
        traffic.renew(&place).await;
        place.register(&[&next]);
        traffic.renew(&place).await;
        assert_eq!(place.key_id().await, next);
    }
    assert_eq!(place.redox.files()[0].changes, 100);
    let answered = traffic.end().await;
    assert!(answered >= TIMES * 3 * SENDERS * 2, "{answered}");
}

/// Requests that are sent without a pause.
struct Traffic {
    senders: Vec<Sender>,
    is_over: Arc<AtomicBool>,
}

struct Sender {
    answered: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Traffic {
    fn start(place: &Arc<Place>) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let senders = (0..SENDERS).map(|_| {
            let answered = Arc::new(AtomicUsize::new(0));
            let task = {
                let (place, is_over) = (Arc::clone(place), Arc::clone(&is_over));
                let answered = Arc::clone(&answered);
                tokio::spawn(async move {
                    while !is_over.load(Ordering::Relaxed) {
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

    /// How many requests were answered, each as it should be.
    async fn end(self) -> usize {
        self.is_over.store(true, Ordering::Relaxed);
        let mut answered = 0;
        for sender in self.senders {
            sender.task.await.unwrap();
            answered += sender.answered.load(Ordering::Relaxed);
        }
        answered
    }
}
