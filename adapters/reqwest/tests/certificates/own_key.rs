//! The first certificate must be that of the key.

use redox_auth_reqwest::{Algorithm, CertificateError, CertificateMember, Key, SignError, Signer};

use crate::keys;
use crate::support::{chain, pair, self_signed};

/// A key that only its owner can see.
struct Behind(Key);

impl Signer for Behind {
    fn algorithm(&self) -> Algorithm {
        self.0.algorithm()
    }

    fn signature_len(&self) -> usize {
        self.0.signature_len()
    }

    fn sign(&self, message: &[u8], signature: &mut [u8]) -> Result<(), SignError> {
        self.0.sign(message, signature)
    }
}

#[test]
fn a_certificate_of_another_key_is_refused_with_both_thumbprints() {
    let curves = [Algorithm::Es256, Algorithm::Es384, Algorithm::Es512];
    let all: Vec<_> = [Algorithm::Es256]
        .into_iter()
        .chain(curves)
        .map(keys::pkcs8)
        .chain(keys::rsa().map(Vec::clone))
        .collect();
    for (own, key) in all.iter().enumerate() {
        for (other, certified) in all.iter().enumerate() {
            let chain = chain(&[self_signed(certified)]);
            let key = Key::parse(key).unwrap();
            let thumbprint = key.key_id().to_owned();
            let found = key.with_certificate(&chain, &[CertificateMember::X5c]);
            if own == other {
                assert!(found.is_ok(), "{own}");
                continue;
            }
            let expected = CertificateError::WrongKey {
                expected: format!("thumbprint {thumbprint}"),
                found: format!("thumbprint {}", Key::parse(certified).unwrap().key_id()),
            };
            assert_eq!(found.unwrap_err(), expected, "{own}, {other}");
        }
    }
}

#[test]
fn a_certificate_fits_an_rsa_key_whatever_its_algorithm() {
    let chain = chain(&[self_signed(keys::rsa()[0])]);
    for algorithm in [
        Algorithm::Rs256,
        Algorithm::Rs384,
        Algorithm::Rs512,
        Algorithm::Ps256,
    ] {
        assert_eq!(
            chain.expect_key(&keys::key(algorithm)),
            Ok(()),
            "{algorithm}"
        );
    }
}

#[test]
fn a_certificate_of_a_key_that_signs_nothing_here_is_refused() {
    let certified = rcgen::KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
    let chain = chain(&[self_signed(&certified.serialize_der())]);
    let error = chain.expect_key(&keys::es256()).unwrap_err();
    let shown = error.to_string();
    assert!(
        shown.contains("of another kind or length, 1.3.101.112"),
        "{shown}"
    );
}

#[test]
fn of_a_key_behind_a_signer_kind_and_length_are_compared() {
    let [of_2048, of_3072, _] = keys::rsa();
    let elliptic = keys::pkcs8(Algorithm::Es256);
    for (key, certified, is_same) in [
        (of_2048, of_2048, true),
        (of_2048, of_3072, false),
        (of_2048, &elliptic, false),
        (&elliptic, of_2048, false),
        (&elliptic, &keys::pkcs8(Algorithm::Es384), false),
        // Nothing tells which of the keys it is.
        (&elliptic, &keys::pkcs8(Algorithm::Es256), true),
    ] {
        let key = Key::from_signer("key-1", Behind(Key::parse(key).unwrap()));
        let found = chain(&[self_signed(certified)]).expect_key(&key);
        let algorithm = pair(certified);
        assert_eq!(found.is_ok(), is_same, "{key:?}, {algorithm:?}");
        if let Err(error) = found {
            let expected = format!(
                "(for {} with signatures of {} bytes)",
                key.algorithm(),
                key.signature_len()
            );
            assert!(error.to_string().contains(&expected), "{error}");
        }
    }
}
