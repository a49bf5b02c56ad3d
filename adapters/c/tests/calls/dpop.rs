use core::ffi::CStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use redox_auth::{
    REDOX_AUTH_DPOP_NONCE_MAX, redox_auth_action, redox_auth_algorithm, redox_auth_answer_error,
    redox_auth_api, redox_auth_dpop_asks_for_nonce, redox_auth_dpop_proof, redox_auth_dpop_request,
    redox_auth_outcome, redox_auth_public_key, redox_auth_public_key_from_point,
    redox_auth_served_by, redox_auth_session_bind_dpop, redox_auth_session_reconfigure,
    redox_auth_status as Status,
};
use serde_json::Value;

use super::support::{Answer, Device, TOKEN, at, text, text_of};

const BOUND: &str = r#"{"access_token":"granted","token_type":"DPoP","expires_in":300}"#;

/// The public half of the device's key: 4, x and y of RFC 7515, appendix A.3.
fn public_key() -> Box<redox_auth_public_key> {
    let mut point = vec![4];
    for coordinate in [
        "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    ] {
        point.extend(URL_SAFE_NO_PAD.decode(coordinate).unwrap());
    }
    let mut key = Box::new(redox_auth_public_key { opaque: [0; 72] });
    // SAFETY: all of them are there.
    let status = unsafe {
        redox_auth_public_key_from_point(
            &raw mut *key,
            size_of::<redox_auth_public_key>(),
            redox_auth_algorithm::Es256 as i32,
            point.as_ptr(),
            point.len(),
        )
    };
    assert_eq!(status, Status::Ok);
    key
}

const RANDOM: [u8; 16] = [9; 16];

fn request(
    device: &Device,
    key: &redox_auth_public_key,
    (method, url): (&'static CStr, &'static CStr),
) -> redox_auth_dpop_request {
    redox_auth_dpop_request {
        signer: &raw const device.signer,
        public_key: key,
        method: method.as_ptr(),
        url: url.as_ptr(),
        unix_secs: at(0).unix_secs,
        random: RANDOM.as_ptr(),
        ..redox_auth_dpop_request::default()
    }
}

fn prove(request: &redox_auth_dpop_request, out: &mut [u8]) -> (Status, usize) {
    let mut len = 0;
    // SAFETY: all of them are there.
    let status =
        unsafe { redox_auth_dpop_proof(request, out.as_mut_ptr().cast(), out.len(), &raw mut len) };
    (status, len)
}

/// Header and claims of a proof whose signature is that of the device's key.
fn proof(request: &redox_auth_dpop_request) -> (Value, Value) {
    let mut out = [0; 1024];
    let (status, len) = prove(request, &mut out);
    assert_eq!(status, Status::Ok);
    let text = CStr::from_bytes_until_nul(&out).unwrap();
    let text = text.to_str().unwrap();
    assert_eq!(text.len(), len);
    let (message, signature) = text.rsplit_once('.').unwrap();
    let (header, claims) = message.split_once('.').unwrap();
    let read = |part: &str| -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    };
    let header = read(header);
    let coordinate = |name: &str| {
        let text = header["jwk"][name].as_str().unwrap();
        URL_SAFE_NO_PAD.decode(text).unwrap()
    };
    let point = [vec![4], coordinate("x"), coordinate("y")].concat();
    let algorithm = &aws_lc_rs::signature::ECDSA_P256_SHA256_FIXED;
    aws_lc_rs::signature::UnparsedPublicKey::new(algorithm, point)
        .verify(
            message.as_bytes(),
            &URL_SAFE_NO_PAD.decode(signature).unwrap(),
        )
        .unwrap();
    (header, read(claims))
}

const TOKENS: (&CStr, &CStr) = (c"POST", c"https://login.example/token");
const PATIENTS: (&CStr, &CStr) = (c"GET", c"https://fhir.example/r4/Patient?family=Bixby");

