//! Verifies signatures of a caller's signer with the public key before the client sends them.

use aws_lc_rs::digest::{Digest as Imported, SHA256, SHA384, SHA512};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P256_SHA512_ASN1, ECDSA_P384_SHA256_ASN1,
    ECDSA_P384_SHA384_ASN1, ECDSA_P384_SHA512_ASN1, ECDSA_P521_SHA256_ASN1, ECDSA_P521_SHA384_ASN1,
    ECDSA_P521_SHA512_ASN1, EcdsaVerificationAlgorithm, ParsedPublicKey,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use redox_auth_core::{Algorithm, Digest, PublicKey, PublicKeyMaterial, write_signature_der};

use super::pss;
use crate::error::wrong_signature::WrongSignature;

/// Verifies a signature of `message` by the algorithm of `key`.
pub(crate) fn verify(
    key: &PublicKey,
    message: &[u8],
    signature: &[u8],
) -> Result<(), WrongSignature> {
    let usual = Scheme::of(key.algorithm());
    if usual.is_some_and(|scheme| scheme.accepts(key, message, signature)) {
        return Ok(());
    }
    Err(cause(key, message, signature))
}

/// Whether the point is on its curve; true for RSA.
pub(crate) fn is_on_curve(key: &PublicKey) -> bool {
    let usual = Scheme::of(key.algorithm()).map(|scheme| scheme.way);
    match (usual, key.material()) {
        (Some(Way::Ecdsa(way)), PublicKeyMaterial::Ec { x, y }) => {
            ParsedPublicKey::new(way, point(x, y)).is_ok()
        }
        _ => true,
    }
}

/// What the signature is instead, as far as it shows.
fn cause(key: &PublicKey, message: &[u8], signature: &[u8]) -> WrongSignature {
    let algorithm = key.algorithm();
    let digest = Digest::of(algorithm, message);
    if let Some(other) = by_another_scheme(key, message, signature) {
        other
    } else if by_another_scheme(key, digest.as_bytes(), signature).is_some() {
        WrongSignature::HashedTwice
    } else if is_of_no_hash(key, message, signature) {
        WrongSignature::NotHashed
    } else {
        WrongSignature::OtherKey(algorithm)
    }
}

fn by_another_scheme(key: &PublicKey, message: &[u8], signature: &[u8]) -> Option<WrongSignature> {
    let mut schemes = SCHEMES.iter();
    if let Some(scheme) = schemes.find(|it| it.accepts(key, message, signature)) {
        return Some(WrongSignature::OtherScheme(scheme.name));
    }
    let PublicKeyMaterial::Rsa { n, e } = key.material() else {
        return None;
    };
    let (hash, found) = pss::hash_and_salt(n, e, message, signature)?;
    Some(match (key.algorithm(), hash) {
        (Algorithm::Ps256, pss::Hash::Sha256) => WrongSignature::Salt {
            found,
            expected: SHA256.output_len(),
        },
        _ => WrongSignature::OtherScheme(hash.scheme()),
    })
}

/// Whether the signer used the beginning of the message, which has the length of a digest, as the digest.
fn is_of_no_hash(key: &PublicKey, message: &[u8], signature: &[u8]) -> bool {
    let algorithm = key.algorithm();
    let hash = match algorithm {
        Algorithm::Es256 => &SHA256,
        Algorithm::Es384 => &SHA384,
        _ => &SHA512,
    };
    let usual = Scheme::of(algorithm).map(|scheme| scheme.way);
    let (Some(Way::Ecdsa(way)), PublicKeyMaterial::Ec { x, y }) = (usual, key.material()) else {
        return false;
    };
    let beginning = message.get(..hash.output_len()).unwrap_or(message);
    let mut der = [0; MAX_DER_LEN];
    let der = write_signature_der(algorithm, signature, &mut der);
    let digest = Imported::import_less_safe(beginning, hash);
    let (Ok(der), Ok(digest)) = (der, digest) else {
        return false;
    };
    let key = UnparsedPublicKey::new(way, point(x, y));
    key.verify_digest(&digest, der).is_ok()
}

