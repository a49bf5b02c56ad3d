//! Each rule broken alone: the status, and the server's words as the output shows them.

use redox_auth_core::TokenReply;
use redox_auth_sandbox::{ObjectionKind, Response, Rules};
use serde_json::Value;

use super::fit::Fit;
use crate::support::*;

#[test]
fn each_rule_is_broken_alone_and_each_limit_is_on_its_own_side() {
    for [server, changes, status, words] in rows() {
        let rules = Rules::named(server).unwrap();
        let mut fit = Fit::new(&rules);
        for change in changes.split("; ") {
            fit.change(change);
        }
        let answer = fit.answer(&rules);
        let case = format!("{server}: {changes}: {}", reason(&answer));
        assert_eq!(answer.status.as_str(), status, "{case}");
        if status != "200" {
            let shown = words_of(&answer);
            assert!(is_said(words, &shown), "{case}: {shown}");
        }
        // A person who has only the form gets the same answer, and nothing more.
        let found = rules.judge_form(&fit.request().body, &rules.site_at(BASE_URL), at(NOW));
        match found.as_slice() {
            [] => {
                let is_known = status == "200" || ONLY_A_SERVER_KNOWS.contains(&&*reason(&answer));
                assert!(is_known, "{case}");
            }
            [alone] => assert_eq!(alone.to_string(), reason(&answer), "{case}"),
            several => panic!("{case}: {several:?}"),
        }
    }
}

#[test]
fn a_jti_is_as_long_as_the_server_takes_it() {
    let rules = Rules::named("epic").unwrap();
    for (jti, status) in [("é".repeat(151), 200), ("é".repeat(152), 400)] {
        let mut fit = Fit::new(&rules);
        fit.claims["jti"] = jti.into();
        let answer = fit.answer(&rules);
        assert_eq!(answer.status.as_u16(), status, "{}", reason(&answer));
    }
}

#[test]
fn what_no_server_takes_is_refused_by_every_one_of_them() {
    for server in Rules::names() {
        let rules = Rules::named(server).unwrap();
        for (change, kind) in [
            ("forged", "the signature does not verify"),
            (
                "client stranger",
                "iss is not the ID of a registered client",
            ),
            ("claim exp=NOW-11", "exp was 11 s ago"),
            ("claim exp=1.5", "exp is 1.5; expected whole seconds"),
            (
                "claim aud=\"https://other.example/\"",
                "aud is \"https://other.example/\"",
            ),
            ("claim aud", "aud is missing"),
            ("claim iss", "iss is missing"),
            ("header alg=\"none\"", "alg is none"),
            ("header alg=\"RS384x\"", "alg is RS384x"),
            ("header crit=[\"b64\"]", "crit is"),
            ("field grant_type=password", "grant_type is \"password\""),
            ("field grant_type", "grant_type is missing"),
            ("field client_secret=secret", "the form has client_secret"),
            ("field client_id=stranger", "client_id names another client"),
            (
                "http authorization=Basic YTpi",
                "the request has a header Authorization",
            ),
            ("http content-type=application/json", "the body is not"),
        ] {
            let mut fit = Fit::new(&rules);
            if fit.algorithm == "HS256" {
                continue;
            }
            fit.change(change);
            let answer = fit.answer(&rules);
            let case = format!("{server}: {change}: {}", reason(&answer));
            assert!(!answer.status.is_success(), "{case}");
            assert!(reason(&answer).contains(kind), "{case}");
            assert_ne!(words_of(&answer), "", "{case}");
        }
    }
}

