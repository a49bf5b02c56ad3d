use pkcs1::RsaPublicKeyRef;
use redox_auth_core::{Algorithm, PublicKey, Signer as _};
use x509_cert::der::Decode as _;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use super::parse::Certificate;
use crate::error::certificate::CertificateError;
use crate::keys::key::Key;

/// Checks that a certificate belongs to `key`.
pub(super) fn expect(key: &Key, certificate: &Certificate) -> Result<(), CertificateError> {
    let info = certificate
        .parsed()
        .tbs_certificate()
        .subject_public_key_info();
    let certified = Certified::of(info, key.algorithm());
    let is_same = certified.as_ref().is_some_and(|it| it.may_be(key));
    if is_same {
        return Ok(());
    }
    Err(CertificateError::WrongKey {
        expected: match key.public_key() {
            Some(public_key) => thumbprint(public_key),
            None => of_signer(key.algorithm(), key.signature_len()),
        },
        found: match certified {
            Some(certified) => thumbprint(&certified.public_key),
            None => format!("of another kind or length, {}", info.algorithm.oid),
        },
    })
}

/// The key of a certificate, of a kind that signs assertions.
struct Certified {
    public_key: PublicKey,
    signature_len: usize,
}

impl Certified {
    /// An RSA key is for `algorithm`, if that is an RSA algorithm, because its certificate does not name one.
    fn of(info: &SubjectPublicKeyInfoOwned, algorithm: Algorithm) -> Option<Self> {
        let key = info.subject_public_key.as_bytes()?;
        match info.algorithm.oid {
            EC => Self::ec(info, key),
            RSA | RSA_PSS => Self::rsa(key, algorithm),
            _ => None,
        }
    }

    fn ec(info: &SubjectPublicKeyInfoOwned, point: &[u8]) -> Option<Self> {
        let algorithm = match info.algorithm.parameters.as_ref()?.decode_as().ok()? {
            P256 => Algorithm::Es256,
            P384 => Algorithm::Es384,
            P521 => Algorithm::Es512,
            _ => return None,
        };
        Some(Self {
            public_key: PublicKey::from_ec_point(algorithm, point).ok()?,
            signature_len: algorithm.signature_len()?,
        })
    }

    fn rsa(key: &[u8], algorithm: Algorithm) -> Option<Self> {
        let key = RsaPublicKeyRef::from_der(key).ok()?;
        let (n, e) = (key.modulus.as_bytes(), key.public_exponent.as_bytes());
        let algorithm = if algorithm.is_rsa() {
            algorithm
        } else {
            Algorithm::Rs256
        };
        Some(Self {
            public_key: PublicKey::from_rsa(algorithm, n, e).ok()?,
            signature_len: n.len(),
        })
    }

    /// Whether it is `key`; for a key behind a signer, whether it has its kind and length.
    fn may_be(&self, key: &Key) -> bool {
        match key.public_key() {
            Some(public_key) => self.public_key == *public_key,
            None => {
                self.public_key.algorithm() == key.algorithm()
                    && self.signature_len == key.signature_len()
            }
        }
    }
}

fn thumbprint(key: &PublicKey) -> String {
    format!("thumbprint {}", key.thumbprint())
}

/// Everything that is known of a key behind a signer.
fn of_signer(algorithm: Algorithm, signature_len: usize) -> String {
    format!("for {algorithm} with signatures of {signature_len} bytes")
}

/// RFC 5480 §2.1.1.
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");

/// RFC 4055 §1.2 and §3.1.
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
