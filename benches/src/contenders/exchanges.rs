use core::future::Future;
use core::hint::black_box;
use std::time::Instant;

use arc_swap::ArcSwapOption;
use redox_auth_contender::{Offer, Task, Work};
use redox_auth_reqwest::{Api, Method, Redox, UnixTime};
use tokio::task::{JoinSet, LocalSet};

use crate::inputs::offer::{OURS, offer};
use crate::inputs::place::{Place, client, plain_client, runtime};

/// Whole exchanges with a sandbox that runs on a thread of its own, and what the adapter adds to a request.
#[must_use]
pub fn exchanges(task: &Task) -> Vec<Work> {
    let (redox, place) = client(task);
    vec![
        cached(&redox),
        clock_and_arc_swap(),
        token_exchange(&redox),
        authorized_request(&redox, &place),
        fixed_header(&redox, &place),
    ]
}

/// The token of a client that has one.
pub fn cached_token(task: &Task) -> impl Iterator<Item = Work> + use<> {
    let (redox, _) = client(task);
    core::iter::once(cached(&redox))
}

fn cached(redox: &Redox) -> Work {
    let (redox, runtime) = (redox.clone(), runtime());
    let offer = offer(
        CACHED,
        OURS,
        "`Redox::token`, which shares the token with whoever asks",
    );
    Work::bulk(offer, move |count| {
        runtime.block_on(async {
            for _ in 0..count {
                redox.token().await.expect("a token");
            }
        });
    })
}

/// The least that a read of something that another thread may replace, and that is good until a time, can take.
fn clock_and_arc_swap() -> Work {
    let shared = ArcSwapOption::from_pointee(Instant::now());
    let how = "`Instant::now` and `ArcSwapOption::load`, with nothing made of either";
    Work::bulk(offer(CACHED, "clock and arc_swap", how), move |count| {
        for _ in 0..count {
            black_box(Instant::now());
            black_box(shared.load());
        }
    })
}

fn token_exchange(redox: &Redox) -> Work {
    let redox = redox.clone();
    let how = "`Redox::assertion` and `Redox::exchange`, 16 at a time on one thread, ES256";
    at_a_time(offer("token exchange", OURS, how), move || {
        let redox = redox.clone();
        async move {
            let now = redox.server_time().unwrap_or(UnixTime::from_secs(0));
            let assertion = redox.assertion(now).expect("an assertion");
            redox.exchange(&assertion).await.expect("a token");
        }
    })
}

fn authorized_request(redox: &Redox, place: &Place) -> Work {
    let (redox, message) = (redox.clone(), place.message());
    let how = "`Redox::request` and `Redox::send`, 16 at a time on one thread";
    at_a_time(offer(AUTHORIZED, OURS, how), move || {
        let (redox, message) = (redox.clone(), message.clone());
        async move {
            let request = redox.request(Method::POST, "/endpoint").expect("a path");
            let request = request
                .header("content-type", "application/json")
                .body(message);
            let response = redox
                .send(Api::DataModel, request)
                .await
                .expect("an answer");
            assert!(response.status().is_success(), "{}", response.status());
            response.bytes().await.expect("a body");
        }
    })
}

fn fixed_header(redox: &Redox, place: &Place) -> Work {
    let (place, client) = (place.clone(), plain_client());
    let token = runtime().block_on(redox.token()).expect("a token");
    let how = "`reqwest::Client::post` with the same token as a fixed header and the same timeouts, 16 at a time on one thread";
    at_a_time(offer(AUTHORIZED, "reqwest", how), move || {
        let request = place.plain_request(&client, token.expose());
        async move {
            let response = request.send().await.expect("an answer");
            assert!(response.status().is_success(), "{}", response.status());
            response.bytes().await.expect("a body");
        }
    })
}

/// So often, with as many under way at once as a busy service has.
fn at_a_time<F>(offer: Offer, once: impl Fn() -> F + Clone + 'static) -> Work
where
    F: Future<Output = ()> + 'static,
{
    let runtime = runtime();
    Work::bulk(offer, move |count| {
        let tasks = LocalSet::new();
        let once = once.clone();
        tasks.block_on(&runtime, async move {
            let mut under_way = JoinSet::new();
            for _ in 0..count {
                if under_way.len() == AT_A_TIME {
                    under_way
                        .join_next()
                        .await
                        .expect("one is under way")
                        .expect("it ends");
                }
                under_way.spawn_local(once());
            }
            while let Some(done) = under_way.join_next().await {
                done.expect("it ends");
            }
        });
    })
}

const AT_A_TIME: usize = 16;

const CACHED: &str = "cached token, adapter";

const AUTHORIZED: &str = "authorized request";
