//! Thousands of assertions with random claims for each algorithm, each verified by an independent library.
#![expect(
    clippy::arithmetic_side_effects,
    reason = "an overflow in a test is a failure with a place"
)]

use crate::support::content::Content;
use crate::support::der;
use crate::support::keys::{EcKey, RsaKey};
use crate::support::random::Random;
use crate::support::verifier::{Verifier, parts_of};
use aws_lc_rs::rsa::KeySize;
use redox_auth_core::{
    Algorithm, Dialect, JwtType, Signer, SigningKey, TokenRequest, WriteError,
    max_assertion_len_in, max_token_request_len_in,
};
use serde_json::Value;
use url::form_urlencoded;

/// Signs assertions with random claims, checks everything about them, and passes the signing input and the signature to
/// `also`.
fn check(signer: &SigningKey, count: u32, seed: u64, mut also: impl FnMut(&[u8], &[u8])) {
    let verifier = Verifier::of(&signer.public_key());
    let mut random = Random::from_seed(seed);
    let mut buffer = vec![0; 1 << 17];
    for number in 0..count {
        let claims = Content::random(&mut random);
        let case = format!("assertion {number} with {}", signer.algorithm());
        let texts = claims.beside.texts();
        let dialect = claims.beside.dialect(&texts);
        let unwritten = || claims.assertion(&dialect, signer);
        let Err(WriteError::BufferTooSmall { needed }) = unwritten().write(&mut []) else {
            panic!("{case} fits in nothing");
        };
        let short = unwritten().write(&mut buffer[..needed - 1]);
        assert_eq!(short, Err(WriteError::BufferTooSmall { needed }), "{case}");
        let assertion = unwritten().write(&mut buffer[..needed]).unwrap();
        assert_eq!(assertion.len(), needed, "{case}");

        let [header, _, signature] = parts_of(assertion);
        let header: Value = serde_json::from_slice(&header).unwrap();
        assert_eq!(header, claims.header(signer), "{case}");
        assert_eq!(verifier.claims_of(assertion), claims.claims(), "{case}");

        check_request(&claims, &dialect, signer, needed, &mut random);
        let (signing_input, _) = assertion.rsplit_once('.').unwrap();
        also(signing_input.as_bytes(), &signature);
    }
}

/// Checks the form around the assertion, and that neither is longer than its bound.
fn check_request(
    claims: &Content,
    dialect: &Dialect<'_>,
    signer: &SigningKey,
    needed: usize,
    random: &mut Random,
) {
    let (client_id, scope) = (&claims.client_id, random.text());
    let max_len = max_assertion_len_in(
        dialect,
        client_id,
        &claims.key_id,
        &claims.audience,
        signer.signature_len(),
    );
    let max_body = max_token_request_len_in(dialect, client_id, max_len, &scope);
    let request = TokenRequest::new(claims.assertion(dialect, signer)).scope(&scope);
    let mut buffer = vec![0; max_body];
    let unsigned = request.prepare(&mut buffer).unwrap();
    let body = unsigned
        .finish(&vec![0x55; signer.signature_len()])
        .unwrap();
    if is_longest(claims) {
        assert_eq!((needed, body.len()), (max_len, max_body));
    } else {
        assert!(needed < max_len && body.len() < max_body);
    }

    let is_assertion = |name: &str| matches!(name, "assertion" | "client_assertion");
    let mut found: Vec<_> = form_urlencoded::parse(body.as_bytes())
        .into_owned()
        .filter(|(name, _)| !is_assertion(name))
        .collect();
    found.sort();
    assert_eq!(found, claims.fields(&scope));
}

/// Whether header and times have their greatest length.
fn is_longest(content: &Content) -> bool {
    content.typ == JwtType::ClientAuthentication && content.issued_at > u64::MAX / 2
}

/// Counts the signatures whose halves begin with zeros: one in 128, and one in two on P-521.
fn check_ec(key: &EcKey, count: u32, seed: u64) {
    let signer = SigningKey::parse(&key.pkcs8()).unwrap();
    let (mut short_r, mut short_s) = (0, 0);
    check(&signer, count, seed, |_, signature| {
        let (r, s) = signature.split_at(signature.len() / 2);
        short_r += u32::from(r[0] == 0);
        short_s += u32::from(s[0] == 0);
    });
    println!(
        "{}: {short_r} with a leading zero in r, {short_s} in s",
        signer.algorithm()
    );
    assert!(short_r > 0 && short_s > 0);
}

