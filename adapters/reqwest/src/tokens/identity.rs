use core::fmt;
use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA256};
use redox_auth_core::{
    Dialect, DpopKey, JwtId, JwtType, LegacyKey, OAuthKey, Policy, Server, UnixTime, Unsigned,
    UrlError, WriteError, write_token_request_in,
};
use zeroize::Zeroizing;

use super::dialect::DialectParts;
use super::key_headers::KeyHeaders;
use super::prover::Prover;
use crate::error::Error;
use crate::error::build::BuildError;
use crate::error::refused_answer::SentNames;
use crate::keys::key::Key;
use crate::random::random;
use crate::written::written;

/// The client's credentials and its server: the identity of its session. A clone shares all large and secret parts.
#[derive(Clone, Debug)]
pub(crate) struct Identity(Arc<Parts>, KeyHeaders);

#[derive(Clone, Debug)]
pub(crate) struct Parts {
    pub(crate) server: Arc<ServerParts>,
    pub(crate) client_id: String,
    pub(crate) keys: Arc<[Arc<Key>]>,
    pub(crate) legacy_key: Option<Arc<LegacyParts>>,
    pub(crate) source_id: Option<String>,
    pub(crate) policy: Policy,
    pub(crate) dialect: Option<Arc<DialectParts>>,
    pub(crate) prover: Option<Arc<Prover>>,
}

impl Identity {
    /// # Errors
    /// [`BuildError::Empty`] with the name of the empty setting, [`BuildError::Addition`] for a name that comes twice.
    pub(crate) fn new(parts: Parts) -> Result<Self, BuildError> {
        parts.check()?;
        let headers = KeyHeaders::new(parts.dialect.as_deref(), &parts.keys)?;
        Ok(Self(Arc::new(parts), headers))
    }

    /// The same with other keys under its client ID.
    pub(crate) fn with_keys(&self, keys: Vec<Arc<Key>>) -> Result<Self, BuildError> {
        if keys.is_empty() || self.0.keys.is_empty() {
            return Err(BuildError::Missing("an OAuth API key"));
        }
        Self::new(Parts {
            keys: keys.into(),
            ..Parts::clone(&self.0)
        })
    }

    /// The same with another secret for its legacy API key.
    pub(crate) fn with_legacy_secret(&self, secret: String) -> Result<Self, BuildError> {
        let before = self.0.legacy_key.as_ref();
        let before = before.ok_or(BuildError::Missing("a legacy API key"))?;
        Self::new(Parts {
            legacy_key: Some(Arc::new(LegacyParts {
                api_key: before.api_key.clone(),
                secret: Zeroizing::new(secret),
            })),
            ..Parts::clone(&self.0)
        })
    }

    /// Whether the other identity has not replaced this one.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub(crate) fn server(&self) -> Server<'_> {
        self.0.server.get()
    }

    pub(crate) fn server_parts(&self) -> &Arc<ServerParts> {
        &self.0.server
    }

    /// See [`Redox::assertion`](crate::Redox::assertion).
    pub(crate) fn assertion(&self, now: UnixTime) -> Result<Zeroizing<String>, Error> {
        use redox_auth_core::Identity as _;

        let key = self.oauth_key(0).ok_or(Error::WrongCredential {
            expected: "an OAuth API key",
        })?;
        if self
            .0
            .keys
            .first()
            .is_some_and(|key| key.has_to_be_waited_for())
        {
            return Err(Error::WrongCredential {
                expected: "an OAuth API key that signs at once",
            });
        }
        let (server, jwt_id) = (self.server(), JwtId::from_random(random()?));
        // The usual dialect says the same as none.
        let dialect = self.dialect_of_key(0).unwrap_or_default();
        let assertion = key
            .assertion_in(&dialect, server.audience(), &jwt_id, now)
            .typ(server.typ());
        Ok(written(|out| assertion.write(out))?)
    }

    /// The form around an assertion that was signed elsewhere.
    pub(crate) fn write_token_request<'o>(
        &self,
        assertion: &str,
        out: &'o mut [u8],
    ) -> Result<&'o str, WriteError> {
        use redox_auth_core::Identity as _;

        let dialect = self.dialect().unwrap_or_default();
        let (client_id, scope) = (&self.0.client_id, self.0.server.get().scope());
        write_token_request_in(&dialect, client_id, assertion, scope, out)
    }

    /// The secret of the legacy API key.
    pub(crate) fn legacy_secret(&self) -> Option<&str> {
        Some(self.0.legacy_key.as_ref()?.secret.as_str())
    }

    /// The client ID, or else the ID of the legacy API key.
    pub(crate) fn shown_id(&self) -> &str {
        match (&*self.0.keys, &self.0.legacy_key) {
            ([], Some(legacy)) => &legacy.api_key,
            _ => &self.0.client_id,
        }
    }

    /// A hash of [`Identity::shown_id`], the token endpoint and the settings of its requests; `None` without a credential.
    pub(crate) fn name(&self) -> Option<[u8; 16]> {
        if self.0.keys.is_empty() && self.0.legacy_key.is_none() {
            return None;
        }
        let mut context = Context::new(&SHA256);
        context.update(self.0.server.token_url.as_bytes());
        // No URL contains it.
        context.update(b"\0");
        context.update(self.shown_id().as_bytes());
        let dialect = self.0.dialect.as_ref().map(|parts| parts.get());
        for (number, part) in dialect.iter().flat_map(Dialect::asks_for) {
            context.update(&[0, number]);
            context.update(part.as_bytes());
        }
        context.finish().as_ref().first_chunk().copied()
    }

    /// The key with this number.
    pub(crate) fn key(&self, key: usize) -> Option<&Arc<Key>> {
        self.0.keys.get(key)
    }

    /// The names in an assertion that is signed with the key of this number.
    pub(crate) fn names(&self, key: usize) -> Option<SentNames> {
        let key = self.0.keys.get(key)?;
        Some(SentNames {
            client_id: self.0.client_id.clone(),
            key_id: key.key_id().to_owned(),
            algorithm: key.algorithm(),
            audience: self.server().audience().to_owned(),
            signature: key.signature_check(),
        })
    }

    /// The key with this number, if it has a certificate that is not valid at this time.
    pub(crate) fn out_of_date(&self, key: usize, now: UnixTime) -> Option<&Key> {
        let key = self.0.keys.get(key)?;
        key.is_out_of_date(now).then_some(&**key)
    }

    /// Signs with the key with this number, and returns the length of the result.
    pub(crate) async fn sign(&self, key: usize, unsigned: Unsigned<'_>) -> Result<usize, Error> {
        // The session has checked this very identity, therefore the key exists.
        let key = self.0.keys.get(key).ok_or(WriteError::EmptyClaim("kid"))?;
        let signature = key.signature_of(unsigned.signing_input()).await?;
        Ok(unsigned.finish(&signature)?.len())
    }
}

