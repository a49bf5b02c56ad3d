use core::fmt;
use core::future::ready;
use core::pin::pin;
use core::time::Duration;
use std::time::Instant;

use redox_auth_contender::KeyName;
use redox_auth_reqwest::{Redox, Token};
use tokio::task::JoinSet;

use super::percentiles::Percentiles;
use crate::inputs::place::{Place, plain_client, runtime};
use crate::inputs::task::new_task;

/// Sends messages for so long, 16 at a time on one thread, while every token lives two seconds; and as many with a header
/// that is fixed, by turns.
///
/// # Panics
/// If a request fails: the load is steady, and there are no faults.
#[must_use]
pub fn steady_load(time: Duration) -> SteadyLoad {
    let place = Place::start(new_task().key(KeyName::Es256));
    runtime().block_on(async {
        // The one in the fixed header lives longer.
        let fixed = place.client().token().await.expect("a token").clone();
        place.let_tokens_live(2);
        let redox = place.client();
        // The first has to be waited for.
        redox.token().await.expect("a token");
        let plain = plain_client();
        let mut senders = JoinSet::new();
        let started = Instant::now();
        for _ in 0..AT_A_TIME {
            let (redox, plain, fixed, place) =
                (redox.clone(), plain.clone(), fixed.clone(), place.clone());
            senders.spawn(async move {
                let mut found = Found::default();
                while started.elapsed() < time {
                    found.token(&redox).await;
                    found.ours(&redox, &place).await;
                    found.plain(&plain, &fixed, &place).await;
                }
                found
            });
        }
        let mut all = Found::default();
        for found in senders.join_all().await {
            all.add(found);
        }
        SteadyLoad {
            requests: all.ours.len(),
            tokens: redox.counters().tokens(),
            waits: all.waits,
            token: Percentiles::of(all.token),
            ours: Percentiles::of(all.ours),
            plain: Percentiles::of(all.plain),
        }
    })
}

/// What a steady load found.
#[derive(Clone, Debug)]
pub struct SteadyLoad {
    requests: usize,
    tokens: u32,
    /// Requests that had to wait for a token, the first apart.
    waits: usize,
    token: Percentiles,
    ours: Percentiles,
    plain: Percentiles,
}

impl fmt::Display for SteadyLoad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "steady load: {} requests with {} tokens that live 2 s; {} waited for one (must be 0)",
            self.requests, self.tokens, self.waits
        )?;
        writeln!(
            f,
            "  getting the token: {} (p99.9 must be at most 1 ms)",
            self.token
        )?;
        writeln!(f, "  request with it:   {}", self.ours)?;
        write!(f, "  fixed header:      {}", self.plain)
    }
}

/// The observations of one sender.
#[derive(Default)]
struct Found {
    waits: usize,
    token: Vec<Duration>,
    ours: Vec<Duration>,
    plain: Vec<Duration>,
}

impl Found {
    async fn token(&mut self, redox: &Redox) {
        let began = Instant::now();
        let mut asking = pin!(redox.token());
        let at_once = tokio::select! {
            biased;
            token = &mut asking => Some(token),
            () = ready(()) => None,
        };
        let token = match at_once {
            Some(token) => token,
            None => {
                self.waits = self.waits.saturating_add(1);
                asking.await
            }
        };
        self.token.push(began.elapsed());
        token.expect("a token");
    }

    async fn ours(&mut self, redox: &Redox, place: &Place) {
        let began = Instant::now();
        let request = redox
            .post("/endpoint")
            .header("content-type", "application/json")
            .body(place.message());
        let response = request.send().await.expect("an answer");
        assert!(response.status().is_success(), "{}", response.status());
        response.bytes().await.expect("a body");
        self.ours.push(began.elapsed());
    }

    async fn plain(&mut self, client: &reqwest::Client, token: &Token, place: &Place) {
        let began = Instant::now();
        let request = place.plain_request(client, token.expose());
        let response = request.send().await.expect("an answer");
        assert!(response.status().is_success(), "{}", response.status());
        response.bytes().await.expect("a body");
        self.plain.push(began.elapsed());
    }

    fn add(&mut self, other: Self) {
        self.waits = self.waits.saturating_add(other.waits);
        self.token.extend(other.token);
        self.ours.extend(other.ours);
        self.plain.extend(other.plain);
    }
}

const AT_A_TIME: usize = 16;
