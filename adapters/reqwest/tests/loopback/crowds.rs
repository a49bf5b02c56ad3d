//! Very many who ask at once.

use core::time::Duration;
use std::sync::Arc;

use redox_auth_reqwest::{Api, Error};
use redox_auth_sandbox::http::StatusCode;
use redox_auth_sandbox::{Fault, RetryAfter, Times};
use tokio::task::JoinSet;

use crate::support::{Sandbox, settled};

const CROWD: usize = 10_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_without_a_token_cost_one_request() {
    let (sandbox, _, redox) = Sandbox::with_client().await;
    let mut asking = JoinSet::new();
    for _ in 0..CROWD {
        let redox = redox.clone();
        asking.spawn(async move { redox.token().await.unwrap().expose().to_owned() });
    }
    let mut tokens = asking.join_all().await;
    tokens.dedup();
    assert_eq!(tokens.len(), 1);
    assert_eq!(sandbox.token_requests(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_token_endpoint_is_asked_once_in_a_slot_and_all_hear_the_same() {
    let (sandbox, clocks, redox) = Sandbox::with_client().await;
    let dead = Fault::Unavailable(StatusCode::SERVICE_UNAVAILABLE, RetryAfter::Secs(5));
    sandbox.fail_at_tokens(&dead, Times::UntilCleared);
    for slot in 1..=3 {
        for _ in 0..2 {
            let mut asking = JoinSet::new();
            for _ in 0..CROWD {
                let redox = redox.clone();
                asking.spawn(async move { redox.token().await.unwrap_err() });
            }
            let mut causes: Vec<_> = asking
                .join_all()
                .await
                .into_iter()
                .map(|error| match error {
                    Error::NoToken {
                        cause: Some(cause), ..
                    } => Arc::as_ptr(&cause) as usize,
                    other => panic!("{other}"),
                })
                .collect();
            causes.dedup();
            assert_eq!(causes.len(), 1, "one failure for all");
            assert_eq!(sandbox.server.counters().faults, slot);
        }
        clocks.advance(Duration::from_secs(5));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_is_revoked_under_a_thousand_requests_costs_one() {
    let (sandbox, _, redox) = Sandbox::with_client().await;
    redox.token().await.unwrap();
    let mut sending = JoinSet::new();
    for number in 0..1_000 {
        let message = sandbox.message(&redox);
        let redox = redox.clone();
        sending.spawn(async move {
            let answer = redox.send(Api::DataModel, message).await;
            answer.unwrap().status()
        });
        if number == 500 {
            // Some are answered by now, some are on their way, some are still to come.
            sending.join_next().await;
            sandbox.server.sandbox().revoke_all_tokens();
        }
    }
    while let Some(status) = sending.join_next().await {
        assert_eq!(status.unwrap(), 200);
    }
    settled(&redox).await;
    assert_eq!(sandbox.token_requests(), 2);
    assert_eq!(redox.counters().rejections, 1);
    assert_eq!(sandbox.server.counters().messages_accepted, 1_000);
}
