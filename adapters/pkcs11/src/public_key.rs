use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RSA_PSS_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use cryptoki::error::Error as CallError;
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use pkcs1::RsaPublicKeyRef;
use redox_auth_reqwest::{Algorithm, KeyError, PublicKey};
use x509_cert::Certificate;
use x509_cert::der::asn1::{ObjectIdentifier, OctetStringRef};
use x509_cert::der::{Decode, Encode};
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use crate::error::{Answer, Error};
use crate::object::{PrivateObject, attribute};

/// The numbers of a public key from a token.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum PublicNumbers {
    /// An uncompressed point on the curve of this algorithm.
    Ec(Algorithm, Vec<u8>),
    /// Modulus and exponent, big-endian and without leading zeros.
    Rsa { n: Vec<u8>, e: Vec<u8> },
}

impl PublicNumbers {
    /// The numbers for a private key. Sources in order: the public key or certificate with its ID, or with its label
    /// and no other ID; the private key; a public key or certificate with its label and another ID.
    pub(crate) fn find(
        session: &Session,
        token: &str,
        private_key: &PrivateObject,
    ) -> Result<Self, Error> {
        let failed = |error| Answer::new(format!("the token {token:?}"), error);
        let mut refused = None;
        let mut of_another_id = None;
        for (class, read) in SOURCES {
            for template in templates(class, private_key) {
                for object in session.find_objects(&template).map_err(failed)? {
                    let numbers = match read(session, object).map_err(failed)? {
                        Some(Ok(numbers)) => numbers,
                        Some(Err(error)) => {
                            refused = Some(error);
                            continue;
                        }
                        None => continue,
                    };
                    match attribute(session, object, AttributeType::Id).map_err(failed)? {
                        Some(Attribute::Id(id)) if has_another_id(&id, private_key) => {
                            of_another_id.get_or_insert(numbers);
                        }
                        _ => return Ok(numbers),
                    }
                }
            }
        }
        if let Some(numbers) = from_key(session, private_key.handle).map_err(failed)? {
            return Ok(numbers?);
        }
        of_another_id.ok_or_else(|| {
            refused.map_or_else(
                || Error::NoPublicKey {
                    key: private_key.shown(),
                },
                Error::Key,
            )
        })
    }

    /// The public key to register, for this algorithm or the default one.
    pub(crate) fn public_key(&self, algorithm: Option<Algorithm>) -> Result<PublicKey, KeyError> {
        let key = match self {
            Self::Ec(algorithm, point) => PublicKey::from_ec_point(*algorithm, point),
            Self::Rsa { n, e } => PublicKey::from_rsa(Algorithm::Rs384, n, e),
        }?;
        match algorithm {
            Some(algorithm) => key.with_algorithm(algorithm),
            None => Ok(key),
        }
    }

    /// The length of its signatures in bytes.
    pub(crate) fn signature_len(&self) -> usize {
        match self {
            Self::Ec(algorithm, _) => algorithm.signature_len().unwrap_or_default(),
            Self::Rsa { n, .. } => n.len(),
        }
    }

