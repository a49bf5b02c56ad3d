//! Public keys as a KMS shows them, in DER that aws-lc wrote.

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING,
    ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, KeyPair,
};
use redox_auth_core::{Algorithm, KeyError, KeyForm, PublicKey, PublicKeyMaterial};

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
fn what_is_no_public_key_is_refused() {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let der: PublicKeyX509Der<'_> = pair.public_key().as_der().unwrap();
    let der = der.as_ref();
    for len in 0..der.len() {
        let cut = PublicKey::from_spki(&der[..len]);
        assert_eq!(cut, Err(KeyError::Malformed(KeyForm::Der)), "{len} bytes");
    }
    let with = |from: &[u8], to: &[u8]| {
        let at = der.windows(from.len()).position(|part| part == from);
        let mut changed = der.to_vec();
        changed[at.unwrap()..][..to.len()].copy_from_slice(to);
        PublicKey::from_spki(&changed)
    };
    let (ec, p256) = (b"\x2a\x86\x48\xce\x3d\x02\x01", b"\xce\x3d\x03\x01\x07");
    for (what, found, expected) in [
        (
            "another curve",
            with(p256, b"\xce\x3d\x03\x01\x01"),
            KeyError::Unsupported("a key on another curve"),
        ),
        (
            "another type",
            with(ec, b"\x2a\x86\x48\xce\x3d\x02\x02"),
            KeyError::Unsupported("a key for another algorithm"),
        ),
        (
            "a compressed point",
            with(&[0, 4], &[0, 2]),
            KeyError::Malformed(KeyForm::Sec1),
        ),
    ] {
        assert_eq!(found, Err(expected), "{what}");
    }
}
