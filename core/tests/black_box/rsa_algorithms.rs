//! The algorithms of an RSA key: selected by its JWK or by the caller, and compared with other software.

use crate::support::der::unpem;
use crate::support::keys::{EcKey, ON_CURVES, RsaKey, base64url};
use crate::support::verifier::Verifier;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{RSA_PSS_2048_8192_SHA256, RsaPublicKeyComponents};
use redox_auth_core::{
    Algorithm, KeyError, PRIVATE_KEY_SCRATCH_LEN, PrivateKey, RsaKey2048, RsaKey3072, RsaKey4096,
    Signer, SigningKey,
};
use serde_json::json;

const MESSAGE: &[u8] = b"message";

fn of_rsa() -> impl Iterator<Item = Algorithm> {
    Algorithm::ALL
        .into_iter()
        .filter(|algorithm| algorithm.is_rsa())
}

fn sign(key: &impl Signer, message: &[u8]) -> Vec<u8> {
    let mut signature = vec![0; key.signature_len()];
    key.sign(message, &mut signature).unwrap();
    signature
}

fn wrong(found: Algorithm, expected: Algorithm) -> KeyError {
    KeyError::WrongAlgorithm { found, expected }
}

#[test]
fn names_are_read_as_they_are_written() {
    for algorithm in Algorithm::ALL {
        assert_eq!(Algorithm::parse(algorithm.as_str()), Some(algorithm));
        assert_eq!(algorithm.to_string(), algorithm.as_str());
        let lower_case = algorithm.as_str().to_lowercase();
        assert_eq!(Algorithm::parse(&lower_case), None);
        assert_eq!(algorithm.is_rsa(), algorithm.signature_len().is_none());
    }
    for other in [
        "", "RS", "RS2566", " RS256", "PS384", "ES521", "HS256", "none",
    ] {
        assert_eq!(Algorithm::parse(other), None, "{other}");
    }
}

#[test]
fn a_key_that_says_nothing_signs_with_rs384_or_with_what_the_caller_chooses() {
    let key = RsaKey::published();
    for form in [key.pkcs8(), key.jwk().to_string().into_bytes()] {
        let unchosen = SigningKey::parse(&form).unwrap();
        assert_eq!(unchosen.algorithm(), Algorithm::Rs384);
        for algorithm in of_rsa() {
            let chosen = SigningKey::parse_with_algorithm(algorithm, &form).unwrap();
            assert_eq!(chosen.algorithm(), algorithm);
            assert_eq!(chosen.public_key().algorithm(), algorithm);
            assert!(
                format!("{chosen:?}").contains(algorithm.as_str()),
                "{chosen:?}"
            );
            assert_eq!(
                chosen.public_key().thumbprint(),
                unchosen.public_key().thumbprint()
            );
        }
    }
}

#[test]
fn a_jwk_decides_and_another_choice_is_refused_with_both_names() {
    for algorithm in of_rsa() {
        let mut jwk = RsaKey::published().jwk();
        jwk["alg"] = json!(algorithm.as_str());
        let jwk = jwk.to_string();
        let key = SigningKey::parse(jwk.as_bytes()).unwrap();
        assert_eq!(key.algorithm(), algorithm);
        for chosen in Algorithm::ALL {
            let key = SigningKey::parse_with_algorithm(chosen, jwk.as_bytes());
            match key {
                Ok(key) => assert_eq!((key.algorithm(), chosen), (algorithm, algorithm)),
                Err(error) => assert_eq!(error, wrong(algorithm, chosen)),
            }
        }
    }
    assert_eq!(
        wrong(Algorithm::Ps256, Algorithm::Rs256).to_string(),
        "expected a key for RS256, found one for PS256"
    );
}

