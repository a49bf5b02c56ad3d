mod dpop;

pub use dpop::DpopIdentity;

use core::fmt;

use crate::credential::OAuthKey;
use crate::dialect::{Dialect, MaybeDialect};
use crate::dpop::DpopKey;
use crate::legacy::LegacyKey;
use crate::server::Server;
use crate::time::{RELEASED_AT, UnixTime};

/// The client and its server: everything that a [`Session`](crate::Session) needs to authenticate.
///
/// [`Client`] implements it for borrowed parts. A program that owns its keys implements it for a type of its own. Every
/// method must return the same value for as long as a session holds the identity. To change a value, give the session
/// another identity with [`Session::replace_identity`](crate::Session::replace_identity).
pub trait Identity {
    /// The signer: a [`Signer`](crate::Signer) or an [`AsyncSigner`](crate::AsyncSigner). Any type will do if the
    /// caller adds the signatures.
    type Signer: ?Sized;

    /// The server and its settings.
    fn server(&self) -> Server<'_>;

    /// The OAuth API key at this index; index 0 is tried first. During a rotation there are several keys under the same
    /// client ID. `None` after the last key.
    fn oauth_key(&self, index: usize) -> Option<OAuthKey<'_, Self::Signer>>;

    /// The legacy API key. If there is also an OAuth API key, the session migrates to the OAuth API key.
    fn legacy_key(&self) -> Option<LegacyKey<'_>> {
        None
    }

    /// The source of the requests: `Redox-Source-Id`, `Meta.Source.ID`. An OAuth API key needs it in an environment
    /// with several sources.
    fn source_id(&self) -> Option<&str> {
        None
    }

    /// The server's requirements beyond SMART and Redox; `None` for a server without any.
    fn dialect(&self) -> Option<Dialect<'_>> {
        None
    }

    /// The dialect of the assertions of one OAuth API key, whose header may have more members than those of the other
    /// keys, such as its certificate. Everything outside the header must be as in [`dialect`](Self::dialect).
    fn dialect_of_key(&self, index: usize) -> Option<Dialect<'_>> {
        let _ = index;
        self.dialect()
    }

    /// The key that the OAuth API key's tokens are bound to (RFC 9449). `None` for bearer tokens.
    ///
    /// With a key, the sender of the session's requests adds a [`DpopProof`](crate::DpopProof) to each request, and the
    /// session accepts only tokens of the type `DPoP`. [`DpopIdentity`] adds a key to any other identity.
    fn dpop_key(&self) -> Option<DpopKey<'_>> {
        None
    }

    /// The tokens that the session may use.
    fn policy(&self) -> Policy {
        Policy::Usual
    }

    /// A time that has certainly passed. The session signs nothing while the clock shows an earlier time. Firmware
    /// should return the date of its own build.
    fn earliest_time(&self) -> UnixTime {
        RELEASED_AT
    }
}

impl<I: Identity + ?Sized> Identity for &I {
    type Signer = I::Signer;

    fn server(&self) -> Server<'_> {
        (**self).server()
    }

    fn oauth_key(&self, index: usize) -> Option<OAuthKey<'_, Self::Signer>> {
        (**self).oauth_key(index)
    }

    fn legacy_key(&self) -> Option<LegacyKey<'_>> {
        (**self).legacy_key()
    }

    fn source_id(&self) -> Option<&str> {
        (**self).source_id()
    }

    fn dialect(&self) -> Option<Dialect<'_>> {
        (**self).dialect()
    }

    fn dialect_of_key(&self, index: usize) -> Option<Dialect<'_>> {
        (**self).dialect_of_key(index)
    }

    fn dpop_key(&self) -> Option<DpopKey<'_>> {
        (**self).dpop_key()
    }

    fn policy(&self) -> Policy {
        (**self).policy()
    }

    fn earliest_time(&self) -> UnixTime {
        (**self).earliest_time()
    }
}

/// The tokens that a session may use.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Policy {
    /// Any token.
    #[default]
    Usual,
    /// Tokens for TEFCA, which must live shorter than a day. The session does not request a token with a legacy API
    /// key, because such tokens live longer (Redox's page on authentication methods).
    Tefca,
}

