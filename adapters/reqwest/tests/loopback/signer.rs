use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{RSA_PSS_2048_8192_SHA256, RsaPublicKeyComponents};
use p256::ecdsa::signature::Verifier;
use redox_auth_core::{KeyMaterial, PRIVATE_KEY_SCRATCH_LEN, PrivateKey, SigningKey};
use redox_auth_reqwest::{Algorithm, Key, KeyError, SignError, Signer};
use sec1::der::Encode;
use sec1::der::asn1::ObjectIdentifier;
use sec1::{EcParameters, EcPrivateKey};
use serde_json::json;

use crate::support::keys::{self, ALGORITHMS};

fn sign(key: &impl Signer, message: &[u8]) -> Vec<u8> {
    let mut signature = vec![0; key.signature_len()];
    key.sign(message, &mut signature).unwrap();
    signature
}

/// The uncompressed point of a key in PKCS#8.
fn point(pkcs8: &[u8]) -> Vec<u8> {
    let mut scratch = [0; PRIVATE_KEY_SCRATCH_LEN];
    let key = PrivateKey::parse(pkcs8, &mut scratch).unwrap();
    match key.material() {
        KeyMaterial::Ec(ec) => ec.public.unwrap().to_vec(),
        _ => panic!("no point"),
    }
}

/// Asks pure Rust, which made neither key nor signature.
fn verifies(algorithm: Algorithm, point: &[u8], message: &[u8], signature: &[u8]) -> bool {
    match algorithm {
        Algorithm::Es256 => {
            let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(point).unwrap();
            let signature = p256::ecdsa::Signature::from_slice(signature).unwrap();
            key.verify(message, &signature).is_ok()
        }
        Algorithm::Es384 => {
            let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(point).unwrap();
            let signature = p384::ecdsa::Signature::from_slice(signature).unwrap();
            key.verify(message, &signature).is_ok()
        }
        Algorithm::Es512 => {
            let key = p521::ecdsa::VerifyingKey::from_sec1_bytes(point).unwrap();
            let signature = p521::ecdsa::Signature::from_slice(signature).unwrap();
            key.verify(message, &signature).is_ok()
        }
        other => panic!("{other} has no curve"),
    }
}

#[test]
fn an_ecdsa_signature_verifies_whatever_its_numbers_begin_with() {
    for algorithm in [Algorithm::Es256, Algorithm::Es384, Algorithm::Es512] {
        let pkcs8 = keys::pkcs8(algorithm);
        let (key, point) = (Key::parse(&pkcs8).unwrap(), point(&pkcs8));
        let half = key.signature_len() / 2;
        let (mut short_r, mut short_s) = (false, false);
        // Each occurs once in 256 signatures, and once in two on P-521.
        for count in 0..20_000_u32 {
            let message = count.to_be_bytes();
            let signature = sign(&key, &message);
            let (r, s) = (signature[0] == 0, signature[half] == 0);
            if count == 0 || (r && !short_r) || (s && !short_s) {
                assert!(
                    verifies(algorithm, &point, &message, &signature),
                    "{algorithm}"
                );
                assert!(
                    !verifies(algorithm, &point, b"another", &signature),
                    "{algorithm}"
                );
            }
            (short_r, short_s) = (short_r | r, short_s | s);
            if short_r && short_s {
                break;
            }
        }
        assert!(short_r && short_s, "{algorithm}");
    }
}

#[test]
fn rsa_by_pkcs1_signs_byte_for_byte_as_core_does() {
    for (pkcs8, len) in keys::rsa().into_iter().zip([256, 384, 512]) {
        for algorithm in [Algorithm::Rs256, Algorithm::Rs384, Algorithm::Rs512] {
            let mut jwk = keys::jwk(pkcs8, "key-1");
            jwk["alg"] = algorithm.as_str().into();
            let core = SigningKey::parse_with_algorithm(algorithm, pkcs8).unwrap();
            for form in [pkcs8.as_slice(), jwk.to_string().as_bytes()] {
                let key = Key::parse(form).unwrap().with_algorithm(algorithm).unwrap();
                assert_eq!((key.signature_len(), key.algorithm()), (len, algorithm));
                for message in [b"".as_slice(), b"message", &[0xff; 5000]] {
                    assert_eq!(sign(&key, message), sign(&core, message), "{len} bytes");
                }
            }
        }
    }
}

