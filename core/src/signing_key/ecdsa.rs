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
        /// Nonces are deterministic (RFC 6979), so it needs no random source. Wiped on drop.
        #[derive(Clone)]
        pub struct $name(redox_auth_curves::$curve_key);

        impl $name {
            /// The length of a signature, in bytes.
            pub const SIGNATURE_LEN: usize = 2 * $coordinate_len;

            /// How much stack it takes at most to read a key or to sign, in bytes.
            ///
            /// Measured on Cortex-M0, M3, M4F and M33, RV32IMAC and RV64IMAC at `opt-level = "s"`, an assertion with all its
            /// text included.
            pub const STACK_LEN: usize = 768 + $signing;

            /// Reads a private key from PEM, DER or a JWK, as [`PrivateKey::parse`] does, and checks it.
            ///
            /// # Errors
            /// [`KeyError`]; [`KeyError::WrongAlgorithm`] when it is a key for another algorithm.
            pub fn parse(input: &[u8]) -> Result<Self, KeyError> {
                Self::parse_and_return(input, None)
            }

            /// Checks a private key that was parsed before: its number and, when it came along, its public key.
            ///
            /// # Errors
            /// [`KeyError::WrongAlgorithm`], [`KeyError::OutOfRange`], [`KeyError::Inconsistent`].
            pub fn from_private_key(key: &PrivateKey<'_>) -> Result<Self, KeyError> {
                Self::read_and_return(key)
            }

            /// Checks a key and hands it over while the stack is still to be wiped, so that no copy of it stays there.
            pub(super) fn make(
                key: &PrivateKey<'_>,
                take: impl FnOnce(Result<Self, KeyError>),
            ) {
                wiped::<[u8; $reading], _>(|| take(Self::checked(key)));
            }

            /// No key on this curve is so long, but what it is instead takes room to find out. A function of its own, so
            /// that the right key does not pay for that room.
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

            /// Takes a key as its bare number, big-endian, as a device may keep it: without the reading of PEM, DER and
            /// JWK, which takes 11 KB of flash. Wipe what it is read from.
            ///
            /// # Errors
            /// [`KeyError::OutOfRange`] when it is 0 or not below the order of the curve.
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

            /// Whether this is our public point, compressed or not (SEC1 §2.3.3).
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

/// Enough for any EC key in any form, in bytes; a PKCS#8 key on P-521 takes 241.
const EC_SCRATCH_LEN: usize = 512;
