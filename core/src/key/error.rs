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
    /// An RSA key longer than this type takes, or a file with more beside the key than this type has room for, such as a
    /// long key ID with escapes.
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
    /// A member of a JWK cannot be used.
    JwkMember {
        /// Its name.
        name: &'static str,
        /// What is wrong with it.
        problem: JwkProblem,
    },
    /// Two private keys, which are not the same byte for byte: nobody can tell which of them is meant.
    TwoKeys {
        /// The line on which the first begins, counted from 1.
        first_line: usize,
        /// The line on which the other begins.
        second_line: usize,
    },
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
    /// A PEM block whose line ends are written as `\n`, as in a string of JSON.
    EscapedText,
    /// Base64 of a PEM or of DER, without the first and the last line of a PEM.
    Base64Text,
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

/// What is wrong with a member of a JWK.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum JwkProblem {
    /// It is not there.
    Missing,
    /// It is there twice.
    Twice,
    /// It is a number, an array or another value that is no string.
    NotText,
    /// It ends with `=`; base64url in a JWK has no padding (RFC 7515 §2).
    Padding,
    /// It has a `+` or `/`, which base64url replaces by `-` and `_`.
    StandardBase64,
    /// It has an escape, which no text of a JWK but its `kid` needs.
    Escaped,
    /// It is no base64url for another reason.
    NotBase64Url,
    /// It is longer than the curve's coordinates.
    TooLong,
}

impl fmt::Display for JwkProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "is missing",
            Self::Twice => "is there twice",
            Self::NotText => "must be a string",
            Self::Padding => "has padding (`=`)",
            Self::StandardBase64 => "must be base64url, without `+` and `/`",
            Self::Escaped => "has escapes",
            Self::NotBase64Url => "must be base64url",
            Self::TooLong => "is too long",
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
            Some(_) if is_utf16(input) => Err(KeyError::NoPrivateKey(Found::Utf16Text)),
            Some(b'{') => Ok(Self::Jwk),
            // A binary file is DER from its first byte on: white space there is not to be skipped.
            Some(_) if input.first() == Some(&0x30) => Ok(Self::Der),
            Some(_) if find(text, b"-----BEGIN ").is_some() => Ok(Self::Pem),
            Some(_) => Err(KeyError::NoPrivateKey(instead_of_a_key(text))),
        }
    }
}

/// What stands where there is neither PEM nor DER nor a JWK.
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

/// Whether it is text in UTF-16: it has a mark, or its first character is one of a PEM or a JWK with a zero beside it.
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

/// How a line of OpenSSH begins that holds a public key.
const OPENSSH_PUBLIC: [&[u8]; 3] = [b"ssh-", b"ecdsa-sha2-", b"sk-"];

/// How a key store of Java begins: JKS and JCEKS.
const JAVA_KEY_STORES: [&[u8]; 2] = [b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce"];

/// How base64 begins: that of a PEM, and that of a DER sequence as long as a key.
const BASE64: [&[u8]; 7] = [b"LS0tLS1CRUdJTi", b"MD", b"ME", b"MF", b"MG", b"MH", b"MI"];

/// The length of the shortest key in base64, less a few characters: SEC1 of P-256 without the public point.
const SHORTEST_BASE64: usize = 64;

/// Where `needle` first stands in `haystack`.
pub(super) fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len().max(1))
        .position(|window| window == needle)
}
