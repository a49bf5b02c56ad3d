use core::fmt;

use aws_lc_rs::rand;
use base64ct::{Base64Unpadded, Base64UrlUnpadded, Encoding};
use zeroize::Zeroizing;

/// The key that seals the token in Redis: 32 secret random bytes that the operator gives to all processes of the service.
///
/// `Debug` shows nothing of the bytes, and they are wiped on drop.
#[derive(Clone)]
pub struct SealingKey(Box<Zeroizing<[u8; LEN]>>);

impl SealingKey {
    /// Creates a key from these bytes. The caller wipes its own copy.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; LEN]) -> Self {
        let mut key = Self::zeros();
        key.0.copy_from_slice(bytes);
        key
    }

    /// Reads a key from 64 hexadecimal digits or from base64, with or without padding, in either alphabet. White space
    /// around it is ignored.
    ///
    /// # Errors
    /// [`SealingKeyError::Text`], with the length of the text and nothing else of it.
    pub fn parse(text: &str) -> Result<Self, SealingKeyError> {
        let text = text.trim_ascii();
        let mut key = Self::zeros();
        let decoded_len = if text.len() == HEX_LEN {
            base16ct::mixed::decode(text, key.0.as_mut_slice())
                .map(<[u8]>::len)
                .ok()
        } else {
            let unpadded = text.strip_suffix('=').unwrap_or(text);
            let decode = if unpadded.contains(['-', '_']) {
                Base64UrlUnpadded::decode
            } else {
                Base64Unpadded::decode
            };
            decode(unpadded, key.0.as_mut_slice()).map(<[u8]>::len).ok()
        };
        if decoded_len != Some(LEN) {
            return Err(SealingKeyError::Text { found: text.len() });
        }
        Ok(key)
    }

    /// Generates a key.
    ///
    /// # Errors
    /// [`SealingKeyError::Random`].
    pub fn generate() -> Result<Self, SealingKeyError> {
        let mut key = Self::zeros();
        rand::fill(key.0.as_mut_slice()).map_err(|_| SealingKeyError::Random)?;
        Ok(key)
    }

    /// The bytes themselves.
    #[must_use]
    pub fn expose(&self) -> &[u8; LEN] {
        &self.0
    }

    /// On the heap before it is filled, so that no copy remains.
    fn zeros() -> Self {
        Self(Box::new(Zeroizing::new([0; LEN])))
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey([redacted])")
    }
}

/// Why there is no sealing key.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SealingKeyError {
    /// The text is not a key.
    Text {
        /// Its length, in bytes.
        found: usize,
    },
    /// The operating system gave no random bytes.
    Random,
}

impl fmt::Display for SealingKeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text { found } => write!(
                f,
                "expected a sealing key of {LEN} bytes, as {HEX_LEN} hexadecimal digits or as base64, found a text of {found} bytes that is neither"
            ),
            Self::Random => f.write_str("the operating system gave no random bytes"),
        }
    }
}

impl core::error::Error for SealingKeyError {}

const LEN: usize = 32;
const HEX_LEN: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    const BYTES: [u8; LEN] = [
        0xfb, 0xef, 0xbe, 0xff, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18,
        19, 20, 21, 22, 23, 24, 25, 26, 255,
    ];

    #[test]
    fn a_key_is_read_from_every_form_of_text() {
        for text in [
            "fbefbeff000102030405060708090a0b0c0d0e0f101112131415161718191aff",
            "FBEFBEFF000102030405060708090A0B0C0D0E0F101112131415161718191Aff\n",
            "++++/wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGv8=",
            " ++++/wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGv8\r\n",
            "----_wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGv8=",
            "----_wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGv8",
        ] {
            let key = SealingKey::parse(text).unwrap();
            assert_eq!(key.expose(), &BYTES, "{text:?}");
        }
        assert_eq!(SealingKey::from_bytes(&BYTES).expose(), &BYTES);
    }

    #[test]
    fn a_text_that_is_no_key_is_an_error_with_its_length() {
        let long = "ab".repeat(33);
        for text in [
            "",
            "=",
            "hunter2",
            // One byte too few, one too many, and a character that is no digit.
            "fbefbeff000102030405060708090a0b0c0d0e0f101112131415161718191a",
            &long,
            "gbefbeff000102030405060708090a0b0c0d0e0f101112131415161718191aff",
            "++++/wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZ",
            "++++/wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGv//",
            // Both alphabets at once, and bits left over.
            "++--/wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGv8=",
            "++++/wABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGv9=",
        ] {
            let error = SealingKey::parse(text).unwrap_err();
            assert_eq!(error, SealingKeyError::Text { found: text.len() });
        }
    }

    #[test]
    fn generated_keys_differ_and_show_nothing() {
        let keys = [(); 2].map(|()| SealingKey::generate().unwrap());
        assert_ne!(keys[0].expose(), keys[1].expose());
        assert_eq!(format!("{:?}", keys[0]), "SealingKey([redacted])");
    }
}
