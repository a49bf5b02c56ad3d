//! The content of an assertion, and its errors, with any signer.

use core::error::Error;

use crate::support::signers::{Constant, Failing, Unreachable};
use redox_auth_core::{
    Algorithm, Assertion, BACKDATE_SECS, JwtId, JwtType, MAX_LIFETIME_SECS, MAX_SIGNATURE_LEN,
    OAuthKey, SignError, Signer, UnixTime, WriteError,
};

const CLIENT_ID: &str = "2f1c7a52-7d7b-4a5c-9d6e-0d6f3d6a5b11";
const AUDIENCE: &str = "https://api.redoxengine.com/v2/auth/token";
const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);

fn jwt_id() -> JwtId {
    JwtId::from_random([7; 16])
}

fn assertion<'a, S: Signer>(signer: &'a S, jwt_id: &'a JwtId) -> Assertion<'a, S> {
    OAuthKey::new(CLIENT_ID, "key-1", signer).assertion(AUDIENCE, jwt_id, NOW)
}

#[test]
fn the_claims_are_these_in_this_order() {
    let (jwt_id, mut buffer) = (jwt_id(), [0; 512]);
    let claims = assertion(&Constant::ES256, &jwt_id)
        .write_claims(&mut buffer)
        .unwrap();
    assert_eq!(
        claims,
        concat!(
            r#"{"iss":"2f1c7a52-7d7b-4a5c-9d6e-0d6f3d6a5b11","#,
            r#""sub":"2f1c7a52-7d7b-4a5c-9d6e-0d6f3d6a5b11","#,
            r#""aud":"https://api.redoxengine.com/v2/auth/token","#,
            r#""iat":1799999995,"exp":1800000295,"jti":"BwcHBwcHBwcHBwcHBwcHBw"}"#
        )
    );
}

#[test]
fn options_change_their_own_claim_and_nothing_else() {
    let (jwt_id, mut buffer) = (jwt_id(), [0; 512]);
    let claims = assertion(&Constant::ES256, &jwt_id)
        .issued_at(UnixTime::from_secs(1_700_000_000))
        .lifetime_secs(60)
        .write_claims(&mut buffer)
        .unwrap();
    let end = r#","iat":1700000000,"exp":1700000060,"jti":"BwcHBwcHBwcHBwcHBwcHBw"}"#;
    assert!(claims.ends_with(end), "{claims}");
}

#[test]
fn the_whole_is_three_parts_of_base64url_with_the_signers_algorithm_in_the_header() {
    let (jwt_id, mut buffer) = (jwt_id(), [0; 1200]);
    for (signer, typ, header) in [
        // {"alg":"ES256","typ":"JWT","kid":"key-1"}
        (
            Constant::ES256,
            JwtType::Jwt,
            "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImtleS0xIn0",
        ),
        // {"alg":"ES384","typ":"client-authentication+jwt","kid":"key-1"}
        (
            Constant::ES384,
            JwtType::ClientAuthentication,
            "eyJhbGciOiJFUzM4NCIsInR5cCI6ImNsaWVudC1hdXRoZW50aWNhdGlvbitqd3QiLCJraWQiOiJrZXktMSJ9",
        ),
        // {"alg":"RS384","typ":"JWT","kid":"key-1"}
        (
            Constant::RS384,
            JwtType::default(),
            "eyJhbGciOiJSUzM4NCIsInR5cCI6IkpXVCIsImtpZCI6ImtleS0xIn0",
        ),
    ] {
        let token = assertion(&signer, &jwt_id)
            .typ(typ)
            .write(&mut buffer)
            .unwrap();
        let parts: Vec<_> = token.split('.').collect();
        assert_eq!((parts.len(), parts[0]), (3, header));
        // Bytes of 0x55.
        assert!(parts[2].starts_with("VVVV"), "{}", parts[2]);
    }
}

#[test]
fn an_empty_name_is_refused_before_anything_is_signed() {
    let (jwt_id, mut buffer) = (jwt_id(), [0; 512]);
    for (client_id, key_id, audience, name) in [
        ("", "key-1", AUDIENCE, "iss"),
        (CLIENT_ID, "", AUDIENCE, "kid"),
        (CLIENT_ID, "key-1", "", "aud"),
    ] {
        let key = OAuthKey::new(client_id, key_id, &Unreachable);
        let assertion = key.assertion(audience, &jwt_id, NOW);
        let expected = Err(WriteError::EmptyClaim(name));
        assert_eq!(assertion.write(&mut buffer), expected);
        assert_eq!(assertion.write_claims(&mut buffer), expected);
        let display = WriteError::EmptyClaim(name).to_string();
        assert_eq!(display, format!("`{name}` is empty"));
    }
}

