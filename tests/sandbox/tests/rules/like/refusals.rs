//! Each rule broken alone: the status, and the server's words as a person sees them.

use redox_auth_core::TokenReply;
use redox_auth_sandbox::{ObjectionKind, Response, Rules};

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
            assert!(shown.contains(words), "{case}: {shown}");
        }
        // Somebody who only has the form is told the same, and nothing more.
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
            ("client stranger", "iss is not the ID of a client"),
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
            ("field client_secret=secret", "client_secret is there"),
            ("field client_id=stranger", "client_id names another client"),
            ("http authorization=Basic YTpi", "the header Authorization"),
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
        for (assertion, expected) in [("", "is missing"), ("a.b", "no compact JWS")] {
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
        assert_eq!(reason(&answer), "a form field is there twice", "{server}");
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
fn requests_beyond_the_limit_wait_for_the_next_minute() {
    let rules = Rules::named("athena").unwrap();
    let mut fit = Fit::new(&rules);
    let mut sandbox = fit.sandbox(&rules);
    for (request, second, status) in
        (0..5)
            .map(|request| (request, 0, 200))
            .chain([(5, 0, 429), (6, 59, 429), (7, 60, 200)])
    {
        fit.change(&format!("claim jti=\"jti-{request}\""));
        let answer = sandbox.handle(at(NOW + second), &fit.request());
        assert_eq!(answer.status.as_u16(), status, "request {request}");
        assert_eq!(
            header_of(&answer, "retry-after"),
            if status == 429 { "60" } else { "" }
        );
    }
}

#[test]
fn a_server_with_proofs_says_which_one_it_wants() {
    let rules = Rules::named("helseid").unwrap();
    let mut fit = Fit::new(&rules);
    fit.change("http dpop");
    assert_eq!(words_of(&fit.answer(&rules)), "\"invalid_dpop_proof\"");
    fit.change("http dpop=e30.e30.AA");
    let answer = fit.answer(&rules);
    assert_eq!(words_of(&answer), "\"use_dpop_nonce\"");
    assert_eq!(header_of(&answer, "dpop-nonce").len(), 36);
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

/// What a client of ours shows a person of this answer.
fn words_of(answer: &Response) -> String {
    let mut body = answer.body.clone();
    match TokenReply::parse(answer.status.as_u16(), &mut body).unwrap() {
        TokenReply::Refusal(refusal) => refusal.words(&[]).to_string(),
        TokenReply::Token(_) => panic!("a token"),
    }
}

/// The table, line by line.
fn rows() -> impl Iterator<Item = [&'static str; 4]> {
    let lines = include_str!("refusals.txt").lines();
    let rows = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    rows.map(|row| {
        let mut cells = row.split('|').map(str::trim);
        [(); 4].map(|()| cells.next().unwrap_or_default())
    })
}

/// What the form alone does not show.
const ONLY_A_SERVER_KNOWS: [&str; 9] = [
    "the signature does not verify",
    "iss is not the ID of a client that is registered",
    "the client has registered no key that the header names",
    "jwk in the header is not a registered key",
    "x5t#S256 is not the hash of a certificate in base64url",
    "the body is not application/x-www-form-urlencoded",
    "the server gives this client no token, whatever it does",
    "the header DPoP is missing; each request needs a proof",
    "the jti was used before",
];
