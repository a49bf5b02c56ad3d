mod der;
mod error;
mod jwk;
mod pem;
mod public;
mod public_key_error;

pub use error::{Found, JwkProblem, KeyError, KeyForm};
pub use public::{PublicKey, PublicKeyMaterial, Thumbprint, write_jwk_set};
pub use public_key_error::PublicKeyError;

use core::fmt;

#[cfg(any(
    feature = "es256",
    feature = "es384",
    feature = "es512",
    feature = "ps256",
    feature = "rs256",
    feature = "rs384",
    feature = "rs512"
))]
use zeroize::Zeroizing;

use crate::algorithm::Algorithm;
#[cfg(any(
    feature = "es256",
    feature = "es384",
    feature = "es512",
    feature = "ps256",
    feature = "rs256",
    feature = "rs384",
    feature = "rs512"
))]
use crate::footprint::wiped;

/// A private key parsed from PEM, DER or a JWK, before any check against its curve. A [`Signer`](crate::Signer) is made
/// from it, in this crate or in another library.
///
/// Borrows from the input and from the scratch buffer. Both hold the key: wipe them after the signer is made.
#[derive(Clone, Copy)]
pub struct PrivateKey<'b> {
    material: KeyMaterial<'b>,
    key_id: Option<&'b str>,
    /// The algorithm of an RSA key, if its JWK or the caller named one.
    chosen: Option<Algorithm>,
}

impl<'b> PrivateKey<'b> {
    /// Parses a private key in one of these forms:
    /// - PEM (RFC 7468): `PRIVATE KEY` (PKCS#8), `EC PRIVATE KEY` (SEC1), `RSA PRIVATE KEY` (PKCS#1). Text and other
    ///   blocks before and after the key, such as the certificates of a bundle, are ignored. Two private keys are an error;
    /// - DER of the same three;
    /// - a private JWK (RFC 7517), as Redox's dashboard hands it out.
    ///
    /// `scratch` takes the decoded key. [`PRIVATE_KEY_SCRATCH_LEN`] bytes are enough for every supported key.
    ///
    /// # Errors
    /// [`KeyError`], which names the input's actual form. The buffer may then still hold parts of the key.
    pub fn parse(input: &'b [u8], scratch: &'b mut [u8]) -> Result<Self, KeyError> {
        match KeyForm::of(input)? {
            KeyForm::Pem => der::parse(pem::decode(input, scratch)?).map(Self::of_material),
            KeyForm::Jwk => jwk::parse(input, scratch),
            _ => der::parse(input).map(Self::of_material),
        }
    }

    /// Parses a private key in a scratch buffer of its own, sets its `algorithm` if one is given, passes the key to
    /// `take`, and wipes the buffer.
    #[cfg(any(
        feature = "es256",
        feature = "es384",
        feature = "es512",
        feature = "ps256",
        feature = "rs256",
        feature = "rs384",
        feature = "rs512"
    ))]
    pub(crate) fn parse_with_scratch<const SCRATCH_LEN: usize>(
        input: &[u8],
        algorithm: Option<Algorithm>,
        take: impl FnOnce(&PrivateKey<'_>),
    ) -> Result<(), KeyError> {
        wiped::<([u8; SCRATCH_LEN], [usize; PARSING]), _>(|| {
            let mut scratch = Zeroizing::new([0; SCRATCH_LEN]);
            let key = PrivateKey::parse(input, scratch.as_mut()).map_err(|error| match error {
                // The caller cannot pass a longer buffer.
                KeyError::ScratchTooSmall { .. } if SCRATCH_LEN >= PRIVATE_KEY_SCRATCH_LEN => {
                    KeyError::TooLong {
                        max_bits: MAX_RSA_BITS,
                    }
                }
                error => error,
            })?;
            take(&match algorithm {
                Some(algorithm) => key.with_algorithm(algorithm)?,
                None => key,
            });
            Ok(())
        })
    }

    const fn of_material(material: KeyMaterial<'b>) -> Self {
        Self {
            material,
            key_id: None,
            chosen: None,
        }
    }

    /// The algorithm of the key. An EC key has that of its curve. An RSA key has that of its JWK or the one set with
    /// [`PrivateKey::with_algorithm`], else RS384.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        match (self.material, self.chosen) {
            (KeyMaterial::Ec(key), _) => key.algorithm,
            (KeyMaterial::Rsa(_), Some(chosen)) => chosen,
            (KeyMaterial::Rsa(_), None) => DEFAULT_RSA_ALGORITHM,
        }
    }

    /// The same key with this `algorithm`. An RSA key supports several algorithms, an EC key only one.
    ///
    /// # Errors
    /// [`KeyError::WrongAlgorithm`] if the key does not support the algorithm, or if its JWK or an earlier call named
    /// another.
    pub fn with_algorithm(self, algorithm: Algorithm) -> Result<Self, KeyError> {
        let found = self.algorithm();
        if found == algorithm || (self.has_choice() && algorithm.is_rsa()) {
            Ok(Self {
                chosen: Some(algorithm),
                ..self
            })
        } else {
            Err(KeyError::WrongAlgorithm {
                found,
                expected: algorithm,
            })
        }
    }

    /// Whether [`PrivateKey::with_algorithm`] can still select the algorithm: for an RSA key whose JWK names none.
    #[must_use]
    pub const fn has_choice(&self) -> bool {
        matches!((self.material, self.chosen), (KeyMaterial::Rsa(_), None))
    }

    /// The `kid` of a JWK.
    #[must_use]
    pub const fn key_id(&self) -> Option<&'b str> {
        self.key_id
    }

    /// Checks that a JWK's `kid` equals the `key_id` of the credential.
    ///
    /// # Errors
    /// [`KeyError::JwkKeyId`] if the two differ. A key without a `kid` may have any key ID.
    pub fn expect_key_id(&self, key_id: &str) -> Result<(), KeyError> {
        match self.key_id {
            Some(found) if found != key_id => Err(KeyError::JwkKeyId),
            _ => Ok(()),
        }
    }

    /// The numbers of the key.
    #[must_use]
    pub const fn material(&self) -> KeyMaterial<'b> {
        self.material
    }
}