#[test]
fn an_assertion_lives_from_one_second_to_five_minutes() {
    let (jwt_id, mut buffer) = (jwt_id(), [0; 512]);
    for (lifetime_secs, expected) in [
        (0, Err("lifetime of 0 s, expected 1 to 300 s")),
        (1, Ok(())),
        (MAX_LIFETIME_SECS, Ok(())),
        (301, Err("lifetime of 301 s, expected 1 to 300 s")),
        (
            u32::MAX,
            Err("lifetime of 4294967295 s, expected 1 to 300 s"),
        ),
    ] {
        let got = assertion(&Constant::ES256, &jwt_id)
            .lifetime_secs(lifetime_secs)
            .write(&mut buffer)
            .map(|_| ())
            .map_err(|error| error.to_string());
        assert_eq!(got, expected.map_err(String::from), "{lifetime_secs} s");
    }
}

#[test]
fn times_stop_at_both_ends_of_time() {
    let (jwt_id, mut buffer) = (jwt_id(), [0; 512]);
    let key = OAuthKey::new(CLIENT_ID, "key-1", &Constant::ES256);
    for (now, iat, exp) in [
        (0, 0, 300),
        (BACKDATE_SECS, 0, 300),
        (BACKDATE_SECS + 1, 1, 301),
        (u64::MAX, u64::MAX - 5, u64::MAX),
    ] {
        let claims = key
            .assertion(AUDIENCE, &jwt_id, UnixTime::from_secs(now))
            .write_claims(&mut buffer)
            .unwrap();
        let expected = format!(r#""iat":{iat},"exp":{exp},"#);
        assert!(claims.contains(&expected), "at {now} s: {claims}");
    }
}

#[test]
fn nothing_is_signed_for_a_buffer_that_is_too_short() {
    let (jwt_id, mut buffer) = (jwt_id(), [0; 512]);
    let needed = assertion(&Constant::ES256, &jwt_id)
        .write(&mut buffer)
        .unwrap()
        .len();
    for short in 0..needed {
        let got = assertion(&Unreachable, &jwt_id).write(&mut buffer[..short]);
        assert_eq!(got, Err(WriteError::BufferTooSmall { needed }));
    }
    let display = WriteError::BufferTooSmall { needed }.to_string();
    assert_eq!(display, format!("buffer too small: need {needed} bytes"));
}

#[test]
fn claims_alone_need_their_exact_length_too() {
    let (jwt_id, mut buffer) = (jwt_id(), [0; 512]);
    let assertion = assertion(&Unreachable, &jwt_id);
    let needed = assertion.write_claims(&mut buffer).unwrap().len();
    assert!(assertion.write_claims(&mut buffer[..needed]).is_ok());
    for short in 0..needed {
        let got = assertion.write_claims(&mut buffer[..short]);
        assert_eq!(got, Err(WriteError::BufferTooSmall { needed }));
    }
}

#[test]
fn the_error_names_the_failure_of_the_signer() {
    let (jwt_id, mut buffer) = (jwt_id(), [0; 512]);
    let error = assertion(&Failing, &jwt_id).write(&mut buffer).unwrap_err();
    assert_eq!(error, WriteError::Sign(SignError::Backend));
    assert_eq!(
        error.to_string(),
        "not signed: the holder of the key could not sign"
    );
    assert!(error.source().is_none(), "the text has it already");
}

#[test]
fn signatures_are_at_most_as_long_as_those_of_rsa_with_4096_bits() {
    let (jwt_id, mut buffer) = (jwt_id(), [0; 2048]);
    let signer = |signature_len| Constant {
        algorithm: Algorithm::Rs384,
        signature_len,
    };
    let longest = signer(MAX_SIGNATURE_LEN);
    assert!(assertion(&longest, &jwt_id).write(&mut buffer).is_ok());
    for found in [MAX_SIGNATURE_LEN + 1, usize::MAX] {
        let error = assertion(&signer(found), &jwt_id)
            .write(&mut buffer)
            .unwrap_err();
        assert_eq!(error, WriteError::SignatureTooLong { found });
        assert_eq!(
            error.to_string(),
            format!("signer announces signatures of {found} bytes, expected at most 512")
        );
    }
}