#[test]
fn ps256_verifies_and_has_a_new_salt_each_time() {
    for pkcs8 in keys::rsa() {
        let key = Key::parse(pkcs8).unwrap();
        let key = key.with_algorithm(Algorithm::Ps256).unwrap();
        let [n, e] = modulus_and_exponent(pkcs8);
        let public = RsaPublicKeyComponents { n, e };
        let [one, other] = [(); 2].map(|()| sign(&key, b"message"));
        assert_ne!(one, other);
        for signature in [one, other] {
            let verified = public.verify(&RSA_PSS_2048_8192_SHA256, b"message", &signature);
            assert!(verified.is_ok());
        }
    }
}

fn modulus_and_exponent(pkcs8: &[u8]) -> [Vec<u8>; 2] {
    let mut scratch = [0; PRIVATE_KEY_SCRATCH_LEN];
    match PrivateKey::parse(pkcs8, &mut scratch).unwrap().material() {
        KeyMaterial::Rsa(rsa) => [rsa.n, rsa.e].map(<[u8]>::to_vec),
        _ => panic!("no RSA"),
    }
}

#[test]
fn the_algorithm_of_an_rsa_key_is_the_callers_where_its_jwk_says_nothing() {
    let pkcs8 = keys::pkcs8(Algorithm::Rs384);
    let key = Key::parse(&pkcs8).unwrap();
    let key_id = key.key_id().to_owned();
    assert_eq!(key.algorithm(), Algorithm::Rs384);
    let chosen = key.with_algorithm(Algorithm::Ps256).unwrap();
    assert_eq!(chosen.algorithm(), Algorithm::Ps256);
    assert_eq!(chosen.public_key().unwrap().algorithm(), Algorithm::Ps256);
    assert_eq!(chosen.key_id(), key_id);

    let jwk = keys::jwk(&pkcs8, "key-1").to_string();
    let signer = SigningKey::parse(&pkcs8).unwrap();
    for (key, found, expected) in [
        (chosen, Algorithm::Ps256, Algorithm::Rs256),
        (
            Key::parse(jwk.as_bytes()).unwrap(),
            Algorithm::Rs384,
            Algorithm::Rs256,
        ),
        (
            Key::parse(&pkcs8).unwrap(),
            Algorithm::Rs384,
            Algorithm::Es384,
        ),
        (keys::es256(), Algorithm::Es256, Algorithm::Es384),
        (
            Key::from_signer("key-1", signer),
            Algorithm::Rs384,
            Algorithm::Rs512,
        ),
    ] {
        let error = key.with_algorithm(expected).unwrap_err();
        assert_eq!(error, KeyError::WrongAlgorithm { found, expected });
    }
}

#[test]
fn an_rsa_signature_that_begins_with_zero_keeps_its_length() {
    let pkcs8 = keys::pkcs8(Algorithm::Rs384);
    let (key, core) = (
        Key::parse(&pkcs8).unwrap(),
        SigningKey::parse(&pkcs8).unwrap(),
    );
    let message = (0..20_000_u32)
        .map(u32::to_be_bytes)
        .find(|message| sign(&key, message)[0] == 0)
        .unwrap();
    assert_eq!(sign(&key, &message), sign(&core, &message));
}

#[test]
fn a_buffer_of_another_length_is_an_error_and_stays_as_it_was() {
    for algorithm in ALGORITHMS {
        let key = keys::key(algorithm);
        let expected = key.signature_len();
        for found in [0, 1, expected - 1, expected + 1, 2 * expected] {
            let mut buffer = vec![0x55; found];
            assert_eq!(
                key.sign(b"message", &mut buffer),
                Err(SignError::SignatureLen { found, expected }),
                "{algorithm}"
            );
            assert!(buffer.iter().all(|&byte| byte == 0x55), "{algorithm}");
        }
    }
}

