//! Failures in the middle: the command takes back every step, or names those that it could not take back.

use redox_auth_sandbox::http::StatusCode;
use redox_auth_sandbox::{Disconnect, Fault, Junk, Place, RetryAfter, Times};

use super::{ROTATE, Rotation, ids};
use crate::canned::{Answer, Canned};
use crate::support::Folder;

/// Faults that no repetition of the client heals.
fn platform_faults() -> Vec<(&'static str, Fault)> {
    vec![
        (
            "a redirect",
            Fault::Redirect(
                StatusCode::TEMPORARY_REDIRECT,
                "/elsewhere".parse().unwrap(),
            ),
        ),
        (
            "a 500",
            Fault::Unavailable(StatusCode::INTERNAL_SERVER_ERROR, RetryAfter::Absent),
        ),
        (
            "a 504",
            Fault::Unavailable(StatusCode::GATEWAY_TIMEOUT, RetryAfter::Absent),
        ),
        ("a long 429", Fault::TooManyRequests(RetryAfter::Secs(3600))),
        ("HTML", Fault::Junk(Junk::Html)),
        ("half an answer", Fault::Junk(Junk::Truncated)),
        ("another answer", Fault::Junk(Junk::WrongTypes)),
        ("an endless answer", Fault::Endless),
        ("no answer", Fault::Disconnect(Disconnect::Unanswered)),
        ("no body", Fault::Disconnect(Disconnect::BeforeBody)),
        ("half a body", Fault::Disconnect(Disconnect::WithinBody)),
    ]
}

#[test]
fn whatever_the_platform_api_does_once_everything_is_taken_back() {
    for (case, fault) in platform_faults() {
        // The keys are read, changed, read again and changed again.
        for step in 0..4 {
            let case = format!("{case} in step {step}");
            let rotation = Rotation::start();
            let before = rotation.redox.registered_keys();
            rotation.break_after(step, Place::Platform, &fault, Times::Next(1));
            let outcome = rotation.call(&["--wait", "0"]).run();
            assert_eq!(rotation.redox.server.counters().faults, 1, "{case}");
            if outcome.code == Some(0) {
                // A read is repeated.
                assert_eq!(step % 2, 0, "{case}: {outcome:#?}");
                assert_eq!(rotation.registered(), [rotation.id_in("new.pem").unwrap()]);
            } else if step == 0 {
                assert_eq!(rotation.redox.registered_keys(), before, "{case}");
                assert_eq!(rotation.id_in("new.pem"), None, "{case}");
            } else {
                rotation.assert_taken_back(&outcome, &before, &case);
            }
            assert!(
                rotation.works("key.pem") || outcome.code == Some(0),
                "{case}"
            );
        }
    }
}

#[test]
fn what_the_api_says_that_it_has_not_done_is_done_again() {
    for fault in [
        Fault::Revoked,
        Fault::BlankRefusal,
        Fault::Unavailable(StatusCode::BAD_GATEWAY, RetryAfter::Absent),
        Fault::TooManyRequests(RetryAfter::Secs(0)),
    ] {
        for step in 0..4 {
            let rotation = Rotation::start();
            rotation.break_after(step, Place::Platform, &fault, Times::Next(1));
            let outcome = rotation.call(&["--wait", "0"]).run();
            assert_eq!(
                outcome.code,
                Some(0),
                "{fault:?} in step {step}: {outcome:#?}"
            );
            assert_eq!(rotation.redox.server.counters().faults, 1, "{fault:?}");
        }
    }
}

#[test]
fn whatever_the_token_endpoint_does_once_everything_is_taken_back() {
    for (case, fault) in [
        ("an unknown key", Fault::UnknownKey),
        ("a blank refusal", Fault::BlankRefusal),
        (
            "a 500",
            Fault::Unavailable(StatusCode::INTERNAL_SERVER_ERROR, RetryAfter::Absent),
        ),
        ("HTML", Fault::Junk(Junk::Html)),
        ("half an answer", Fault::Junk(Junk::Truncated)),
        ("no answer", Fault::Disconnect(Disconnect::Unanswered)),
    ] {
        // The old key's, that for the Platform API, the new key's twice, and the old key's again.
        for step in 0..5 {
            let case = format!("{case} in step {step}");
            let rotation = Rotation::start();
            let before = rotation.redox.registered_keys();
            rotation.break_after(step, Place::Token, &fault, Times::Next(1));
            let outcome = rotation.call(&["--wait", "0"]).run();
            assert_eq!(rotation.redox.server.counters().faults, 1, "{case}");
            match step {
                0 | 1 => {
                    // The client continues with the new key, which the Platform API does not know yet either.
                    assert!(matches!(outcome.code, Some(1 | 3)), "{case}: {outcome:#?}");
                    assert_eq!(rotation.redox.registered_keys(), before, "{case}");
                    assert_eq!(rotation.id_in("new.pem"), None, "{case}");
                }
                // A refusal is what is wanted, whatever its words.
                4 if matches!(
                    fault,
                    Fault::UnknownKey | Fault::BlankRefusal | Fault::Junk(Junk::Truncated)
                ) =>
                {
                    assert_eq!(outcome.code, Some(0), "{case}: {outcome:#?}");
                }
                _ => rotation.assert_taken_back(&outcome, &before, &case),
            }
        }
    }
}

