#[cfg(feature = "flash-tables")]
#[allow(
    clippy::arithmetic_side_effects,
    reason = "numbers of a field and points do not overflow"
)]
mod comb;
mod curve;
#[cfg(feature = "flash-tables")]
#[allow(
    clippy::arithmetic_side_effects,
    reason = "numbers of a field and points do not overflow"
)]
mod equation;
#[cfg(any(not(feature = "flash-tables"), test))]
mod plain;

use core::fmt;

#[cfg(feature = "flash-tables")]
use equation::Key;
#[cfg(not(feature = "flash-tables"))]
use plain::Key;

macro_rules! key {
    ($(#[$doc:meta])* $name:ident, $curve:ident, $order:ident, $len:literal) => {
        $(#[$doc])*
        ///
        /// Nonces are deterministic (RFC 6979). Wiped on drop.
        #[derive(Clone)]
        pub struct $name(Key<$curve::$order>);

        impl $name {
            /// A key from its private number, big-endian. `None` if the number is 0 or not below the order of the
            /// curve, or if the table in flash is damaged.
            #[must_use]
            pub fn new(secret: &[u8; $len]) -> Option<Self> {
                Key::new(secret).map(Self)
            }

            /// The public point, compressed or not (SEC1 §2.3.3).
            #[must_use]
            pub fn point(&self, compressed: bool) -> $curve::Sec1Point {
                self.0.point(compressed)
            }

            /// Signs a message: r and s, big-endian.
            ///
            /// # Errors
            /// [`NotSigned`]. `signature` is then unchanged.
            #[inline(never)]
            pub fn sign(
                &self,
                message: &[u8],
                signature: &mut [u8; 2 * $len],
            ) -> Result<(), NotSigned> {
                self.0.sign(message, signature)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }
    };
}

#[cfg(feature = "es256")]
key!(
    /// A private key that signs with ECDSA on P-256 and SHA-256.
    P256Key,
    p256,
    NistP256,
    32
);

#[cfg(feature = "es384")]
key!(
    /// A private key that signs with ECDSA on P-384 and SHA-384.
    P384Key,
    p384,
    NistP384,
    48
);

#[cfg(feature = "es512")]
key!(
    /// A private key that signs with ECDSA on P-521 and SHA-512.
    P521Key,
    p521,
    NistP521,
    66
);

/// No signature was made, because a point of the table in flash is not on the curve.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NotSigned;

impl fmt::Display for NotSigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a point of the table in flash is not on the curve")
    }
}

impl core::error::Error for NotSigned {}

#[cfg(all(test, feature = "flash-tables"))]
#[allow(
    clippy::arithmetic_side_effects,
    reason = "numbers of a field do not overflow"
)]
mod tests;
