//! The time that a token is used, and its successor.

use core::time::Duration;
use std::sync::Arc;

use redox_auth_reqwest::{Algorithm, Error, Instant, Key, Now, Redox, Renewal, RestoreError};
use redox_auth_sandbox::http::StatusCode;
use redox_auth_sandbox::{Fault, Junk, RetryAfter, Times};

use crate::support::canned::{Answer, Canned};
use crate::support::clocks::Clocks;
use crate::support::{Sandbox, client_of, keys};

#[tokio::test]
async fn a_token_that_is_good_costs_no_request() {
    let (sandbox, clocks, redox) = Sandbox::with_client().await;
    let first = redox.token().await.unwrap();
    for _ in 0..10 {
        clocks.advance_secs(20);
        assert_eq!(redox.token().await.unwrap().expose(), first.expose());
        assert_eq!(
            redox.clone().token().await.unwrap().expose(),
            first.expose()
        );
        assert_eq!(sandbox.send_message(&redox).await.status(), 200);
    }
    assert_eq!(sandbox.token_requests(), 1);
}

#[tokio::test]
async fn a_token_is_replaced_before_it_dies() {
    let (sandbox, clocks, redox) = Sandbox::with_client().await;
    let first = redox.token().await.unwrap();
    clocks.advance_secs(240);
    // No request waits for the next token.
    assert_eq!(redox.token().await.unwrap().expose(), first.expose());
    let second = redox.token_after(&first).await.unwrap();
    assert_ne!(second.expose(), first.expose());
    assert_eq!(redox.token().await.unwrap().expose(), second.expose());
    // Both are good.
    for token in [&first, &second] {
        let answer = sandbox.send_message_with(&redox, token).await;
        assert_eq!(answer.status(), 200);
    }
    clocks.advance_secs(300);
    assert_ne!(redox.token().await.unwrap().expose(), second.expose());
    assert_eq!(sandbox.token_requests(), 3);
}

#[tokio::test]
async fn a_renewal_that_fails_leaves_the_old_token_in_use_until_it_dies() {
    for fault in [
        Fault::Unavailable(StatusCode::SERVICE_UNAVAILABLE, RetryAfter::Absent),
        Fault::TooManyRequests(RetryAfter::Secs(40)),
        Fault::BlankRefusal,
        Fault::Junk(Junk::Html),
        Fault::Junk(Junk::LongToken(20_000)),
    ] {
        let (sandbox, clocks, redox) = Sandbox::with_client().await;
        let first = redox.token().await.unwrap();
        sandbox.fail_at_tokens(&fault, Times::UntilCleared);
        clocks.advance_secs(240);
        for second in 240..300 {
            let token = redox.token().await;
            let token = token.unwrap_or_else(|error| panic!("{fault:?} at {second} s: {error}"));
            assert_eq!(token.expose(), first.expose(), "{fault:?}");
            clocks.advance_secs(1);
        }
        assert!(redox.token().await.is_err(), "{fault:?}");
        assert!(sandbox.token_requests() + sandbox.server.counters().faults <= 10);
        sandbox.server.sandbox().clear_faults();
        clocks.advance(Duration::from_secs(600));
        assert!(redox.token().await.is_ok(), "{fault:?}");
    }
}