#[test]
fn with_the_old_key_gone_the_new_one_still_opens_the_way_back() {
    let rotation = Rotation::start();
    let before = rotation.redox.registered_keys();
    rotation.break_after(3, Place::Token, &Fault::BlankRefusal, Times::Next(1));
    // The token for the Platform API is dead when it is needed to put the keys back.
    rotation.break_after(4, Place::Platform, &Fault::Revoked, Times::Next(1));
    let outcome = rotation.call(&[]).run();
    rotation.assert_taken_back(&outcome, &before, "without the old key");
    let counters = rotation.redox.server.counters();
    assert_eq!((counters.keys_not_found, counters.faults), (1, 2));
}

#[test]
fn a_platform_api_that_takes_keys_and_does_not_keep_them_is_found_out() {
    let folder = Folder::new();
    let jwks = folder.make_key("key.pem", "ES256");
    let token = Answer::json("200 OK", r#"{"access_token":"a-token","expires_in":300}"#);
    let keys = format!(r#"{{"payload":{{"apikey":{{"jwkSet":{jwks}}}}}}}"#);
    let keys = Answer::json("200 OK", &keys);
    let server = Canned::start(vec![token.clone(), token, keys]);
    let call = folder.call(&ROTATE).args(&["--base-url", &server.url()]);
    let shown = call.args(&["--client-id", "a", "--key", "key.pem"]);
    let shown = shown.run().failed(3);
    let old_id = ids(&jwks).remove(0);
    for part in [
        format!("but its answer lists {old_id}\n"),
        format!("keys:         as before, {old_id}\n"),
        "in new.pem, is kept".to_owned(),
    ] {
        assert!(shown.contains(&part), "{part}: {shown}");
    }
}

#[test]
fn a_server_that_learns_late_is_waited_for() {
    let rotation = Rotation::start();
    let unknown = Fault::UnknownKey;
    rotation.break_after(2, Place::Token, &unknown, Times::Next(2));
    let outcome = rotation.call(&[]).run();
    assert_eq!(outcome.code, Some(0), "{outcome:#?}");
    assert_eq!(rotation.redox.server.counters().faults, 2);
}

#[test]
fn an_api_that_is_gone_for_good_leaves_what_is_told_exactly() {
    let gone = Fault::TooManyRequests(RetryAfter::Secs(3600));
    let lost = Fault::Disconnect(Disconnect::WithinBody);
    for (case, step, first, registered) in [
        ("the answer to the first change is lost", 1, &lost, 2),
        ("the answer to the second change is lost", 3, &lost, 1),
        ("the API is gone before the second change", 3, &gone, 2),
    ] {
        let rotation = Rotation::start();
        rotation.break_after(step, Place::Platform, first, Times::Next(1));
        rotation.break_after(0, Place::Platform, &gone, Times::UntilCleared);
        let outcome = rotation.call(&["--wait", "0"]).run();
        assert_eq!(
            (outcome.code, outcome.stdout.as_str()),
            (Some(4), ""),
            "{case}"
        );
        assert_eq!(rotation.registered().len(), registered, "{case}");
        let told = format!(
            "keys:         perhaps not restored; before: {}; now: not known; the Platform API refused with status 429",
            rotation.old_id
        );
        assert!(outcome.stderr.contains(&told), "{case}: {outcome:#?}");
        let to_do = "remedy:       open the Redox dashboard, and keep the keys registered";
        assert!(outcome.stderr.contains(to_do), "{case}: {outcome:#?}");
        rotation.assert_told_of_file(&outcome, case);
        // Every registered key has its file.
        assert!(rotation.works("new.pem"), "{case}");
    }
}

#[test]
fn keys_that_can_be_read_and_not_put_back_are_named() {
    let rotation = Rotation::start();
    let unknown = Fault::UnknownKey;
    let gone = Fault::TooManyRequests(RetryAfter::Secs(3600));
    rotation.break_after(2, Place::Token, &unknown, Times::Next(1));
    // Read and changed; then three times read and not changed.
    rotation.break_after(3, Place::Platform, &gone, Times::Next(1));
    for _ in 0..2 {
        rotation.break_after(1, Place::Platform, &gone, Times::Next(1));
    }
    let outcome = rotation.call(&["--wait", "0"]).run();
    assert_eq!(outcome.code, Some(4), "{outcome:#?}");
    let new_id = rotation.id_in("new.pem").unwrap();
    let told = format!("now: {}, {new_id}; the Platform API", rotation.old_id);
    assert!(outcome.stderr.contains(&told), "{outcome:#?}");
    assert_eq!(rotation.registered(), [rotation.old_id.clone(), new_id]);
}
