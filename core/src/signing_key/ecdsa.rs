use core::fmt;

use zeroize::Zeroizing;

use super::room::InPlace;
use crate::algorithm::Algorithm;
use crate::footprint::wiped;
use crate::key::{KeyError, KeyMaterial, PRIVATE_KEY_SCRATCH_LEN, PrivateKey, PublicKey};
use crate::signer::{SignError, Signer};

macro_rules! ecdsa_key {
    ($(#[$doc:meta])* $name:ident, $curve_key:ident, $algorithm:ident, $coordinate_len:literal, reading: $reading:literal, signing: $signing:literal) => {
        $(#[$doc])*
        ///
        /// Nonces are deterministic (RFC 6979), and no random source is needed. The key is wiped on drop.
        #[derive(Clone)]
        pub struct $name(redox_auth_curves::$curve_key);

        impl $name {
            /// The length of a signature, in bytes.
            pub const SIGNATURE_LEN: usize = 2 * $coordinate_len;

            /// The greatest amount of stack that reading a key or signing takes, in bytes.
            ///
            /// Measured on Cortex-M0, M3, M4F and M33, RV32IMAC and RV64IMAC at `opt-level = "s"`, including an
            /// assertion with its whole text.
            pub const STACK_LEN: usize = 768 + $signing;

            /// Parses a private key from PEM, DER or a JWK, as [`PrivateKey::parse`] does, and checks it.
            ///
            /// # Errors
            /// [`KeyError`]; [`KeyError::WrongAlgorithm`] for a key of another algorithm.
            pub fn parse(input: &[u8]) -> Result<Self, KeyError> {
                Self::parse_and_return(input, None)
            }

            /// Checks a private key that is already parsed: its scalar and, if there is one, its public key.
            ///
            /// # Errors
            /// [`KeyError::WrongAlgorithm`], [`KeyError::OutOfRange`], [`KeyError::Inconsistent`].
            pub fn from_private_key(key: &PrivateKey<'_>) -> Result<Self, KeyError> {
                Self::read_and_return(key)
            }

            /// Checks a key and passes it on before the stack is wiped, and therefore no copy of the key remains there.
            pub(super) fn make(
                key: &PrivateKey<'_>,
                take: impl FnOnce(Result<Self, KeyError>),
            ) {
                wiped::<[u8; $reading], _>(|| take(Self::checked(key)));
            }

            /// No key on this curve is so long, but identifying the input takes more room. This is a function of its
            /// own: a valid key then does not need that room.
            #[cold]
            #[inline(never)]
            fn parse_long(
                input: &[u8],
                algorithm: Option<Algorithm>,
                room: &mut Result<Self, KeyError>,
            ) {
                Self::parse_by::<PRIVATE_KEY_SCRATCH_LEN>(input, algorithm, room);
            }

            fn checked(key: &PrivateKey<'_>) -> Result<Self, KeyError> {
                let expected = Algorithm::$algorithm;
                let material = match key.material() {
                    KeyMaterial::Ec(material) if material.algorithm == expected => material,
                    _ => {
                        let found = key.algorithm();
                        return Err(KeyError::WrongAlgorithm { found, expected });
                    }
                };
                let mut secret = Zeroizing::new([0; $coordinate_len]);
                material.write_secret(secret.as_mut())?;
                let key = Self::of(&secret)?;
                match material.public {
                    Some(public) if !key.has_point(public) => Err(KeyError::Inconsistent),
                    _ => Ok(key),
                }
            }

            fn of(secret: &[u8; $coordinate_len]) -> Result<Self, KeyError> {
                redox_auth_curves::$curve_key::new(secret)
                    .map(Self)
                    .ok_or(KeyError::OutOfRange)
            }

            /// Makes a key from its bare number, big-endian, as a device may store it. It avoids the parser for PEM,
            /// DER and JWK, which takes 11 KB of flash. Wipe the caller's copy of the number.
            ///
            /// # Errors
            /// [`KeyError::OutOfRange`] if the number is 0 or not below the order of the curve.
            pub fn from_secret_scalar(secret: &[u8; $coordinate_len]) -> Result<Self, KeyError> {
                let mut made = Err(KeyError::OutOfRange);
                wiped::<[u8; $reading], _>(|| made = Self::of(secret));
                made
            }

            /// The public half, to register with the server.
            #[must_use]
            pub fn public_key(&self) -> PublicKey {
                let point = self.0.point(false);
                PublicKey::of_point(Algorithm::$algorithm, point.as_bytes())
            }

            /// Whether this is the key's public point, compressed or not (SEC1 §2.3.3).
            fn has_point(&self, point: &[u8]) -> bool {
                let compressed = point.len() == 1 + $coordinate_len;
                self.0.point(compressed).as_bytes() == point
            }
        }

        impl InPlace for $name {
            fn read_into(key: &PrivateKey<'_>, room: &mut Result<Self, KeyError>) {
                Self::make(key, |made| *room = made);
            }

            fn parse_into(
                input: &[u8],
                algorithm: Option<Algorithm>,
                room: &mut Result<Self, KeyError>,
            ) {
                Self::parse_by::<EC_SCRATCH_LEN>(input, algorithm, room);
                if let Err(KeyError::ScratchTooSmall { .. }) = room {
                    Self::parse_long(input, algorithm, room);
                }
            }
        }

        impl Signer for $name {
            fn algorithm(&self) -> Algorithm {
                Algorithm::$algorithm
            }

            fn signature_len(&self) -> usize {
                Self::SIGNATURE_LEN
            }

            fn sign(&self, message: &[u8], signature: &mut [u8]) -> Result<(), SignError> {
                let found = signature.len();
                let expected = Self::SIGNATURE_LEN;
                let signature: &mut [u8; 2 * $coordinate_len] = signature
                    .try_into()
                    .map_err(|_| SignError::SignatureLen { found, expected })?;
                wiped::<[u8; $signing], _>(|| self.0.sign(message, signature))
                    .map_err(|_| SignError::Faulty)
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
ecdsa_key!(
    /// A private key that signs with ES256: ECDSA on P-256 with SHA-256, in pure Rust.
    Es256Key,
    P256Key,
    Es256,
    32,
    reading: 3328,
    signing: 4608
);

#[cfg(feature = "es384")]
ecdsa_key!(
    /// A private key that signs with ES384: ECDSA on P-384 with SHA-384, in pure Rust.
    Es384Key,
    P384Key,
    Es384,
    48,
    reading: 4608,
    signing: 7168
);

#[cfg(feature = "es512")]
ecdsa_key!(
    /// A private key that signs with ES512: ECDSA on P-521 with SHA-512, in pure Rust.
    Es512Key,
    P521Key,
    Es512,
    66,
    reading: 6656,
    signing: 9984
);

/// Enough for any EC key in any form, in bytes. A PKCS#8 key on P-521 takes 241.
const EC_SCRATCH_LEN: usize = 512;
