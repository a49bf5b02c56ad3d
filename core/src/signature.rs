use core::fmt;

use crate::algorithm::Algorithm;
use crate::asn1::{Elements, INTEGER, SEQUENCE};

/// Converts a signature from a KMS, a secure element or a library to the form of JWS (RFC 7518 §3.3, §3.4): r‖s for
/// ECDSA, as many bytes as the modulus for RSA. An ECDSA signature may be given as r‖s or in DER (RFC 3279 §2.2.3).
///
/// `signature` must have the length of the key's signatures: 64 bytes for ES256, 96 for ES384, 132 for ES512, the
/// modulus for RSA. A signature of exactly that length is copied. DER of that length also exists, about once in 2^40
/// signatures. Use [`parse_signature_der`] for a signer that always returns DER.
///
/// Text has an error of its own, because many services return base64. This function does not verify the signature,
/// because that needs the public key.
///
/// ```
/// use redox_auth_core::{Algorithm, SignatureError, parse_signature};
///
/// let mut signature = [0; 64];
/// parse_signature(Algorithm::Es256, &[7; 64], &mut signature)?;
/// parse_signature(Algorithm::Es256, &[0x30, 6, 2, 1, 3, 2, 1, 5], &mut signature)?;
/// assert_eq!((signature[31], signature[63]), (3, 5));
///
/// let text = parse_signature(Algorithm::Es256, b"MEUCIQDx8T2c", &mut signature);
/// assert_eq!(text, Err(SignatureError::Text));
/// # Ok::<(), SignatureError>(())
/// ```
///
/// # Errors
/// [`SignatureError`], also if `signature` has a length that no signature of `algorithm` has. `signature` then holds
/// nothing to rely on.
pub fn parse_signature(
    algorithm: Algorithm,
    given: &[u8],
    signature: &mut [u8],
) -> Result<(), SignatureError> {
    let (found, expected) = (given.len(), signature.len());
    if let Ok(order) = order(algorithm) {
        check_len(expected, order)?;
    }
    // One r‖s in 2^87 consists of text characters.
    let is_text = |byte: &u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
    if !given.is_empty() && given.iter().all(is_text) {
        return Err(SignatureError::Text);
    }
    if found == expected {
        signature.copy_from_slice(given);
        return Ok(());
    }
    if !algorithm.is_rsa() && Elements::of_sequence(given).is_some() {
        return parse_signature_der(algorithm, given, signature);
    }
    Err(SignatureError::SignatureLen { found, expected })
}

/// Converts an ECDSA signature from DER to r‖s, each half as long as the curve's order (RFC 7518 §3.4). Many services,
/// secure elements and libraries return DER, while a [`Signer`](crate::Signer) writes r‖s.
///
/// It accepts only the DER encoding (X.690 §8.3, §10.1) of a sequence of two numbers from 1 to the order less 1 (RFC
/// 3279 §2.2.3): no negative number, no unnecessary leading zero, and no bytes after the sequence.
///
/// ```
/// use redox_auth_core::{Algorithm, parse_signature_der, write_signature_der};
///
/// let der = [0x30, 0x07, 0x02, 0x02, 0x00, 0x80, 0x02, 0x01, 0x05];
/// let mut signature = [0; 64];
/// parse_signature_der(Algorithm::Es256, &der, &mut signature)?;
/// assert_eq!((signature[31], signature[63]), (0x80, 0x05));
///
/// let mut again = [0; 72];
/// assert_eq!(write_signature_der(Algorithm::Es256, &signature, &mut again)?, der);
/// # Ok::<(), redox_auth_core::SignatureError>(())
/// ```
///
/// # Errors
/// [`SignatureError`]; `signature` then holds nothing to rely on.
pub fn parse_signature_der(
    algorithm: Algorithm,
    der: &[u8],
    signature: &mut [u8],
) -> Result<(), SignatureError> {
    let order = order(algorithm)?;
    check_len(signature.len(), order)?;
    let mut inside = Elements::of_sequence(der).ok_or(SignatureError::Malformed)?;
    signature.fill(0);
    let halves = signature.split_at_mut_checked(order.len());
    let (r, s) = halves.ok_or(SignatureError::Malformed)?;
    for half in [r, s] {
        let number = inside.unsigned().ok_or(SignatureError::Malformed)?;
        if number.len() > half.len() {
            return Err(SignatureError::OutOfRange);
        }
        for (to, from) in half.iter_mut().rev().zip(number.iter().rev()) {
            *to = *from;
        }
        check_range(half, order)?;
    }
    match inside.0 {
        [] => Ok(()),
        _ => Err(SignatureError::Malformed),
    }
}

/// Converts an ECDSA signature from r‖s to DER (RFC 3279 §2.2.3).
///
/// # Errors
/// [`SignatureError`]. A buffer of 72 bytes is enough for ES256, 104 for ES384, 139 for ES512.
pub fn write_signature_der<'o>(
    algorithm: Algorithm,
    signature: &[u8],
    out: &'o mut [u8],
) -> Result<&'o [u8], SignatureError> {
    let order = order(algorithm)?;
    check_len(signature.len(), order)?;
    let (r, s) = signature
        .split_at_checked(order.len())
        .unwrap_or((&[], &[]));
    check_range(r, order)?;
    check_range(s, order)?;
    let (r, s) = (Integer::new(r), Integer::new(s));
    let inside_len = r.encoded_len().saturating_add(s.encoded_len());
    // Above 127 the length takes two bytes, which happens with P-521 (X.690 §8.1.3).
    let len = u8::try_from(inside_len).map_err(|_| SignatureError::Malformed)?;
    let (head, head_len) = match len {
        0..=0x7f => ([SEQUENCE, len, 0], 2),
        _ => ([SEQUENCE, 0x81, len], 3),
    };
    let needed = inside_len.saturating_add(head_len);
    let out = out
        .get_mut(..needed)
        .ok_or(SignatureError::BufferTooSmall { needed })?;
    let head = head.into_iter().take(head_len);
    let bytes = head.chain(r.encoded()).chain(s.encoded());
    for (to, from) in out.iter_mut().zip(bytes) {
        *to = from;
    }
    Ok(out)
}

