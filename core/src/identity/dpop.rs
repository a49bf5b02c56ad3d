use super::{Identity, Policy};
use crate::credential::OAuthKey;
use crate::dialect::Dialect;
use crate::dpop::DpopKey;
use crate::legacy::LegacyKey;
use crate::server::Server;
use crate::time::UnixTime;

/// An [`Identity`] whose tokens are bound to a key (RFC 9449).
#[derive(Clone, Copy, Debug)]
pub struct DpopIdentity<'a, I> {
    identity: I,
    key: DpopKey<'a>,
}

impl<'a, I> DpopIdentity<'a, I> {
    /// Adds `key` to `identity`.
    #[must_use]
    pub const fn new(identity: I, key: DpopKey<'a>) -> Self {
        Self { identity, key }
    }
}

impl<I: Identity> Identity for DpopIdentity<'_, I> {
    type Signer = I::Signer;

    fn server(&self) -> Server<'_> {
        self.identity.server()
    }

    fn oauth_key(&self, index: usize) -> Option<OAuthKey<'_, I::Signer>> {
        self.identity.oauth_key(index)
    }

    fn legacy_key(&self) -> Option<LegacyKey<'_>> {
        self.identity.legacy_key()
    }

    fn source_id(&self) -> Option<&str> {
        self.identity.source_id()
    }

    fn dialect(&self) -> Option<Dialect<'_>> {
        self.identity.dialect()
    }

    fn dialect_of_key(&self, index: usize) -> Option<Dialect<'_>> {
        self.identity.dialect_of_key(index)
    }

    fn dpop_key(&self) -> Option<DpopKey<'_>> {
        Some(self.key)
    }

    fn policy(&self) -> Policy {
        self.identity.policy()
    }

    fn earliest_time(&self) -> UnixTime {
        self.identity.earliest_time()
    }
}
