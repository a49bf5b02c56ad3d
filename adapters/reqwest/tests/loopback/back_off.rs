//! The time without requests after a server's refusal.

use core::time::Duration;

use redox_auth_reqwest::{Error, Reason, Redox};
use redox_auth_sandbox::http::StatusCode;
use redox_auth_sandbox::{Fault, RetryAfter, Times};

use crate::support::{Sandbox, keys};

/// How long the session wants to be left alone, after a failure.
fn retry_in(error: &Error) -> Duration {
    match error {
        Error::NoToken { retry_in, .. } => *retry_in,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_server_that_asks_for_patience_is_not_hammered() {
    for (fault, secs) in [
        (Fault::TooManyRequests(RetryAfter::Secs(30)), 30),
        (Fault::TooManyRequests(RetryAfter::Date(30)), 30),
        (Fault::TooManyRequests(RetryAfter::Absent), 1),
        (Fault::TooManyRequests(RetryAfter::Garbled), 1),
        (
            Fault::Unavailable(StatusCode::BAD_GATEWAY, RetryAfter::Secs(7)),
            7,
        ),
    ] {
        let (sandbox, clocks, redox) = Sandbox::with_client().await;
        sandbox.fail_at_tokens(&fault, Times::Next(1));
        let error = redox.token().await.unwrap_err();
        let refused = error.refused().map(|answer| answer.refused.reason);
        assert_eq!(refused, Some(Reason::TryLater), "{fault:?}");
        let wait = retry_in(&error);
        assert!(wait <= Duration::from_secs(secs), "{fault:?}: {wait:?}");
        if secs > 1 {
            assert_eq!(wait, Duration::from_secs(secs), "{fault:?}");
        }
        clocks.advance(wait - Duration::from_millis(1));
        for _ in 0..10 {
            let error = redox.token().await.unwrap_err();
            assert_eq!(retry_in(&error), Duration::from_millis(1), "{fault:?}");
            assert!(error.refused().is_some(), "{fault:?}: {error}");
        }
        assert_eq!(sandbox.server.counters().requests, 1, "{fault:?}");
        clocks.advance(Duration::from_millis(1));
        assert!(redox.token().await.is_ok(), "{fault:?}");
    }
}

#[tokio::test]
async fn a_setting_that_is_wrong_is_asked_about_once_a_minute() {
    let (sandbox, clocks, redox) = Sandbox::with_client().await;
    let client_id = sandbox.register(&keys::es256());
    let unknown = Redox::builder()
        .base_url(sandbox.server.base_url())
        .oauth_key(client_id, keys::es256())
        .clock(clocks.now())
        .build()
        .unwrap();
    let mut attempts = 0;
    for _ in 0..60 {
        let before = sandbox.token_requests();
        let error = unknown.token().await.unwrap_err();
        let answer = error.refused().unwrap();
        assert_eq!(answer.refused.reason, Reason::KeyNotFound);
        assert!(
            error.to_string().contains("attempt is allowed in"),
            "{error}"
        );
        attempts += sandbox.token_requests() - before;
        clocks.advance_secs(1);
    }
    assert!((1..=2).contains(&attempts), "{attempts} attempts");
    // Another client has nothing to do with it.
    assert!(redox.token().await.is_ok());
}
