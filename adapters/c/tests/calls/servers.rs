use redox_auth::{
    REDOX_AUTH_DIALECT_CLIENT_ID, REDOX_AUTH_DIALECT_NO_BACKDATE, REDOX_AUTH_DIALECT_NOT_BEFORE,
    REDOX_AUTH_DIALECT_WITHOUT_KEY_ID, REDOX_AUTH_DIALECT_WORDS, REDOX_AUTH_TOKEN_CAPACITY,
    redox_auth_answer_error, redox_auth_dialect, redox_auth_dialect_config,
    redox_auth_dialect_init, redox_auth_grant, redox_auth_jwt_type, redox_auth_outcome,
    redox_auth_server, redox_auth_session_deinit, redox_auth_status as Status,
};
use serde_json::{Value, json};

use super::signing::claims_and_header;
use super::support::{Answer, Device, at, text};

#[test]
fn the_servers_of_redox_are_known() {
    for (server, host) in [
        (redox_auth_server::RedoxUs, "api.redoxengine.com"),
        (redox_auth_server::RedoxCa, "api.ca.redoxengine.com"),
    ] {
        let mut device = Device::new();
        device.config.server = server as i32;
        assert_eq!(device.init(), Status::Ok);
        assert_eq!(text(device.request(at(0)).host), host);
    }
}

#[test]
fn any_other_server_is_named_with_what_it_wants_to_hear() {
    let mut device = Device::new();
    device.config.server = redox_auth_server::Custom as i32;
    device.config.base_url = c"https://fhir.example/r4/".as_ptr();
    device.config.token_url = c"http://[::1]:8080/token?tenant=1".as_ptr();
    device.config.audience = c"https://issuer.example".as_ptr();
    device.config.jwt_type = redox_auth_jwt_type::ClientAuthentication as i32;
    device.config.scope = c"system/Patient.rs".as_ptr();
    assert_eq!(device.init(), Status::Ok);
    let request = device.request(at(0));
    assert!(!request.is_https);
    assert_eq!(request.port, 8080);
    assert_eq!(text(request.host), "[::1]");
    assert_eq!(text(request.path), "/token?tenant=1");
    assert!(text(request.body).contains("&scope=system%2FPatient.rs"));
    let (header, claims) = claims_and_header(&text(request.body));
    assert_eq!(header["typ"], Value::from("client-authentication+jwt"));
    assert_eq!(claims["aud"], Value::from("https://issuer.example"));
}

const USUAL: redox_auth_dialect_config = redox_auth_dialect_config {
    grant: 0,
    flags: 0,
    lifetime_secs: 0,
    subject: core::ptr::null(),
    claims: core::ptr::null(),
    header: core::ptr::null(),
    fields: core::ptr::null(),
};

/// A dialect that passes its checks, in a box in which it does not move.
fn checked(config: &redox_auth_dialect_config) -> Box<redox_auth_dialect> {
    let mut dialect = Box::new(redox_auth_dialect {
        opaque: [0; REDOX_AUTH_DIALECT_WORDS],
    });
    let size = size_of::<redox_auth_dialect>();
    // SAFETY: both are there, and the texts are constants.
    let status = unsafe { redox_auth_dialect_init(&raw mut *dialect, size, config) };
    assert_eq!(status, Status::Ok);
    dialect
}

#[test]
fn what_another_server_asks_for_is_in_assertion_and_form() {
    let dialect = checked(&redox_auth_dialect_config {
        flags: REDOX_AUTH_DIALECT_NOT_BEFORE
            | REDOX_AUTH_DIALECT_WITHOUT_KEY_ID
            | REDOX_AUTH_DIALECT_CLIENT_ID
            | REDOX_AUTH_DIALECT_NO_BACKDATE,
        lifetime_secs: 60,
        claims: cr#"{"extensions":{"hl7-b2b":{"version":"1"}}}"#.as_ptr(),
        header: cr#"{"jku":"https://client.example/jwks"}"#.as_ptr(),
        fields: c"udap=1&resource=r%2F1".as_ptr(),
        ..USUAL
    });
    let mut device = Device::new();
    device.config.dialect = &raw const *dialect;
    assert_eq!(device.init(), Status::Ok);
    let body = text(device.request(at(0)).body);
    assert!(
        body.contains("&client_id=client-1&udap=1&resource=r%2F1&"),
        "{body}"
    );
    let (header, claims) = claims_and_header(&body);
    assert_eq!(header.get("kid"), None);
    assert_eq!(header["jku"], "https://client.example/jwks");
    assert_eq!(claims["extensions"], json!({"hl7-b2b": {"version": "1"}}));
    assert_eq!(claims["iat"], 1_800_000_000);
    assert_eq!(claims["nbf"], 1_800_000_000);
    assert_eq!(claims["exp"], 1_800_000_060);
}

#[test]
fn an_assertion_can_be_the_grant_for_a_subject() {
    let dialect = checked(&redox_auth_dialect_config {
        grant: redox_auth_grant::JwtBearer as i32,
        subject: c"device-7".as_ptr(),
        ..USUAL
    });
    let mut device = Device::new();
    device.config.dialect = &raw const *dialect;
    assert_eq!(device.init(), Status::Ok);
    let body = text(device.request(at(0)).body);
    let grant = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=";
    assert!(body.starts_with(grant), "{body}");
    let (_, claims) = claims_and_header(&body.replace("&assertion=", "&client_assertion="));
    assert_eq!(claims["iss"], "client-1");
    assert_eq!(claims["sub"], "device-7");
}

#[test]
fn a_token_that_is_longer_than_the_session_needs_memory_of_the_callers() {
    let long = "t".repeat(REDOX_AUTH_TOKEN_CAPACITY + 1);
    let answer = json!({"access_token": long, "token_type": "Bearer", "expires_in": 300});
    let answer = || Answer::new(200, &answer.to_string());
    let mut device = Device::begun();
    let ticket = device.request(at(0)).ticket;
    let received = device.receive(ticket, at(0), &mut answer());
    assert_eq!(received.outcome, redox_auth_outcome::Unusable);
    assert_eq!(received.answer_error, redox_auth_answer_error::TokenTooLong);

    let mut memory = vec![1; long.len()];
    let mut device = Device::new();
    device.config.token_memory = memory.as_mut_ptr();
    device.config.token_memory_len = memory.len();
    assert_eq!(device.init(), Status::Ok);
    assert!(memory.iter().all(|&byte| byte == 0));
    let ticket = device.request(at(0)).ticket;
    let received = device.receive(ticket, at(0), &mut answer());
    assert_eq!(received.outcome, redox_auth_outcome::Token);
    assert_eq!(text(device.next(at(1)).token.text), long);
    // SAFETY: it is there.
    let status = unsafe { redox_auth_session_deinit(&raw mut device.session) };
    assert_eq!(status, Status::Ok);
    assert!(memory.iter().all(|&byte| byte == 0));
}
