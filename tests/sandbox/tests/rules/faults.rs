use redox_auth_sandbox::http::{Method, StatusCode};
use redox_auth_sandbox::jiff::SignedDuration;
use redox_auth_sandbox::{
    Fault, Junk, Place, Refusal, Request, Response, RetryAfter, Sandbox, Times,
};
use serde_json::Value;

use crate::support::*;

/// The answer to a good token request, with this fault in its way, and the sandbox afterwards.
fn struck(fault: Fault) -> (Response, Sandbox) {
    let (mut sandbox, _) = ready();
    sandbox.inject(Place::Token, fault, Times::Next(1));
    let response = sandbox.handle(at(NOW), &token_request(&assertion("struck")));
    (response, sandbox)
}

fn is_html(response: &Response) -> bool {
    let says = header_of(response, "content-type") == "text/html; charset=utf-8";
    says && response.body.starts_with(b"<html>")
}

#[test]
fn faults_that_wait_are_listed_and_cleared_by_number() {
    let (mut sandbox, _) = ready();
    for spec in ["token:500:times=1", "api:html", "token:503"] {
        sandbox.order(spec.parse().unwrap());
    }
    let waiting = |sandbox: &Sandbox| {
        let faults = sandbox.faults();
        let faults = faults.map(|(number, order)| (number, order.to_string()));
        faults.collect::<Vec<_>>()
    };
    let all = waiting(&sandbox);
    let specs: Vec<_> = all.iter().map(|(_, spec)| spec.as_str()).collect();
    assert_eq!(specs, ["token:500:times=1", "api:html", "token:503"]);
    assert!(sandbox.clear_fault(all[1].0));
    assert!(!sandbox.clear_fault(all[1].0), "it is gone already");
    let request = token_request(&assertion("waiting"));
    for status in [500, 503] {
        assert_eq!(sandbox.handle(at(NOW), &request).status, status);
    }
    assert!(!sandbox.clear_fault(all[0].0), "it has struck");
    assert_eq!(waiting(&sandbox), all[2..]);
}

#[test]
fn a_fault_strikes_as_often_as_told_and_where_it_is_told() {
    let (mut sandbox, token) = ready();
    let post = message(&good_meta()).bearer(&token);
    let find = Request::new(Method::GET, "/fhir/R4/hospital/Development/Patient").bearer(&token);
    let busy = || Fault::TooManyRequests(RetryAfter::Absent);
    sandbox.inject(Place::Api, busy(), Times::Next(3));
    mint(&mut sandbox, "another place");
    let mut statuses = Vec::new();
    for request in [&post, &find, &post, &find, &post] {
        statuses.push(sandbox.handle(at(NOW), request).status.as_u16());
    }
    assert_eq!(statuses, [429, 429, 429, 200, 200]);
    assert_eq!(sandbox.counters().faults, 3);
    assert_eq!(sandbox.counters().messages_accepted, 1);
}

#[test]
fn what_is_spared_between_two_faults_is_answered_by_the_rules() {
    let (mut sandbox, token) = ready();
    let post = message(&good_meta()).bearer(&token);
    let busy = || Fault::TooManyRequests(RetryAfter::Absent);
    sandbox.spare(Place::Api, 2);
    sandbox.inject(Place::Api, busy(), Times::Next(1));
    sandbox.spare(Place::Api, 1);
    sandbox.inject(Place::Api, busy(), Times::UntilCleared);
    mint(&mut sandbox, "another place");
    let statuses = [(); 6].map(|()| sandbox.handle(at(NOW), &post).status.as_u16());
    assert_eq!(statuses, [200, 200, 429, 200, 429, 429]);
    assert_eq!(sandbox.counters().faults, 3);
}

#[test]
fn a_token_that_is_revoked_as_it_arrives_is_dead_from_then_on() {
    let (mut sandbox, token) = ready();
    let other = mint(&mut sandbox, "other");
    sandbox.inject(Place::Api, Fault::Revoked, Times::Next(1));
    let statuses = [&token, &token, &other].map(|token| {
        let post = message(&good_meta()).bearer(token);
        sandbox.handle(at(NOW), &post).status.as_u16()
    });
    assert_eq!(statuses, [401, 401, 200]);
    let counters = sandbox.counters();
    assert_eq!((counters.faults, counters.unauthorized), (1, 2));
}

#[test]
fn both_legacy_paths_are_one_place_and_the_verb_does_not_matter() {
    let (mut sandbox, _) = ready();
    let fault = Fault::Unavailable(StatusCode::BAD_GATEWAY, RetryAfter::Absent);
    sandbox.inject(Place::Legacy, fault, Times::Next(2));
    let statuses = [
        ("/auth/authenticate", Method::POST),
        ("/auth/refreshToken", Method::GET),
        ("/auth/refreshToken", Method::GET),
    ]
    .map(|(path, method)| {
        let request = Request::new(method, path);
        sandbox.handle(at(NOW), &request).status.as_u16()
    });
    assert_eq!(statuses, [502, 502, 403]);
}

