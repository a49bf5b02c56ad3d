use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P256_SHA512_ASN1, ECDSA_P384_SHA256_ASN1,
    ECDSA_P384_SHA384_ASN1, ECDSA_P384_SHA512_ASN1, ECDSA_P521_SHA256_ASN1, ECDSA_P521_SHA384_ASN1,
    ECDSA_P521_SHA512_ASN1, ED25519, RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
    RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
    RSA_PKCS1_2048_8192_SHA384, UnparsedPublicKey, VerificationAlgorithm,
};
use pkcs1::RsaPublicKeyRef;
use x509_cert::der::Decode as _;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use super::parse::Certificate;
use crate::error::certificate::CertificateError;

/// Checks that each certificate is issued by the next, and none comes twice.
pub(super) fn check(certificates: &[Certificate]) -> Result<(), CertificateError> {
    let mut before: Option<&Certificate> = None;
    for (position, certificate) in (1..).zip(certificates) {
        let same = certificates.iter().position(|it| it == certificate);
        match same.map(|index| index.saturating_add(1)) {
            Some(same_as) if same_as != position => {
                return Err(CertificateError::Duplicate { position, same_as });
            }
            _ => {}
        }
        if let Some(issued) = before {
            let expected = issued.parsed().tbs_certificate().issuer();
            if certificate.parsed().tbs_certificate().subject() != expected {
                return Err(CertificateError::Order {
                    position,
                    expected: issued.issuer(),
                    found: certificate.subject(),
                });
            }
            if !may_have_signed(certificate, issued) {
                let position = position.saturating_sub(1);
                return Err(CertificateError::Signature { position });
            }
        }
        before = Some(certificate);
    }
    Ok(())
}

/// Whether the key of `issuer` has signed `issued`, or cannot verify it here because its curve, its length or the algorithm
/// is unknown.
fn may_have_signed(issuer: &Certificate, issued: &Certificate) -> bool {
    let key = issuer.parsed().tbs_certificate().subject_public_key_info();
    let oid = issued.parsed().signature_algorithm().oid;
    let mut candidates = ALGORITHMS
        .iter()
        .filter(|(name, _)| *name == oid)
        .peekable();
    if candidates.peek().is_none() || is_on_unknown_curve(key) || has_unknown_length(key, oid) {
        return true;
    }
    // Without bytes that are whole there is nothing to verify.
    let key = key.subject_public_key.as_bytes().unwrap_or(&[]);
    let signature = issued.parsed().signature().as_bytes().unwrap_or(&[]);
    // A key of another kind or curve than the algorithm verifies nothing.
    candidates.any(|(_, algorithm)| {
        let key = UnparsedPublicKey::new(*algorithm, key);
        key.verify(issued.signed_part(), signature).is_ok()
    })
}

/// As those of some national health networks, which are brainpool curves.
fn is_on_unknown_curve(key: &SubjectPublicKeyInfoOwned) -> bool {
    let parameters = key.algorithm.parameters.as_ref();
    let curve = parameters.and_then(|it| it.decode_as().ok());
    key.algorithm.oid == EC && !curve.is_some_and(|curve| CURVES.contains(&curve))
}

/// Whether this is an RSA key that is too short or too long to verify an RSA signature of this algorithm.
fn has_unknown_length(key: &SubjectPublicKeyInfoOwned, algorithm: ObjectIdentifier) -> bool {
    let shortest = match algorithm {
        RSA_SHA1 | RSA_SHA256 | RSA_SHA512 => 1024,
        RSA_SHA384 => 2048,
        _ => return false,
    };
    let key = key.subject_public_key.as_bytes();
    let key = key.and_then(|key| RsaPublicKeyRef::from_der(key).ok());
    key.is_some_and(|key| {
        let modulus = key.modulus.as_bytes();
        let zeros = modulus.first().map_or(0, |byte| byte.leading_zeros());
        let bits = u64::try_from(modulus.len())
            .unwrap_or(u64::MAX)
            .saturating_mul(8);
        !(shortest..=8192).contains(&bits.saturating_sub(zeros.into()))
    })
}

/// RFC 5480 §2.1.1: any key on a curve, P-256, P-384 and P-521.
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const CURVES: [ObjectIdentifier; 3] = [
    ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"),
    ObjectIdentifier::new_unwrap("1.3.132.0.34"),
    ObjectIdentifier::new_unwrap("1.3.132.0.35"),
];

/// RFC 5758 §3.2.
const ECDSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const ECDSA_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3");
const ECDSA_SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.4");

/// RFC 4055 §5. Old roots have signatures with SHA-1 and short keys; the server decides whether to accept them.
const RSA_SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.5");
const RSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
const RSA_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12");
const RSA_SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13");

/// RFC 8410 §3.
const ED25519_OID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

static ALGORITHMS: [(ObjectIdentifier, &dyn VerificationAlgorithm); 14] = [
    (ECDSA_SHA256, &ECDSA_P256_SHA256_ASN1),
    (ECDSA_SHA256, &ECDSA_P384_SHA256_ASN1),
    (ECDSA_SHA256, &ECDSA_P521_SHA256_ASN1),
    (ECDSA_SHA384, &ECDSA_P256_SHA384_ASN1),
    (ECDSA_SHA384, &ECDSA_P384_SHA384_ASN1),
    (ECDSA_SHA384, &ECDSA_P521_SHA384_ASN1),
    (ECDSA_SHA512, &ECDSA_P256_SHA512_ASN1),
    (ECDSA_SHA512, &ECDSA_P384_SHA512_ASN1),
    (ECDSA_SHA512, &ECDSA_P521_SHA512_ASN1),
    (RSA_SHA1, &RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY),
    (RSA_SHA256, &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY),
    (RSA_SHA384, &RSA_PKCS1_2048_8192_SHA384),
    (RSA_SHA512, &RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY),
    (ED25519_OID, &ED25519),
];