#[test]
fn a_proof_says_what_it_is_for() {
    let (device, key) = (Device::new(), public_key());
    let (header, claims) = proof(&request(&device, &key, TOKENS));
    assert_eq!(
        (&header["typ"], &header["alg"]),
        (&"dpop+jwt".into(), &"ES256".into())
    );
    assert_eq!(claims["htm"], "POST");
    assert_eq!(claims["htu"], "https://login.example/token");
    assert_eq!(claims["iat"], 1_800_000_000 - 5);
    assert_eq!((claims.get("ath"), claims.get("nonce")), (None, None));

    let mut of_api = request(&device, &key, PATIENTS);
    of_api.access_token = text_of(Some("granted"));
    of_api.nonce = text_of(Some("nonce-1"));
    let (_, claims) = proof(&of_api);
    assert_eq!(claims["htm"], "GET");
    assert_eq!(claims["htu"], "https://fhir.example/r4/Patient");
    assert_eq!(claims["ath"], "3VFdGXW45ag7qzQgvqXazv5UUax89hfSPEOTzHnk25k");
    assert_eq!(claims["nonce"], "nonce-1");
}

#[test]
fn every_shorter_buffer_is_refused_with_the_exact_need() {
    let (device, key) = (Device::new(), public_key());
    let request = request(&device, &key, TOKENS);
    let (_, needed) = prove(&request, &mut [0; 1024]);
    for short in 0..=needed {
        let mut out = vec![0; short];
        assert_eq!(
            prove(&request, &mut out),
            (Status::BufferTooSmall, needed),
            "{short}"
        );
    }
    assert_eq!(
        prove(&request, &mut vec![0; needed + 1]),
        (Status::Ok, needed)
    );
}

#[test]
fn what_cannot_be_proved_is_refused() {
    let (mut device, key) = (Device::new(), public_key());
    let long: &'static str = "n".repeat(REDOX_AUTH_DPOP_NONCE_MAX + 1).leak();
    for (change, expected) in [
        (
            &(|request: &mut redox_auth_dpop_request| request.unix_secs = 0)
                as &dyn Fn(&mut redox_auth_dpop_request),
            Status::TimeUnknown,
        ),
        (&|request| request.method = c"".as_ptr(), Status::EmptyText),
        (
            &|request| request.url = c"http://fhir.example".as_ptr(),
            Status::UrlPlainHttp,
        ),
        (
            &|request| request.access_token = text_of(Some("")),
            Status::EmptyText,
        ),
        (
            &|request| request.nonce = text_of(Some("")),
            Status::DpopNonce,
        ),
        (
            &|request| request.nonce = text_of(Some("a b")),
            Status::DpopNonce,
        ),
        (
            &|request| request.nonce = text_of(Some(long)),
            Status::DpopNonce,
        ),
        (
            &|request| request.nonce = text_of(long.get(1..)),
            Status::Ok,
        ),
    ] {
        let mut request = request(&device, &key, TOKENS);
        change(&mut request);
        assert_eq!(prove(&request, &mut [0; 1024]).0, expected);
    }
    device.signer.algorithm = redox_auth_algorithm::Es384 as i32;
    let found = prove(&request(&device, &key, TOKENS), &mut [0; 1024]);
    assert_eq!(found.0, Status::KeyOtherAlgorithm);
    device.signer.algorithm = 99;
    let found = prove(&request(&device, &key, TOKENS), &mut [0; 1024]);
    assert_eq!(found.0, Status::BadValue);
}

fn bind(device: &mut Device, key: *const redox_auth_public_key) -> Status {
    // SAFETY: both are there, the key as long as the session.
    unsafe { redox_auth_session_bind_dpop(&raw mut device.session, key) }
}

fn bound(key: &redox_auth_public_key) -> Box<Device> {
    let mut device = Device::begun();
    assert_eq!(bind(&mut device, key), Status::Ok);
    device
}

const ENDPOINT: &CStr = c"https://api.redoxengine.com/endpoint";

