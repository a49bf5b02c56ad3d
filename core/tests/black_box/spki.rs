//! Public keys in the form of a KMS, in DER from aws-lc.

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING,
    ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, KeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use redox_auth_core::{Algorithm, Found, KeyError, PublicKey, PublicKeyError, PublicKeyMaterial};

use crate::support::der::{element, pem};

#[test]
fn a_public_key_on_each_curve_is_read() {
    for (signing, algorithm) in [
        (&ECDSA_P256_SHA256_FIXED_SIGNING, Algorithm::Es256),
        (&ECDSA_P384_SHA384_FIXED_SIGNING, Algorithm::Es384),
        (&ECDSA_P521_SHA512_FIXED_SIGNING, Algorithm::Es512),
    ] {
        let pair = EcdsaKeyPair::generate(signing).unwrap();
        let der: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
        let point = pair.public_key().as_ref();
        let key = PublicKey::from_spki(der.as_ref()).unwrap();
        assert_eq!(key, PublicKey::from_ec_point(algorithm, point).unwrap());
        let PublicKeyMaterial::Ec { x, y } = key.material() else {
            panic!("{algorithm}: no point");
        };
        assert_eq!([&[4][..], x, y].concat(), point, "{algorithm}");
        assert_eq!(Some(key.signature_len()), algorithm.signature_len());
    }
}

#[test]
fn an_rsa_key_is_read_for_the_usual_algorithm_or_another() {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let der: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
    let key = PublicKey::from_spki(der.as_ref()).unwrap();
    assert_eq!(
        (key.algorithm(), key.signature_len()),
        (Algorithm::Rs384, 256)
    );
    let modulus = pair.public_key().modulus();
    let PublicKeyMaterial::Rsa { n, e } = key.material() else {
        panic!("no modulus");
    };
    assert_eq!(
        (n, e),
        (modulus.big_endian_without_leading_zero(), &[1, 0, 1][..])
    );
    let chosen = key.with_algorithm(Algorithm::Ps256).unwrap();
    assert_eq!(chosen.algorithm(), Algorithm::Ps256);
}

#[test]
fn pem_is_read_among_other_blocks() {
    let pair = RsaKeyPair::generate(KeySize::Rsa4096).unwrap();
    let der: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
    let block = pem("PUBLIC KEY", der.as_ref());
    let other = pem("CERTIFICATE", b"no certificate");
    let expected = PublicKey::from_spki(der.as_ref());
    assert!(expected.is_ok());
    for text in [block.clone(), format!("text\r\n{other}{block}")] {
        assert_eq!(PublicKey::from_spki(text.as_bytes()), expected);
    }
}

#[test]
fn what_is_no_public_key_is_named() {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let der: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
    let private = pair.to_pkcs8v1().unwrap();
    let found = PublicKeyError::NoPublicKey;
    for (what, input, expected) in [
        ("nothing", Vec::new(), found(Found::Nothing)),
        (
            "a private key",
            private.as_ref().to_vec(),
            PublicKeyError::PrivateKey,
        ),
        (
            "a private key in PEM",
            pem("PRIVATE KEY", private.as_ref()).into(),
            PublicKeyError::PrivateKey,
        ),
        (
            "a certificate in PEM",
            pem("CERTIFICATE", b"x").into(),
            found(Found::Certificate),
        ),
        (
            "base64 of DER",
            STANDARD.encode(der.as_ref()).into(),
            found(Found::Base64Text),
        ),
        (
            "a JWK",
            b"{\"kty\":\"EC\"}".to_vec(),
            found(Found::PublicJwk),
        ),
        (
            "a damaged PEM",
            pem("PUBLIC KEY", &der.as_ref()[1..]).into(),
            PublicKeyError::Malformed,
        ),
        (
            "half a PEM",
            b"-----BEGIN PUBLIC KEY-----\nMFkw".to_vec(),
            PublicKeyError::Malformed,
        ),
        (
            "a PEM that is too long",
            pem("PUBLIC KEY", &[0x30; 557]).into(),
            PublicKeyError::Unusable(KeyError::TooLong { max_bits: 4096 }),
        ),
        ("bytes", vec![0xff; 91], found(Found::Unknown)),
    ] {
        assert_eq!(PublicKey::from_spki(&input), Err(expected), "{what}");
    }
    let error = PublicKey::from_spki(b"{}").unwrap_err().to_string();
    assert!(error.contains("PEM or DER, found a public JWK"), "{error}");
}

