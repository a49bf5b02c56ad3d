//! Keys in a valid form with wrong numbers: none ever makes a wrong signature.
#![expect(
    clippy::arithmetic_side_effects,
    reason = "an overflow in a test is a failure with a place"
)]

use crate::support::der::{CONTEXT_0, element, pem, unpem};
use crate::support::keys::{self, EcKey, ON_CURVES, RsaKey};
use redox_auth_core::{
    Algorithm, Es256Key, Es384Key, Es512Key, KeyError, SignError, Signer, SigningKey,
};
use serde_json::Value;

fn error(form: impl AsRef<[u8]>, case: &str) -> KeyError {
    match SigningKey::parse(form.as_ref()) {
        Err(error) => error,
        Ok(_) => panic!("{case} is taken for a key"),
    }
}

#[test]
fn rsa_keys_that_are_too_short_or_too_long_are_told_their_length() {
    let short = RsaKey::from_pkcs8(&unpem(include_str!("../vectors/openssl/rsa_1024.pem")));
    let long = RsaKey::from_pkcs8(&unpem(include_str!("../vectors/openssl/rsa_8192.pem")));
    for (key, found) in [(short, 1024), (long, 8192)] {
        for form in [
            key.pkcs8(),
            key.pkcs1(),
            pem("PRIVATE KEY", &key.pkcs8()).into(),
            pem("RSA PRIVATE KEY", &key.pkcs1()).into(),
            key.jwk().to_string().into(),
        ] {
            // A key of this length in PEM or a JWK is rejected before its length is known.
            let error = error(form, "RSA");
            match error {
                KeyError::TooLong { max_bits: 4096 } => assert_eq!(found, 8192),
                _ => {
                    assert_eq!(error, KeyError::RsaBits { found });
                    assert_eq!(
                        error.to_string(),
                        format!(
                            "expected an RSA key of 2048 to 4096 bits, found one of {found} bits"
                        )
                    );
                }
            }
        }
    }
}

#[test]
fn a_private_number_is_from_one_to_below_the_order() {
    for (algorithm, order) in [
        (Algorithm::Es256, P256_ORDER),
        (Algorithm::Es384, P384_ORDER),
        (Algorithm::Es512, P521_ORDER),
    ] {
        let order = keys::hex(order);
        let form = |secret: &[u8]| {
            let key = EcKey {
                algorithm,
                secret: secret.to_vec(),
                point: vec![],
            };
            key.pkcs8_around(&key.sec1_of(&[]))
        };
        let mut last = order.clone();
        *last.last_mut().unwrap() -= 1;
        assert!(SigningKey::parse(&form(&last)).is_ok(), "{algorithm}");
        assert!(SigningKey::parse(&form(&[1])).is_ok(), "{algorithm}");
        let zeros = vec![0; order.len()];
        let too_long = [&[1][..], &zeros].concat();
        for secret in [&zeros, &order, &vec![0xff; order.len()], &too_long] {
            let error = error(form(secret), "out of range");
            assert_eq!(error, KeyError::OutOfRange, "{algorithm}");
            assert_eq!(
                error.to_string(),
                "expected a private number from 1 to the order of the curve, found another"
            );
        }
    }
}

#[test]
fn a_bare_number_makes_the_key_that_any_form_of_it_makes() {
    let key = EcKey::generate(Algorithm::Es256);
    let bare = Es256Key::from_secret_scalar(key.secret.as_slice().try_into().unwrap()).unwrap();
    let read = Es256Key::parse(&key.pkcs8()).unwrap();
    assert_eq!(
        bare.public_key().thumbprint(),
        read.public_key().thumbprint()
    );
    let key = EcKey::generate(Algorithm::Es384);
    let bare = Es384Key::from_secret_scalar(key.secret.as_slice().try_into().unwrap()).unwrap();
    let read = Es384Key::parse(&key.pkcs8()).unwrap();
    assert_eq!(
        bare.public_key().thumbprint(),
        read.public_key().thumbprint()
    );
    let key = EcKey::generate(Algorithm::Es512);
    let bare = Es512Key::from_secret_scalar(key.secret.as_slice().try_into().unwrap()).unwrap();
    let read = Es512Key::parse(&key.pkcs8()).unwrap();
    assert_eq!(
        bare.public_key().thumbprint(),
        read.public_key().thumbprint()
    );

    let p256 =
        |number: Vec<u8>| Es256Key::from_secret_scalar(&number.try_into().unwrap()).map(drop);
    let p384 =
        |number: Vec<u8>| Es384Key::from_secret_scalar(&number.try_into().unwrap()).map(drop);
    let p521 =
        |number: Vec<u8>| Es512Key::from_secret_scalar(&number.try_into().unwrap()).map(drop);
    for number in [vec![0; 32], keys::hex(P256_ORDER), vec![0xff; 32]] {
        assert_eq!(p256(number), Err(KeyError::OutOfRange));
    }
    for number in [vec![0; 48], keys::hex(P384_ORDER), vec![0xff; 48]] {
        assert_eq!(p384(number), Err(KeyError::OutOfRange));
    }
    for number in [vec![0; 66], keys::hex(P521_ORDER), vec![0xff; 66]] {
        assert_eq!(p521(number), Err(KeyError::OutOfRange));
    }
}