/// The same EC key in every form that leaves its public half out.
fn without_public(algorithm: Algorithm, secret: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let (curve, crv) = match algorithm {
        Algorithm::Es256 => (ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"), "P-256"),
        Algorithm::Es384 => (ObjectIdentifier::new_unwrap("1.3.132.0.34"), "P-384"),
        _ => (ObjectIdentifier::new_unwrap("1.3.132.0.35"), "P-521"),
    };
    let sec1 = |parameters| EcPrivateKey {
        private_key: secret,
        parameters,
        public_key: None,
    };
    let bare = sec1(None).to_der().unwrap();
    let named = sec1(Some(EcParameters::NamedCurve(curve)))
        .to_der()
        .unwrap();
    let id_ec_public_key = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
    let algorithm = [id_ec_public_key.to_der().unwrap(), curve.to_der().unwrap()].concat();
    let octets = sec1::der::asn1::OctetStringRef::new(&bare).unwrap();
    let pkcs8 = [
        0_u8.to_der().unwrap(),
        sequence(&algorithm),
        octets.to_der().unwrap(),
    ]
    .concat();
    let jwk = json!({ "kty": "EC", "crv": crv, "d": encode(secret) });
    vec![
        ("SEC1", named.clone()),
        ("SEC1 PEM", keys::pem("EC PRIVATE KEY", &named).into_bytes()),
        ("PKCS#8", sequence(&pkcs8)),
        ("JWK", jwk.to_string().into_bytes()),
    ]
}

fn sequence(content: &[u8]) -> Vec<u8> {
    let len = u8::try_from(content.len()).unwrap();
    let head: &[u8] = if len < 0x80 {
        &[0x30, len]
    } else {
        &[0x30, 0x81, len]
    };
    [head, content].concat()
}

fn encode(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

#[test]
fn an_ec_key_without_its_public_half_works_also_when_it_begins_with_zeros() {
    for (algorithm, len, least) in [
        (Algorithm::Es256, 32, 0),
        (Algorithm::Es384, 48, 0),
        // Its first byte holds one bit.
        (Algorithm::Es512, 66, 1),
    ] {
        for zeros in [least, 1, 2, 20, len - 1] {
            let secret: Vec<u8> = (0..len)
                .map(|at| if at < zeros { 0 } else { 0x5a })
                .collect();
            for (form, content) in without_public(algorithm, &secret) {
                let case = format!("{algorithm} as {form} with {zeros} zeros");
                let key = Key::parse(&content).unwrap_or_else(|error| panic!("{case}: {error}"));
                let public = match algorithm {
                    Algorithm::Es256 => p256_point(&secret),
                    Algorithm::Es384 => p384_point(&secret),
                    _ => p521_point(&secret),
                };
                let signature = sign(&key, b"message");
                assert!(
                    verifies(algorithm, &public, b"message", &signature),
                    "{case}"
                );
            }
        }
    }
}

fn p256_point(secret: &[u8]) -> Vec<u8> {
    let key = p256::ecdsa::SigningKey::from_slice(secret).unwrap();
    key.verifying_key().to_sec1_point(false).as_bytes().to_vec()
}

fn p384_point(secret: &[u8]) -> Vec<u8> {
    let key = p384::ecdsa::SigningKey::from_slice(secret).unwrap();
    key.verifying_key().to_sec1_point(false).as_bytes().to_vec()
}

fn p521_point(secret: &[u8]) -> Vec<u8> {
    let key = p521::ecdsa::SigningKey::from_slice(secret).unwrap();
    key.verifying_key().to_sec1_point(false).as_bytes().to_vec()
}

#[test]
fn a_key_whose_halves_do_not_belong_together_is_refused() {
    for algorithm in [Algorithm::Es256, Algorithm::Es384, Algorithm::Es512] {
        let mut jwk = keys::jwk(&keys::pkcs8(algorithm), "key-1");
        let other = keys::jwk(&keys::pkcs8(algorithm), "key-1");
        jwk["x"] = other["x"].clone();
        jwk["y"] = other["y"].clone();
        assert!(
            Key::parse(jwk.to_string().as_bytes()).is_err(),
            "{algorithm}"
        );
    }
    let mut jwk = keys::jwk(&keys::pkcs8(Algorithm::Rs384), "key-1");
    let other = keys::jwk(&keys::new_rsa(KeySize::Rsa2048), "key-1");
    jwk["n"] = other["n"].clone();
    assert!(Key::parse(jwk.to_string().as_bytes()).is_err());
}
