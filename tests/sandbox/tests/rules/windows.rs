use redox_auth_sandbox::Refusal;
use redox_auth_sandbox::jiff::Timestamp;
use serde_json::{Value, json};

use crate::support::*;

#[test]
fn iat_is_taken_from_310_s_ago_to_10_s_ahead() {
    check([
        (
            json!({ "iat": NOW - 311, "exp": NOW - 11 }),
            Some(Refusal::IssuedTooLongAgo),
        ),
        // In the window, but an exp of 300 s later has the same 10 s and is reached.
        (
            json!({ "iat": NOW - 310, "exp": NOW - 10 }),
            Some(Refusal::Expired),
        ),
        (json!({ "iat": NOW - 309, "exp": NOW - 9 }), None),
        (json!({ "iat": NOW, "exp": NOW + 1 }), None),
        (json!({ "iat": NOW + 9, "exp": NOW + 309 }), None),
        (json!({ "iat": NOW + 10, "exp": NOW + 310 }), None),
        (
            json!({ "iat": NOW + 11, "exp": NOW + 311 }),
            Some(Refusal::IssuedInFuture),
        ),
    ]);
}

#[test]
fn exp_is_taken_until_10_s_after_it_and_up_to_300_s_after_iat() {
    check([
        (
            json!({ "iat": NOW - 100, "exp": NOW - 11 }),
            Some(Refusal::Expired),
        ),
        (
            json!({ "iat": NOW - 100, "exp": NOW - 10 }),
            Some(Refusal::Expired),
        ),
        (json!({ "iat": NOW - 100, "exp": NOW - 9 }), None),
        (json!({ "iat": NOW - 100, "exp": NOW + 199 }), None),
        (json!({ "iat": NOW - 100, "exp": NOW + 200 }), None),
        (
            json!({ "iat": NOW - 100, "exp": NOW + 201 }),
            Some(Refusal::LivesTooLong),
        ),
    ]);
}

#[test]
fn nbf_is_taken_up_to_10_s_ahead() {
    check([
        (json!({ "nbf": NOW - 1000 }), None),
        (json!({ "nbf": NOW + 9 }), None),
        (json!({ "nbf": NOW + 10 }), None),
        (json!({ "nbf": NOW + 11 }), Some(Refusal::NotYetValid)),
    ]);
}

/// Each case replaces claims of a good assertion, in a sandbox of its own, at [`NOW`].
fn check<const N: usize>(cases: [(Value, Option<Refusal>); N]) {
    for (changes, expected) in cases {
        let mut claims = claims("window");
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        let got = try_mint(
            &mut sandbox(),
            NOW,
            &sign("ES384", &header("ES384"), &claims),
        );
        let expected = expected.map_or(Ok(()), |refusal| refused(refusal).map(drop));
        assert_eq!(got.map(drop), expected, "{changes} at {NOW}");
    }
}

#[test]
fn a_second_that_has_begun_counts_as_whole() {
    let almost = Timestamp::from_millisecond(NOW * 1000 + 999).unwrap();
    for (iat, status) in [(NOW + 10, 200), (NOW + 11, 400)] {
        let mut claims = claims("begun");
        claims["iat"] = json!(iat);
        let request = token_request(&sign("ES384", &header("ES384"), &claims));
        let response = sandbox().handle(almost, &request);
        assert_eq!(response.status, status, "iat {iat}");
    }
}

#[test]
fn an_access_token_lives_300_s_to_the_millisecond() {
    let (mut sandbox, token) = ready();
    let post = message(&good_meta()).bearer(&token);
    for (millis, status) in [
        (0, 200),
        (299_000, 200),
        (299_999, 200),
        (300_000, 401),
        (301_000, 401),
    ] {
        let now = Timestamp::from_millisecond(NOW * 1000 + millis).unwrap();
        let response = sandbox.handle(now, &post);
        assert_eq!(response.status, status, "{millis} ms after the token");
    }
    assert_eq!(sandbox.counters().unauthorized, 2);
}

#[test]
fn a_revoked_token_is_dead_at_once() {
    let (mut sandbox, token) = ready();
    let post = message(&good_meta()).bearer(&token);
    assert_eq!(sandbox.handle(at(NOW), &post).status, 200);
    sandbox.revoke_all_tokens();
    let response = sandbox.handle(at(NOW), &post);
    assert_eq!(response.status, 401);
    let challenge = header_of(&response, "www-authenticate");
    assert_eq!(challenge, "Bearer error=\"invalid_token\"");
}