    /// Whether the key made this signature of `message`.
    pub(crate) fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        let rsa = match algorithm {
            Algorithm::Es256 => {
                return self.verifies_by(&ECDSA_P256_SHA256_FIXED, message, signature);
            }
            Algorithm::Es384 => {
                return self.verifies_by(&ECDSA_P384_SHA384_FIXED, message, signature);
            }
            Algorithm::Es512 => {
                return self.verifies_by(&ECDSA_P521_SHA512_FIXED, message, signature);
            }
            Algorithm::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
            Algorithm::Rs384 => &RSA_PKCS1_2048_8192_SHA384,
            Algorithm::Rs512 => &RSA_PKCS1_2048_8192_SHA512,
            Algorithm::Ps256 => &RSA_PSS_2048_8192_SHA256,
            _ => return false,
        };
        match self {
            Self::Rsa { n, e } => RsaPublicKeyComponents { n, e }
                .verify(rsa, message, signature)
                .is_ok(),
            Self::Ec(..) => false,
        }
    }

    fn verifies_by(
        &self,
        curve: &'static dyn VerificationAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        match self {
            Self::Ec(_, point) => UnparsedPublicKey::new(curve, point)
                .verify(message, signature)
                .is_ok(),
            Self::Rsa { .. } => false,
        }
    }

    /// Of a `CKA_EC_POINT`: an OCTET STRING with the point in it. Some tokens give the bare point. A point starts with
    /// the tag of an OCTET STRING, and its second byte may equal the length of such a string: only the total length
    /// distinguishes the two.
    fn from_attribute(curve: &[u8], value: &[u8]) -> Result<Self, KeyError> {
        let coordinates_len = algorithm_on(curve)?.signature_len();
        let is_point = value.len().checked_sub(1) == coordinates_len;
        let point = match is_point {
            true => value,
            false => <&OctetStringRef>::from_der(value).map_or(value, OctetStringRef::as_bytes),
        };
        Self::from_point(curve, point)
    }

    /// Parses a bare point on the curve with this object identifier in DER.
    fn from_point(curve: &[u8], point: &[u8]) -> Result<Self, KeyError> {
        Ok(Self::Ec(algorithm_on(curve)?, point.to_owned()))
    }

    fn from_numbers(n: &[u8], e: &[u8]) -> Self {
        Self::Rsa {
            n: without_zeros(n),
            e: without_zeros(e),
        }
    }

    fn from_spki(key: &SubjectPublicKeyInfoOwned) -> Result<Self, KeyError> {
        let unusual = KeyError::Unsupported("a public key of another type than RSA and EC");
        let bytes = key.subject_public_key.as_bytes().ok_or(unusual)?;
        if key.algorithm.oid == RSA {
            let numbers = RsaPublicKeyRef::from_der(bytes).map_err(|_| unusual)?;
            let (n, e) = (
                numbers.modulus.as_bytes(),
                numbers.public_exponent.as_bytes(),
            );
            return Ok(Self::from_numbers(n, e));
        }
        let curve = key.algorithm.parameters.as_ref();
        let curve = curve.and_then(|curve| curve.to_der().ok());
        match curve {
            Some(curve) if key.algorithm.oid == EC => Self::from_point(&curve, bytes),
            _ => Err(unusual),
        }
    }
}

/// The algorithm for the curve with this object identifier in DER.
fn algorithm_on(curve: &[u8]) -> Result<Algorithm, KeyError> {
    let is = |oid: ObjectIdentifier| oid.to_der().is_ok_and(|der| der == curve);
    if is(P256) {
        Ok(Algorithm::Es256)
    } else if is(P384) {
        Ok(Algorithm::Es384)
    } else if is(P521) {
        Ok(Algorithm::Es512)
    } else {
        Err(KeyError::Unsupported(
            "a key on another curve than P-256, P-384 and P-521",
        ))
    }
}

/// The public key in an object: `None` without one.
type Found = Result<Option<Result<PublicNumbers, KeyError>>, CallError>;

/// How an object of one class is read.
type Reading = fn(&Session, ObjectHandle) -> Found;

/// The possible places of a public key, the best first.
const SOURCES: [(ObjectClass, Reading); 2] = [
    (ObjectClass::PUBLIC_KEY, from_key),
    (ObjectClass::CERTIFICATE, from_certificate),
];

/// The search for the public half of a private key.
fn templates(class: ObjectClass, private_key: &PrivateObject) -> Vec<Vec<Attribute>> {
    let given = |value: &Option<Vec<u8>>| value.clone().filter(|value| !value.is_empty());
    let by_id = given(&private_key.id).map(Attribute::Id);
    let by_label = given(&private_key.label).map(Attribute::Label);
    let found = by_id.into_iter().chain(by_label);
    found
        .map(|wanted| vec![Attribute::Class(class), wanted])
        .collect()
}

/// Whether this ID belongs to another private key, as after a rotation under one label.
fn has_another_id(id: &[u8], private_key: &PrivateObject) -> bool {
    let own = private_key.id.as_deref().unwrap_or_default();
    !id.is_empty() && !own.is_empty() && id != own
}

