//! Requests that keep to the pace of their host.

use redox_auth_reqwest::{Api, Connections, Error, Pacing, Rate, Redox, Trouble};
use redox_auth_sandbox::{Fault, Place, RetryAfter, Times};

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

#[tokio::test]
async fn a_pause_of_the_api_is_kept_by_all_clients_and_the_requests_are_sent_after_it() {
    for retry_after in [RetryAfter::Secs(60), RetryAfter::Date(60)] {
        let (sandbox, clocks, [one, two]) = two_clients(Pacing::new()).await;
        one.token().await.unwrap();
        two.token().await.unwrap();
        let busy = Fault::TooManyRequests(retry_after);
        sandbox
            .server
            .sandbox()
            .inject(Place::Api, busy, Times::Next(1));
        let first = sandbox.send_message(&one);
        let second = async {
            while sandbox.server.counters().faults == 0 {
                tokio::task::yield_now().await;
            }
            // The answer is on its way; what begins a moment later waits.
            clocks.advance_secs(1);
            let early = sandbox.server.counters().messages_accepted;
            let answer = sandbox.send_message(&two);
            let later = async {
                clocks.advance_secs(60);
            };
            (early, tokio::join!(answer, later).0)
        };
        let (first, (early, second)) = tokio::join!(first, second);
        assert_eq!(
            (first.status().as_u16(), second.status().as_u16()),
            (200, 200)
        );
        assert_eq!(early, 0);
        let counters = sandbox.server.counters();
        assert_eq!((counters.messages_accepted, counters.faults), (2, 1));
    }
}

#[tokio::test]
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
        one.token().await.unwrap();
        sandbox
            .server
            .sandbox()
            .inject(Place::Api, fault, Times::UntilCleared);
        let request = one.send(Api::DataModel, sandbox.message(&one));
        let found = {
            let mut request = core::pin::pin!(request);
            loop {
                tokio::select! {
                    found = &mut request => break found,
                    () = tokio::time::sleep(core::time::Duration::from_millis(20)) => clocks.advance_secs(1),
                }
            }
        };
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

#[tokio::test]
async fn a_rate_holds_for_tokens_and_messages_together() {
    let pacing = Pacing::new().at_most(Rate::per_sec(1));
    let (sandbox, clocks, [one, _]) = two_clients(pacing).await;
    one.token().await.unwrap();
    let message = one.send(Api::DataModel, sandbox.message(&one));
    let began = clocks.now()().instant;
    let mut message = core::pin::pin!(message);
    let answer = loop {
        tokio::select! {
            answer = &mut message => break answer,
            () = tokio::time::sleep(core::time::Duration::from_millis(20)) => {
                clocks.advance(core::time::Duration::from_millis(100));
            }
        }
    };
    assert_eq!(answer.unwrap().status(), 200);
    let passed = clocks.now()().instant.as_millis() - began.as_millis();
    assert!(passed >= 900, "{passed} ms");
}