#[tokio::test]
async fn a_token_is_late_when_less_than_its_margin_is_left_and_none_came() {
    let (sandbox, clocks, redox) = Sandbox::with_client().await;
    let token = redox.token().await.unwrap();
    // The margin is 60 s, and the jitter up to 30 s before it.
    for (after, is_due) in [(0, false), (200, false), (40, false), (1, true)] {
        clocks.advance_secs(after);
        let renewal = redox.renewal(&token);
        let found = matches!(renewal, Renewal::Due);
        assert_eq!(found, is_due, "after {after} s more: {renewal:?}");
        assert!(is_due || matches!(renewal, Renewal::NotDue), "{renewal:?}");
    }
    let busy = Fault::Unavailable(StatusCode::SERVICE_UNAVAILABLE, RetryAfter::Secs(20));
    sandbox.fail_at_tokens(&busy, Times::UntilCleared);
    let next = redox.token_after(&token);
    let failed = async {
        while redox.last_failure().is_none() {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        token = next => panic!("{token:?}"),
        () = failed => {}
    }
    let Renewal::Late { cause, retry_in } = redox.renewal(&token) else {
        panic!("{:?}", redox.renewal(&token));
    };
    assert_eq!(cause.unwrap().label(), "try_later");
    assert_eq!(retry_in.as_secs(), 20);

    sandbox.server.sandbox().clear_faults();
    clocks.advance_secs(20);
    let next = redox.token_after(&token).await.unwrap();
    assert!(matches!(redox.renewal(&next), Renewal::NotDue));
}

#[tokio::test]
async fn a_token_that_is_dead_when_it_comes_is_not_asked_for_again_and_again() {
    let body = r#"{"access_token":"granted","expires_in":1}"#;
    let server = Canned::always(Answer::json("200 OK", body));
    let clocks = Clocks::alone();
    // Every look at the clock takes a second.
    let (moving, now) = (clocks.clone(), clocks.now());
    let redox = client_of(&server)
        .clock(move || {
            moving.advance_secs(1);
            now()
        })
        .build()
        .unwrap();
    let error = redox.token().await.unwrap_err();
    assert!(matches!(error.cause(), Error::Answer(_)), "{error}");
    server.only_request();
}

#[tokio::test]
async fn a_token_that_was_saved_serves_the_next_run_without_a_request() {
    let (sandbox, clocks, redox) = Sandbox::with_client().await;
    assert!(matches!(redox.save(), Err(Error::Save(_))));
    let pkcs8 = keys::pkcs8(Algorithm::Es256);
    let client_id = sandbox.register(&Key::parse(&pkcs8).unwrap());
    let run = || {
        Redox::builder()
            .base_url(sandbox.server.base_url())
            .oauth_key(&client_id, Key::parse(&pkcs8).unwrap())
            .clock(clocks.now())
            .build()
            .unwrap()
    };
    let first = run();
    let token = first.token().await.unwrap();
    let record = first.save().unwrap();
    drop(first);
    clocks.advance_secs(100);

    let second = run();
    second.restore(&record).unwrap();
    let restored = second.token().await.unwrap();
    assert_eq!(restored.expose(), token.expose());
    assert_eq!((restored.expires_in(), restored.key_id()), (None, None));
    assert_eq!(sandbox.send_message(&second).await.status(), 200);
    assert_eq!(sandbox.token_requests(), 1);

    // Of no use to another client, damaged, or too late.
    let refused = redox.restore(&record);
    assert!(matches!(
        refused,
        Err(Error::Restore(RestoreError::OtherIdentity))
    ));
    let mut damaged = record.clone();
    damaged[50] ^= 1;
    let refused = run().restore(&damaged);
    assert!(matches!(
        refused,
        Err(Error::Restore(RestoreError::Damaged))
    ));
    clocks.advance_secs(200);
    let third = run();
    let refused = third.restore(&record);
    assert!(matches!(
        refused,
        Err(Error::Restore(RestoreError::Expired))
    ));
    assert!(third.token().await.is_ok());
    assert_eq!(sandbox.token_requests(), 2);

    // A report about the old token does not count for the new one.
    clocks.advance_secs(200);
    let fourth = run();
    let token = fourth.token().await.unwrap();
    clocks.advance_secs(100);
    third.restore(&fourth.save().unwrap()).unwrap();
    let restored = third.token().await.unwrap();
    assert_eq!(restored.expose(), token.expose());
    assert_eq!((restored.expires_in(), restored.key_id()), (None, None));
}

/// The machine sleeps, or its clock is set, while the first answer is on its way: its token has ended then.
#[tokio::test]
async fn a_token_that_ends_on_its_way_while_the_machine_sleeps_is_asked_for_once_more() {
    let sandbox = Arc::new(Sandbox::start().await);
    let seen = Arc::clone(&sandbox);
    let clock = move || {
        let has_slept = seen.server.counters().tokens_minted > 0;
        Now {
            instant: Instant::from_millis(if has_slept { 1_000_000 } else { 10_000 }),
            unix: Some(seen.now()),
        }
    };
    let redox = sandbox.client(keys::es256()).clock(clock);
    redox.build().unwrap().token().await.unwrap();
    assert_eq!(sandbox.server.counters().tokens_minted, 2);
}