impl Policy {
    pub(crate) const fn allows_lifetime(self, lifetime_secs: u32) -> bool {
        match self {
            Self::Usual => true,
            Self::Tefca => lifetime_secs < DAY_SECS,
        }
    }

    pub(crate) const fn allows_legacy(self) -> bool {
        matches!(self, Self::Usual)
    }
}

/// An [`Identity`] of borrowed parts.
pub struct Client<'a, S: ?Sized, D = ()> {
    server: Server<'a>,
    oauth_keys: &'a [OAuthKey<'a, S>],
    legacy_key: Option<LegacyKey<'a>>,
    source_id: Option<&'a str>,
    policy: Policy,
    earliest_time: UnixTime,
    dialect: D,
}

impl<'a, S: ?Sized> Client<'a, S> {
    /// A client of `server`, still without a credential.
    #[must_use]
    pub const fn new(server: Server<'a>) -> Self {
        Self {
            server,
            oauth_keys: &[],
            legacy_key: None,
            source_id: None,
            policy: Policy::Usual,
            earliest_time: RELEASED_AT,
            dialect: (),
        }
    }

    /// See [`Identity::dialect`].
    #[must_use]
    pub const fn with_dialect(self, dialect: &'a Dialect<'a>) -> Client<'a, S, &'a Dialect<'a>> {
        Client {
            server: self.server,
            oauth_keys: self.oauth_keys,
            legacy_key: self.legacy_key,
            source_id: self.source_id,
            policy: self.policy,
            earliest_time: self.earliest_time,
            dialect,
        }
    }
}

impl<'a, S: ?Sized, D: Copy> Client<'a, S, D> {
    /// The OAuth API keys, the preferred key first. During a rotation, list all keys that may be registered.
    #[must_use]
    pub const fn with_oauth_keys(mut self, keys: &'a [OAuthKey<'a, S>]) -> Self {
        self.oauth_keys = keys;
        self
    }

    /// The legacy API key: alone, or together with the OAuth API key that replaces it.
    #[must_use]
    pub const fn with_legacy_key(mut self, key: LegacyKey<'a>) -> Self {
        self.legacy_key = Some(key);
        self
    }

    /// See [`Identity::source_id`].
    #[must_use]
    pub const fn with_source_id(mut self, source_id: &'a str) -> Self {
        self.source_id = Some(source_id);
        self
    }

    /// See [`Identity::policy`].
    #[must_use]
    pub const fn with_policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// See [`Identity::earliest_time`].
    #[must_use]
    pub const fn with_earliest_time(mut self, earliest_time: UnixTime) -> Self {
        self.earliest_time = earliest_time;
        self
    }
}

impl<S: ?Sized, D: MaybeDialect> Identity for Client<'_, S, D> {
    type Signer = S;

    fn server(&self) -> Server<'_> {
        self.server
    }

    fn oauth_key(&self, index: usize) -> Option<OAuthKey<'_, S>> {
        self.oauth_keys.get(index).copied()
    }

    fn legacy_key(&self) -> Option<LegacyKey<'_>> {
        self.legacy_key
    }

    fn source_id(&self) -> Option<&str> {
        self.source_id
    }

    fn dialect(&self) -> Option<Dialect<'_>> {
        self.dialect.dialect().copied()
    }

    fn policy(&self) -> Policy {
        self.policy
    }

    fn earliest_time(&self) -> UnixTime {
        self.earliest_time
    }
}

impl<S: ?Sized, D: Copy> Clone for Client<'_, S, D> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: ?Sized, D: Copy> Copy for Client<'_, S, D> {}

impl<S: ?Sized, D: fmt::Debug> fmt::Debug for Client<'_, S, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("server", &self.server)
            .field("oauth_keys", &self.oauth_keys)
            .field("legacy_key", &self.legacy_key)
            .field("source_id", &self.source_id)
            .field("policy", &self.policy)
            .field("dialect", &self.dialect)
            .finish_non_exhaustive()
    }
}

/// The lifetime of a TEFCA token must be shorter than this, in seconds.
const DAY_SECS: u32 = 24 * 60 * 60;