/// The numbers of a public key, or of a private key that also shows them.
fn from_key(session: &Session, key: ObjectHandle) -> Found {
    let read = |kind| attribute(session, key, kind);
    if let Some(Attribute::Modulus(n)) = read(AttributeType::Modulus)?
        && let Some(Attribute::PublicExponent(e)) = read(AttributeType::PublicExponent)?
    {
        return Ok(Some(Ok(PublicNumbers::from_numbers(&n, &e))));
    }
    if let Some(Attribute::EcParams(curve)) = read(AttributeType::EcParams)?
        && let Some(Attribute::EcPoint(point)) = read(AttributeType::EcPoint)?
    {
        return Ok(Some(PublicNumbers::from_attribute(&curve, &point)));
    }
    let spki = match read(AttributeType::PublicKeyInfo)? {
        Some(Attribute::PublicKeyInfo(spki)) => SubjectPublicKeyInfoOwned::from_der(&spki).ok(),
        _ => None,
    };
    Ok(spki.map(|spki| PublicNumbers::from_spki(&spki)))
}

fn from_certificate(session: &Session, certificate: ObjectHandle) -> Found {
    let Some(Attribute::Value(der)) = attribute(session, certificate, AttributeType::Value)? else {
        return Ok(None);
    };
    let certificate = Certificate::from_der(&der).ok();
    Ok(certificate.map(|certificate| {
        let certificate = certificate.tbs_certificate();
        PublicNumbers::from_spki(certificate.subject_public_key_info())
    }))
}

fn without_zeros(number: &[u8]) -> Vec<u8> {
    let digits = number.iter().skip_while(|&&byte| byte == 0);
    digits.copied().collect()
}

const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(oid: ObjectIdentifier) -> Vec<u8> {
        oid.to_der().unwrap()
    }

    #[test]
    fn a_point_is_read_as_it_is_and_in_an_octet_string() {
        let curves = [
            (P256, Algorithm::Es256, 65),
            (P384, Algorithm::Es384, 97),
            (P521, Algorithm::Es512, 133),
        ];
        for (oid, algorithm, len) in curves {
            // The second value makes the point a whole OCTET STRING, by chance.
            for second in [7, u8::try_from(len - 2).unwrap()] {
                let mut point = vec![7; len];
                point[..2].copy_from_slice(&[4, second]);
                let expected = PublicNumbers::Ec(algorithm, point.clone());
                let wrapped = OctetStringRef::new(&point).unwrap().to_der().unwrap();
                for given in [&point, &wrapped] {
                    let numbers = PublicNumbers::from_attribute(&curve(oid), given).unwrap();
                    assert_eq!(numbers, expected, "{algorithm} {second}");
                    let public_key = numbers.public_key(None).unwrap();
                    assert_eq!(public_key.algorithm(), algorithm);
                    assert_eq!(numbers.signature_len(), len - 1);
                }
                let numbers = PublicNumbers::from_point(&curve(oid), &point);
                assert_eq!(numbers, Ok(expected), "{algorithm} {second}");
            }
        }
    }

    #[test]
    fn what_signs_no_assertion_is_refused() {
        let secp256k1 = ObjectIdentifier::new_unwrap("1.3.132.0.10");
        let error = PublicNumbers::from_point(&curve(secp256k1), &[4; 65]).unwrap_err();
        assert!(matches!(error, KeyError::Unsupported(_)), "{error}");
        let short = PublicNumbers::from_numbers(&[0xff; 128], &[1, 0, 1]);
        let error = short.public_key(None).unwrap_err();
        assert!(
            matches!(error, KeyError::RsaBits { found: 1024 }),
            "{error}"
        );
        let compressed = PublicNumbers::from_point(&curve(P256), &[2; 33]).unwrap();
        compressed.public_key(None).unwrap_err();
        let ec = PublicNumbers::from_point(&curve(P256), &[4; 65]).unwrap();
        ec.public_key(Some(Algorithm::Rs256)).unwrap_err();
    }

    #[test]
    fn zeros_before_a_modulus_do_not_count() {
        let mut modulus = vec![0x80; 257];
        modulus[0] = 0;
        let numbers = PublicNumbers::from_numbers(&modulus, &[0, 1, 0, 1]);
        assert_eq!(numbers.signature_len(), 256);
        let public_key = numbers.public_key(Some(Algorithm::Ps256)).unwrap();
        assert_eq!(public_key.algorithm(), Algorithm::Ps256);
        assert!(!numbers.verifies(Algorithm::Rs256, b"message", &[0; 256]));
        assert!(!numbers.verifies(Algorithm::Es256, b"message", &[0; 64]));
    }
}
