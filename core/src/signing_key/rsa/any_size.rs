use core::fmt;

use super::{RsaKey2048, RsaKey3072, RsaKey4096};
use crate::algorithm::Algorithm;
use crate::key::{KeyError, PrivateKey, PublicKey};
use crate::signer::{SignError, Signer};

/// An RSA key in the smallest type that it fits in.
#[derive(Clone)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is no heap to put the large ones on"
)]
pub(in crate::signing_key) enum RsaKeyOfAnySize {
    Of2048(RsaKey2048),
    Of3072(RsaKey3072),
    Of4096(RsaKey4096),
}

/// Calls the same method on whichever key it is.
macro_rules! each {
    ($self:expr, $key:ident => $call:expr) => {
        match $self {
            Self::Of2048($key) => $call,
            Self::Of3072($key) => $call,
            Self::Of4096($key) => $call,
        }
    };
}

impl RsaKeyOfAnySize {
    pub(in crate::signing_key) fn from_private_key(key: &PrivateKey<'_>) -> Result<Self, KeyError> {
        match RsaKey2048::from_private_key(key).map(Self::Of2048) {
            Err(KeyError::TooLong { .. }) => {}
            made => return made,
        }
        match RsaKey3072::from_private_key(key).map(Self::Of3072) {
            Err(KeyError::TooLong { .. }) => RsaKey4096::from_private_key(key).map(Self::Of4096),
            made => made,
        }
    }

    pub(in crate::signing_key) fn public_key(&self) -> PublicKey {
        each!(self, key => key.public_key())
    }
}

impl Signer for RsaKeyOfAnySize {
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

impl fmt::Debug for RsaKeyOfAnySize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        each!(self, key => key.fmt(f))
    }
}