impl fmt::Debug for PrivateKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({}, [redacted])", self.algorithm())
    }
}

/// The numbers of a private key, big-endian and unchecked.
#[non_exhaustive]
#[derive(Clone, Copy)]
pub enum KeyMaterial<'b> {
    /// For ES256, ES384 and ES512.
    Ec(EcKeyMaterial<'b>),
    /// For RS256, RS384, RS512 and PS256: 2048 to 4096 bits.
    Rsa(RsaKeyMaterial<'b>),
}

impl fmt::Debug for KeyMaterial<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyMaterial([redacted])")
    }
}

/// The numbers of an EC key.
#[derive(Clone, Copy)]
pub struct EcKeyMaterial<'b> {
    /// ES256 for P-256, ES384 for P-384, ES512 for P-521.
    pub algorithm: Algorithm,
    /// The private scalar. Its length is at most that of the curve's order.
    pub secret: &'b [u8],
    /// The public point (SEC1 §2.3.3), if the key came with one. Usually uncompressed, rarely compressed.
    pub public: Option<&'b [u8]>,
}

impl EcKeyMaterial<'_> {
    /// Writes the private scalar into `out`, which must have the length of the curve's order, with leading zeros. Some
    /// programs drop leading zeros, and some add one. Wipe `out` after use.
    ///
    /// # Errors
    /// [`KeyError::OutOfRange`] if the scalar is longer than `out`, which then holds zeros.
    pub fn write_secret(&self, out: &mut [u8]) -> Result<(), KeyError> {
        out.fill(0);
        let zeros = self.secret.iter().take_while(|&&byte| byte == 0).count();
        let digits = self.secret.get(zeros..).unwrap_or(&[]);
        if digits.len() > out.len() {
            return Err(KeyError::OutOfRange);
        }
        for (to, from) in out.iter_mut().rev().zip(digits.iter().rev()) {
            *to = *from;
        }
        Ok(())
    }
}

impl fmt::Debug for EcKeyMaterial<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EcKeyMaterial({}, [redacted])", self.algorithm)
    }
}

/// The numbers of an RSA key of two primes, named as in RFC 8017 §3.2.
#[derive(Clone, Copy)]
pub struct RsaKeyMaterial<'b> {
    /// Modulus.
    pub n: &'b [u8],
    /// Public exponent.
    pub e: &'b [u8],
    /// Private exponent.
    pub d: &'b [u8],
    /// First prime.
    pub p: &'b [u8],
    /// Second prime.
    pub q: &'b [u8],
    /// `d` modulo `p - 1`.
    pub dp: &'b [u8],
    /// `d` modulo `q - 1`.
    pub dq: &'b [u8],
    /// The inverse of `q` modulo `p`.
    pub q_inv: &'b [u8],
}

impl RsaKeyMaterial<'_> {
    /// Rejects keys that are too weak to sign with, and keys larger than servers accept.
    fn checked(self) -> Result<Self, KeyError> {
        match bits(self.n) {
            2048..=MAX_RSA_BITS => Ok(self),
            found => Err(KeyError::RsaBits { found }),
        }
    }
}

impl fmt::Debug for RsaKeyMaterial<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RsaKeyMaterial([redacted])")
    }
}

/// The length of a big-endian number.
pub(crate) fn bits(number: &[u8]) -> usize {
    match number.iter().position(|&byte| byte != 0) {
        Some(at) => {
            let rest = number.get(at..).unwrap_or(&[]);
            let spare = rest.first().map_or(0, |byte| byte.leading_zeros());
            rest.len()
                .saturating_mul(8)
                .saturating_sub(usize::try_from(spare).unwrap_or(0))
        }
        None => 0,
    }
}

/// The algorithm of an RSA key that names none: SMART requires it, and Redox's dashboard makes such keys.
pub(crate) const DEFAULT_RSA_ALGORITHM: Algorithm = Algorithm::Rs384;

/// The greatest length of an RSA key's modulus, in bits.
const MAX_RSA_BITS: usize = 4096;

/// The greatest amount of stack that reading a key may overwrite in addition to its scratch buffer, in words.
#[cfg(any(
    feature = "es256",
    feature = "es384",
    feature = "es512",
    feature = "ps256",
    feature = "rs256",
    feature = "rs384",
    feature = "rs512"
))]
const PARSING: usize = 384;

/// The scratch buffer that every supported private key fits in, in bytes: that of RSA with 4096 bits. A JWK whose `kid`
/// has escapes needs the length of the `kid` in addition.
pub const PRIVATE_KEY_SCRATCH_LEN: usize = 2560;
