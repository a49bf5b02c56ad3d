use core::ffi::c_void;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use redox_auth::{
    redox_auth_algorithm, redox_auth_prepared, redox_auth_request, redox_auth_session_finish,
    redox_auth_session_prepare, redox_auth_status as Status,
};
use serde_json::Value;

use super::support::{Device, ES256_JWK, at, text};

#[test]
fn others_verify_what_the_library_signs() {
    let mut device = Device::begun();
    let body = text(device.request(at(0)).body);
    verify(assertion(&body));
    let (header, claims) = claims_and_header(&body);
    assert_eq!(header["alg"], Value::from("ES256"));
    assert_eq!(header["kid"], Value::from("key-1"));
    assert_eq!(claims["iss"], Value::from("client-1"));
    assert_eq!(
        claims["aud"],
        Value::from("https://api.redoxengine.com/v2/auth/token")
    );
}

#[test]
fn a_request_signed_elsewhere_is_the_same() {
    let mut device = Device::begun();
    let signer = device.signer;
    let mut buffer = [0; 2048];
    let mut prepared = redox_auth_prepared::default();
    let random = [1; 16];
    // SAFETY: all of them are there, the buffer until the request is finished.
    let status = unsafe {
        redox_auth_session_prepare(
            &raw mut device.session,
            at(0),
            random.as_ptr(),
            buffer.as_mut_ptr(),
            buffer.len(),
            &raw mut prepared,
        )
    };
    assert_eq!(status, Status::Ok);
    assert!(prepared.is_unsigned);
    assert_eq!(prepared.algorithm, redox_auth_algorithm::Es256);
    let input = text(prepared.signing_input);
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, input.as_bytes());
    assert_eq!(&prepared.digest[..prepared.digest_len], digest.as_ref());

    let mut signature = [0; 64];
    let sign = signer.sign_message.unwrap();
    // SAFETY: the key lives as long as the device.
    let status = unsafe {
        sign(
            signer.context,
            input.as_ptr(),
            input.len(),
            signature.as_mut_ptr(),
            signature.len(),
        )
    };
    assert_eq!(status, 0);
    let mut request = redox_auth_request::default();
    // SAFETY: all of them are there.
    let status = unsafe {
        redox_auth_session_finish(
            &raw mut device.session,
            prepared.ticket,
            signature.as_ptr(),
            signature.len(),
            &raw mut request,
        )
    };
    assert_eq!(status, Status::Ok);
    assert_eq!(request.ticket, prepared.ticket);
    assert_eq!(text(request.path), "/v2/auth/token");

    let mut other = Device::begun();
    assert_eq!(text(request.body), text(other.request(at(0)).body));
}

#[test]
fn a_request_without_a_signature_is_ready_once_it_is_prepared() {
    let mut device = Device::new();
    device.with_legacy_key().config.oauth_key_count = 0;
    assert_eq!(device.init(), Status::Ok);
    let mut buffer = [0; 256];
    let mut prepared = redox_auth_prepared::default();
    let random = [1; 16];
    // SAFETY: all of them are there.
    let status = unsafe {
        redox_auth_session_prepare(
            &raw mut device.session,
            at(0),
            random.as_ptr(),
            buffer.as_mut_ptr(),
            buffer.len(),
            &raw mut prepared,
        )
    };
    assert_eq!(status, Status::Ok);
    assert!(!prepared.is_unsigned);
    assert_eq!(prepared.request.ticket, prepared.ticket);
    assert_eq!(text(prepared.request.path_rest), "/auth/authenticate");
    assert!(text(prepared.request.body).contains("legacy-secret"));
}

#[test]
fn a_signer_gets_the_digest_that_its_algorithm_takes() {
    unsafe extern "C" fn note(
        context: *mut c_void,
        _: *const u8,
        len: usize,
        _: *mut u8,
        _: usize,
    ) -> i32 {
        // SAFETY: the test's own number.
        unsafe { *context.cast::<usize>() = len };
        -1
    }
    for (algorithm, signature_len, digest_len) in [
        (redox_auth_algorithm::Es256, 64, 32),
        (redox_auth_algorithm::Es384, 96, 48),
        (redox_auth_algorithm::Rs256, 256, 32),
        (redox_auth_algorithm::Rs384, 256, 48),
        (redox_auth_algorithm::Rs512, 256, 64),
        (redox_auth_algorithm::Ps256, 256, 32),
        (redox_auth_algorithm::Es512, 132, 64),
    ] {
        let mut noted = 0_usize;
        let mut device = Device::new();
        device.signer.algorithm = algorithm as i32;
        device.signer.signature_len = signature_len;
        device.signer.context = (&raw mut noted).cast();
        device.signer.sign_message = None;
        device.signer.sign_digest = Some(note);
        assert_eq!(device.init(), Status::Ok);
        let (status, request) = device.try_request(at(0));
        assert_eq!(status, Status::SignFailed);
        assert_eq!(request.ticket, 0);
        assert_eq!(noted, digest_len, "{algorithm:?}");
    }
}

fn assertion(body: &str) -> &str {
    body.split('&')
        .find_map(|field| field.strip_prefix("client_assertion="))
        .unwrap()
}

/// Header and claims of the assertion in a request.
pub(crate) fn claims_and_header(body: &str) -> (Value, Value) {
    let mut parts = assertion(body).split('.');
    let mut next = || {
        let json = URL_SAFE_NO_PAD.decode(parts.next().unwrap()).unwrap();
        serde_json::from_slice(&json).unwrap()
    };
    (next(), next())
}

fn verify(assertion: &str) {
    let jwk: Value = serde_json::from_slice(ES256_JWK).unwrap();
    let number = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap();
    let point = [vec![4], number("x"), number("y")].concat();
    let (message, signature) = assertion.rsplit_once('.').unwrap();
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
        .verify(message.as_bytes(), &signature)
        .unwrap();
}
