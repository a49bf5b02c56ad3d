use core::fmt;

use crate::algorithm::Algorithm;

/// Why there is no key. The provider of the key can fix every case. No case holds a byte of the key.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KeyError {
    /// The input is not a private key.
    NoPrivateKey(Found),
    /// A private key in this form, but damaged or truncated.
    Malformed(KeyForm),
    /// A private key of this kind, for which this crate has no algorithm.
    Unsupported(&'static str),
    /// A key for another algorithm than the requested one: the key does not support it, or the `alg` of its JWK is
    /// another.
    WrongAlgorithm {
        /// The algorithm of the key.
        found: Algorithm,
        /// The requested algorithm.
        expected: Algorithm,
    },
    /// This build lacks the feature for this algorithm.
    Disabled(Algorithm),
    /// The RSA key is too short to be safe or longer than supported. 2048 to 4096 bits are supported.
    RsaBits {
        /// The length of its modulus.
        found: usize,
    },
    /// An RSA key whose public exponent is even, below 3 or above 32 bits.
    RsaExponent,
    /// The RSA key is longer than this type supports. Or the file has more data in addition to the key than the type
    /// has room for, such as a long key ID with escapes.
    TooLong {
        /// The greatest length of its modulus, in bits.
        max_bits: usize,
    },
    /// The private number is zero, or not below the order of the curve.
    OutOfRange,
    /// The parts of the key do not belong together: a wrong public key, prime or exponent.
    Inconsistent,
    /// The JWK's `alg` does not match its `kty` and `crv`, or this crate does not support the `alg`.
    JwkAlgorithm {
        /// The algorithm of such a key. RS384 stands for all four algorithms of RSA.
        expected: Algorithm,
    },
    /// The `kid` of a JWK differs from the key ID of the credential.
    JwkKeyId,
    /// A member of a JWK cannot be used.
    JwkMember {
        /// Its name.
        name: &'static str,
        /// The problem.
        problem: JwkProblem,
    },
    /// The input has two different private keys, and neither is marked as the one to use.
    TwoKeys {
        /// The line of the first key, counted from 1.
        first_line: usize,
        /// The line of the other key.
        second_line: usize,
    },
    /// The scratch buffer is too short, or the file is longer than any key.
    ScratchTooSmall {
        /// The length needed for this key, in bytes.
        needed: usize,
    },
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPrivateKey(found) => {
                write!(
                    f,
                    "expected a private key in PEM, DER or JWK, found {found}"
                )
            }
            Self::Malformed(form) => write!(f, "expected {form}, found a damaged or truncated one"),
            Self::Unsupported(kind) => {
                write!(
                    f,
                    "expected a key on P-256, P-384 or P-521 or an RSA key, found {kind}"
                )
            }
            Self::WrongAlgorithm { found, expected } => {
                write!(f, "expected a key for {expected}, found one for {found}")
            }
            Self::Disabled(algorithm) => {
                write!(
                    f,
                    "found a key for {algorithm}, which this build does not support"
                )
            }
            Self::RsaBits { found } => {
                write!(
                    f,
                    "expected an RSA key of 2048 to 4096 bits, found one of {found} bits"
                )
            }
            Self::RsaExponent => f.write_str(
                "expected an RSA key with an odd public exponent from 3 to 32 bits, found another",
            ),
            Self::TooLong { max_bits } => {
                write!(
                    f,
                    "expected an RSA key of at most {max_bits} bits; the file is longer"
                )
            }
            Self::OutOfRange => f.write_str(
                "expected a private number from 1 to the order of the curve, found another",
            ),
            Self::Inconsistent => {
                f.write_str("expected one whole key, found parts that do not belong together")
            }
            Self::JwkAlgorithm { expected } => {
                let names = match expected.is_rsa() {
                    true => "RS256, RS384, RS512 or PS256",
                    false => expected.as_str(),
                };
                write!(
                    f,
                    "expected `alg` of the JWK to be {names}, by its `kty` and `crv`, found another"
                )
            }
            Self::JwkKeyId => {
                f.write_str("expected `kid` of the JWK to be the key ID given, found another")
            }
            Self::JwkMember { name, problem } => write!(f, "`{name}` of the JWK {problem}"),
            Self::TwoKeys {
                first_line,
                second_line,
            } => write!(
                f,
                "found two private keys, on lines {first_line} and {second_line}"
            ),
            Self::ScratchTooSmall { needed } => {
                write!(
                    f,
                    "scratch buffer too small for this key: need {needed} bytes"
                )
            }
        }
    }
}

impl core::error::Error for KeyError {}

