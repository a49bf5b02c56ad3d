use core::fmt;

use heapless::Vec;

/// The latest nonce that a server asked for in proofs (RFC 9449 §8 and §9), of at most `N` bytes; none at first.
///
/// The authorization server and each API host have nonces of their own. Keep one `DpopNonce` for each, and never send
/// one server the nonce of another.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct DpopNonce<const N: usize>(Vec<u8, N>);

impl<const N: usize> DpopNonce<N> {
    /// No nonce yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Replaces the nonce with the value of a header `DPoP-Nonce`. The newest value counts, whatever the status of the
    /// answer (RFC 9449 §8.2).
    ///
    /// # Errors
    /// [`DpopNonceError`]; the old nonce is then unchanged.
    pub fn remember(&mut self, value: &[u8]) -> Result<(), DpopNonceError> {
        if value.is_empty() {
            return Err(DpopNonceError::Empty);
        }
        if let Some(at) = value.iter().position(|byte| !is_nqchar(*byte)) {
            return Err(DpopNonceError::Character { at });
        }
        let too_long = DpopNonceError::TooLong {
            found: value.len(),
            capacity: N,
        };
        self.0 = Vec::from_slice(value).map_err(|_| too_long)?;
        Ok(())
    }

    /// The nonce, if there is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        let text = core::str::from_utf8(&self.0).ok()?;
        (!text.is_empty()).then_some(text)
    }
}

/// Why the value of a header `DPoP-Nonce` cannot be sent back.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DpopNonceError {
    /// The value is empty.
    Empty,
    /// The value has a character that is not allowed: white space, `"`, `\` or none of ASCII (RFC 9449 §8.1).
    Character {
        /// The place of the character, in bytes from the start.
        at: usize,
    },
    /// The value is longer than the room for it.
    TooLong {
        /// The length, in bytes.
        found: usize,
        /// The greatest length, in bytes: the `N` of [`DpopNonce`].
        capacity: usize,
    },
}

impl fmt::Display for DpopNonceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the header DPoP-Nonce is empty"),
            Self::Character { at } => write!(
                f,
                "the header DPoP-Nonce must be printable ASCII without white space, quotes and backslashes; byte {at} is another"
            ),
            Self::TooLong { found, capacity } => write!(
                f,
                "the header DPoP-Nonce has {found} bytes, and there is room for {capacity}"
            ),
        }
    }
}

impl core::error::Error for DpopNonceError {}

/// `NQCHAR` of RFC 6749, appendix A: the characters of a nonce.
const fn is_nqchar(byte: u8) -> bool {
    matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e)
}
