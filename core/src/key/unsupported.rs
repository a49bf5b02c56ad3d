use core::fmt;

/// A private key of a type, curve or form that signs no assertion here.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum UnsupportedKey {
    /// RSA, limited to RSASSA-PSS (RFC 4055 §1.2).
    RsaPss,
    /// RSA of more than two primes (RFC 8017 §3.2).
    RsaOfManyPrimes,
    /// A JWK of RSA with `n`, `e` and `d` alone (RFC 7518 §6.3.2).
    RsaWithoutPrimes,
    /// Ed25519 (RFC 8410).
    Ed25519,
    /// Ed448 (RFC 8410).
    Ed448,
    /// X25519 (RFC 8410), which signs nothing.
    X25519,
    /// X448 (RFC 8410), which signs nothing.
    X448,
    /// A JWK on one of these four curves (RFC 8037 §2).
    Edwards,
    /// Secp256k1 (SEC 2 §2.4.1).
    Secp256k1,
    /// The curve of SM2.
    Sm2,
    /// A Brainpool curve (RFC 5639).
    Brainpool,
    /// A curve by its parameters instead of its name (RFC 3279 §2.3.5).
    ExplicitCurve,
    /// Another curve.
    OtherCurve,
    /// DSA.
    Dsa,
    /// Diffie-Hellman, which signs nothing.
    DiffieHellman,
    /// A JWK with another `kty`.
    OtherJwk,
    /// A key for another algorithm.
    Other,
}

impl UnsupportedKey {
    /// As errors name it: `"a key on Ed25519"`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RsaPss => "a key for RSA-PSS",
            Self::RsaOfManyPrimes => "an RSA key of more than two primes",
            Self::RsaWithoutPrimes => "an RSA key without its primes",
            Self::Ed25519 => "a key on Ed25519",
            Self::Ed448 => "a key on Ed448",
            Self::X25519 => "a key on X25519",
            Self::X448 => "a key on X448",
            Self::Edwards => "a key on an Edwards curve",
            Self::Secp256k1 => "a key on secp256k1",
            Self::Sm2 => "a key on the curve of SM2",
            Self::Brainpool => "a key on a Brainpool curve",
            Self::ExplicitCurve => "a key with the parameters of its curve",
            Self::OtherCurve => "a key on another curve",
            Self::Dsa => "a DSA key",
            Self::DiffieHellman => "a Diffie-Hellman key",
            Self::OtherJwk => "a JWK of another kty",
            Self::Other => "a key for another algorithm",
        }
    }
}

impl fmt::Display for UnsupportedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
