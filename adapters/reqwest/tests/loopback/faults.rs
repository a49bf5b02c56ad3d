//! Everything that the sandbox can do to an answer, one by one and in mixes: a success or a typed error, the old token
//! served while it is good, no message done twice, and nothing shown that is secret.

use core::time::Duration;

use redox_auth_reqwest::{Error, Redox, Retries};
use redox_auth_sandbox::http::{StatusCode, Uri};
use redox_auth_sandbox::jiff::SignedDuration;
use redox_auth_sandbox::{Disconnect, Fault, Junk, Mix, Place, RetryAfter, Times};

use crate::support::clocks::Clocks;
use crate::support::{Sandbox, assert_hidden, everything, keys, settled};

/// Every fault, each in every form that is worth a difference.
fn faults() -> Vec<Fault> {
    let mut faults = vec![
        Fault::BlankRefusal,
        Fault::UnknownKey,
        Fault::Aged(100),
        Fault::Undated,
        Fault::Misdated(SignedDuration::from_hours(-30)),
        Fault::Misdated(SignedDuration::from_hours(30)),
        Fault::GarbledDate,
        Fault::Revoked,
        Fault::Late(Duration::from_millis(20)),
        Fault::Late(LONG),
        Fault::Slow {
            piece: 16,
            pause: Duration::from_millis(1),
        },
        Fault::Slow {
            piece: 1,
            pause: LONG,
        },
        Fault::Endless,
        Fault::Oversized(100_000),
        Fault::Oversized(u64::MAX),
    ];
    for retry_after in [
        RetryAfter::Absent,
        RetryAfter::Secs(0),
        RetryAfter::Secs(u32::MAX),
        RetryAfter::Date(30),
        RetryAfter::Garbled,
    ] {
        faults.push(Fault::TooManyRequests(retry_after));
        for status in [500, 502, 503, 504] {
            let status = StatusCode::from_u16(status).unwrap();
            faults.push(Fault::Unavailable(status, retry_after));
        }
    }
    for status in [301, 302, 303, 307, 308] {
        for to in [
            "https://elsewhere.example/",
            "http://127.0.0.1:1/v2/auth/token",
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            faults.push(Fault::Redirect(status, Uri::from_static(to)));
        }
    }
    let junk = [
        Junk::Html,
        Junk::Empty,
        Junk::Truncated,
        Junk::LongToken(4_000),
        Junk::LongToken(100_000),
        Junk::WrongTypes,
    ];
    faults.extend(junk.map(Fault::Junk));
    let ends = [
        Disconnect::Unanswered,
        Disconnect::BeforeBody,
        Disconnect::WithinBody,
        Disconnect::AfterAnswer,
    ];
    faults.extend(ends.map(Fault::Disconnect));
    faults
}

/// More than anybody waits here.
const LONG: Duration = Duration::from_secs(60);
const PATIENCE: Duration = Duration::from_millis(250);

async fn start(retries: Retries) -> (Sandbox, Clocks, Redox) {
    let sandbox = Sandbox::start().await;
    let clocks = Clocks::with(sandbox.server.clock());
    let redox = sandbox
        .client(keys::es256())
        .clock(clocks.now())
        .timeout(PATIENCE)
        .token_timeout(PATIENCE)
        .retries(retries)
        .build()
        .unwrap();
    (sandbox, clocks, redox)
}

/// Sends one message and reads the answer. An error is shown.
async fn send(sandbox: &Sandbox, redox: &Redox) -> Result<StatusCode, Error> {
    let message = sandbox.message(redox);
    let response = redox
        .send(redox_auth_reqwest::Api::DataModel, message)
        .await?;
    let status = response.status();
    response.bytes().await?;
    Ok(status)
}

