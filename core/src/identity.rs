mod dpop;

pub use dpop::DpopIdentity;

use core::fmt;

use crate::credential::OAuthKey;
use crate::dialect::{Dialect, MaybeDialect};
use crate::dpop::DpopKey;
use crate::legacy::LegacyKey;
use crate::server::Server;
use crate::time::{RELEASED_AT, UnixTime};

/// Who we are to a server, and where that server is: what a [`Session`](crate::Session) authenticates.
///
/// [`Client`] implements it for parts that are borrowed; a program that owns its keys implements it for a type of its
/// own. Every method gives the same answer for as long as a session holds the value; to change one, give the session
/// another value with [`Session::replace_identity`](crate::Session::replace_identity).
pub trait Identity {
    /// What signs: a [`Signer`](crate::Signer), an [`AsyncSigner`](crate::AsyncSigner), or, where signatures come from
    /// outside, anything.
    type Signer: ?Sized;

    /// The server and what it wants to hear.
    fn server(&self) -> Server<'_>;

    /// The OAuth API key, or one of several under the same client ID while keys are being rotated: index 0 is tried
    /// first. `None` beyond the last.
    fn oauth_key(&self, index: usize) -> Option<OAuthKey<'_, Self::Signer>>;

    /// The legacy API key. With an OAuth API key beside it, the session migrates from the one to the other.
    fn legacy_key(&self) -> Option<LegacyKey<'_>> {
        None
    }

    /// The source that requests come from: `Redox-Source-Id`, `Meta.Source.ID`. Needed with an OAuth API key in an
    /// environment of several sources.
    fn source_id(&self) -> Option<&str> {
        None
    }

    /// What the server wants otherwise than SMART and Redox; `None` for nothing.
    fn dialect(&self) -> Option<Dialect<'_>> {
        None
    }

    /// The same for the assertions of one of the OAuth API keys, whose header may say more than those of the others: its
    /// certificate. All that is not in the header is as in [`dialect`](Self::dialect).
    fn dialect_of_key(&self, index: usize) -> Option<Dialect<'_>> {
        let _ = index;
        self.dialect()
    }

    /// The key that the OAuth API key's tokens are bound to (RFC 9449); `None` where anybody can use them who has them.
    ///
    /// With one, whoever sends the session's requests adds a [`DpopProof`](crate::DpopProof) to each, and the session takes
    /// only tokens of the type `DPoP`. [`DpopIdentity`] adds one to any other identity.
    fn dpop_key(&self) -> Option<DpopKey<'_>> {
        None
    }

    /// Which tokens will do.
    fn policy(&self) -> Policy {
        Policy::Usual
    }

    /// A time that cannot be now because it has passed: nothing is signed by a clock that shows an earlier one. A
    /// firmware that knows the date of its own build gives that.
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

/// Which tokens will do for what a session's owner wants with them.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Policy {
    /// Any.
    #[default]
    Usual,
    /// Tokens for TEFCA: they must live shorter than a day, so those of a legacy API key will not do, and it is not even
    /// asked for one (Redox's page on authentication methods).
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
    /// The OAuth API key: one, or while keys are being rotated all that may be registered, the preferred one first.
    #[must_use]
    pub const fn with_oauth_keys(mut self, keys: &'a [OAuthKey<'a, S>]) -> Self {
        self.oauth_keys = keys;
        self
    }

    /// The legacy API key: alone, or beside the OAuth API key that is to take over from it.
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

/// What TEFCA's tokens must stay below, in seconds.
const DAY_SECS: u32 = 24 * 60 * 60;