#[test]
fn a_body_that_is_no_assertion_is_refused_in_words_as_well() {
    for server in Rules::names() {
        let rules = Rules::named(server).unwrap();
        let mut fit = Fit::new(&rules);
        if fit.algorithm == "HS256" {
            continue;
        }
        for (assertion, expected) in [("", "is missing"), ("a.b", "not a compact JWS")] {
            let field = fit.settings.assertion_field;
            fit.change(&format!("field {field}={assertion}"));
            let answer = fit.answer(&rules);
            assert!(
                reason(&answer).contains(expected),
                "{server}: {}",
                reason(&answer)
            );
            assert_ne!(words_of(&answer), "", "{server}");
        }
        let mut request = fit.request();
        request.body.extend(b"&grant_type=client_credentials");
        let answer = fit.sandbox(&rules).handle(at(NOW), &request);
        assert_eq!(
            reason(&answer),
            "the form field grant_type appears twice",
            "{server}"
        );
    }
}

#[test]
fn a_jti_is_taken_once_for_as_long_as_the_server_remembers() {
    for (server, forgotten_after, words) in [
        ("epic", Some(300), "\"invalid_client\""),
        ("keycloak", Some(300), "Token reuse detected"),
        ("okta", Some(300), "already been used"),
        ("nhs", Some(2_592_000), "Non-unique 'jti'"),
        ("dpc", Some(300), "Token ID cannot be re-used"),
        ("medplum", None, ""),
        ("google", None, ""),
    ] {
        let rules = Rules::named(server).unwrap();
        let mut fit = Fit::new(&rules);
        let mut sandbox = fit.sandbox(&rules);
        let mut answer_at = |second: i64| {
            for (name, offset) in [("iat", 0), ("exp", 300)] {
                fit.change(&format!("claim {name}={}", second + offset));
            }
            sandbox.handle(at(second), &fit.request())
        };
        assert_eq!(answer_at(NOW).status, 200, "{server}");
        let again = answer_at(NOW);
        match forgotten_after {
            Some(secs) => {
                assert!(
                    words_of(&again).contains(words),
                    "{server}: {}",
                    words_of(&again)
                );
                assert_ne!(answer_at(NOW + secs - 1).status, 200, "{server}");
                assert_eq!(answer_at(NOW + secs).status, 200, "{server}");
            }
            None => assert_eq!(again.status, 200, "{server}: {}", reason(&again)),
        }
    }
}

#[test]
fn a_jti_without_an_end_is_remembered_for_ever() {
    let file = "extends = \"medplum\"\n[jti]\nonce = true";
    let rules = Rules::parse("mine", file).unwrap();
    let mut fit = Fit::new(&rules);
    fit.change("claim exp");
    let mut sandbox = fit.sandbox(&rules);
    for (second, status) in [(NOW, 200), (NOW + 100_000_000, 400)] {
        let answer = sandbox.handle(at(second), &fit.request());
        assert_eq!(answer.status.as_u16(), status, "at {second} s");
    }
}

#[test]
fn requests_beyond_the_limit_wait_for_the_next_minute() {
    for (server, limit, words) in [
        (
            "athena",
            5,
            "\"temporarily_unavailable\": \"Too many requests\"",
        ),
        ("nhs", 300, "\"rate_limit\": \"Rate limit exceeded\""),
    ] {
        let rules = Rules::named(server).unwrap();
        let mut fit = Fit::new(&rules);
        let mut sandbox = fit.sandbox(&rules);
        let mut answer = |request, second| {
            fit.change(&format!("claim jti=\"jti-{request}\""));
            sandbox.handle(at(NOW + second), &fit.request())
        };
        for request in 0..limit {
            assert_eq!(
                answer(request, 0).status,
                200,
                "{server}: request {request}"
            );
        }
        for second in [0, 59] {
            let refused = answer(limit, second);
            assert_eq!(refused.status, 429, "{server}: at {second} s");
            assert_eq!(words_of(&refused), words);
            assert_eq!(header_of(&refused, "retry-after"), "60");
        }
        assert_eq!(answer(limit, 60).status, 200, "{server}");
    }
}