/// Uncompressed (SEC1 §2.3.3).
fn point(x: &[u8], y: &[u8]) -> Vec<u8> {
    [&[4][..], x, y].concat()
}

/// A way in which a key can sign.
struct Scheme {
    name: &'static str,
    /// The usual form of keys on its curve; RSA ignores it.
    algorithm: Algorithm,
    way: Way,
}

#[derive(Clone, Copy)]
enum Way {
    Ecdsa(&'static EcdsaVerificationAlgorithm),
    Rsa(&'static RsaParameters),
}

impl Scheme {
    fn of(algorithm: Algorithm) -> Option<&'static Self> {
        let mut schemes = SCHEMES.iter();
        schemes.find(|scheme| scheme.name == algorithm.as_str())
    }

    const fn ecdsa(
        name: &'static str,
        algorithm: Algorithm,
        way: &'static EcdsaVerificationAlgorithm,
    ) -> Self {
        let way = Way::Ecdsa(way);
        Self {
            name,
            algorithm,
            way,
        }
    }

    const fn rsa(name: &'static str, way: &'static RsaParameters) -> Self {
        Self {
            name,
            algorithm: Algorithm::Rs256,
            way: Way::Rsa(way),
        }
    }

    fn accepts(&self, key: &PublicKey, message: &[u8], signature: &[u8]) -> bool {
        match (self.way, key.material()) {
            (Way::Ecdsa(way), PublicKeyMaterial::Ec { x, y })
                if self.algorithm == key.algorithm() =>
            {
                let mut der = [0; MAX_DER_LEN];
                let der = write_signature_der(self.algorithm, signature, &mut der);
                let key = UnparsedPublicKey::new(way, point(x, y));
                der.is_ok_and(|der| key.verify(message, der).is_ok())
            }
            (Way::Rsa(way), PublicKeyMaterial::Rsa { n, e }) => {
                let key = RsaPublicKeyComponents { n, e };
                key.verify(way, message, signature).is_ok()
            }
            _ => false,
        }
    }
}

static SCHEMES: [Scheme; 15] = [
    Scheme::ecdsa("ES256", Algorithm::Es256, &ECDSA_P256_SHA256_ASN1),
    Scheme::ecdsa(SHA_384, Algorithm::Es256, &ECDSA_P256_SHA384_ASN1),
    Scheme::ecdsa(SHA_512, Algorithm::Es256, &ECDSA_P256_SHA512_ASN1),
    Scheme::ecdsa("ES384", Algorithm::Es384, &ECDSA_P384_SHA384_ASN1),
    Scheme::ecdsa(SHA_256, Algorithm::Es384, &ECDSA_P384_SHA256_ASN1),
    Scheme::ecdsa(SHA_512, Algorithm::Es384, &ECDSA_P384_SHA512_ASN1),
    Scheme::ecdsa("ES512", Algorithm::Es512, &ECDSA_P521_SHA512_ASN1),
    Scheme::ecdsa(SHA_256, Algorithm::Es512, &ECDSA_P521_SHA256_ASN1),
    Scheme::ecdsa(SHA_384, Algorithm::Es512, &ECDSA_P521_SHA384_ASN1),
    Scheme::rsa("RS256", &RSA_PKCS1_2048_8192_SHA256),
    Scheme::rsa("RS384", &RSA_PKCS1_2048_8192_SHA384),
    Scheme::rsa("RS512", &RSA_PKCS1_2048_8192_SHA512),
    Scheme::rsa("PS256", &RSA_PSS_2048_8192_SHA256),
    Scheme::rsa("PS384", &RSA_PSS_2048_8192_SHA384),
    Scheme::rsa("PS512", &RSA_PSS_2048_8192_SHA512),
];

const SHA_256: &str = "ECDSA with SHA-256";
const SHA_384: &str = "ECDSA with SHA-384";
const SHA_512: &str = "ECDSA with SHA-512";

/// That of ES512, in bytes.
const MAX_DER_LEN: usize = 139;
