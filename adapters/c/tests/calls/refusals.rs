use redox_auth::{
    redox_auth_action, redox_auth_answer_error, redox_auth_error_code, redox_auth_outcome,
    redox_auth_reason, redox_auth_stop,
};

use super::support::{Answer, DATE, Device, at, text};

const KEY_NOT_FOUND: &str = r#"{"error":"invalid_request",
    "error_description":"Public key not found, check client_id, kid and Redox dashboard settings",
    "error_uri":"https://docs.redoxengine.com/permalink/7sEi7MTFssZ1JuHpUYLeYJ"}"#;

#[test]
fn a_refusal_comes_with_the_words_of_the_server_and_a_hint() {
    let mut device = Device::begun();
    let ticket = device.request(at(0)).ticket;
    let mut answer = Answer::new(400, KEY_NOT_FOUND).date(DATE);
    let received = device.receive(ticket, at(0), &mut answer);
    assert_eq!(received.outcome, redox_auth_outcome::Refused);
    let refusal = received.refusal;
    assert_eq!(refusal.http_status, 400);
    assert_eq!(refusal.code, redox_auth_error_code::InvalidRequest);
    assert_eq!(refusal.reason, redox_auth_reason::KeyNotFound);
    assert_eq!(text(refusal.error), "invalid_request");
    assert!(text(refusal.description).starts_with("Public key not found"));
    assert!(text(refusal.uri).ends_with("7sEi7MTFssZ1JuHpUYLeYJ"));
    assert!(text(refusal.hint).contains("check both"));
    assert!(refusal.claim.data.is_null());

    let next = device.next(at(0));
    assert_eq!(next.action, redox_auth_action::Stop);
    assert_eq!(next.stop, redox_auth_stop::Refused);
    assert_eq!(next.refusal.reason, redox_auth_reason::KeyNotFound);
    assert!(text(next.refusal.hint).contains("check both"));
    assert!(next.refusal.description.data.is_null());
    assert!(next.until_ms > 0);
}

#[test]
fn a_refused_claim_is_named() {
    let mut device = Device::begun();
    let ticket = device.request(at(0)).ticket;
    let body = r#"{"error":"invalid_request","error_description":"Unexpected aud claim value"}"#;
    let received = device.receive(ticket, at(0), &mut Answer::new(400, body).date(DATE));
    assert_eq!(received.refusal.reason, redox_auth_reason::Claim);
    assert_eq!(text(received.refusal.claim), "aud");
}

#[test]
fn an_answer_that_is_none_is_named() {
    let mut device = Device::begun();
    let ticket = device.request(at(0)).ticket;
    let received = device.receive(ticket, at(0), &mut Answer::new(200, "<html>"));
    assert_eq!(received.outcome, redox_auth_outcome::Unusable);
    assert_eq!(received.answer_error, redox_auth_answer_error::Parse);

    let mut device = Device::begun();
    let ticket = device.request(at(0)).ticket;
    let long = format!(
        r#"{{"access_token":"{}","token_type":"bearer"}}"#,
        "x".repeat(1025)
    );
    let received = device.receive(ticket, at(0), &mut Answer::new(200, &long));
    assert_eq!(received.answer_error, redox_auth_answer_error::TokenTooLong);
    let next = device.next(at(0));
    assert_eq!(next.action, redox_auth_action::Stop);
    assert_eq!(next.stop, redox_auth_stop::Answer);
    assert_eq!(next.answer_error, redox_auth_answer_error::TokenTooLong);
}

#[test]
fn a_busy_server_is_waited_for() {
    let mut device = Device::begun();
    let ticket = device.request(at(0)).ticket;
    let received = device.receive(ticket, at(0), &mut Answer::new(503, ""));
    assert_eq!(received.refusal.reason, redox_auth_reason::TryLater);
    let next = device.next(at(0));
    assert_eq!(next.action, redox_auth_action::Wait);
    assert!((1..=1_000).contains(&next.until_ms));
}