/// Compares the signatures with those of aws-lc, where only one is right.
fn check_rsa(algorithm: Algorithm, key: &RsaKey, count: u32, seed: u64) {
    let signer = SigningKey::parse_with_algorithm(algorithm, &key.pkcs8()).unwrap();
    if algorithm == Algorithm::Ps256 {
        return check(&signer, count, seed, |_, _| ());
    }
    let theirs = key.signer(algorithm);
    check(&signer, count, seed, |message, signature| {
        assert_eq!(signature, theirs(message));
    });
}

#[test]
fn es256_says_what_went_in_and_verifies() {
    check_ec(&EcKey::published(Algorithm::Es256), MOST, 0xe525_6c1a);
}

#[test]
fn es384_says_what_went_in_and_verifies() {
    check_ec(&EcKey::published(Algorithm::Es384), COUNT, 0xe538_4c1a);
}

#[test]
fn es512_says_what_went_in_and_verifies() {
    check_ec(&EcKey::published(Algorithm::Es512), COUNT, 0xe551_2c1a);
}

#[test]
fn rs256_says_what_went_in_and_verifies() {
    check_rsa(Algorithm::Rs256, &RsaKey::published(), COUNT, 0x5256_c1a1);
}

#[test]
fn rs384_says_what_went_in_and_verifies() {
    check_rsa(Algorithm::Rs384, &RsaKey::published(), COUNT, 0x2048_c1a1);
}

#[test]
fn rs512_says_what_went_in_and_verifies() {
    check_rsa(Algorithm::Rs512, &RsaKey::published(), COUNT, 0x5512_c1a1);
}

#[test]
fn ps256_says_what_went_in_and_verifies() {
    check_rsa(Algorithm::Ps256, &RsaKey::published(), COUNT, 0x9256_c1a1);
}

#[test]
fn rsa_of_other_lengths_says_what_went_in_and_verifies() {
    let byte_more = der::unpem(include_str!("../vectors/openssl/rsa_2049.pem"));
    let odd = der::unpem(include_str!("../vectors/openssl/rsa_2050.pem"));
    let exponent_3 = der::unpem(include_str!("../vectors/openssl/rsa_exponent_3.pem"));
    for (key, seed) in [
        (RsaKey::generate(KeySize::Rsa3072), 0x3072_c1a1),
        (RsaKey::generate(KeySize::Rsa4096), 0x4096_c1a1),
        (RsaKey::from_pkcs8(&byte_more), 0x2049_c1a1),
        (RsaKey::from_pkcs8(&odd), 0x2050_c1a1),
        (RsaKey::from_pkcs8(&exponent_3), 0x0003_c1a1),
    ] {
        for algorithm in Algorithm::ALL.into_iter().filter(|it| it.is_rsa()) {
            check_rsa(algorithm, &key, 40, seed);
        }
    }
}

#[test]
fn every_shorter_buffer_is_refused_with_the_exact_need() {
    let mut random = Random::from_seed(0x0005_b047);
    let signer = SigningKey::parse(&EcKey::published(Algorithm::Es256).pkcs8()).unwrap();
    for _ in 0..10 {
        let claims = Content::random(&mut random);
        let texts = claims.beside.texts();
        let dialect = claims.beside.dialect(&texts);
        let assertion = || claims.assertion(&dialect, &signer);
        let mut buffer = vec![0; 1 << 14];
        let needed = assertion().write(&mut buffer).unwrap().len();
        for short in 0..needed {
            let got = assertion().write(&mut buffer[..short]);
            assert_eq!(got, Err(WriteError::BufferTooSmall { needed }), "{short}");
        }
    }
}

/// The number of assertions for ES256, the quickest to sign and verify.
const MOST: u32 = 10_000;

/// The number for each of the others, which have the same claims.
const COUNT: u32 = 2_000;
