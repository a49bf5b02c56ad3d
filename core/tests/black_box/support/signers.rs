//! Signers without a key.

use redox_auth_core::{Algorithm, SignError, Signer};

/// Signs everything with the same byte.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Constant {
    pub(crate) algorithm: Algorithm,
    pub(crate) signature_len: usize,
}

impl Constant {
    pub(crate) const ES256: Self = Self {
        algorithm: Algorithm::Es256,
        signature_len: 64,
    };
    pub(crate) const ES384: Self = Self {
        algorithm: Algorithm::Es384,
        signature_len: 96,
    };
    pub(crate) const ES512: Self = Self {
        algorithm: Algorithm::Es512,
        signature_len: 132,
    };
    pub(crate) const RS256: Self = Self::rsa(Algorithm::Rs256);
    pub(crate) const RS384: Self = Self::rsa(Algorithm::Rs384);
    pub(crate) const RS512: Self = Self::rsa(Algorithm::Rs512);
    pub(crate) const PS256: Self = Self::rsa(Algorithm::Ps256);

    const fn rsa(algorithm: Algorithm) -> Self {
        Self {
            algorithm,
            signature_len: 256,
        }
    }
}

impl Signer for Constant {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    fn signature_len(&self) -> usize {
        self.signature_len
    }

    fn sign(&self, _: &[u8], signature: &mut [u8]) -> Result<(), SignError> {
        signature.fill(0x55);
        Ok(())
    }
}

/// A signer that must not be called.
pub(crate) struct Unreachable;

impl Signer for Unreachable {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn signature_len(&self) -> usize {
        64
    }

    fn sign(&self, _: &[u8], _: &mut [u8]) -> Result<(), SignError> {
        panic!("a signature was made for nothing")
    }
}

/// A secure element that does not answer.
pub(crate) struct Failing;

impl Signer for Failing {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn signature_len(&self) -> usize {
        64
    }

    fn sign(&self, _: &[u8], _: &mut [u8]) -> Result<(), SignError> {
        Err(SignError::Backend)
    }
}
