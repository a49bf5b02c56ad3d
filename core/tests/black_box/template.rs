//! A template writes the same bytes as the assertion itself.

use crate::support::signers::Constant;
use redox_auth_core::{JwtId, JwtType, OAuthKey, TokenRequest, UnixTime, WriteError};

const AUDIENCE: &str = "https://api.redoxengine.com/v2/auth/token";
const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);

fn jwt_id(byte: u8) -> JwtId {
    JwtId::from_random([byte; 16])
}

#[test]
fn assertions_and_requests_are_the_same_to_the_byte() {
    let other_time = UnixTime::from_secs(9_999_999_999);
    // Lengths of every remainder: the constant part then ends at every place of a group.
    for client_id in [
        "a",
        "ab",
        "abc",
        "\"quoted\"",
        "2f1c7a52-7d7b-4a5c-9d6e-0d6f3d6a5b11",
    ] {
        for (scope, typ, lifetime_secs) in [
            ("", JwtType::Jwt, 300),
            ("system/*.read fhir", JwtType::ClientAuthentication, 1),
        ] {
            let signer = Constant::ES384;
            let key = OAuthKey::new(client_id, "key-1", &signer);
            let (one_id, other_id) = (jwt_id(1), jwt_id(2));
            let of = |jwt_id, now| {
                key.assertion(AUDIENCE, jwt_id, now)
                    .typ(typ)
                    .lifetime_secs(lifetime_secs)
            };
            let (mut text, mut expected, mut buffer) = ([0; 1024], [0; 1024], [0; 1024]);
            let template = of(&other_id, other_time).write_template(&mut text).unwrap();
            assert_eq!(
                template.write(&one_id, NOW, &mut buffer),
                of(&one_id, NOW).write(&mut expected),
                "{client_id} {scope}"
            );

            let request = TokenRequest::new(of(&other_id, other_time)).scope(scope);
            let template = request.write_template(&mut text).unwrap();
            assert_eq!(
                template.write(&one_id, NOW, &mut buffer),
                TokenRequest::new(of(&one_id, NOW))
                    .scope(scope)
                    .write(&mut expected),
                "request of {client_id} {scope}"
            );
        }
    }
}

#[test]
fn what_is_signed_elsewhere_is_the_same_too() {
    let (signer, any, one) = (Constant::ES256, jwt_id(1), jwt_id(2));
    let key = OAuthKey::new("client-1", "key-1", &signer);
    let request = TokenRequest::new(key.assertion(AUDIENCE, &any, NOW));
    let (mut text, mut buffer) = ([0; 512], [0; 1024]);
    let template = request.write_template(&mut text).unwrap();
    let unsigned = template.prepare(&one, NOW, &mut buffer).unwrap();

    let mut expected = [0; 1024];
    let request = TokenRequest::new(key.assertion(AUDIENCE, &one, NOW));
    let expected = request.prepare(&mut expected).unwrap();
    assert_eq!(unsigned.signing_input(), expected.signing_input());
    assert_eq!(unsigned.digest(), expected.digest());
}

#[test]
fn every_shorter_buffer_is_refused_with_the_exact_need() {
    let (signer, jwt_id) = (Constant::ES256, jwt_id(1));
    let key = OAuthKey::new("client-1", "key-1", &signer);
    let assertion = key.assertion(AUDIENCE, &jwt_id, NOW);
    let mut text = [0; 512];
    let needed = (0..text.len())
        .find(|&len| assertion.write_template(&mut text[..len]).is_ok())
        .unwrap();
    for short in 0..needed {
        let refused = assertion.write_template(&mut text[..short]).unwrap_err();
        assert_eq!(refused, WriteError::BufferTooSmall { needed });
    }

    let template = assertion.write_template(&mut text).unwrap();
    let mut buffer = [0; 1024];
    let needed = template.write(&jwt_id, NOW, &mut buffer).unwrap().len();
    for short in 0..needed {
        assert_eq!(
            template.write(&jwt_id, NOW, &mut buffer[..short]),
            Err(WriteError::BufferTooSmall { needed })
        );
    }
}

#[test]
fn what_is_wrong_with_an_assertion_is_wrong_with_its_template() {
    let (signer, jwt_id, mut text) = (Constant::ES256, jwt_id(1), [0; 512]);
    let nobody = OAuthKey::new("", "key-1", &signer);
    let template = nobody
        .assertion(AUDIENCE, &jwt_id, NOW)
        .write_template(&mut text);
    assert_eq!(template.unwrap_err(), WriteError::EmptyClaim("iss"));

    let key = OAuthKey::new("client-1", "key-1", &signer);
    let assertion = key.assertion(AUDIENCE, &jwt_id, NOW).lifetime_secs(301);
    let template = assertion.write_template(&mut text);
    assert_eq!(template.unwrap_err(), WriteError::Lifetime { found: 301 });
}
