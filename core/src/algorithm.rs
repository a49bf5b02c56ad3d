use core::fmt;

/// A JWS signature algorithm for client authentication (RFC 7518 §3.1).
///
/// SMART requires servers to support RS384 or ES384. Redox's dashboard makes RS384 keys, and its pages also name ES384.
/// Secure elements support ES256. Other servers require RS256, RS512, PS256 or ES512. An EC key has one algorithm, that
/// of its curve. An RSA key supports four algorithms: the `alg` of its JWK or the caller selects one
/// ([`PrivateKey::with_algorithm`]).
///
/// [`PrivateKey::with_algorithm`]: crate::PrivateKey::with_algorithm
// The C interface uses the same numbers plus one. Neither side therefore needs a table of the other's numbers.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    Es256 = 0,
    /// ECDSA on P-384 with SHA-384.
    Es384 = 1,
    /// ECDSA on P-521 with SHA-512.
    Es512 = 6,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256 = 3,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384 = 2,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    Rs512 = 4,
    /// RSASSA-PSS with SHA-256, also in its mask, and a salt of 32 bytes (RFC 7518 §3.5).
    Ps256 = 5,
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Self; 7] = [
        Self::Es256,
        Self::Es384,
        Self::Es512,
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Ps256,
    ];

    /// The name on the wire, as in the `alg` of a JWS header or a JWK.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match core::str::from_utf8(self.name()) {
            Ok(name) => name,
            // The names are ASCII.
            Err(_) => "",
        }
    }

    /// The same name as bytes, from a table without pointers, which takes less flash.
    #[expect(
        clippy::indexing_slicing,
        reason = "there are as many names as algorithms"
    )]
    pub(crate) const fn name(self) -> &'static [u8; 5] {
        &NAMES[self as usize]
    }

    /// Finds the algorithm with this name on the wire. The name is case-sensitive; any other text returns `None`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.name() == name.as_bytes())
    }

    /// Whether RSA keys sign with this algorithm.
    #[must_use]
    pub const fn is_rsa(self) -> bool {
        !matches!(self, Self::Es256 | Self::Es384 | Self::Es512)
    }

    /// The length of every signature in bytes (RFC 7518 §3.4): 64 for ES256, 96 for ES384, 132 for ES512. `None`
    /// for RSA, whose signatures are as long as the modulus.
    #[must_use]
    pub const fn signature_len(self) -> Option<usize> {
        match self {
            Self::Es256 => Some(64),
            Self::Es384 => Some(96),
            Self::Es512 => Some(132),
            Self::Rs256 | Self::Rs384 | Self::Rs512 | Self::Ps256 => None,
        }
    }
}

/// In the order of the algorithms' numbers.
const NAMES: [[u8; 5]; Algorithm::ALL.len()] = [
    *b"ES256", *b"ES384", *b"RS384", *b"RS256", *b"RS512", *b"PS256", *b"ES512",
];

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
