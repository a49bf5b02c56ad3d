use core::fmt;

use heapless::Vec;
use sha2::{Digest, Sha256};

use super::{Found, KeyError, KeyForm, MAX_RSA_BITS, PublicKeyError, bits, der, pem};
use crate::algorithm::Algorithm;
use crate::out::Out;
use crate::write_error::WriteError;

/// The public half of a signing key. The server verifies signatures with it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PublicKey(Numbers);

#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is no heap to put the large one on"
)]
enum Numbers {
    Ec {
        algorithm: Algorithm,
        x: Vec<u8, 66>,
        y: Vec<u8, 66>,
    },
    Rsa {
        algorithm: Algorithm,
        n: Vec<u8, 512>,
        e: Vec<u8, 8>,
    },
}

impl PublicKey {
    /// A point on P-256 (for ES256), P-384 (for ES384) or P-521 (for ES512), uncompressed (SEC1 §2.3.3): 4, x, y.
    ///
    /// For keys in another place, such as a secure element. This function does not check that the point is on the
    /// curve.
    ///
    /// # Errors
    /// [`KeyError::Unsupported`] for an algorithm of RSA; [`KeyError::Malformed`] for another length or first byte.
    pub fn from_ec_point(algorithm: Algorithm, point: &[u8]) -> Result<Self, KeyError> {
        // A point is two coordinates, and a signature two numbers of the same length.
        let Some(len) = algorithm.signature_len() else {
            return Err(KeyError::Unsupported("a point for an algorithm of RSA"));
        };
        match point.split_first() {
            Some((4, coordinates)) if coordinates.len() == len => {
                Ok(Self::of_point(algorithm, point))
            }
            _ => Err(KeyError::Malformed(KeyForm::Sec1)),
        }
    }

    /// Modulus and public exponent of an RSA key, big-endian, and the key's algorithm.
    ///
    /// # Errors
    /// [`KeyError::Unsupported`] for an algorithm on a curve; [`KeyError::RsaBits`] unless `n` has 2048 to 4096 bits;
    /// [`KeyError::RsaExponent`] if `e` is 0 or has more than 64 bits.
    pub fn from_rsa(algorithm: Algorithm, n: &[u8], e: &[u8]) -> Result<Self, KeyError> {
        if !algorithm.is_rsa() {
            return Err(KeyError::Unsupported(
                "a modulus for an algorithm on a curve",
            ));
        }
        let found = bits(n);
        if !(2048..=4096).contains(&found) {
            return Err(KeyError::RsaBits { found });
        }
        match bits(e) {
            1..=64 => Ok(Self::of_rsa(algorithm, n, e)),
            _ => Err(KeyError::RsaExponent),
        }
    }

    /// Parses a `SubjectPublicKeyInfo` (RFC 5280 §4.1) in DER or in a PEM block `PUBLIC KEY` (RFC 7468 §13). Most
    /// services show public keys in this form.
    ///
    /// An RSA key gets RS384; [`PublicKey::with_algorithm`] selects another. This function does not check that a point
    /// is on its curve.
    ///
    /// # Errors
    /// [`PublicKeyError`], which names the input's actual form.
    pub fn from_spki(input: &[u8]) -> Result<Self, PublicKeyError> {
        let mut scratch = [0; MAX_SPKI_LEN];
        let der = match KeyForm::of(input)? {
            KeyForm::Pem => pem::decode_public(input, &mut scratch).map_err(too_long)?,
            KeyForm::Jwk => return Err(PublicKeyError::NoPublicKey(Found::PublicJwk)),
            _ => input,
        };
        match der::form(der) {
            Ok(_) => Err(PublicKeyError::PrivateKey),
            Err(KeyError::NoPrivateKey(Found::PublicKey)) => Ok(der::public(der)?),
            Err(other) => Err(other.into()),
        }
    }

