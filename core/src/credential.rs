use core::fmt;

use crate::algorithm::Algorithm;
use crate::signer::{AsyncSigner, Signer};

/// An OAuth API key: who we are, and what signs for us.
///
/// Redox calls the pair of client ID and key "OAuth API key"; SMART calls its owner a confidential client with
/// asymmetric authentication. The key ID and the signer are chosen together, and the algorithm is read from the signer
/// once, here: so an assertion cannot name one key and be signed by another.
pub struct OAuthKey<'a, S: ?Sized> {
    client_id: &'a str,
    key_id: &'a str,
    algorithm: Algorithm,
    signature_len: usize,
    signer: &'a S,
}

impl<'a, S: Signer + ?Sized> OAuthKey<'a, S> {
    /// `client_id` as the server knows us (a UUID at Redox), `key_id` as in the registered JWK Set, and the private key.
    #[must_use]
    pub fn new(client_id: &'a str, key_id: &'a str, signer: &'a S) -> Self {
        Self {
            client_id,
            key_id,
            algorithm: signer.algorithm(),
            signature_len: signer.signature_len(),
            signer,
        }
    }
}

impl<'a, S: AsyncSigner + ?Sized> OAuthKey<'a, S> {
    /// As [`OAuthKey::new`], with a private key whose signatures have to be waited for.
    #[must_use]
    pub fn with_async_signer(client_id: &'a str, key_id: &'a str, signer: &'a S) -> Self {
        Self {
            client_id,
            key_id,
            algorithm: signer.algorithm(),
            signature_len: signer.signature_len(),
            signer,
        }
    }
}

impl<'a> OAuthKey<'a, ()> {
    /// As [`OAuthKey::new`], with a private key that only the caller reaches, such as one in a KMS: its assertions are
    /// prepared here and signed there ([`Unsigned`](crate::Unsigned)).
    ///
    /// `signature_len` is in bytes, as [`Signer::signature_len`].
    #[must_use]
    pub const fn without_signer(
        client_id: &'a str,
        key_id: &'a str,
        algorithm: Algorithm,
        signature_len: usize,
    ) -> Self {
        Self {
            client_id,
            key_id,
            algorithm,
            signature_len,
            signer: &(),
        }
    }
}

impl<'a, S: ?Sized> OAuthKey<'a, S> {
    /// The client ID.
    #[must_use]
    pub const fn client_id(&self) -> &'a str {
        self.client_id
    }

    /// The key ID.
    #[must_use]
    pub const fn key_id(&self) -> &'a str {
        self.key_id
    }

    /// What the key signs with.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The length of its signatures, in bytes.
    #[must_use]
    pub const fn signature_len(&self) -> usize {
        self.signature_len
    }

    /// What signs.
    #[must_use]
    pub const fn signer(&self) -> &'a S {
        self.signer
    }

    /// All of it but the signer: what the text of an assertion takes, whatever signs it.
    pub(crate) const fn forget_signer(&self) -> OAuthKey<'a, ()> {
        OAuthKey::without_signer(
            self.client_id,
            self.key_id,
            self.algorithm,
            self.signature_len,
        )
    }
}

impl<S: ?Sized> Clone for OAuthKey<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: ?Sized> Copy for OAuthKey<'_, S> {}

impl<S: ?Sized> fmt::Debug for OAuthKey<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthKey")
            .field("client_id", &self.client_id)
            .field("key_id", &self.key_id)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}
