#[cfg(any(feature = "es256", feature = "es384", feature = "es512"))]
mod ecdsa;
mod room;
#[cfg(any(
    feature = "ps256",
    feature = "rs256",
    feature = "rs384",
    feature = "rs512"
))]
mod rsa;

#[cfg(feature = "es256")]
pub use ecdsa::Es256Key;
#[cfg(feature = "es384")]
pub use ecdsa::Es384Key;
#[cfg(feature = "es512")]
pub use ecdsa::Es512Key;
#[cfg(any(
    feature = "ps256",
    feature = "rs256",
    feature = "rs384",
    feature = "rs512"
))]
pub use rsa::{RsaKey, RsaKey2048, RsaKey3072, RsaKey4096};

pub use room::KeyRoom;

use core::fmt;

use crate::algorithm::Algorithm;
use crate::key::{KeyError, PrivateKey, PublicKey};
use crate::signer::{SignError, Signer};
use room::InPlace;

/// A private key of any algorithm in this build, for programs that accept any key.
///
/// As large as the largest of these keys, 2 KiB with RSA. A device that knows its algorithm uses that key's own type.
#[derive(Clone)]
pub struct SigningKey(Inner);

#[derive(Clone)]
#[allow(
    clippy::large_enum_variant,
    reason = "there is no heap to put the large ones on; which are large depends on the features"
)]
enum Inner {
    #[cfg(feature = "es256")]
    Es256(Es256Key),
    #[cfg(feature = "es384")]
    Es384(Es384Key),
    #[cfg(feature = "es512")]
    Es512(Es512Key),
    #[cfg(any(
        feature = "ps256",
        feature = "rs256",
        feature = "rs384",
        feature = "rs512"
    ))]
    Rsa(rsa::RsaKeyOfAnySize),
}

/// Calls the same method on the inner key.
macro_rules! each {
    ($self:expr, $key:ident => $call:expr) => {
        match &$self.0 {
            #[cfg(feature = "es256")]
            Inner::Es256($key) => $call,
            #[cfg(feature = "es384")]
            Inner::Es384($key) => $call,
            #[cfg(feature = "es512")]
            Inner::Es512($key) => $call,
            #[cfg(any(
                feature = "ps256",
                feature = "rs256",
                feature = "rs384",
                feature = "rs512"
            ))]
            Inner::Rsa($key) => $call,
        }
    };
}

impl SigningKey {
    /// Parses a private key from PEM, DER or a JWK, as [`PrivateKey::parse`] does, and checks it.
    ///
    /// # Errors
    /// [`KeyError`]; [`KeyError::Disabled`] if this build lacks the key's algorithm.
    pub fn parse(input: &[u8]) -> Result<Self, KeyError> {
        Self::parse_and_return(input, None)
    }

    /// The same, for a key that signs with `algorithm`.
    ///
    /// # Errors
    /// As [`SigningKey::parse`], and as [`PrivateKey::with_algorithm`].
    pub fn parse_with_algorithm(algorithm: Algorithm, input: &[u8]) -> Result<Self, KeyError> {
        Self::parse_and_return(input, Some(algorithm))
    }

    /// Checks a private key that is already parsed.
    ///
    /// # Errors
    /// As [`SigningKey::parse`].
    pub fn from_private_key(key: &PrivateKey<'_>) -> Result<Self, KeyError> {
        Self::read_and_return(key)
    }

    #[cfg(any(
        feature = "ps256",
        feature = "rs256",
        feature = "rs384",
        feature = "rs512"
    ))]
    fn read_rsa_into(key: &PrivateKey<'_>, room: &mut Result<Self, KeyError>) {
        let (scheme, material) = match rsa::scheme_and_numbers(key) {
            Ok(both) => both,
            Err(error) => return *room = Err(error),
        };
        let empty = rsa::RsaKeyOfAnySize::empty(scheme, &material);
        *room = Ok(Self(Inner::Rsa(empty)));
        if let Ok(Self(Inner::Rsa(empty))) = room
            && let Err(error) = empty.read(&material)
        {
            *room = Err(error);
        }
    }

    /// The public half, to register with the server.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        each!(self, key => key.public_key())
    }
}

impl InPlace for SigningKey {
    fn read_into(key: &PrivateKey<'_>, room: &mut Result<Self, KeyError>) {
        match key.algorithm() {
            #[cfg(feature = "es256")]
            Algorithm::Es256 => {
                Es256Key::make(key, |made| *room = made.map(|key| Self(Inner::Es256(key))));
            }
            #[cfg(feature = "es384")]
            Algorithm::Es384 => {
                Es384Key::make(key, |made| *room = made.map(|key| Self(Inner::Es384(key))));
            }
            #[cfg(feature = "es512")]
            Algorithm::Es512 => {
                Es512Key::make(key, |made| *room = made.map(|key| Self(Inner::Es512(key))));
            }
            #[cfg(any(
                feature = "ps256",
                feature = "rs256",
                feature = "rs384",
                feature = "rs512"
            ))]
            Algorithm::Rs256 | Algorithm::Rs384 | Algorithm::Rs512 | Algorithm::Ps256 => {
                Self::read_rsa_into(key, room);
            }
            #[cfg(not(all(
                feature = "es256",
                feature = "es384",
                feature = "es512",
                any(
                    feature = "ps256",
                    feature = "rs256",
                    feature = "rs384",
                    feature = "rs512"
                )
            )))]
            other => *room = Err(KeyError::Disabled(other)),
        }
    }
}

impl Signer for SigningKey {
    fn algorithm(&self) -> Algorithm {
        each!(self, key => key.algorithm())
    }

    fn signature_len(&self) -> usize {
        each!(self, key => key.signature_len())
    }

    fn sign(&self, message: &[u8], signature: &mut [u8]) -> Result<(), SignError> {
        each!(self, key => key.sign(message, signature))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        each!(self, key => key.fmt(f))
    }
}