fn check(error: &Error, case: &str, secrets: &[String]) {
    let shown = everything(error);
    let secrets: Vec<_> = secrets.iter().map(String::as_bytes).collect();
    assert_hidden(&shown, &secrets);
    let is_typed = matches!(
        error.cause(),
        Error::Refused(_)
            | Error::Answer(_)
            | Error::Page(_)
            | Error::AnswerTooLong { .. }
            | Error::NoTime { .. }
            | Error::Transport(_)
            | Error::Ambiguous(_)
    );
    assert!(is_typed, "{case}: {error:?}");
}

#[tokio::test]
async fn at_the_token_endpoint_each_ends_in_a_token_or_a_typed_error() {
    for fault in faults() {
        let case = format!("{fault:?}");
        let (sandbox, clocks, redox) = start(Retries::NONE).await;
        sandbox.fail_at_tokens(&fault, Times::UntilCleared);
        if let Err(error) = redox.token().await {
            check(&error, &case, &[]);
        }
        sandbox.server.sandbox().clear_faults();
        clocks.advance(Duration::from_secs(3_600));
        let token = redox.token().await;
        let token = token.unwrap_or_else(|error| panic!("{case}: {error}"));
        assert_ne!(token.expose(), "", "{case}");
    }
}

#[tokio::test]
async fn in_a_renewal_each_leaves_the_old_token_in_use_until_it_dies() {
    for fault in faults() {
        let case = format!("{fault:?}");
        let (sandbox, clocks, redox) = start(Retries::NONE).await;
        let first = redox.token().await.unwrap();
        sandbox.fail_at_tokens(&fault, Times::UntilCleared);
        for _ in 0..4 {
            clocks.advance_secs(if redox.counters().requests == 1 {
                240
            } else {
                10
            });
            // At once, whatever happens at the same time.
            let token = redox.token().await;
            let token = token.unwrap_or_else(|error| panic!("{case}: {error}"));
            settled(&redox).await;
            if redox.counters().tokens() == 1 {
                assert_eq!(token.expose(), first.expose(), "{case}");
                assert_eq!(send(&sandbox, &redox).await.unwrap(), 200, "{case}");
            }
        }
    }
}

#[tokio::test]
async fn at_the_api_each_ends_in_an_answer_or_a_typed_error_and_nothing_is_done_twice() {
    for retries in [Retries::NONE, Retries::default().times(1)] {
        for fault in faults() {
            let case = format!("{fault:?}");
            let (sandbox, _, redox) = start(retries).await;
            let token = redox.token().await.unwrap().expose().to_owned();
            sandbox
                .server
                .sandbox()
                .inject(Place::Api, fault.clone(), Times::Next(1));
            if let Err(error) = send(&sandbox, &redox).await {
                check(&error, &case, &[token]);
            }
            let accepted = sandbox.server.counters().messages_accepted;
            assert!(accepted <= 1, "{case}: {accepted} messages");
            sandbox.server.sandbox().clear_faults();
            assert_eq!(send(&sandbox, &redox).await.unwrap(), 200, "{case}");
        }
    }
}

#[tokio::test]
async fn in_mixes_the_client_is_as_good_as_before_when_they_are_over() {
    for seed in 0..25 {
        let (sandbox, clocks, redox) = start(Retries::NONE).await;
        for place in [Place::Token, Place::Api] {
            let mix = Mix::new(seed).spared(3);
            sandbox
                .server
                .sandbox()
                .inject_mix(place, mix, Times::UntilCleared);
        }
        for _ in 0..20 {
            if let Err(error) = send(&sandbox, &redox).await {
                check(&error, &format!("seed {seed}"), &[]);
            }
            // The session gives a renewal up that is a minute old, and its answer counts for nothing then.
            settled(&redox).await;
            clocks.advance_secs(37);
        }
        let accepted = sandbox.server.counters().messages_accepted;
        assert!(accepted <= 20, "seed {seed}: {accepted} messages");
        sandbox.server.sandbox().clear_faults();
        clocks.advance(Duration::from_secs(3_600));
        assert_eq!(send(&sandbox, &redox).await.unwrap(), 200, "seed {seed}");
    }
}