impl Parts {
    fn check(&self) -> Result<(), BuildError> {
        let mut parts = Vec::new();
        for key in self.keys.iter() {
            parts.push(("client ID", self.client_id.as_str()));
            parts.push(("key ID", key.key_id()));
        }
        if let Some(legacy) = &self.legacy_key {
            parts.push(("API key", &legacy.api_key));
            parts.push(("secret", &legacy.secret));
        }
        match parts.into_iter().find(|(_, value)| value.is_empty()) {
            Some((name, _)) => Err(BuildError::Empty(name)),
            None => Ok(()),
        }
    }
}

impl redox_auth_core::Identity for Identity {
    type Signer = Key;

    fn server(&self) -> Server<'_> {
        self.0.server.get()
    }

    fn oauth_key(&self, index: usize) -> Option<OAuthKey<'_, Key>> {
        let key = self.0.keys.get(index)?;
        Some(OAuthKey::new(&self.0.client_id, key.key_id(), &**key))
    }

    fn legacy_key(&self) -> Option<LegacyKey<'_>> {
        let key = self.0.legacy_key.as_ref()?;
        Some(LegacyKey::new(&key.api_key, &key.secret))
    }

    fn source_id(&self) -> Option<&str> {
        self.0.source_id.as_deref()
    }

    fn dialect(&self) -> Option<Dialect<'_>> {
        Some(self.0.dialect.as_ref()?.get())
    }

    fn dialect_of_key(&self, index: usize) -> Option<Dialect<'_>> {
        let dialect = self.dialect();
        match self.1.of(index) {
            Some(header) => Some(dialect.unwrap_or_default().with_header(header)),
            None => dialect,
        }
    }

    fn dpop_key(&self) -> Option<DpopKey<'_>> {
        Some(self.0.prover.as_ref()?.key())
    }

    fn policy(&self) -> Policy {
        self.0.policy
    }
}

/// A legacy API key.
pub(crate) struct LegacyParts {
    pub(crate) api_key: String,
    pub(crate) secret: Zeroizing<String>,
}

impl fmt::Debug for LegacyParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LegacyKey")
            .field("api_key", &self.api_key)
            .finish_non_exhaustive()
    }
}

/// The texts that a [`Server`] borrows from, all of them checked.
#[derive(Debug)]
pub(crate) struct ServerParts {
    pub(crate) base_url: String,
    pub(crate) token_url: String,
    pub(crate) upload_url: Option<String>,
    pub(crate) audience: Option<String>,
    pub(crate) typ: JwtType,
    pub(crate) scope: String,
}

impl ServerParts {
    /// # Errors
    /// As [`Server::new`] and [`Server::with_upload_url`].
    pub(crate) fn parse(&self) -> Result<Server<'_>, UrlError> {
        let mut server = Server::new(&self.base_url, &self.token_url)?
            .with_typ(self.typ)
            .with_scope(&self.scope);
        if let Some(audience) = &self.audience {
            server = server.with_audience(audience);
        }
        match &self.upload_url {
            Some(url) => server.with_upload_url(url),
            None => Ok(server),
        }
    }

    pub(crate) fn get(&self) -> Server<'_> {
        self.parse()
            .expect("the builder has parsed these texts, and nobody changes them")
    }
}