#[test]
fn an_ec_public_key_must_belong_to_its_private_key() {
    for algorithm in ON_CURVES {
        let key = EcKey::generate(algorithm);
        let other = EcKey {
            point: EcKey::generate(algorithm).point,
            ..key.clone()
        };
        let mut flipped = key.clone();
        *flipped.point.last_mut().unwrap() ^= 1;
        for wrong in [other, flipped] {
            for form in [
                wrong.pkcs8(),
                wrong.sec1(),
                wrong.jwk().to_string().into_bytes(),
            ] {
                assert_eq!(error(form, "wrong public key"), KeyError::Inconsistent);
            }
        }
        // The outer and the inner curve.
        let p256 = element(CONTEXT_0, &[EcKey::published(Algorithm::Es256).curve()]);
        let p384 = element(CONTEXT_0, &[EcKey::published(Algorithm::Es384).curve()]);
        let other_curve = if algorithm == Algorithm::Es256 {
            p384
        } else {
            p256
        };
        let form = key.pkcs8_around(&key.sec1_of(&[&other_curve]));
        assert_eq!(error(form, "two curves"), KeyError::Inconsistent);
    }
}

#[test]
fn an_rsa_key_with_one_bit_flipped_is_refused_or_signs_all_the_same() {
    let key = RsaKey::published();
    let expected = key.signer(Algorithm::Rs384)(b"message");
    for (at, name) in RsaKey::NAMES.iter().enumerate() {
        let bits = key.numbers[at].len() * 8;
        for bit in [0, 1, 7, bits / 2, bits - 9, bits - 2, bits - 1] {
            let mut altered = key.clone();
            let len = altered.numbers[at].len();
            altered.numbers[at][len - 1 - bit / 8] ^= 1 << (bit % 8);
            for form in [altered.pkcs8(), altered.jwk().to_string().into_bytes()] {
                let case = format!("bit {bit} of {name}");
                match (*name, SigningKey::parse(&form)) {
                    // Signing does not use the number.
                    ("d", Ok(signer)) => {
                        let mut signature = [0; 256];
                        signer.sign(b"message", &mut signature).unwrap();
                        assert_eq!(signature.as_slice(), expected, "{case}");
                    }
                    ("n", Err(KeyError::RsaBits { .. })) => assert_eq!(bit, bits - 1),
                    ("e", Err(KeyError::RsaExponent)) => assert_eq!(bit, 0, "{case}"),
                    (_, outcome) => {
                        assert_eq!(outcome.map(|_| ()), Err(KeyError::Inconsistent), "{case}");
                    }
                }
            }
        }
    }
}

#[test]
fn rsa_numbers_that_no_key_has_are_refused() {
    let key = RsaKey::published();
    let with = |name: &str, value: &[u8]| {
        let mut altered = key.clone();
        let at = RsaKey::NAMES
            .iter()
            .position(|known| *known == name)
            .unwrap();
        altered.numbers[at] = value.to_vec();
        altered
    };
    let n = &key.numbers[0];
    let mut factors_one_and_n = with("p", &[1]);
    factors_one_and_n.numbers[4] = n.clone();
    let mut factors_n_and_one = with("p", n);
    factors_n_and_one.numbers[4] = vec![1];
    let mut equal_primes = with("q", &key.numbers[3]);
    equal_primes.numbers[0] = square(&key.numbers[3]);
    for (case, altered, expected) in [
        ("p is 0", with("p", &[0]), KeyError::Inconsistent),
        ("q is 0", with("q", &[0]), KeyError::Inconsistent),
        ("p is 1, q is n", factors_one_and_n, KeyError::Inconsistent),
        ("p is n, q is 1", factors_n_and_one, KeyError::Inconsistent),
        ("p is q", equal_primes, KeyError::Inconsistent),
        ("dp is 0", with("dp", &[0]), KeyError::Inconsistent),
        ("dq is n", with("dq", n), KeyError::Inconsistent),
        ("qi is 0", with("qi", &[0]), KeyError::Inconsistent),
        ("qi is n", with("qi", n), KeyError::Inconsistent),
        ("e is 0", with("e", &[0]), KeyError::RsaExponent),
        ("e is 1", with("e", &[1]), KeyError::RsaExponent),
        ("e is even", with("e", &[1, 0]), KeyError::RsaExponent),
        (
            "e has 33 bits",
            with("e", &[1, 0, 0, 0, 1]),
            KeyError::RsaExponent,
        ),
        ("e is n", with("e", n), KeyError::RsaExponent),
        ("n is 0", with("n", &[0]), KeyError::RsaBits { found: 0 }),
        ("n is 1", with("n", &[1]), KeyError::RsaBits { found: 1 }),
    ] {
        for form in [altered.pkcs8(), altered.jwk().to_string().into_bytes()] {
            assert_eq!(error(form, case), expected, "{case}");
        }
    }
}