#[test]
fn a_nonce_costs_one_more_request_and_a_bound_token_is_taken() {
    let key = public_key();
    let wants = || Answer::new(400, r#"{"error":"use_dpop_nonce"}"#);
    let mut device = bound(&key);
    let ticket = device.request(at(0)).ticket;
    let received = device.receive(ticket, at(0), &mut wants());
    assert_eq!(received.outcome, redox_auth_outcome::Refused);
    assert_eq!(device.next(at(0)).action, redox_auth_action::Fetch);
    let ticket = device.request(at(0)).ticket;
    let received = device.receive(ticket, at(0), &mut Answer::new(200, BOUND));
    assert_eq!(received.outcome, redox_auth_outcome::Token);
    let (status, authorized) = device.authorize(at(1), redox_auth_api::DataModel, ENDPOINT);
    assert_eq!(status, Status::Ok);
    assert_eq!(text(authorized.token.text), "granted");
    assert_eq!(authorized.token.served_by, redox_auth_served_by::Oauth);

    // A server that always asks for another nonce gets two requests.
    let mut device = bound(&key);
    for expected in [redox_auth_action::Fetch, redox_auth_action::Stop] {
        let ticket = device.request(at(0)).ticket;
        let received = device.receive(ticket, at(0), &mut wants());
        assert_eq!(received.outcome, redox_auth_outcome::Refused);
        assert_eq!(device.next(at(0)).action, expected);
    }
}

#[test]
fn a_token_of_the_other_type_is_not_taken() {
    let key = public_key();
    for (mut device, body) in [(bound(&key), TOKEN), (Device::begun(), BOUND)] {
        let ticket = device.request(at(0)).ticket;
        let received = device.receive(ticket, at(0), &mut Answer::new(200, body));
        assert_eq!(received.outcome, redox_auth_outcome::Unusable);
        assert_eq!(received.answer_error, redox_auth_answer_error::Parse);
    }
}

#[test]
fn a_token_is_kept_only_while_it_is_bound_to_the_same_key() {
    let key = public_key();
    let fetched = || {
        let mut device = bound(&key);
        let ticket = device.request(at(0)).ticket;
        device.receive(ticket, at(0), &mut Answer::new(200, BOUND));
        assert_eq!(device.next(at(0)).action, redox_auth_action::Use);
        device
    };
    let mut device = fetched();
    assert_eq!(bind(&mut device, &raw const *key), Status::Ok);
    assert_eq!(device.next(at(0)).action, redox_auth_action::Use);
    // Another configuration does not end the binding.
    let config = device.config;
    // SAFETY: both are there, and what the configuration leads to.
    let status =
        unsafe { redox_auth_session_reconfigure(&raw mut device.session, &raw const config) };
    assert_eq!(status, Status::Ok);
    assert_eq!(device.next(at(0)).action, redox_auth_action::Use);
    assert_eq!(bind(&mut device, core::ptr::null()), Status::Ok);
    assert_eq!(device.next(at(0)).action, redox_auth_action::Fetch);

    let mut device = Device::with_token();
    assert_eq!(bind(&mut device, &raw const *key), Status::Ok);
    assert_eq!(device.next(at(0)).action, redox_auth_action::Fetch);
}

#[test]
fn only_the_challenge_of_dpop_asks_for_a_nonce() {
    for (value, expected) in [
        (
            r#"Bearer realm="a", DPoP algs="ES256", error="use_dpop_nonce""#,
            true,
        ),
        (r#"DPoP error="invalid_token""#, false),
        (r#"Bearer error="use_dpop_nonce""#, false),
        ("", false),
    ] {
        let mut asks = !expected;
        // SAFETY: both are there.
        let status = unsafe {
            let text = value.as_ptr().cast();
            redox_auth_dpop_asks_for_nonce(text, value.len(), &raw mut asks)
        };
        assert_eq!((status, asks), (Status::Ok, expected), "{value}");
    }
}
