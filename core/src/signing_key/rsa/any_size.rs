use core::fmt;

use super::scheme::Scheme;
use super::{RsaKey, RsaKey2048, RsaKey3072, RsaKey4096};
use crate::algorithm::Algorithm;
use crate::key::{KeyError, PublicKey, RsaKeyMaterial, bits};
use crate::signer::{SignError, Signer};

/// An RSA key in the smallest type that holds it.
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

/// Calls the same method on the inner key.
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
    /// Zeros of the smallest type for these numbers.
    pub(in crate::signing_key) fn empty(scheme: Scheme, material: &RsaKeyMaterial<'_>) -> Self {
        let prime = bits(material.p).max(bits(material.q));
        match bits(material.n).max(prime.saturating_mul(2)) {
            0..=2048 => Self::Of2048(RsaKey::empty(scheme)),
            2049..=3072 => Self::Of3072(RsaKey::empty(scheme)),
            _ => Self::Of4096(RsaKey::empty(scheme)),
        }
    }

    /// Copies the numbers and checks them. After an error the key has only some of them.
    pub(in crate::signing_key) fn read(
        &mut self,
        material: &RsaKeyMaterial<'_>,
    ) -> Result<(), KeyError> {
        each!(self, key => key.read(material))
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