/// The square of a big-endian number.
fn square(number: &[u8]) -> Vec<u8> {
    let mut product = vec![0_u32; number.len() * 2];
    for (at, &left) in number.iter().rev().enumerate() {
        let mut carry = 0;
        for (offset, &right) in number.iter().rev().enumerate() {
            let sum = product[at + offset] + u32::from(left) * u32::from(right) + carry;
            product[at + offset] = sum & 0xff;
            carry = sum >> 8;
        }
        product[at + number.len()] += carry;
    }
    let bytes = product
        .iter()
        .rev()
        .map(|&byte| u8::try_from(byte).unwrap());
    bytes.collect()
}

#[test]
fn a_signature_that_its_public_key_does_not_accept_never_leaves() {
    let vector = include_str!("../vectors/rsa_composite_factor.json");
    let vector: Value = serde_json::from_str(vector).unwrap();
    let signer = SigningKey::parse(vector["key"].to_string().as_bytes()).unwrap();
    let mut signature = [0xff; 256];
    let error = signer.sign(b"message", &mut signature).unwrap_err();
    assert_eq!(error, SignError::Faulty);
    assert_eq!(signature, [0; 256]);
    assert_eq!(
        error.to_string(),
        "the key made a signature that its public key does not accept"
    );
}

#[test]
fn a_signature_buffer_of_another_length_is_refused() {
    let rsa = SigningKey::parse(&RsaKey::published().pkcs8()).unwrap();
    let p256 = SigningKey::parse(&EcKey::published(Algorithm::Es256).pkcs8()).unwrap();
    let p384 = SigningKey::parse(&EcKey::published(Algorithm::Es384).pkcs8()).unwrap();
    let p521 = SigningKey::parse(&EcKey::published(Algorithm::Es512).pkcs8()).unwrap();
    for (key, expected) in [(rsa, 256), (p256, 64), (p384, 96), (p521, 132)] {
        assert_eq!(key.signature_len(), expected);
        for found in [0, expected - 1, expected + 1] {
            let error = key.sign(b"message", &mut vec![0; found]).unwrap_err();
            assert_eq!(error, SignError::SignatureLen { found, expected });
            assert_eq!(
                error.to_string(),
                format!("signature buffer of {found} bytes, expected {expected}")
            );
        }
    }
}

#[test]
fn a_flipped_bit_never_makes_another_key() {
    let ec = EcKey::published(Algorithm::Es384);
    let rsa = RsaKey::published();
    let forms: [(&str, Vec<u8>, usize); 7] = [
        ("PKCS#8 of EC", ec.pkcs8(), 1),
        ("SEC1", ec.sec1(), 1),
        ("PEM of EC", pem("EC PRIVATE KEY", &ec.sec1()).into(), 1),
        ("JWK of EC", ec.jwk().to_string().into(), 1),
        // A prime number, to reach all bits in one byte or another.
        ("PKCS#8 of RSA", rsa.pkcs8(), 37),
        (
            "PEM of RSA",
            pem("RSA PRIVATE KEY", &rsa.pkcs1()).into(),
            37,
        ),
        ("JWK of RSA", rsa.jwk().to_string().into(), 37),
    ];
    for (name, form, step) in forms {
        let public = SigningKey::parse(&form).unwrap().public_key();
        for bit in (0..form.len() * 8).step_by(step) {
            let mut flipped = form.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            if let Ok(key) = SigningKey::parse(&flipped) {
                assert_eq!(key.public_key(), public, "bit {bit} of {name}");
            }
        }
    }
}

/// FIPS 186-5, or SEC 2 §2.4.2, §2.5.1 and §2.6.1.
const P256_ORDER: &str = "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551";
const P384_ORDER: &str = "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973";
const P521_ORDER: &str = "01FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFA51868783BF2F966B7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E91386409";
