use core::fmt;

/// A JWS signature algorithm that proves who a client is (RFC 7518 §3.1).
///
/// SMART asks servers for RS384 or ES384; Redox's dashboard makes RS384 keys and its pages name ES384 beside it. ES256
/// is what secure elements have and what other servers take. The algorithm belongs to the key: nothing here reads it
/// from a string that came from outside.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
}

impl Algorithm {
    /// The name on the wire, as in the `alg` of a JWS header or a JWK.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Rs384 => "RS384",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
