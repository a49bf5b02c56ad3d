//! Requests that keep to the pace of their host.

use core::time::Duration;
use std::sync::{Arc, Mutex};

use redox_auth_reqwest::{Api, Connections, Error, Pacing, Rate, Redox, Trouble};
use redox_auth_sandbox::{Disconnect, Fault, Place, RetryAfter, Times};
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
            // The paused clock advances when every task waits. The first request has its answer by then.
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
async fn trouble_that_pauses_do_not_end_stops_all_requests() {
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
    // One tick before it, or after it.
    let passed = clocks.now()()
        .instant
        .as_millis()
        .saturating_sub(began.as_millis());
    assert!((900..=1_200).contains(&passed), "{passed} ms");
}

/// A request in the queue has a valid token when its turn comes, and the token request does not wait in that queue.
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
async fn a_refused_key_pauses_no_other_client() {
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

#[tokio::test(start_paused = true)]
async fn a_request_that_comes_back_undone_is_put_back_each_time() {
    for (faults, expected) in [
        (&[429, 429][..], "sent back sent back sent"),
        // 401 is answered with another token.
        (&[401], "sent back sent"),
        // Without an answer the request may have been done, from then on.
        (&[429, 0, 429], "sent back sent sent sent"),
    ] {
        let (sandbox, clocks, [redox, _]) = two_clients(Pacing::new()).await;
        clocks.follow_timers();
        redox.token().await.unwrap();
        for status in faults {
            let fault = match status {
                429 => Fault::TooManyRequests(RetryAfter::Secs(5)),
                401 => Fault::Unavailable("401".parse().unwrap(), RetryAfter::Absent),
                _ => Fault::Disconnect(Disconnect::Unanswered),
            };
            sandbox
                .server
                .sandbox()
                .inject(Place::Api, fault, Times::Next(1));
        }
        let events = Arc::<Mutex<Vec<&str>>>::default();
        let (sent, back) = (Arc::clone(&events), Arc::clone(&events));
        let call = redox.get("/fhir/R4/x/Development/Patient");
        let call = call.api(Api::Fhir).before(move || {
            sent.lock().unwrap().push("sent");
            Ok(())
        });
        let call = call.put_back(move || back.lock().unwrap().push("back"));
        // Whatever the sandbox says of the path.
        let answer = call.send().await.unwrap();
        assert!(!faults.contains(&answer.status().as_u16()), "{answer:?}");
        assert_eq!(events.lock().unwrap().join(" "), expected, "{faults:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_pacing_limits_the_wait_for_a_turn() {
    let pacing = Pacing::new().longest_wait(Duration::from_secs(30));
    for (pause, is_sent) in [(29, true), (31, false)] {
        let (sandbox, clocks, [one, two]) = two_clients(pacing).await;
        clocks.follow_timers();
        one.token().await.unwrap();
        two.token().await.unwrap();
        let busy = Fault::TooManyRequests(RetryAfter::Secs(pause));
        sandbox
            .server
            .sandbox()
            .inject(Place::Api, busy, Times::Next(1));
        let began = clocks.now()().instant;
        for redox in [&one, &two] {
            let found = redox.send(Api::DataModel, sandbox.message(redox)).await;
            match found {
                Ok(answer) => assert!(is_sent && answer.status() == 200, "{answer:?}"),
                Err(error) => {
                    assert!(matches!(error, Error::NoTurn(_)), "{error}");
                    assert_eq!(error.label(), "turn");
                    // At once.
                    assert_eq!(clocks.now()().instant.secs_since(began), 0);
                    assert!(!is_sent, "after {pause} s");
                }
            }
        }
        let accepted = sandbox.server.counters().messages_accepted;
        assert_eq!(accepted, if is_sent { 2 } else { 0 });
    }
}

/// Behind a message that waits, the line is as long as its wait.
#[tokio::test(start_paused = true)]
async fn the_line_counts_for_the_longest_wait() {
    let pacing = Pacing::new().at_most(Rate::per_min(6));
    let pacing = pacing.longest_wait(Duration::from_secs(25));
    let (sandbox, clocks, [one, _]) = two_clients(pacing).await;
    clocks.follow_timers();
    one.token().await.unwrap();
    let send = || one.send(Api::DataModel, sandbox.message(&one));
    let answers = futures_util::future::join_all((0..6).map(|_| send())).await;
    // One request after 10 s and one after 20 s.
    let sent = answers.iter().filter(|it| it.is_ok()).count();
    assert_eq!(sent, 2, "{answers:?}");
    let is_late = |it: &&Result<Response, Error>| matches!(it, Err(Error::NoTurn(_)));
    assert_eq!(answers.iter().filter(is_late).count(), 4);
    assert_eq!(sandbox.server.counters().messages_accepted, 2);
}

#[tokio::test(start_paused = true)]
async fn the_pacing_of_the_builder_wins_before_and_after_the_connections() {
    let slow = Pacing::new().at_most(Rate::per_sec(1));
    for is_before in [true, false] {
        let sandbox = Sandbox::start().await;
        let clocks = Clocks::with(sandbox.server.clock());
        clocks.follow_timers();
        let connections = Connections::new().clock(clocks.now()).pace(Pacing::new());
        let client = sandbox.client(keys::es256()).clock(clocks.now());
        let client = match is_before {
            true => client.pace(slow).connections(connections),
            false => client.connections(connections).pace(slow),
        };
        let redox = client.build().unwrap();
        redox.token().await.unwrap();
        let began = clocks.now()().instant;
        for _ in 0..3 {
            assert_eq!(sandbox.send_message(&redox).await.status(), 200);
        }
        let secs = clocks.now()().instant.secs_since(began);
        assert!((2..=4).contains(&secs), "{is_before}: {secs} s");
    }
}
