use core::fmt;

use crate::{Assertion, JwtId, Signer, UnixTime};

/// An OAuth API key: who we are, and what signs for us.
///
/// Redox calls the pair of client ID and key "OAuth API key"; SMART calls its owner a confidential client with
/// asymmetric authentication. The key ID and the signer are chosen together, so an assertion cannot name one key and be
/// signed by another.
pub struct OAuthKey<'a, S: ?Sized> {
    client_id: &'a str,
    key_id: &'a str,
    signer: &'a S,
}

impl<'a, S: Signer + ?Sized> OAuthKey<'a, S> {
    /// `client_id` as the server knows us (a UUID at Redox), `key_id` as in the registered JWK Set, and the private key.
    #[must_use]
    pub const fn new(client_id: &'a str, key_id: &'a str, signer: &'a S) -> Self {
        Self {
            client_id,
            key_id,
            signer,
        }
    }

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

    /// What signs.
    #[must_use]
    pub const fn signer(&self) -> &'a S {
        self.signer
    }

    /// A new assertion for the server that calls itself `audience`, still to be written.
    ///
    /// Redox and SMART want the URL of the token endpoint as `audience`; a server that follows the draft rfc7523bis
    /// wants its issuer identifier and [`JwtType::ClientAuthentication`](crate::JwtType::ClientAuthentication).
    pub const fn assertion(
        &self,
        audience: &'a str,
        jwt_id: &'a JwtId,
        now: UnixTime,
    ) -> Assertion<'a, S> {
        Assertion::new(*self, audience, jwt_id, now)
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
            .finish_non_exhaustive()
    }
}