    /// The numbers of the key.
    #[must_use]
    pub fn material(&self) -> PublicKeyMaterial<'_> {
        match &self.0 {
            Numbers::Ec { x, y, .. } => PublicKeyMaterial::Ec { x, y },
            Numbers::Rsa { n, e, .. } => PublicKeyMaterial::Rsa { n, e },
        }
    }

    /// A key from an uncompressed point of the right length.
    pub(crate) fn of_point(algorithm: Algorithm, point: &[u8]) -> Self {
        let coordinates = point.get(1..).unwrap_or(&[]);
        let (x, y) = coordinates.split_at(coordinates.len() / 2);
        Self(Numbers::Ec {
            algorithm,
            x: copy(x),
            y: copy(y),
        })
    }

    /// A key from an RSA modulus of at most 4096 bits and an exponent of at most 64.
    pub(crate) fn of_rsa(algorithm: Algorithm, n: &[u8], e: &[u8]) -> Self {
        Self(Numbers::Rsa {
            algorithm,
            n: copy(without_leading_zeros(n)),
            e: copy(without_leading_zeros(e)),
        })
    }

    /// The algorithm of the signatures that the key verifies.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        match self.0 {
            Numbers::Ec { algorithm, .. } | Numbers::Rsa { algorithm, .. } => algorithm,
        }
    }

    /// The length of the key's signatures, in bytes: 64 for ES256, 96 for ES384, 132 for ES512, the modulus (256 to 512) for RSA.
    #[must_use]
    pub fn signature_len(&self) -> usize {
        match &self.0 {
            Numbers::Ec { x, y, .. } => x.len().saturating_add(y.len()),
            Numbers::Rsa { n, .. } => n.len(),
        }
    }

    /// The same key for signatures of `algorithm`.
    ///
    /// # Errors
    /// [`KeyError::WrongAlgorithm`] unless both are algorithms of RSA, or are equal.
    pub fn with_algorithm(mut self, algorithm: Algorithm) -> Result<Self, KeyError> {
        match &mut self.0 {
            Numbers::Rsa { algorithm: own, .. } if algorithm.is_rsa() => *own = algorithm,
            Numbers::Ec { algorithm: own, .. } if *own == algorithm => {}
            _ => {
                return Err(KeyError::WrongAlgorithm {
                    found: self.algorithm(),
                    expected: algorithm,
                });
            }
        }
        Ok(self)
    }

    /// The thumbprint of the key (RFC 7638, with SHA-256): a good key ID if the server assigned none.
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        let mut json = [0; MAX_THUMBPRINT_INPUT];
        let mut out = Out::new(&mut json);
        // The required members only, in the order of their names (RFC 7638 §3.2).
        match &self.0 {
            Numbers::Ec { algorithm, x, y } => {
                out.put(br#"{"crv":""#);
                out.put_str(curve(*algorithm));
                out.put(br#"","kty":"EC","x":""#);
                out.put_base64url(x);
                out.put(br#"","y":""#);
                out.put_base64url(y);
            }
            Numbers::Rsa { n, e, .. } => {
                out.put(br#"{"e":""#);
                out.put_base64url(e);
                out.put(br#"","kty":"RSA","n":""#);
                out.put_base64url(n);
            }
        }
        out.put(br#""}"#);
        let json = out.finish().unwrap_or("");
        let mut text = [0; Thumbprint::LEN];
        Out::new(&mut text).put_base64url(&Sha256::digest(json));
        Thumbprint(text)
    }

    /// Writes the key as a JWK (RFC 7517 §4) with `kty` and its numbers, `kid`, `alg` and `use`.
    ///
    /// # Errors
    /// [`WriteError::EmptyClaim`] for an empty `key_id`. [`WriteError::BufferTooSmall`] gives the exact length needed.
    pub fn write_jwk<'o>(&self, key_id: &str, out: &'o mut [u8]) -> Result<&'o str, WriteError> {
        let mut out = Out::new(out);
        self.put_jwk(key_id, &mut out)?;
        out.finish()
    }

    fn put_jwk(&self, key_id: &str, out: &mut Out<'_>) -> Result<(), WriteError> {
        if key_id.is_empty() {
            return Err(WriteError::EmptyClaim("kid"));
        }
        self.put_required_members(out);
        out.put(br#","kid":"#);
        out.put_json_str(key_id);
        out.put(br#","alg":""#);
        out.put(self.algorithm().name());
        out.put(br#"","use":"sig"}"#);
        Ok(())
    }

    /// Writes the start of a JWK, with all members that identify the key.
    pub(crate) fn put_required_members(&self, out: &mut Out<'_>) {
        match &self.0 {
            Numbers::Ec { algorithm, x, y } => {
                out.put(br#"{"kty":"EC","crv":""#);
                out.put_str(curve(*algorithm));
                out.put(br#"","x":""#);
                out.put_base64url(x);
                out.put(br#"","y":""#);
                out.put_base64url(y);
            }
            Numbers::Rsa { n, e, .. } => {
                out.put(br#"{"kty":"RSA","n":""#);
                out.put_base64url(n);
                out.put(br#"","e":""#);
                out.put_base64url(e);
            }
        }
        out.put(b"\"");
    }
}

/// The numbers of a public key, big-endian.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PublicKeyMaterial<'k> {
    /// A point on the curve of its algorithm.
    Ec {
        /// As many bytes as the order of the curve.
        x: &'k [u8],
        /// As many as `x`.
        y: &'k [u8],
    },
    /// Without leading zeros.
    Rsa {
        /// Modulus, of 2048 to 4096 bits.
        n: &'k [u8],
        /// Public exponent, of at most 64 bits.
        e: &'k [u8],
    },
}

/// Writes a JWK Set (RFC 7517 §5) of public keys with their key IDs. Redox's dashboard and JWKS URLs take this form.
///
/// # Errors
/// As [`PublicKey::write_jwk`].
pub fn write_jwk_set<'o>(
    keys: &[(&str, &PublicKey)],
    out: &'o mut [u8],
) -> Result<&'o str, WriteError> {
    let mut out = Out::new(out);
    out.put(br#"{"keys":["#);
    for (at, (key_id, key)) in keys.iter().enumerate() {
        if at > 0 {
            out.put(b",");
        }
        key.put_jwk(key_id, &mut out)?;
    }
    out.put(b"]}");
    out.finish()
}

/// The SHA-256 thumbprint of a public key (RFC 7638) as 43 characters of base64url.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Thumbprint([u8; Self::LEN]);

impl Thumbprint {
    /// The length of the text, in bytes.
    pub const LEN: usize = 43;

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or("")
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Input too long for the scratch buffer is longer than any key.
fn too_long(error: PublicKeyError) -> PublicKeyError {
    match error {
        PublicKeyError::Unusable(KeyError::ScratchTooSmall { .. }) => {
            PublicKeyError::Unusable(KeyError::TooLong {
                max_bits: MAX_RSA_BITS,
            })
        }
        other => other,
    }
}

const fn curve(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Es384 => "P-384",
        Algorithm::Es512 => "P-521",
        _ => "P-256",
    }
}

fn copy<const LEN: usize>(bytes: &[u8]) -> Vec<u8, LEN> {
    // Every caller has checked the length.
    Vec::from_slice(bytes).unwrap_or_default()
}

fn without_leading_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|&&byte| byte == 0).count();
    number.get(zeros..).unwrap_or(&[])
}

/// The longest `SubjectPublicKeyInfo`, in bytes: that of RSA with 4096 bits and an exponent of 64.
const MAX_SPKI_LEN: usize = 556;

/// The longest text that a thumbprint hashes: that of RSA with 4096 bits, in bytes.
const MAX_THUMBPRINT_INPUT: usize = 768;