#[test]
fn only_the_one_right_encoding_is_read() {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let der: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
    let der = der.as_ref();
    for len in 1..der.len() {
        let cut = PublicKey::from_spki(&der[..len]);
        assert_eq!(cut, Err(PublicKeyError::Malformed), "{len} bytes");
    }
    let with = |from: &[u8], to: &[u8]| {
        let at = der.windows(from.len()).position(|part| part == from);
        let mut changed = der.to_vec();
        changed[at.unwrap()..][..to.len()].copy_from_slice(to);
        PublicKey::from_spki(&changed)
    };
    let (ec, p256) = (b"\x2a\x86\x48\xce\x3d\x02\x01", b"\xce\x3d\x03\x01\x07");
    let unsupported = |kind| PublicKeyError::Unusable(KeyError::Unsupported(kind));
    for (what, found, expected) in [
        (
            "another curve",
            with(p256, b"\xce\x3d\x03\x01\x01"),
            unsupported("a key on another curve"),
        ),
        (
            "another type",
            with(ec, b"\x2a\x86\x48\xce\x3d\x02\x02"),
            unsupported("a key for another algorithm"),
        ),
        (
            "a compressed point",
            with(&[0, 4], &[0, 2]),
            PublicKeyError::Malformed,
        ),
        (
            "unused bits",
            with(&[0x42, 0, 4], &[0x42, 1, 4]),
            PublicKeyError::Malformed,
        ),
        (
            "a longer length",
            with(&[0x30, 0x59], &[0x30, 0x5a]),
            PublicKeyError::Malformed,
        ),
        (
            // The name of the curve, shorter by two bytes, and a NULL.
            "parameters behind the curve",
            with(
                b"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07",
                b"\x06\x06\x2a\x86\x48\xce\x3d\x03\x05\x00",
            ),
            PublicKeyError::Malformed,
        ),
    ] {
        assert_eq!(found, Err(expected), "{what}");
    }
    assert!(with(&[0x30, 0x59], &[0x30, 0x59]).is_ok());
}

#[test]
fn the_numbers_of_an_rsa_key_are_checked() {
    let modulus = [&[0x00, 0xc1][..], &[0x55; 255]].concat();
    let spki = |null: &[u8], n: &[u8], e: &[u8]| {
        let numbers = element(0x30, &[&element(2, &[n]), &element(2, &[e])]);
        let oid = element(6, &[b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"]);
        let algorithm = element(0x30, &[&oid, null]);
        PublicKey::from_spki(&element(
            0x30,
            &[&algorithm, &element(3, &[&[0], &numbers])],
        ))
    };
    let null: &[u8] = &[5, 0];
    assert!(spki(null, &modulus, &[1, 0, 1]).is_ok());
    assert!(spki(&[], &modulus, &[1, 0, 1]).is_ok(), "without the NULL");
    let malformed = PublicKeyError::Malformed;
    let bits = |found| PublicKeyError::Unusable(KeyError::RsaBits { found });
    let exponent = PublicKeyError::Unusable(KeyError::RsaExponent);
    for (what, found, expected) in [
        (
            "other parameters",
            spki(&[2, 1, 1], &modulus, &[3]),
            malformed,
        ),
        (
            "a negative modulus",
            spki(null, &modulus[1..], &[3]),
            malformed,
        ),
        (
            "a zero that is not needed",
            spki(null, &[&[0][..], &modulus].concat(), &[3]),
            malformed,
        ),
        ("1024 bits", spki(null, &modulus[..129], &[3]), bits(1024)),
        ("no modulus", spki(null, &[0], &[3]), bits(0)),
        ("an exponent of 0", spki(null, &modulus, &[0]), exponent),
        (
            "an exponent of 65 bits",
            spki(null, &modulus, &[1; 9]),
            exponent,
        ),
    ] {
        assert_eq!(found, Err(expected), "{what}");
    }
}
