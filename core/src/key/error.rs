use core::fmt;

use crate::algorithm::Algorithm;

/// Why there is no key. Every case is for whoever provides the key to fix; none holds a byte of it.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KeyError {
    /// Something else than a private key.
    NoPrivateKey(Found),
    /// A private key of this form, but damaged or cut off.
    Malformed(KeyForm),
    /// A private key that signs with nothing we support; its kind.
    Unsupported(&'static str),
    /// A key for another algorithm than the one wanted: it cannot do that one, or the `alg` of its JWK is another.
    WrongAlgorithm {
        /// What the key signs with.
        found: Algorithm,
        /// What was wanted.
        expected: Algorithm,
    },
    /// The feature for this algorithm is not enabled in this build.
    Disabled(Algorithm),
    /// An RSA key that is too short to be safe or longer than supported: 2048 to 4096 bits are.
    RsaBits {
        /// The length of its modulus.
        found: usize,
    },
    /// An RSA key whose public exponent is even, below 3 or above 32 bits.
    RsaExponent,
    /// An RSA key longer than this type takes.
    TooLong {
        /// The greatest length of its modulus, in bits.
        max_bits: usize,
    },
    /// The private number is zero, or not below the order of the curve.
    OutOfRange,
    /// The parts of the key do not belong together: a wrong public key, prime or exponent.
    Inconsistent,
    /// The `alg` of a JWK is none that a key of its `kty` and `crv` signs with here.
    JwkAlgorithm {
        /// What such a key signs with; RS384 stands for all four algorithms of RSA.
        expected: Algorithm,
    },
    /// The `kid` of a JWK is another than the key ID that it is to be used under.
    JwkKeyId,
    /// The scratch buffer is too short, or the file is longer than any key.
    ScratchTooSmall {
        /// How much would do for this key, in bytes.
        needed: usize,
    },
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPrivateKey(found) => {
                write!(
                    f,
                    "expected a private key (PEM or DER of PKCS#8, SEC1 or PKCS#1, or a private JWK), found {found}"
                )
            }
            Self::Malformed(form) => write!(f, "expected {form}, found a damaged or truncated one"),
            Self::Unsupported(kind) => {
                write!(f, "expected a key on P-256, P-384 or P-521 or an RSA key, found {kind}")
            }
            Self::WrongAlgorithm { found, expected } => {
                write!(f, "expected a key for {expected}, found one for {found}")
            }
            Self::Disabled(algorithm) => {
                write!(f, "found a key for {algorithm}, which this build does not support")
            }
            Self::RsaBits { found } => {
                write!(f, "expected an RSA key of 2048 to 4096 bits, found one of {found} bits")
            }
            Self::RsaExponent => f.write_str(
                "expected an RSA key with an odd public exponent from 3 to 32 bits, found another exponent",
            ),
            Self::TooLong { max_bits } => {
                write!(f, "expected an RSA key of at most {max_bits} bits, found a longer one")
            }
            Self::OutOfRange => {
                f.write_str("expected a private number from 1 to the order of the curve, found another")
            }
            Self::Inconsistent => {
                f.write_str("expected one whole key, found parts that do not belong together")
            }
            Self::JwkAlgorithm { expected } => {
                let names = match expected.is_rsa() {
                    true => "RS256, RS384, RS512 or PS256",
                    false => expected.as_str(),
                };
                write!(f, "expected `alg` of the JWK to be {names}, by its `kty` and `crv`, found another")
            }
            Self::JwkKeyId => {
                f.write_str("expected `kid` of the JWK to be the key ID given, found another")
            }
            Self::ScratchTooSmall { needed } => {
                write!(f, "scratch buffer too small for a key of this length: need {needed} bytes")
            }
        }
    }
}

impl core::error::Error for KeyError {}

/// What stood where a private key was expected.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Found {
    /// Nothing, or only white space.
    Nothing,
    /// A public key.
    PublicKey,
    /// An X.509 certificate.
    Certificate,
    /// A request for a certificate.
    CertificateRequest,
    /// A private key under a password.
    EncryptedKey,
    /// A key in the format of OpenSSH.
    OpenSshKey,
    /// A JWK without its private part.
    PublicJwk,
    /// A JWK Set.
    JwkSet,
    /// A JWK with a shared secret (`kty` is `oct`).
    SymmetricJwk,
    /// A PEM block with another label.
    OtherPem,
    /// Bytes in which we see no key.
    Unknown,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "nothing",
            Self::PublicKey => "a public key",
            Self::Certificate => "a certificate",
            Self::CertificateRequest => "a certificate request",
            Self::EncryptedKey => "an encrypted private key: decrypt it first",
            Self::OpenSshKey => "an OpenSSH key: convert it with `ssh-keygen -p -m PKCS8`",
            Self::PublicJwk => "a public JWK",
            Self::JwkSet => "a JWK Set: take one private JWK out of it",
            Self::SymmetricJwk => "a JWK with a shared secret",
            Self::OtherPem => "a PEM block with another label",
            Self::Unknown => "something else",
        })
    }
}

/// A form in which private keys come.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KeyForm {
    /// PEM (RFC 7468).
    Pem,
    /// DER of one of the three structures below, not yet known which.
    Der,
    /// PKCS#8 (RFC 5958).
    Pkcs8,
    /// SEC1 (RFC 5915).
    Sec1,
    /// PKCS#1 (RFC 8017 §A.1.2).
    Pkcs1,
    /// JWK (RFC 7517).
    Jwk,
}

impl KeyForm {
    /// Tells the form from the first bytes.
    pub(super) fn of(input: &[u8]) -> Result<Self, KeyError> {
        let text = input
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(input)
            .trim_ascii_start();
        match text.first() {
            None => Err(KeyError::NoPrivateKey(Found::Nothing)),
            Some(b'{') => Ok(Self::Jwk),
            // A binary file is DER from its first byte on: white space there is not to be skipped.
            Some(_) if input.first() == Some(&0x30) => Ok(Self::Der),
            Some(_) if find(text, b"-----BEGIN ").is_some() => Ok(Self::Pem),
            Some(_) if OPENSSH_PUBLIC.iter().any(|start| text.starts_with(start)) => {
                Err(KeyError::NoPrivateKey(Found::PublicKey))
            }
            Some(_) => Err(KeyError::NoPrivateKey(Found::Unknown)),
        }
    }
}

impl fmt::Display for KeyForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pem => "a PEM block",
            Self::Der => "a DER structure",
            Self::Pkcs8 => "a PKCS#8 key",
            Self::Sec1 => "a SEC1 key",
            Self::Pkcs1 => "a PKCS#1 key",
            Self::Jwk => "a JWK",
        })
    }
}

/// How a line of OpenSSH begins that holds a public key.
const OPENSSH_PUBLIC: [&[u8]; 3] = [b"ssh-", b"ecdsa-sha2-", b"sk-"];

/// Where `needle` first stands in `haystack`.
pub(super) fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len().max(1))
        .position(|window| window == needle)
}