/// The kind of input found in place of a private key.
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
    /// A private key encrypted with a password.
    EncryptedKey,
    /// A key in the format of OpenSSH.
    OpenSshKey,
    /// A JWK without its private part.
    PublicJwk,
    /// A JWK Set.
    JwkSet,
    /// A JWK with a shared secret (`kty` is `oct`).
    SymmetricJwk,
    /// PKCS#12 (RFC 7292), in files named `.p12` or `.pfx`.
    Pkcs12,
    /// A key store of Java, of the type JKS or JCEKS.
    JavaKeyStore,
    /// A key in the format of PuTTY.
    PuttyKey,
    /// A key of OpenPGP.
    PgpKey,
    /// Parameters of a curve or a group, without a key.
    Parameters,
    /// Text in UTF-16.
    Utf16Text,
    /// A PEM block whose line ends are written as `\n`, as in a JSON string.
    EscapedText,
    /// The base64 of a PEM file or of DER, without the first and the last line of a PEM file.
    Base64Text,
    /// A PEM block with another label.
    OtherPem,
    /// Bytes of an unknown format.
    Unknown,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "nothing",
            Self::PublicKey => "a public key",
            Self::Certificate => "a certificate",
            Self::CertificateRequest => "a certificate request",
            Self::EncryptedKey => "an encrypted private key",
            Self::OpenSshKey => "an OpenSSH key",
            Self::PublicJwk => "a public JWK",
            Self::JwkSet => "a JWK Set",
            Self::SymmetricJwk => "a JWK with a shared secret",
            Self::Pkcs12 => "a PKCS#12 file",
            Self::JavaKeyStore => "a Java key store",
            Self::PuttyKey => "a PuTTY key",
            Self::PgpKey => "an OpenPGP key",
            Self::Parameters => "parameters",
            Self::Utf16Text => "text in UTF-16",
            Self::EscapedText => "a PEM with `\\n` in it",
            Self::Base64Text => "bare base64",
            Self::OtherPem => "a PEM block with another label",
            Self::Unknown => "something else",
        })
    }
}

/// The problem with a member of a JWK.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum JwkProblem {
    /// The member is absent.
    Missing,
    /// The member comes twice.
    Twice,
    /// The member is a number, an array or another value that is no string.
    NotText,
    /// The member ends with `=`. Base64url in a JWK has no padding (RFC 7515 §2).
    Padding,
    /// The member has a `+` or `/`. Base64url has `-` and `_` in their place.
    StandardBase64,
    /// The member has an escape. Only the `kid` of a JWK may have escapes.
    Escaped,
    /// The member is not base64url for another reason.
    NotBase64Url,
    /// The member is longer than the curve's coordinates.
    TooLong,
}

impl fmt::Display for JwkProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "is missing",
            Self::Twice => "comes twice",
            Self::NotText => "must be a string",
            Self::Padding => "has padding (`=`)",
            Self::StandardBase64 => "must be base64url, without `+` and `/`",
            Self::Escaped => "has escapes",
            Self::NotBase64Url => "must be base64url",
            Self::TooLong => "is too long",
        })
    }
}

/// The form of a private key.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KeyForm {
    /// PEM (RFC 7468).
    Pem,
    /// DER of one of the three structures below, before it is parsed.
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
    /// Detects the form from the first bytes.
    pub(super) fn of(input: &[u8]) -> Result<Self, KeyError> {
        let text = input
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(input)
            .trim_ascii_start();
        match text.first() {
            None => Err(KeyError::NoPrivateKey(Found::Nothing)),
            Some(_) if is_utf16(input) => Err(KeyError::NoPrivateKey(Found::Utf16Text)),
            Some(b'{') => Ok(Self::Jwk),
            // A binary file is DER from its first byte on, and a first byte that looks like white space must not be
            // skipped.
            Some(_) if input.first() == Some(&0x30) => Ok(Self::Der),
            Some(_) if find(text, b"-----BEGIN ").is_some() => Ok(Self::Pem),
            Some(_) => Err(KeyError::NoPrivateKey(instead_of_a_key(text))),
        }
    }
}

/// The kind of a text that is neither PEM nor DER nor a JWK.
fn instead_of_a_key(text: &[u8]) -> Found {
    let starts_with = |starts: &[&[u8]]| starts.iter().any(|start| text.starts_with(start));
    if starts_with(&OPENSSH_PUBLIC) {
        Found::PublicKey
    } else if starts_with(&JAVA_KEY_STORES) {
        Found::JavaKeyStore
    } else if starts_with(&[b"PuTTY-User-Key-File-"]) {
        Found::PuttyKey
    } else if text.len() >= SHORTEST_BASE64 && starts_with(&BASE64) && text.iter().all(is_base64) {
        Found::Base64Text
    } else {
        Found::Unknown
    }
}

/// Whether the input is UTF-16: it starts with a byte order mark, or with the first character of a PEM or JWK next to a
/// zero byte.
const fn is_utf16(input: &[u8]) -> bool {
    matches!(
        input,
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [b'-' | b'{', 0, ..] | [0, b'-' | b'{', ..]
    )
}

const fn is_base64(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric()
        || byte.is_ascii_whitespace()
        || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=')
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

/// The start of a line in OpenSSH's format that holds a public key.
const OPENSSH_PUBLIC: [&[u8]; 3] = [b"ssh-", b"ecdsa-sha2-", b"sk-"];

/// The first bytes of a Java key store: JKS and JCEKS.
const JAVA_KEY_STORES: [&[u8]; 2] = [b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce"];

/// The start of base64 text: that of PEM, and that of a DER sequence as long as a key.
const BASE64: [&[u8]; 7] = [b"LS0tLS1CRUdJTi", b"MD", b"ME", b"MF", b"MG", b"MH", b"MI"];

/// The length of the shortest key in base64, less a few characters: SEC1 of P-256 without the public point.
const SHORTEST_BASE64: usize = 64;

/// The place of the first `needle` in `haystack`.
pub(super) fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len().max(1))
        .position(|window| window == needle)
}
