use core::fmt;

use der::asn1::UintRef;
use der::{Encode, Reader, SliceReader};
use redox_auth_core::Algorithm;

/// Reads an ECDSA signature in DER, as secure elements and libraries in C give it, into the form that a
/// [`Signer`](redox_auth_core::Signer) fills: r‖s, each half as long as the curve's order (RFC 7518 §3.4).
///
/// Strict: nothing but the one right encoding of two numbers that can be a signature's (RFC 3279 §2.2.3).
///
/// ```
/// use redox_auth_core::Algorithm;
/// use redox_auth_gateway::{parse_signature_der, write_signature_der};
///
/// let der = [0x30, 0x07, 0x02, 0x02, 0x00, 0x80, 0x02, 0x01, 0x05];
/// let mut signature = [0; 64];
/// parse_signature_der(Algorithm::Es256, &der, &mut signature)?;
/// assert_eq!((signature[31], signature[63]), (0x80, 0x05));
///
/// let mut again = [0; 72];
/// assert_eq!(write_signature_der(Algorithm::Es256, &signature, &mut again)?, der);
/// # Ok::<(), redox_auth_gateway::SignatureError>(())
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
    let mut reader = SliceReader::new(der)?;
    let numbers = reader.sequence(|inner| -> Result<[UintRef<'_>; 2], der::Error> {
        Ok([inner.decode()?, inner.decode()?])
    })?;
    reader.finish()?;
    signature.fill(0);
    for (number, half) in numbers.iter().zip(signature.chunks_mut(order.len())) {
        let digits = number.as_bytes();
        let start = half
            .len()
            .checked_sub(digits.len())
            .ok_or(SignatureError::OutOfRange)?;
        half.get_mut(start..)
            .unwrap_or(&mut [])
            .copy_from_slice(digits);
        check_range(half, order)?;
    }
    Ok(())
}

/// Writes an ECDSA signature r‖s in DER.
///
/// # Errors
/// [`SignatureError`]; a buffer of 72 bytes is long enough for ES256, one of 104 for ES384, one of 139 for ES512.
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
    let numbers = [UintRef::new(r)?, UintRef::new(s)?];
    let needed = usize::try_from(numbers.encoded_len()?)?;
    if out.len() < needed {
        return Err(SignatureError::BufferTooSmall { needed });
    }
    Ok(numbers.encode_to_slice(out)?)
}

/// Why a signature could not be turned from one form into the other.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SignatureError {
    /// Only ES256, ES384 and ES512 have signatures of two numbers.
    Algorithm(Algorithm),
    /// The signature, or the place for it, has another length than r‖s.
    SignatureLen {
        /// The length given, in bytes.
        found: usize,
        /// The length of signatures of this algorithm, in bytes.
        expected: usize,
    },
    /// It is not the DER of two positive numbers.
    Malformed,
    /// One of its numbers is zero, or not below the order of the curve: no signature has that.
    OutOfRange,
    /// The buffer is too short.
    BufferTooSmall {
        /// The exact length, in bytes, that would do.
        needed: usize,
    },
}

impl From<der::Error> for SignatureError {
    fn from(_: der::Error) -> Self {
        Self::Malformed
    }
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
            Self::Malformed => f.write_str("expected the DER of two positive numbers"),
            Self::OutOfRange => f.write_str("a number that no signature has"),
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

/// A signature is public, so this may take as long as it likes.
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
