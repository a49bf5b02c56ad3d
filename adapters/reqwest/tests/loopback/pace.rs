//! Requests that keep to the pace of their host.

use core::time::Duration;

use redox_auth_reqwest::{Api, Connections, Error, Pacing, Rate, Redox, Trouble};
use redox_auth_sandbox::{Fault, Place, RetryAfter, Times};
use reqwest::Response;

use crate::support::clocks::Clocks;
use crate::support::{Sandbox, keys};

/// A sandbox, its clock, and two clients of one process that keep to the same pace.
async fn two_clients(pacing: Pacing) -> (Sandbox, Clocks, [Redox; 2]) {
    let sandbox = Sandbox::start().await;
    let clocks = Clocks::with(sandbox.server.clock());
    let connections = Connections::new().clock(clocks.now()).pace(pacing);
    let client = || {
        let client = sandbox.client(keys::es256()).clock(clocks.now());
        client.connections(connections.clone()).build().unwrap()
    };
    let clients = [client(), client()];
    (sandbox, clocks, clients)
}

#[tokio::test(start_paused = true)]
async fn a_pause_of_the_api_is_kept_by_all_clients_and_the_requests_are_sent_after_it() {
    for retry_after in [RetryAfter::Secs(60), RetryAfter::Date(60)] {
        let (sandbox, clocks, [one, two]) = two_clients(Pacing::new()).await;
        clocks.follow_timers();
        one.token().await.unwrap();
        two.token().await.unwrap();
        let busy = Fault::TooManyRequests(retry_after);
        sandbox
            .server
            .sandbox()
            .inject(Place::Api, busy, Times::Next(1));
        let now = clocks.now();
        let began = now().instant;
        let secs = |answer: &Response| (answer.status().as_u16(), now().instant.secs_since(began));
        let first = async { secs(&sandbox.send_message(&one).await) };
        let second = async {
            // Time goes on when everybody waits: the first one has its answer then.
            tokio::time::sleep(Duration::from_secs(1)).await;
            assert_eq!(sandbox.server.counters().faults, 1);
            secs(&sandbox.send_message(&two).await)
        };
        let (first, second) = tokio::join!(first, second);
        let at = |secs| [(200, 59), (200, 60), (200, 61)].contains(&secs);
        assert!(at(first) && at(second), "{first:?} {second:?}");
        let counters = sandbox.server.counters();
        assert_eq!((counters.messages_accepted, counters.faults), (2, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn what_pauses_do_not_change_is_named_and_other_requests_are_not_sent_either() {
    let elsewhere = "https://elsewhere.example/".parse().unwrap();
    for (fault, expected) in [
        (
            Fault::Redirect("307".parse().unwrap(), elsewhere),
            Trouble::Redirect,
        ),
        (
            Fault::Unavailable("502".parse().unwrap(), RetryAfter::Absent),
            Trouble::BadGateway,
        ),
    ] {
        let (sandbox, clocks, [one, two]) = two_clients(Pacing::new()).await;
        clocks.follow_timers();
        one.token().await.unwrap();
        sandbox
            .server
            .sandbox()
            .inject(Place::Api, fault, Times::UntilCleared);
        let found = one.send(Api::DataModel, sandbox.message(&one)).await;
        assert!(
            matches!(&found, Err(Error::Trouble(trouble)) if *trouble == expected),
            "{found:?}"
        );
        let faults = sandbox.server.counters().faults;
        assert_eq!(faults, 6);
        two.token().await.unwrap_err();
        let message = sandbox.message(&two);
        let other = two.send(Api::DataModel, message).await;
        assert!(other.is_err(), "{other:?}");
        assert_eq!(sandbox.server.counters().faults, faults);
    }
}

#[tokio::test]
async fn without_a_pace_nothing_waits_for_others() {
    let (sandbox, _, redox) = Sandbox::with_client().await;
    let busy = Fault::TooManyRequests(RetryAfter::Secs(60));
    sandbox
        .server
        .sandbox()
        .inject(Place::Api, busy, Times::Next(1));
    assert_eq!(sandbox.send_message(&redox).await.status(), 429);
    assert_eq!(sandbox.send_message(&redox).await.status(), 200);
}

#[tokio::test(start_paused = true)]
async fn a_rate_holds_for_tokens_and_messages_together() {
    let pacing = Pacing::new().at_most(Rate::per_sec(1));
    let (sandbox, clocks, [one, _]) = two_clients(pacing).await;
    clocks.follow_timers();
    one.token().await.unwrap();
    let began = clocks.now()().instant;
    let answer = one.send(Api::DataModel, sandbox.message(&one)).await;
    assert_eq!(answer.unwrap().status(), 200);
    // To the tick before, or after it.
    let passed = clocks.now()()
        .instant
        .as_millis()
        .saturating_sub(began.as_millis());
    assert!((900..=1_200).contains(&passed), "{passed} ms");
}

/// What waits in the line has a token that is good when its turn comes, and the request for it need not wait for the line.
#[tokio::test(start_paused = true)]
async fn a_token_is_renewed_while_messages_wait_for_longer_than_it_lives() {
    let pacing = Pacing::new().at_most(Rate::per_min(3));
    let (sandbox, clocks, [one, _]) = two_clients(pacing).await;
    clocks.follow_timers();
    let messages = (0..40).map(|_| sandbox.send_message(&one));
    for answer in futures_util::future::join_all(messages).await {
        assert_eq!(answer.status(), 200);
    }
    let counters = sandbox.server.counters();
    assert_eq!((counters.messages_accepted, counters.unauthorized), (40, 0));
    assert!((3..=5).contains(&counters.tokens_minted), "{counters:?}");
}

/// A server answers 401 to one client's key; the others go on.
#[tokio::test(start_paused = true)]
async fn a_refused_key_pauses_nobody_else() {
    let (sandbox, clocks, [one, two]) = two_clients(Pacing::new()).await;
    clocks.follow_timers();
    two.token().await.unwrap();
    let refused = Fault::Unavailable("401".parse().unwrap(), RetryAfter::Absent);
    sandbox
        .server
        .sandbox()
        .inject(Place::Token, refused, Times::Next(1));
    one.token().await.unwrap_err();
    let began = clocks.now()().instant;
    assert_eq!(sandbox.send_message(&two).await.status(), 200);
    assert_eq!(clocks.now()().instant.secs_since(began), 0);
}