#[test]
fn faults_wait_for_the_one_before_and_are_cleared_together() {
    let (mut sandbox, _) = ready();
    let unavailable = |status| Fault::Unavailable(status, RetryAfter::Absent);
    let status = |sandbox: &mut Sandbox, jti| {
        let request = token_request(&assertion(jti));
        sandbox.handle(at(NOW), &request).status.as_u16()
    };
    let first = unavailable(StatusCode::INTERNAL_SERVER_ERROR);
    sandbox.inject(Place::Token, first, Times::Next(1));
    let lasting = unavailable(StatusCode::SERVICE_UNAVAILABLE);
    sandbox.inject(Place::Token, lasting, Times::UntilCleared);
    let never = unavailable(StatusCode::GATEWAY_TIMEOUT);
    sandbox.inject(Place::Token, never, Times::Next(1));
    let statuses = ["a", "b", "c", "d"].map(|jti| status(&mut sandbox, jti));
    assert_eq!(statuses, [500, 503, 503, 503]);
    sandbox.clear_faults();
    assert_eq!(status(&mut sandbox, "e"), 200);
    assert_eq!(sandbox.counters().faults, 4);
}

#[test]
fn no_times_at_all_is_no_fault() {
    let (mut sandbox, _) = ready();
    sandbox.inject(Place::Token, Fault::BlankRefusal, Times::Next(0));
    mint(&mut sandbox, "unharmed");
    assert_eq!(sandbox.counters().faults, 0);
}

#[test]
fn retry_after_comes_in_every_form() {
    for (retry_after, expected) in [
        (RetryAfter::Absent, ""),
        (RetryAfter::Secs(0), "0"),
        (RetryAfter::Secs(120), "120"),
        (RetryAfter::Date(120), "Thu, 01 Jan 2026 00:02:00 GMT"),
        (RetryAfter::Garbled, "soon"),
    ] {
        let statuses = [
            (429, Fault::TooManyRequests(retry_after)),
            (
                503,
                Fault::Unavailable(StatusCode::SERVICE_UNAVAILABLE, retry_after),
            ),
        ];
        for (status, fault) in statuses {
            let (response, _) = struck(fault);
            assert_eq!(response.status, status);
            assert!(is_html(&response), "{status}");
            let got = header_of(&response, "retry-after");
            assert_eq!(got, expected, "{status} {retry_after:?}");
            let quota = header_of(&response, "x-ratelimit-limit");
            assert_eq!(quota.is_empty(), status != 429, "{status}");
        }
    }
}

#[test]
fn a_fault_in_place_of_the_answer_leaves_the_assertion_unused() {
    for fault in [
        Fault::TooManyRequests(RetryAfter::Absent),
        Fault::BlankRefusal,
        Fault::Junk(Junk::Html),
        Fault::Junk(Junk::Empty),
        Fault::Junk(Junk::LongToken(9)),
        Fault::Junk(Junk::WrongTypes),
    ] {
        let shown = format!("{fault:?}");
        let (response, mut sandbox) = struck(fault);
        let date = header_of(&response, "date");
        assert_eq!(date, "Thu, 01 Jan 2026 00:00:00 GMT", "{shown}");
        assert_eq!(sandbox.counters().tokens_minted, 1, "{shown}");
        mint(&mut sandbox, "struck");
    }
}

#[test]
fn a_blank_refusal_says_nothing() {
    let (response, _) = struck(Fault::BlankRefusal);
    assert_eq!(response.status, 400);
    let body = body(&response);
    assert_eq!(body["error"], "invalid_request");
    assert_eq!(body["error_description"], "");

    let (mut sandbox, _) = ready();
    sandbox.inject(Place::Legacy, Fault::BlankRefusal, Times::Next(1));
    let response = sandbox.handle(at(NOW), &Request::json("/auth/authenticate", "{}"));
    assert_eq!(response.status, 401);
    assert!(response.body.is_empty());
}

#[test]
fn an_unknown_key_is_told_in_redox_s_words() {
    let (response, mut sandbox) = struck(Fault::UnknownKey);
    assert_eq!(response.status, 400);
    let told = &body(&response)["error_description"];
    assert_eq!(*told, Refusal::KeyNotFound.description());
    assert_eq!(sandbox.counters().keys_not_found, 0);
    mint(&mut sandbox, "struck");

    sandbox.inject(Place::Api, Fault::UnknownKey, Times::Next(1));
    let response = sandbox.handle(at(NOW), &message(&good_meta()));
    assert_eq!((response.status.as_u16(), response.body.len()), (401, 0));
}