/// A positive number, to be written in DER (X.690 §8.3).
struct Integer<'n> {
    /// At least one byte, and the first is not 0.
    digits: &'n [u8],
    /// Whether the number needs a leading zero, because it would otherwise be negative.
    has_zero: bool,
}

impl<'n> Integer<'n> {
    /// The number is not 0.
    fn new(number: &'n [u8]) -> Self {
        let zeros = number.iter().take_while(|&&byte| byte == 0).count();
        let digits = number.get(zeros..).unwrap_or(&[]);
        let has_zero = digits.first().is_some_and(|&first| first >= 0x80);
        Self { digits, has_zero }
    }

    fn len(&self) -> usize {
        self.digits.len().saturating_add(usize::from(self.has_zero))
    }

    fn encoded_len(&self) -> usize {
        self.len().saturating_add(2)
    }

    fn encoded(&self) -> impl Iterator<Item = u8> {
        // Every order is shorter than 127 bytes.
        let head = [INTEGER, u8::try_from(self.len()).unwrap_or(0)];
        let zero = self.has_zero.then_some(0);
        let digits = self.digits.iter().copied();
        head.into_iter().chain(zero).chain(digits)
    }
}

/// Why the bytes are not a signature, or could not be converted.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SignatureError {
    /// Only ES256, ES384 and ES512 have signatures of two numbers.
    Algorithm(Algorithm),
    /// The signature or its buffer has another length than the signatures of this key.
    SignatureLen {
        /// The length given, in bytes.
        found: usize,
        /// The length of the key's signatures, in bytes.
        expected: usize,
    },
    /// The signature is text. Many services return base64.
    Text,
    /// The signature is not the DER of two positive numbers.
    Malformed,
    /// One of the two numbers is zero, or not below the order of the curve.
    OutOfRange,
    /// The buffer is too short.
    BufferTooSmall {
        /// The exact length needed, in bytes.
        needed: usize,
    },
}

impl fmt::Display for SignatureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Algorithm(found) => {
                write!(f, "expected ES256, ES384 or ES512, found {found}")
            }
            Self::SignatureLen { found, expected } => {
                write!(f, "signature of {found} bytes, expected {expected}")
            }
            Self::Text => f.write_str(
                "expected the bytes of a signature, found text: decode its base64 or hexadecimal digits first",
            ),
            Self::Malformed => f.write_str(
                "expected the DER of two positive numbers (RFC 3279 section 2.2.3), found something else",
            ),
            Self::OutOfRange => f.write_str(
                "expected two numbers below the order of the curve, found zero or a greater number: check that the signer uses the curve of its algorithm",
            ),
            Self::BufferTooSmall { needed } => {
                write!(f, "buffer too small: need {needed} bytes")
            }
        }
    }
}

impl core::error::Error for SignatureError {}

/// The order of the algorithm's curve, big-endian.
const fn order(algorithm: Algorithm) -> Result<&'static [u8], SignatureError> {
    match algorithm {
        Algorithm::Es256 => Ok(&ORDER_P256),
        Algorithm::Es384 => Ok(&ORDER_P384),
        Algorithm::Es512 => Ok(&ORDER_P521),
        Algorithm::Rs256 | Algorithm::Rs384 | Algorithm::Rs512 | Algorithm::Ps256 => {
            Err(SignatureError::Algorithm(algorithm))
        }
    }
}

fn check_len(found: usize, order: &[u8]) -> Result<(), SignatureError> {
    let expected = order.len().saturating_mul(2);
    if found == expected {
        Ok(())
    } else {
        Err(SignatureError::SignatureLen { found, expected })
    }
}

/// Not in constant time, because a signature is public.
fn check_range(number: &[u8], order: &[u8]) -> Result<(), SignatureError> {
    if number < order && number.iter().any(|&byte| byte != 0) {
        Ok(())
    } else {
        Err(SignatureError::OutOfRange)
    }
}

/// SEC2 §2.4.2.
const ORDER_P256: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// SEC2 §2.5.1.
const ORDER_P384: [u8; 48] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf,
    0x58, 0x1a, 0x0d, 0xb2, 0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73,
];

/// SEC2 §2.6.1.
const ORDER_P521: [u8; 66] = [
    0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xfa, 0x51, 0x86, 0x87, 0x83, 0xbf, 0x2f, 0x96, 0x6b, 0x7f, 0xcc, 0x01, 0x48, 0xf7, 0x09,
    0xa5, 0xd0, 0x3b, 0xb5, 0xc9, 0xb8, 0x89, 0x9c, 0x47, 0xae, 0xbb, 0x6f, 0xb7, 0x1e, 0x91, 0x38,
    0x64, 0x09,
];
