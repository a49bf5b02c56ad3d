use core::fmt;

use crate::out::Out;

/// The `jti` of one assertion: 128 random bits as 22 characters of base64url (RFC 7519 §4.1.7).
///
/// A server refuses an assertion whose `jti` it has seen. Each attempt therefore needs a new one, retries included. The
/// type is neither `Clone` nor `Copy`, and a `jti` cannot be sent twice by accident.
#[derive(Debug, Eq, PartialEq)]
pub struct JwtId([u8; Self::LEN]);

impl JwtId {
    /// The length of the text, in bytes.
    pub const LEN: usize = 22;

    /// A `jti` from 16 bytes of a cryptographic random source.
    ///
    /// Two devices that boot with the same weak entropy get the same value, and the server refuses one of them.
    #[must_use]
    pub fn from_random(random: [u8; 16]) -> Self {
        let mut text = [0; Self::LEN];
        Out::new(&mut text).put_base64url(&random);
        Self(text)
    }

    /// The text that goes on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or("")
    }

    /// 48 random bits that identify one attempt.
    pub(crate) fn id(&self) -> u64 {
        self.0
            .first_chunk()
            .map_or(0, |chunk| u64::from_be_bytes(*chunk))
    }

    /// 24 other random bits that identify one instance.
    pub(crate) fn seed(&self) -> u32 {
        let rest = self.0.get(8..).unwrap_or(&[]);
        rest.first_chunk()
            .map_or(0, |chunk| u32::from_be_bytes(*chunk))
    }
}

impl fmt::Display for JwtId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::JwtId;

    #[test]
    fn sixteen_bytes_become_twenty_two_characters() {
        let highest = JwtId::from_random([0xff; 16]);
        assert_eq!(highest.as_str(), "_____________________w");
        assert_eq!(
            JwtId::from_random([0; 16]).as_str(),
            "AAAAAAAAAAAAAAAAAAAAAA"
        );
    }
}
