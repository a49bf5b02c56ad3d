//! Signatures of a caller's signer, checked with the public key before they leave.

use aws_lc_rs::digest::{Digest, SHA256, SHA384, SHA512, digest};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P256_SHA512_ASN1, ECDSA_P384_SHA256_ASN1,
    ECDSA_P384_SHA384_ASN1, ECDSA_P384_SHA512_ASN1, ECDSA_P521_SHA256_ASN1, ECDSA_P521_SHA384_ASN1,
    ECDSA_P521_SHA512_ASN1, EcdsaVerificationAlgorithm, ParsedPublicKey,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RSA_PSS_2048_8192_SHA256, RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey,
};
use redox_auth_core::{Algorithm, PublicKey, PublicKeyMaterial, write_signature_der};

use super::pss;
use crate::error::wrong_signature::WrongSignature;

/// Checks a signature of `message`, for what `key` verifies.
pub(crate) fn verify(
    key: &PublicKey,
    message: &[u8],
    signature: &[u8],
) -> Result<(), WrongSignature> {
    let algorithm = key.algorithm();
    if is_signature(key, algorithm, message, signature) {
        return Ok(());
    }
    if is_signature(key, algorithm, hash(algorithm, message).as_ref(), signature) {
        return Err(WrongSignature::HashedTwice);
    }
    let found = match key.material() {
        PublicKeyMaterial::Ec { .. } => other_hash(key, message, signature),
        PublicKeyMaterial::Rsa { n, e } => {
            if algorithm == Algorithm::Ps256
                && let Some(found) = pss::salt_len(n, e, message, signature)
            {
                let expected = pss::HASH_LEN;
                return Err(WrongSignature::Salt { found, expected });
            }
            other_scheme(key, message, signature)
        }
    };
    Err(match found {
        Some(found) => WrongSignature::OtherScheme(found),
        None => WrongSignature::OtherKey(algorithm),
    })
}

/// Whether the point is on its curve. The numbers of an RSA key have been looked at.
pub(crate) fn is_on_curve(key: &PublicKey) -> bool {
    let curve = CURVES.iter().find(|it| it.algorithm == key.algorithm());
    match (key.material(), curve) {
        (PublicKeyMaterial::Ec { x, y }, Some(curve)) => {
            ParsedPublicKey::new(curve.usual, point(x, y)).is_ok()
        }
        _ => true,
    }
}

fn is_signature(key: &PublicKey, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
    match key.material() {
        PublicKeyMaterial::Ec { .. } => CURVES
            .iter()
            .find(|curve| curve.algorithm == algorithm)
            .is_some_and(|curve| is_ecdsa(key, curve.usual, message, signature)),
        PublicKeyMaterial::Rsa { n, e } => SCHEMES
            .iter()
            .find(|scheme| scheme.algorithm == algorithm)
            .is_some_and(|scheme| {
                let key = RsaPublicKeyComponents { n, e };
                key.verify(scheme.parameters, message, signature).is_ok()
            }),
    }
}

/// The hash of a signature on the key's curve that has another one than it should.
fn other_hash(key: &PublicKey, message: &[u8], signature: &[u8]) -> Option<&'static str> {
    let algorithm = key.algorithm();
    let curve = CURVES.iter().find(|it| it.algorithm == algorithm)?;
    let mut others = curve.others.iter();
    let found = others.find(|(_, other)| is_ecdsa(key, other, message, signature))?;
    Some(found.0)
}

/// The scheme of a signature of RSA that has another one than it should.
fn other_scheme(key: &PublicKey, message: &[u8], signature: &[u8]) -> Option<&'static str> {
    let mut others = SCHEMES.iter();
    let found = others.find(|it| is_signature(key, it.algorithm, message, signature))?;
    Some(found.algorithm.as_str())
}

fn is_ecdsa(
    key: &PublicKey,
    way: &'static EcdsaVerificationAlgorithm,
    message: &[u8],
    signature: &[u8],
) -> bool {
    let PublicKeyMaterial::Ec { x, y } = key.material() else {
        return false;
    };
    let mut der = [0; MAX_DER_LEN];
    write_signature_der(key.algorithm(), signature, &mut der).is_ok_and(|der| {
        let key = UnparsedPublicKey::new(way, point(x, y));
        key.verify(message, der).is_ok()
    })
}

/// Uncompressed (SEC1 §2.3.3).
fn point(x: &[u8], y: &[u8]) -> Vec<u8> {
    [&[4][..], x, y].concat()
}

fn hash(algorithm: Algorithm, message: &[u8]) -> Digest {
    let hash = match algorithm {
        Algorithm::Es256 | Algorithm::Rs256 | Algorithm::Ps256 => &SHA256,
        Algorithm::Es384 | Algorithm::Rs384 => &SHA384,
        Algorithm::Es512 | Algorithm::Rs512 => &SHA512,
    };
    digest(hash, message)
}

struct Curve {
    algorithm: Algorithm,
    usual: &'static EcdsaVerificationAlgorithm,
    others: [(&'static str, &'static EcdsaVerificationAlgorithm); 2],
}

struct Scheme {
    algorithm: Algorithm,
    parameters: &'static RsaParameters,
}

static CURVES: [Curve; 3] = [
    Curve {
        algorithm: Algorithm::Es256,
        usual: &ECDSA_P256_SHA256_ASN1,
        others: [
            ("ECDSA with SHA-384", &ECDSA_P256_SHA384_ASN1),
            ("ECDSA with SHA-512", &ECDSA_P256_SHA512_ASN1),
        ],
    },
    Curve {
        algorithm: Algorithm::Es384,
        usual: &ECDSA_P384_SHA384_ASN1,
        others: [
            ("ECDSA with SHA-256", &ECDSA_P384_SHA256_ASN1),
            ("ECDSA with SHA-512", &ECDSA_P384_SHA512_ASN1),
        ],
    },
    Curve {
        algorithm: Algorithm::Es512,
        usual: &ECDSA_P521_SHA512_ASN1,
        others: [
            ("ECDSA with SHA-256", &ECDSA_P521_SHA256_ASN1),
            ("ECDSA with SHA-384", &ECDSA_P521_SHA384_ASN1),
        ],
    },
];

static SCHEMES: [Scheme; 4] = [
    Scheme {
        algorithm: Algorithm::Rs256,
        parameters: &RSA_PKCS1_2048_8192_SHA256,
    },
    Scheme {
        algorithm: Algorithm::Rs384,
        parameters: &RSA_PKCS1_2048_8192_SHA384,
    },
    Scheme {
        algorithm: Algorithm::Rs512,
        parameters: &RSA_PKCS1_2048_8192_SHA512,
    },
    Scheme {
        algorithm: Algorithm::Ps256,
        parameters: &RSA_PSS_2048_8192_SHA256,
    },
];

/// That of ES512, in bytes.
const MAX_DER_LEN: usize = 139;
