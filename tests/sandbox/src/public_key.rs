use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use x509_cert::Certificate;
use x509_cert::der::asn1::UintRef;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::der::{Decode, Reader, SliceReader};
use x509_cert::spki::SubjectPublicKeyInfoRef;

use crate::jwks::rsa_bits;

/// The numbers of a public key, to compare keys in different forms.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum PublicKey {
    /// Modulus and exponent, without leading zeros.
    Rsa { n: Vec<u8>, e: Vec<u8> },
    /// A point on P-256, P-384 or P-521; its length identifies the curve.
    Ec { x: Vec<u8>, y: Vec<u8> },
}

impl PublicKey {
    /// The key of a JWK (RFC 7518 §6).
    pub(crate) fn of_jwk(jwk: &Map<String, Value>) -> Option<Self> {
        let bytes = |name| URL_SAFE_NO_PAD.decode(jwk.get(name)?.as_str()?).ok();
        match jwk.get("kty")?.as_str()? {
            "RSA" => Some(Self::Rsa {
                n: bytes("n")?,
                e: bytes("e")?,
            }),
            "EC" => Some(Self::Ec {
                x: bytes("x")?,
                y: bytes("y")?,
            }),
            _ => None,
        }
    }

    /// The key of a certificate (RFC 5280 §4.1.2.7), in DER.
    pub(crate) fn of_certificate(der: &[u8]) -> Option<Self> {
        let certificate = Certificate::from_der(der).ok()?;
        let info = certificate.tbs_certificate().subject_public_key_info();
        let key = info.subject_public_key.as_bytes()?;
        Self::of_info(info.algorithm.oid, key)
    }

    /// The key of a `SubjectPublicKeyInfo` (RFC 5280 §4.1.2.7), in DER.
    pub(crate) fn of_spki(der: &[u8]) -> Option<Self> {
        let info = SubjectPublicKeyInfoRef::from_der(der).ok()?;
        Self::of_info(info.algorithm.oid, info.subject_public_key.as_bytes()?)
    }

    fn of_info(algorithm: ObjectIdentifier, key: &[u8]) -> Option<Self> {
        match algorithm {
            RSA => rsa(key),
            EC => {
                let (4, point) = (*key.first()?, key.get(1..)?) else {
                    return None;
                };
                let (x, y) = point.split_at_checked(point.len() / 2)?;
                Some(Self::Ec {
                    x: x.to_vec(),
                    y: y.to_vec(),
                })
            }
            _ => None,
        }
    }

    /// The length of an RSA key, in bits.
    pub(crate) fn rsa_bits(&self) -> Option<usize> {
        match self {
            Self::Rsa { n, .. } => Some(rsa_bits(n)),
            Self::Ec { .. } => None,
        }
    }

    /// As a JWK with this `kid`.
    pub(crate) fn jwk(&self, key_id: &str) -> Map<String, Value> {
        let members = match self {
            Self::Rsa { n, e } => vec![
                ("kty", "RSA".to_owned()),
                ("n", encode(n)),
                ("e", encode(e)),
            ],
            Self::Ec { x, y } => {
                let curve = match x.len() {
                    0..=32 => "P-256",
                    33..=48 => "P-384",
                    _ => "P-521",
                };
                vec![
                    ("kty", "EC".to_owned()),
                    ("crv", curve.to_owned()),
                    ("x", encode(x)),
                    ("y", encode(y)),
                ]
            }
        };
        let all = members.into_iter().chain([("kid", key_id.to_owned())]);
        all.map(|(name, text)| (name.to_owned(), text.into()))
            .collect()
    }
}

/// `RSAPublicKey` (RFC 8017 §A.1.1).
fn rsa(der: &[u8]) -> Option<PublicKey> {
    let mut reader = SliceReader::new(der).ok()?;
    let key = reader.sequence(|reader| {
        let (n, e) = (UintRef::decode(reader)?, UintRef::decode(reader)?);
        Ok::<_, x509_cert::der::Error>(PublicKey::Rsa {
            n: n.as_bytes().to_vec(),
            e: e.as_bytes().to_vec(),
        })
    });
    key.ok()
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// rsaEncryption (RFC 8017 §A.1).
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// id-ecPublicKey (RFC 5480 §2.1.1).
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
