use std::sync::Arc;

use redox_auth_core::{Algorithm, SignError, Signer, WriteError, parse_signature};
use zeroize::Zeroizing;

use super::{AwsLcKey, Hand, Key, RustKey};
use crate::error::Error;
use crate::error::refused_answer::SignatureCheck;
use crate::error::wrong_signature::WrongSignature;
use crate::keys::verify::verify;

impl Key {
    /// Makes one signature and verifies it, as each token request does. Call it when a program starts.
    ///
    /// It sends nothing to the server. Without a public key ([`Key::with_public_key`]) it checks only the form of the
    /// signature.
    ///
    /// # Errors
    /// [`Error::NotWritten`] if the signer fails. [`Error::WrongSignature`], with the cause as far as it shows, if the
    /// signer returns something other than a signature of its algorithm, or a signature that the public key does not verify.
    pub async fn check(&self) -> Result<(), Error> {
        self.signature_of(PROBE).await.map(drop)
    }

    /// How the client checks its signatures, if a caller's signer makes them.
    pub(crate) fn signature_check(&self) -> Option<SignatureCheck> {
        match (&self.hand, &self.public_key) {
            (Hand::Own(_) | Hand::Rust(_), _) => None,
            (_, Some(key)) => Some(SignatureCheck::Verified(key.thumbprint())),
            (_, None) => Some(SignatureCheck::Unchecked),
        }
    }

    /// The signature of `message`, from any kind of signer.
    ///
    /// # Errors
    /// As [`Key::check`].
    pub(crate) async fn signature_of(&self, message: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let signer: Arc<dyn Signer + Send + Sync> = match &self.hand {
            Hand::Elsewhere(signer) => {
                let given = signer.sign(message).await.map(Zeroizing::new);
                let given = given.map_err(WriteError::Sign)?;
                let mut signature = Zeroizing::new(vec![0; signer.signature_len()]);
                parse_signature(signer.algorithm(), &given, &mut signature)
                    .map_err(WrongSignature::Form)?;
                return self.verified(message, signature);
            }
            Hand::Own(key) => Arc::<AwsLcKey>::clone(key),
            Hand::Rust(key) => Arc::<RustKey>::clone(key),
            Hand::Here(signer) => Arc::clone(signer),
        };
        let owned = message.to_owned();
        let signing = tokio::task::spawn_blocking(move || {
            let mut signature = Zeroizing::new(vec![0; signer.signature_len()]);
            signer.sign(&owned, &mut signature).map(|()| signature)
        });
        // It panicked, or the runtime ends.
        let signature = signing.await.unwrap_or(Err(SignError::Backend));
        self.verified(message, signature.map_err(WriteError::Sign)?)
    }

    /// `signature`, after its verification unless this crate made it or there is no public key.
    fn verified(
        &self,
        message: &[u8],
        signature: Zeroizing<Vec<u8>>,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        match (&self.hand, &self.public_key) {
            (Hand::Own(_) | Hand::Rust(_), _) | (_, None) => {}
            (_, Some(key)) => verify(key, message, &signature)?,
        }
        Ok(signature)
    }
}

impl Signer for Key {
    fn algorithm(&self) -> Algorithm {
        Self::algorithm(self)
    }

    fn signature_len(&self) -> usize {
        match &self.hand {
            Hand::Own(key) => key.signature_len(),
            Hand::Rust(key) => key.signature_len(),
            Hand::Here(signer) => signer.signature_len(),
            Hand::Elsewhere(signer) => signer.signature_len(),
        }
    }

    /// # Errors
    /// [`SignError::Backend`] also for a key behind a [`RemoteSigner`](crate::RemoteSigner), because nothing waits here.
    /// [`SignError::Faulty`] also if the public key does not verify the signature of a caller's signer.
    fn sign(&self, message: &[u8], signature: &mut [u8]) -> Result<(), SignError> {
        match &self.hand {
            Hand::Own(key) => key.sign(message, signature),
            Hand::Rust(key) => key.sign(message, signature),
            Hand::Here(signer) => {
                signer.sign(message, signature)?;
                let key = self.public_key.as_deref();
                let verified = key.map_or(Ok(()), |key| verify(key, message, signature));
                verified.map_err(|_| SignError::Faulty)
            }
            Hand::Elsewhere(_) => Err(SignError::Backend),
        }
    }
}

/// The text that [`Key::check`] signs: longer than any digest, and without the dots of an assertion.
const PROBE: &[u8] =
    b"redox-auth signs this text to check a key; it is no assertion and no message of anybody";