#[test]
fn a_key_that_cannot_do_the_algorithm_is_refused_with_both_names() {
    for found in ON_CURVES {
        let key = EcKey::published(found);
        for form in [key.pkcs8(), key.jwk().to_string().into_bytes()] {
            for chosen in Algorithm::ALL {
                let key = SigningKey::parse_with_algorithm(chosen, &form);
                match key {
                    Ok(key) => assert_eq!((key.algorithm(), chosen), (found, found)),
                    Err(error) => assert_eq!(error, wrong(found, chosen)),
                }
            }
            assert_eq!(
                RsaKey2048::parse_with_algorithm(Algorithm::Ps256, &form).unwrap_err(),
                wrong(found, Algorithm::Ps256)
            );
        }
    }
    let rsa = RsaKey::published().pkcs8();
    for chosen in ON_CURVES {
        assert_eq!(
            SigningKey::parse_with_algorithm(chosen, &rsa).unwrap_err(),
            wrong(Algorithm::Rs384, chosen)
        );
    }
}

#[test]
fn what_was_chosen_stays_chosen() {
    let der = RsaKey::published().pkcs8();
    let mut scratch = [0; PRIVATE_KEY_SCRATCH_LEN];
    let key = PrivateKey::parse(&der, &mut scratch).unwrap();
    let chosen = key.with_algorithm(Algorithm::Rs512).unwrap();
    assert!(chosen.with_algorithm(Algorithm::Rs512).is_ok());
    let error = chosen.with_algorithm(Algorithm::Rs384).unwrap_err();
    assert_eq!(error, wrong(Algorithm::Rs512, Algorithm::Rs384));
    let key = RsaKey2048::from_private_key(&chosen).unwrap();
    assert_eq!(key.algorithm(), Algorithm::Rs512);
}

#[test]
fn a_signature_verifies_with_its_own_algorithm_only() {
    let der = RsaKey::published().pkcs8();
    let keys: Vec<_> = of_rsa()
        .map(|algorithm| SigningKey::parse_with_algorithm(algorithm, &der).unwrap())
        .collect();
    for key in &keys {
        let signature = sign(key, MESSAGE);
        for other in &keys {
            assert_eq!(
                Verifier::of(&other.public_key()).accepts(MESSAGE, &signature),
                key.algorithm() == other.algorithm(),
                "{} by {}",
                key.algorithm(),
                other.algorithm()
            );
        }
    }
}

/// Lengths whose first byte has eight, seven and one bit for the number that PSS makes.
#[test]
fn ps256_verifies_for_every_length_of_the_modulus() {
    for (pem, bits) in [
        (include_str!("../vectors/openssl/rsa_2049.pem"), 2049),
        (include_str!("../vectors/openssl/rsa_2050.pem"), 2050),
        (include_str!("../vectors/openssl/rsa_exponent_3.pem"), 2048),
    ] {
        let key = RsaKey::from_pkcs8(&unpem(pem));
        let [n, e, ..] = &key.numbers;
        let public = RsaPublicKeyComponents { n, e };
        let signer = RsaKey3072::parse_with_algorithm(Algorithm::Ps256, pem.as_bytes()).unwrap();
        for number in 0_u32..200 {
            let message = number.to_be_bytes();
            let signature = sign(&signer, &message);
            public
                .verify(&RSA_PSS_2048_8192_SHA256, &message, &signature)
                .unwrap_or_else(|_| panic!("{bits} bits, message {number}"));
        }
    }
}

#[test]
fn the_salt_of_ps256_is_the_same_in_every_type_and_build() {
    let der = RsaKey::published().pkcs8();
    let algorithm = Algorithm::Ps256;
    let expected = sign(
        &RsaKey2048::parse_with_algorithm(algorithm, &der).unwrap(),
        MESSAGE,
    );
    let longer = RsaKey3072::parse_with_algorithm(algorithm, &der).unwrap();
    assert_eq!(sign(&longer, MESSAGE), expected);
    let longest = RsaKey4096::parse_with_algorithm(algorithm, &der).unwrap();
    assert_eq!(sign(&longest, MESSAGE), expected);
    assert_ne!(sign(&longest, b"another"), expected);
    // Computed in Python, independently, with its numbers, `hashlib` and `hmac`.
    let digest = digest(&SHA256, &expected);
    assert_eq!(
        base64url(digest.as_ref()),
        "W_ddDVOUu4zkkaRzPil-08KMTx_SEdY58hUhbD0c9Pc"
    );
}
