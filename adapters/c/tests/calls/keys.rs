use core::mem::zeroed;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use redox_auth::{
    redox_auth_algorithm, redox_auth_any_key, redox_auth_any_key_init, redox_auth_es256_key,
    redox_auth_es256_key_init, redox_auth_public_key, redox_auth_public_key_jwks,
    redox_auth_rsa_key, redox_auth_rsa_key_deinit, redox_auth_rsa_key_init,
    redox_auth_rsa_key_public, redox_auth_signer, redox_auth_status as Status,
};
use serde_json::Value;

use super::support::ES256_JWK;

#[test]
fn what_is_no_private_key_is_named() {
    for (expected, input) in [
        (Status::KeyEmpty, " \n"),
        (Status::KeyNotFound, "hello"),
        (Status::KeyNotFound, "-----BEGIN X-----\n-----END X-----"),
        (
            Status::KeyIsPublic,
            "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
        ),
        (
            Status::KeyIsPublic,
            r#"{"kty":"EC","crv":"P-256","x":"","y":""}"#,
        ),
        (
            Status::KeyIsCertificate,
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
        ),
        (
            Status::KeyIsEncrypted,
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----",
        ),
        (
            Status::KeyIsOpenssh,
            "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----",
        ),
        (Status::KeyIsSet, r#"{"keys":[]}"#),
        (
            Status::KeyMalformed,
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        ),
        (
            Status::KeysDiffer,
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n\
             -----BEGIN PRIVATE KEY-----\nAAAB\n-----END PRIVATE KEY-----",
        ),
        (
            Status::KeyJwkMember,
            r#"{"kty":"EC","crv":"P-256","x":"","y":"","d":"","kid":1}"#,
        ),
    ] {
        assert_eq!(es256(input.as_bytes()).0, expected, "{input}");
    }
}

#[test]
fn a_key_says_what_it_signs_with() {
    let (status, signer) = es256(ES256_JWK);
    assert_eq!(status, Status::Ok);
    assert_eq!(signer.algorithm, redox_auth_algorithm::Es256 as i32);
    assert_eq!(signer.signature_len, 64);
}

#[test]
fn rsa_keys_fit_where_they_are_said_to() {
    let short = rsa(KeySize::Rsa2048);
    let long = rsa(KeySize::Rsa4096);
    let (mut key, mut signer) = blank::<redox_auth_rsa_key>();
    let size = size_of::<redox_auth_rsa_key>();
    // SAFETY: all of them are there.
    unsafe {
        let status = redox_auth_rsa_key_init(
            &raw mut key,
            size,
            redox_auth_algorithm::None as i32,
            long.as_ptr(),
            long.len(),
            &raw mut signer,
        );
        assert_eq!(status, Status::KeyTooLong);
        let status = redox_auth_rsa_key_init(
            &raw mut key,
            size,
            redox_auth_algorithm::Ps256 as i32,
            short.as_ptr(),
            short.len(),
            &raw mut signer,
        );
        assert_eq!(status, Status::Ok);
        assert_eq!(signer.signature_len, 256);
        assert_eq!(signer.algorithm, redox_auth_algorithm::Ps256 as i32);

        let mut public_key: redox_auth_public_key = zeroed();
        let size = size_of::<redox_auth_public_key>();
        let status = redox_auth_rsa_key_public(&raw const key, &raw mut public_key, size);
        assert_eq!(status, Status::Ok);
        let (mut jwks, mut len) = ([0_u8; 1024], 0);
        let status = redox_auth_public_key_jwks(
            &raw const public_key,
            c"key-1".as_ptr(),
            jwks.as_mut_ptr().cast(),
            jwks.len(),
            &raw mut len,
        );
        assert_eq!(status, Status::Ok);
        let jwks: Value = serde_json::from_slice(&jwks[..len]).unwrap();
        assert_eq!(jwks["keys"][0]["alg"], Value::from("PS256"));
        assert_eq!(redox_auth_rsa_key_deinit(&raw mut key), Status::Ok);
    }

    let (mut key, mut signer) = blank::<redox_auth_any_key>();
    let size = size_of::<redox_auth_any_key>();
    for (algorithm, key_file, signature_len, signs_with) in [
        (
            redox_auth_algorithm::None,
            &short,
            256,
            redox_auth_algorithm::Rs384,
        ),
        (
            redox_auth_algorithm::Rs256,
            &short,
            256,
            redox_auth_algorithm::Rs256,
        ),
        (
            redox_auth_algorithm::Rs512,
            &long,
            512,
            redox_auth_algorithm::Rs512,
        ),
    ] {
        // SAFETY: all of them are there.
        let status = unsafe {
            redox_auth_any_key_init(
                &raw mut key,
                size,
                algorithm as i32,
                key_file.as_ptr(),
                key_file.len(),
                &raw mut signer,
            )
        };
        assert_eq!(status, Status::Ok);
        assert_eq!(signer.signature_len, signature_len);
        assert_eq!(signer.algorithm, signs_with as i32);
    }
    for (algorithm, expected) in [
        (
            redox_auth_algorithm::Es256 as i32,
            Status::KeyOtherAlgorithm,
        ),
        (8, Status::BadValue),
        (-1, Status::BadValue),
    ] {
        // SAFETY: all of them are there.
        let status = unsafe {
            redox_auth_any_key_init(
                &raw mut key,
                size,
                algorithm,
                short.as_ptr(),
                short.len(),
                &raw mut signer,
            )
        };
        assert_eq!(status, expected, "{algorithm}");
    }
}

fn es256(input: &[u8]) -> (Status, redox_auth_signer) {
    let (mut key, mut signer) = blank::<redox_auth_es256_key>();
    let size = size_of::<redox_auth_es256_key>();
    // SAFETY: all of them are there; nobody signs.
    let status = unsafe {
        redox_auth_es256_key_init(
            &raw mut key,
            size,
            input.as_ptr(),
            input.len(),
            &raw mut signer,
        )
    };
    (status, signer)
}

/// Memory as C has it at first.
fn blank<K>() -> (K, redox_auth_signer) {
    // SAFETY: arrays of numbers.
    (unsafe { zeroed() }, redox_auth_signer::default())
}

fn rsa(size: KeySize) -> Vec<u8> {
    let pair = RsaKeyPair::generate(size).unwrap();
    let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
    der.as_ref().to_owned()
}
