use aws_lc_rs::encoding::{AsBigEndian, EcPrivateKeyBin};
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{
    RSA_PKCS1_SHA256, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384, RsaEncoding,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use p521::ecdsa::signature::Signer;
use redox_auth_sandbox::{OAuthKey, Refusal, Sandbox};
use serde_json::{Value, json};

use crate::support::*;

#[test]
fn each_algorithm_is_verified_as_another_library_signed_it() {
    let mut sandbox = sandbox();
    for (name, algorithm) in [
        ("RS256", Algorithm::RS256),
        ("RS384", Algorithm::RS384),
        ("RS512", Algorithm::RS512),
        ("PS256", Algorithm::PS256),
        ("ES384", Algorithm::ES384),
        ("ES256", Algorithm::ES256),
    ] {
        let pem = Key::of(name).pem();
        let key = match name {
            "ES256" | "ES384" => EncodingKey::from_ec_pem(pem.as_bytes()),
            _ => EncodingKey::from_rsa_pem(pem.as_bytes()),
        };
        let mut header = Header::new(algorithm);
        header.kid = Some(kid(name));
        let compact = jsonwebtoken::encode(&header, &claims(name), &key.unwrap());
        let got = try_mint(&mut sandbox, NOW, &compact.unwrap());
        assert!(got.is_ok(), "{name}: {got:?}");
    }
}

#[test]
fn es512_is_verified_as_another_library_signed_it() {
    let Key::Ec(pair) = Key::of("ES512") else {
        panic!("ES512 is on a curve");
    };
    let secret: EcPrivateKeyBin<'_> = pair.private_key().as_be_bytes().unwrap();
    let key = p521::ecdsa::SigningKey::from_slice(secret.as_ref()).unwrap();
    let signed = signed_part("ES512", "ES512");
    let signature: p521::ecdsa::Signature = key.sign(signed.as_bytes());
    let compact = format!("{signed}.{}", encode(signature.to_bytes()));
    let got = try_mint(&mut sandbox(), NOW, &compact);
    assert!(got.is_ok(), "{got:?}");
}

#[test]
fn a_header_cannot_choose_an_algorithm_that_is_not_the_keys() {
    let mut sandbox = sandbox();
    for key in ALGORITHMS {
        for claimed in [
            "RS384", "ES384", "ES256", "ES512", "RS256", "RS512", "PS256", "PS384", "HS384",
            "none", "rs384",
        ] {
            let header = with(&header(key), "alg", json!(claimed));
            let jti = format!("{key} as {claimed}");
            let got = try_mint(&mut sandbox, NOW, &sign(key, &header, &claims(&jti)));
            if key == claimed {
                assert!(got.is_ok(), "{jti}: {got:?}");
            } else {
                assert_eq!(got, refused(Refusal::WrongAlgorithm), "{jti}");
            }
        }
    }
}

#[test]
fn a_signature_by_another_key_is_refused() {
    let mut sandbox = sandbox();
    for (signer, named) in [
        ("ES384", "ES256"),
        ("ES256", "ES384"),
        ("ES384", "RS384"),
        ("RS384", "ES384"),
        ("ES384", "ES512"),
        ("ES512", "ES384"),
    ] {
        let compact = sign(signer, &header(named), &claims("other"));
        let got = try_mint(&mut sandbox, NOW, &compact);
        assert_eq!(got, refused(Refusal::BadSignature), "{signer} for {named}");
    }
}

#[test]
fn an_rsa_signature_of_another_padding_or_digest_is_refused() {
    let mut sandbox = sandbox();
    let Key::Rsa(pair) = Key::of("RS384") else {
        panic!("RS384 is RSA");
    };
    let others: [&'static dyn RsaEncoding; 4] = [
        &RSA_PKCS1_SHA256,
        &RSA_PKCS1_SHA512,
        &RSA_PSS_SHA256,
        &RSA_PSS_SHA384,
    ];
    for padding in others {
        let signed = signed_part("RS384", "padding");
        let signature = sign_rsa(pair, padding, signed.as_bytes());
        let got = try_mint(
            &mut sandbox,
            NOW,
            &format!("{signed}.{}", encode(signature)),
        );
        assert_eq!(got, refused(Refusal::BadSignature), "{padding:?}");
    }
}

#[test]
fn a_mac_with_the_public_key_is_no_signature() {
    let mut sandbox = sandbox();
    let header = with(&header("RS384"), "alg", json!("HS384"));
    let signed = format!(
        "{}.{}",
        encode(header.to_string()),
        encode(claims("mac").to_string())
    );
    let key = hmac::Key::new(hmac::HMAC_SHA384, Key::jwk("RS384").to_string().as_bytes());
    let mac = hmac::sign(&key, signed.as_bytes());
    let got = try_mint(&mut sandbox, NOW, &format!("{signed}.{}", encode(mac)));
    assert_eq!(got, refused(Refusal::WrongAlgorithm));
}

#[test]
fn no_part_of_an_assertion_can_be_changed() {
    let mut sandbox = sandbox();
    for algorithm in ALGORITHMS {
        let good = sign(algorithm, &header(algorithm), &claims("bits"));
        let (signed, signature) = good.rsplit_once('.').unwrap();
        let (head, _) = signed.split_once('.').unwrap();
        let other = encode(with(&claims("bits"), "exp", json!(NOW + 299)).to_string());
        for (what, changed) in [
            ("claims", format!("{head}.{}.{signature}", other)),
            ("signature", format!("{signed}.{}", flip(signature))),
            ("no signature", format!("{signed}.")),
            (
                "short signature",
                format!("{signed}.{}", shorten(signature)),
            ),
            (
                "long signature",
                format!("{signed}.{}", lengthen(signature)),
            ),
        ] {
            let got = try_mint(&mut sandbox, NOW, &changed);
            assert_eq!(got, refused(Refusal::BadSignature), "{algorithm}: {what}");
        }
        let got = try_mint(&mut sandbox, NOW, &good.replacen('.', "..", 1));
        assert_eq!(got, refused(Refusal::MalformedAssertion), "{algorithm}");
    }
}

#[test]
fn a_der_signature_is_not_the_form_of_a_jws() {
    let mut der = vec![0x30, 0x44, 0x02, 0x20];
    der.extend([1; 32]);
    der.extend([0x02, 0x20]);
    der.extend([1; 32]);
    let compact = format!("{}.{}", signed_part("ES256", "der"), encode(der));
    assert_eq!(
        try_mint(&mut sandbox(), NOW, &compact),
        refused(Refusal::BadSignature)
    );
}

#[test]
fn a_key_is_not_used_for_what_its_jwk_excludes() {
    for (what, member, value, expected) in [
        ("its algorithm", "alg", json!("ES384"), None),
        ("another algorithm", "alg", json!("ES256"), Some(())),
        ("no text as algorithm", "alg", json!(384), Some(())),
        ("signatures", "use", json!("sig"), None),
        ("encryption", "use", json!("enc"), Some(())),
        ("verifying", "key_ops", json!(["verify"]), None),
        ("signing", "key_ops", json!(["sign"]), Some(())),
        ("no operation", "key_ops", json!([]), Some(())),
    ] {
        let mut sandbox = with_jwk(&with(&Key::jwk("ES384"), member, value));
        let got = try_mint(&mut sandbox, NOW, &assertion("use"));
        match expected {
            None => assert!(got.is_ok(), "{what}: {got:?}"),
            Some(()) => assert_eq!(got, refused(Refusal::WrongAlgorithm), "{what}"),
        }
    }
}

#[test]
fn a_key_of_another_kind_may_be_registered_but_verifies_nothing() {
    for jwk in [
        json!({ "kid": "key-ES384", "kty": "OKP", "crv": "Ed25519", "x": "AA" }),
        json!({ "kid": "key-ES384", "kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA" }),
    ] {
        let got = try_mint(&mut with_jwk(&jwk), NOW, &assertion("kind"));
        assert_eq!(got, refused(Refusal::WrongAlgorithm), "{jwk}");
    }
}

/// A single JWK counts as a set of one.
fn with_jwk(jwk: &Value) -> Sandbox {
    let mut sandbox = Sandbox::new(BASE_URL, [1; 32]);
    let key = OAuthKey::new().client_id(CLIENT_ID).jwks(&jwk.to_string());
    sandbox.register_oauth_key(key).unwrap();
    sandbox
}

fn signed_part(algorithm: &str, jti: &str) -> String {
    let compact = sign(algorithm, &header(algorithm), &claims(jti));
    compact.rsplit_once('.').unwrap().0.to_owned()
}

/// Changes one bit in the middle of what base64url holds.
fn flip(part: &str) -> String {
    let mut bytes = URL_SAFE_NO_PAD.decode(part).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    encode(bytes)
}

fn shorten(part: &str) -> String {
    let mut bytes = URL_SAFE_NO_PAD.decode(part).unwrap();
    bytes.pop();
    encode(bytes)
}

fn lengthen(part: &str) -> String {
    let mut bytes = URL_SAFE_NO_PAD.decode(part).unwrap();
    bytes.push(0);
    encode(bytes)
}