#[test]
fn a_redirect_says_where_to_go() {
    for (status, to) in [
        (301, "https://elsewhere.example/v2/auth/token"),
        (302, "http://127.0.0.1:1/"),
        (307, "/v2/auth/token"),
        (308, "//elsewhere.example/"),
    ] {
        let status = StatusCode::from_u16(status).unwrap();
        let (response, mut sandbox) = struck(Fault::Redirect(status, to.parse().unwrap()));
        assert_eq!(response.status, status);
        assert_eq!(header_of(&response, "location"), to);
        assert_eq!(sandbox.counters().tokens_minted, 1);
        mint(&mut sandbox, "struck");
    }
}

#[test]
fn a_fault_strikes_at_every_place() {
    for (place, method, path) in [
        (Place::Token, Method::POST, "/v2/auth/token"),
        (Place::Legacy, Method::POST, "/auth/refreshToken"),
        (Place::Api, Method::POST, "/endpoint"),
        (
            Place::Api,
            Method::GET,
            "/fhir/R4/hospital/Development/Patient",
        ),
        (Place::Upload, Method::POST, "/upload"),
        (
            Place::Platform,
            Method::GET,
            "/platform/v1/apikeys/client-1",
        ),
        (Place::Jwks, Method::GET, "/.well-known/jwks/client-1"),
    ] {
        let mut sandbox = sandbox();
        let request = Request::new(method, path);
        let truth = sandbox.handle(at(NOW), &request).status;
        let fault = Fault::Unavailable(StatusCode::GATEWAY_TIMEOUT, RetryAfter::Absent);
        sandbox.inject(place, fault, Times::Next(1));
        assert_eq!(sandbox.handle(at(NOW), &request).status, 504, "{path}");
        assert_eq!(sandbox.handle(at(NOW), &request).status, truth, "{path}");
    }
}

#[test]
fn orders_strike_in_the_order_in_which_they_were_written() {
    let (mut sandbox, token) = ready();
    for order in [
        "api:none:times=1",
        "api:429:times=1",
        "token:html",
        "api:503",
    ] {
        sandbox.order(order.parse().unwrap());
    }
    let post = message(&good_meta()).bearer(&token);
    let statuses = [(); 4].map(|()| sandbox.handle(at(NOW), &post).status.as_u16());
    assert_eq!(statuses, [200, 429, 503, 503]);
}

#[test]
fn junk_comes_with_200() {
    let (html, _) = struck(Fault::Junk(Junk::Html));
    assert!(is_html(&html));
    let (empty, _) = struck(Fault::Junk(Junk::Empty));
    assert!(empty.body.is_empty());
    let (long, _) = struck(Fault::Junk(Junk::LongToken(5000)));
    for member in ["access_token", "accessToken"] {
        assert_eq!(text(&body(&long)[member]).len(), 5000);
    }
    let (wrong, _) = struck(Fault::Junk(Junk::WrongTypes));
    assert_eq!(body(&wrong)["access_token"], 1);
    for response in [html, empty, long, wrong] {
        assert_eq!(response.status, 200);
    }
}

#[test]
fn a_truncated_answer_was_a_good_one() {
    let (response, mut sandbox) = struck(Fault::Junk(Junk::Truncated));
    assert_eq!(response.status, 200);
    assert!(response.body.starts_with(b"{"));
    assert!(serde_json::from_slice::<Value>(&response.body).is_err());
    assert_eq!(sandbox.counters().tokens_minted, 2);
    let again = sandbox.handle(at(NOW), &token_request(&assertion("struck")));
    assert_eq!(reason(&again), "the jti was used before");
}

#[test]
fn an_answer_out_of_a_cache_is_as_old_as_its_age() {
    let (mut sandbox, token) = ready();
    sandbox.inject(Place::Api, Fault::Aged(7), Times::Next(1));
    let find = Request::new(Method::GET, "/fhir/R4/hospital/Development/Patient").bearer(&token);
    let response = sandbox.handle(at(NOW), &find);
    assert_eq!(response.status, 200);
    assert_eq!(
        header_of(&response, "date"),
        "Wed, 31 Dec 2025 23:59:53 GMT"
    );
    assert_eq!(header_of(&response, "age"), "7");
}

#[test]
fn a_fault_of_a_header_changes_nothing_else() {
    let ahead = SignedDuration::from_hours(24);
    for (fault, date, age) in [
        (Fault::Aged(7), "Thu, 01 Jan 2026 00:00:00 GMT", "7"),
        (Fault::Undated, "", ""),
        (Fault::Misdated(ahead), "Fri, 02 Jan 2026 00:00:00 GMT", ""),
        (Fault::Misdated(-ahead), "Wed, 31 Dec 2025 00:00:00 GMT", ""),
        (Fault::GarbledDate, "the day before yesterday", ""),
    ] {
        let shown = format!("{fault:?}");
        let (response, sandbox) = struck(fault);
        assert_eq!(response.status, 200, "{shown}");
        assert_eq!(header_of(&response, "date"), date, "{shown}");
        assert_eq!(header_of(&response, "age"), age, "{shown}");
        assert_eq!(body(&response)["expires_in"], 300, "{shown}");
        assert_eq!(sandbox.counters().tokens_minted, 2, "{shown}");
    }
}
