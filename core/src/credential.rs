use core::fmt;

use crate::algorithm::Algorithm;
use crate::signer::{AsyncSigner, Signer};

/// An OAuth API key: the client ID, the key ID, and the signer of its assertions.
///
/// Redox calls the pair of client ID and key "OAuth API key". SMART calls its owner a confidential client with
/// asymmetric authentication. The constructor takes the key ID and the signer together, and reads the algorithm from
/// the signer once. An assertion therefore cannot name one key and carry the signature of another.
pub struct OAuthKey<'a, S: ?Sized> {
    client_id: &'a str,
    key_id: &'a str,
    algorithm: Algorithm,
    signature_len: usize,
    signer: &'a S,
}

impl<'a, S: Signer + ?Sized> OAuthKey<'a, S> {
    /// `client_id` is the ID that the server gave the client (a UUID at Redox). `key_id` is the `kid` in the registered
    /// JWK Set.
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
    /// As [`OAuthKey::new`], with an asynchronous signer.
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
    /// As [`OAuthKey::new`], with a private key that only the caller can use, such as one in a KMS. Core prepares the
    /// assertions, and the caller signs them ([`Unsigned`](crate::Unsigned)).
    ///
    /// `signature_len` is in bytes, as for [`Signer::signature_len`].
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

    /// The signature algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The length of the key's signatures, in bytes.
    #[must_use]
    pub const fn signature_len(&self) -> usize {
        self.signature_len
    }

    /// The signer.
    #[must_use]
    pub const fn signer(&self) -> &'a S {
        self.signer
    }

    /// The same key without its signer: the part that the text of an assertion needs.
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
