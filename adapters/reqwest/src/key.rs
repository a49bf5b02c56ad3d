use core::fmt;

use redox_auth_core::{
    Algorithm, KeyError, PRIVATE_KEY_SCRATCH_LEN, PrivateKey, PublicKey, SignError, Signer,
    SigningKey,
};
use zeroize::Zeroizing;

use crate::aws_lc::AwsLcKey;

/// A private key that signs client assertions, with the key ID under which the server knows its public half.
pub struct Key {
    signer: Box<dyn Signer + Send + Sync>,
    key_id: String,
    public_key: Option<Box<PublicKey>>,
}

impl Key {
    /// Reads a private key for ES256, ES384 or RS384 from PEM, DER or a JWK; see
    /// [`PrivateKey::parse`](redox_auth_core::PrivateKey::parse) for the forms.
    ///
    /// Its key ID is the `kid` of a JWK, else the thumbprint (RFC 7638) of its public key. The caller wipes `input`.
    ///
    /// # Errors
    /// [`KeyError`], which says what was found instead and holds nothing of it.
    pub fn parse(input: &[u8]) -> Result<Self, KeyError> {
        Self::parse_under(None, input)
    }

    /// The same under the key ID that the server's settings show.
    ///
    /// # Errors
    /// As [`Key::parse`]; [`KeyError::JwkKeyId`] for a JWK with another `kid`.
    pub fn parse_with_key_id(key_id: &str, input: &[u8]) -> Result<Self, KeyError> {
        Self::parse_under(Some(key_id), input)
    }

    fn parse_under(key_id: Option<&str>, input: &[u8]) -> Result<Self, KeyError> {
        let mut scratch = Zeroizing::new([0; PRIVATE_KEY_SCRATCH_LEN]);
        let private_key = PrivateKey::parse(input, scratch.as_mut_slice())?;
        if let Some(key_id) = key_id {
            private_key.expect_key_id(key_id)?;
        }
        // Core checks more than aws-lc does, and derives the public key.
        let public_key = SigningKey::from_private_key(&private_key)?.public_key();
        let key_id = match key_id.or(private_key.key_id()) {
            Some(key_id) => key_id.to_owned(),
            None => public_key.thumbprint().as_str().to_owned(),
        };
        Ok(Self {
            signer: Box::new(AwsLcKey::new(&private_key)?),
            key_id,
            public_key: Some(Box::new(public_key)),
        })
    }

    /// A key that lives elsewhere, behind a [`Signer`] of the caller's.
    #[must_use]
    pub fn from_signer(
        key_id: impl Into<String>,
        signer: impl Signer + Send + Sync + 'static,
    ) -> Self {
        Self {
            signer: Box::new(signer),
            key_id: key_id.into(),
            public_key: None,
        }
    }

    /// The `kid` of the assertions.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// What the key signs with.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.signer.algorithm()
    }

    /// The public half, to register with the server; `None` for a key behind a signer of the caller's.
    #[must_use]
    pub fn public_key(&self) -> Option<&PublicKey> {
        self.public_key.as_deref()
    }
}

impl Signer for Key {
    fn algorithm(&self) -> Algorithm {
        self.signer.algorithm()
    }

    fn signature_len(&self) -> usize {
        self.signer.signature_len()
    }

    fn sign(&self, message: &[u8], signature: &mut [u8]) -> Result<(), SignError> {
        self.signer.sign(message, signature)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("key_id", &self.key_id)
            .field("algorithm", &self.algorithm())
            .finish_non_exhaustive()
    }
}