#[test]
fn a_refusal_has_the_shape_of_the_server_down_to_the_last_member() {
    for (server, expected) in [
        (
            "epic",
            r#"{"error":"invalid_client","error_description":null}"#,
        ),
        ("meditech", r#"{"error":"invalid_client"}"#),
        ("dpc", r#"{"code":401,"message":"Invalid JWT"}"#),
        (
            "nhs",
            r#"{"error":"public_key error","error_description":"JWT signature verification failed","message_id":"rrt-*"}"#,
        ),
        (
            "pdnd",
            r#"{"correlationId":"*","errors":[{"code":"015-0008","detail":"Unable to generate a token for the given request"}],"status":400,"title":"The request contains bad syntax or cannot be fulfilled.","type":"about:blank"}"#,
        ),
    ] {
        let rules = Rules::named(server).unwrap();
        let mut fit = Fit::new(&rules);
        fit.change("forged");
        let answer = fit.answer(&rules);
        let mut expected: Value = serde_json::from_str(expected).unwrap();
        // An ID is another one each time, and 36 characters long.
        for name in ["message_id", "correlationId"] {
            let (found, shape) = (&body(&answer)[name], &expected[name]);
            if let (Some(found), Some(shape)) = (found.as_str(), shape.as_str()) {
                assert_eq!(found.len(), shape.len() + 35, "{server}: {found}");
                expected[name] = found.into();
            }
        }
        assert_eq!(body(&answer), expected, "{server}");
    }
}

#[test]
fn what_is_refused_is_counted_by_its_kind() {
    let rules = Rules::named("keycloak").unwrap();
    for (change, kind) in [
        ("forged", ObjectionKind::Signature),
        ("claim exp=NOW", ObjectionKind::Expired),
        ("claim aud=\"x\"", ObjectionKind::Aud),
        ("client stranger", ObjectionKind::ClientUnknown),
        ("header alg=\"HS256\"", ObjectionKind::Alg),
        ("field grant_type", ObjectionKind::GrantType),
    ] {
        let mut fit = Fit::new(&rules);
        fit.change(change);
        let mut sandbox = fit.sandbox(&rules);
        sandbox.handle(at(NOW), &fit.request());
        let counters = sandbox.counters();
        let counted = match kind {
            ObjectionKind::Signature => counters.bad_signatures,
            ObjectionKind::Expired => counters.outside_time_window,
            ObjectionKind::Aud => counters.unexpected_claims,
            ObjectionKind::ClientUnknown => counters.keys_not_found,
            ObjectionKind::Alg => counters.wrong_algorithms,
            _ => counters.malformed_token_requests,
        };
        assert_eq!((counters.token_refusals, counted), (1, 1), "{change}");
    }
}

/// Whether the output contains this text, or equals the text after `=`.
pub(crate) fn is_said(words: &str, shown: &str) -> bool {
    match words.strip_prefix('=') {
        Some(all) => shown == all,
        None => shown.contains(words),
    }
}

/// What a client of ours shows a person of this answer.
pub(crate) fn words_of(answer: &Response) -> String {
    let mut body = answer.body.clone();
    match TokenReply::parse(answer.status.as_u16(), &mut body).unwrap() {
        TokenReply::Refusal(refusal) => refusal.words(&[]).to_string(),
        TokenReply::Token(_) => panic!("a token"),
    }
}

/// The table, line by line.
pub(crate) fn rows() -> impl Iterator<Item = [&'static str; 4]> {
    let lines = include_str!("refusals.txt").lines();
    let rows = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    rows.map(|row| {
        let mut cells = row.split('|').map(str::trim);
        [(); 4].map(|()| cells.next().unwrap_or_default())
    })
}

/// What the form alone does not show.
const ONLY_A_SERVER_KNOWS: [&str; 11] = [
    "the signature does not verify",
    "iss is not the ID of a registered client",
    "the header names no registered key of the client",
    "jwk in the header is not a registered key",
    "x5c must be a list of certificates in base64, with the key's certificate first",
    "x5t#S256 must be the hash of a certificate in base64url",
    "the body is not application/x-www-form-urlencoded",
    "the server never gives this client a token",
    "the header DPoP is missing; each request needs a proof",
    "the RSA key has 2048 bits; the server requires at least 4096",
    "the jti was used before",
];
