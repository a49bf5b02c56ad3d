use core::ffi::CStr;
use core::ptr;

use redox_auth::{
    redox_auth_action, redox_auth_answer_error, redox_auth_error_code, redox_auth_outcome,
    redox_auth_reason, redox_auth_refusal, redox_auth_refusal_words, redox_auth_status,
    redox_auth_stop,
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
    assert_eq!(text(refusal.body), KEY_NOT_FOUND);
    assert_eq!(
        words(&refusal, None, 512).unwrap(),
        "\"invalid_request\": \"Public key not found, check client_id, kid and Redox dashboard settings\"; \
         see https://docs.redoxengine.com/permalink/7sEi7MTFssZ1JuHpUYLeYJ"
    );
    assert!(text(refusal.hint).contains("check both"));
    assert!(refusal.claim.data.is_null());

    let next = device.next(at(0));
    assert_eq!(next.action, redox_auth_action::Stop);
    assert_eq!(next.stop, redox_auth_stop::Refused);
    assert_eq!(next.refusal.reason, redox_auth_reason::KeyNotFound);
    assert!(text(next.refusal.hint).contains("check both"));
    assert!(next.refusal.body.data.is_null());
    assert_eq!(words(&next.refusal, None, 1).unwrap(), "");
    assert!(next.until_ms > 0);
}

#[test]
fn words_need_the_exact_room_and_show_no_secret() {
    let mut device = Device::begun();
    let ticket = device.request(at(0)).ticket;
    let mut answer = Answer::new(403, "s3cret: This source\r\n is not authorized.").date(DATE);
    let refusal = device.receive(ticket, at(0), &mut answer).refusal;
    let expected = r#""[redacted]: This source is not authorized.""#;
    for short in 0..=expected.len() {
        let got = words(&refusal, Some(c"s3cret"), short);
        assert_eq!(got, Err(expected.len()), "{short} bytes");
    }
    let got = words(&refusal, Some(c"s3cret"), expected.len() + 1);
    assert_eq!(got.as_deref(), Ok(expected));
}

/// The line in a buffer of this size, or the length that it would have.
fn words(
    refusal: &redox_auth_refusal,
    secret: Option<&CStr>,
    size: usize,
) -> Result<String, usize> {
    let secret = secret.map_or(ptr::null(), CStr::as_ptr);
    let (mut out, mut len) = (vec![0x55_u8; size], 0);
    // SAFETY: all of it is there.
    let status = unsafe {
        redox_auth_refusal_words(refusal, secret, out.as_mut_ptr().cast(), size, &raw mut len)
    };
    if status == redox_auth_status::BufferTooSmall {
        return Err(len);
    }
    assert_eq!(status, redox_auth_status::Ok);
    assert_eq!(out.get(len), Some(&0));
    out.truncate(len);
    Ok(String::from_utf8(out).unwrap())
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
