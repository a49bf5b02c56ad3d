use core::fmt;

use http::Method;
use jiff::Timestamp;

use crate::counters::count;
use crate::directory::{Directory, LegacyAccess};
use crate::exchange::Request;
use crate::expiring::Expiring;
use crate::fault::Faults;
use crate::grant::Grant;
use crate::jwks::KeySet;
use crate::like::{self, Allowance};
use crate::random::Random;
use crate::{
    Counters, Destination, JwksError, LegacyKey, OAuthKey, RefreshTokens, RegisterError, Rules,
    Site, Source, token,
};

/// A Redox in memory: registrations, issued tokens, and the rules.
///
/// The rules are a function of this state and the given time. They read no clock, no socket and no random source: the
/// same seed and calls give the same answers.
///
/// ```
/// use redox_auth_sandbox::jiff::Timestamp;
/// use redox_auth_sandbox::{Request, Sandbox};
///
/// let mut sandbox = Sandbox::new("http://sandbox.example", [7; 32]);
/// let now = Timestamp::from_second(1_700_000_000)?;
/// let refused = sandbox.handle(now, &Request::form("/v2/auth/token", &[]));
/// assert_eq!(refused.status, 400);
/// assert_eq!(sandbox.counters().token_refusals, 1);
/// # Ok::<(), redox_auth_sandbox::jiff::Error>(())
/// ```
pub struct Sandbox {
    pub(crate) base_url: String,
    pub(crate) directory: Directory,
    pub(crate) tokens: Expiring<String, Grant>,
    /// Tokens revoked one by one, which can be restored.
    pub(crate) revoked: Expiring<String, Grant>,
    pub(crate) used_assertions: Expiring<(String, String), ()>,
    pub(crate) random: Random,
    pub(crate) counters: Counters,
    pub(crate) token_lifetime_secs: u32,
    pub(crate) refresh_tokens: RefreshTokens,
    pub(crate) faults: Faults,
    /// The rules of a server other than Redox.
    pub(crate) rules: Option<Rules>,
    pub(crate) allowance: Allowance,
    /// The nonces issued for proofs of possession.
    pub(crate) nonces: Expiring<String, ()>,
}

/// A JWK Set to fetch before a token request.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct JwksWanted {
    /// The client ID.
    pub client_id: String,
    /// The URL.
    pub url: String,
}

impl Sandbox {
    /// An empty sandbox; `base_url` is its URL for clients, without a path.
    ///
    /// All tokens and IDs come from `seed`.
    #[must_use]
    pub fn new(base_url: &str, seed: [u8; 32]) -> Self {
        Self {
            base_url: base_url.trim_end_matches('/').to_owned(),
            directory: Directory::default(),
            tokens: Expiring::new(),
            revoked: Expiring::new(),
            used_assertions: Expiring::new(),
            random: Random::new(seed),
            counters: Counters::default(),
            token_lifetime_secs: token::LIFETIME_SECS,
            refresh_tokens: RefreshTokens::default(),
            faults: Faults::default(),
            rules: None,
            allowance: Allowance::default(),
            nonces: Expiring::new(),
        }
    }

    /// Gives the token endpoint the rules and the path of another server.
    ///
    /// ```
    /// use redox_auth_sandbox::{Rules, Sandbox};
    ///
    /// let mut sandbox = Sandbox::new("http://sandbox.example", [7; 32]);
    /// sandbox.like(Rules::named("keycloak")?);
    /// let token_url = "http://sandbox.example/realms/sandbox/protocol/openid-connect/token";
    /// assert_eq!(sandbox.token_url(), token_url);
    /// # Ok::<(), redox_auth_sandbox::RulesError>(())
    /// ```
    pub fn like(&mut self, rules: Rules) {
        self.rules = Some(rules);
    }

    /// The rules of the token endpoint, if they are not Redox's.
    #[must_use]
    pub const fn rules(&self) -> Option<&Rules> {
        self.rules.as_ref()
    }

    /// The token endpoint. At Redox it is the only `aud` that an assertion may have.
    #[must_use]
    pub fn token_url(&self) -> String {
        format!("{}{}", self.base_url, self.token_path())
    }

    /// The URLs that the rules compare `aud` with.
    #[must_use]
    pub fn site(&self) -> Site {
        match &self.rules {
            Some(rules) => rules.site_at(&self.base_url),
            None => Site::new().token_url(&self.token_url()),
        }
    }

    pub(crate) fn token_path(&self) -> &str {
        self.rules.as_ref().map_or(token::PATH, Rules::token_path)
    }

    /// Adds a source and returns its ID.
    ///
    /// # Errors
    /// [`RegisterError::Taken`] if a source has this ID.
    pub fn add_source(&mut self, source: Source) -> Result<String, RegisterError> {
        let id = source.id.clone().unwrap_or_else(|| self.random.uuid());
        if self.directory.sources.contains_key(&id) {
            return Err(RegisterError::Taken);
        }
        self.directory.sources.insert(id.clone(), source);
        Ok(id)
    }

    /// Adds a destination and returns its ID.
    ///
    /// # Errors
    /// [`RegisterError::Taken`] if a destination has this ID.
    pub fn add_destination(&mut self, destination: Destination) -> Result<String, RegisterError> {
        let id = destination.id.clone();
        let id = id.unwrap_or_else(|| self.random.uuid());
        if self.directory.destinations.contains_key(&id) {
            return Err(RegisterError::Taken);
        }
        let destinations = &mut self.directory.destinations;
        destinations.insert(id.clone(), destination);
        Ok(id)
    }

    /// Registers an OAuth API key and returns its client ID.
    ///
    /// # Errors
    /// Any [`RegisterError`] but `UnknownSource`; nothing is registered then.
    pub fn register_oauth_key(&mut self, key: OAuthKey) -> Result<String, RegisterError> {
        let new_id = self.random.uuid();
        self.directory.add_client(key, new_id)
    }

    /// Registers the legacy API key of a source; the key's ID is the source's.
    ///
    /// # Errors
    /// [`RegisterError::UnknownSource`], and [`RegisterError::Taken`] if the source has its key.
    pub fn register_legacy_key(&mut self, source_id: &str) -> Result<LegacyKey, RegisterError> {
        if !self.directory.sources.contains_key(source_id) {
            return Err(RegisterError::UnknownSource);
        }
        if self.directory.legacy.contains_key(source_id) {
            return Err(RegisterError::Taken);
        }
        let key = LegacyKey {
            api_key: source_id.to_owned(),
            secret: self.random.token(),
        };
        let access = LegacyAccess::new(key.secret.clone());
        self.directory.legacy.insert(source_id.to_owned(), access);
        Ok(key)
    }

    /// Remembers a value under a name, for its user. A state file keeps the value across restarts.
    pub fn remember(&mut self, name: &str, value: &str) {
        let remembered = &mut self.directory.remembered;
        remembered.insert(name.to_owned(), value.to_owned());
    }

    /// The last value [remembered](Self::remember) under this name.
    #[must_use]
    pub fn remembered(&self, name: &str) -> Option<&str> {
        self.directory.remembered.get(name).map(String::as_str)
    }

    /// The counters so far.
    #[must_use]
    pub const fn counters(&self) -> Counters {
        self.counters
    }

    /// Whether an access token of either kind is valid at `now`.
    #[must_use]
    pub fn is_live(&self, now: Timestamp, token: &str) -> bool {
        self.tokens.get(now, token).is_some()
    }

    /// The JWK Set to fetch before [`handle`](Self::handle) is given this token request.
    ///
    /// Every token request of a client registered by URL needs a fetch. Redox does not document how long it keeps a
    /// fetched set; without a cache, a rotation takes effect at once.
    #[must_use]
    pub fn jwks_wanted(&self, request: &Request) -> Option<JwksWanted> {
        if request.path != self.token_path() || request.method != Method::POST {
            return None;
        }
        let client_id = match &self.rules {
            Some(rules) => like::claimed_client_id(rules, request)?,
            None => token::claimed_client_id(request)?,
        };
        let url = self.directory.client(&client_id)?.jwks_url.clone()?;
        Some(JwksWanted { client_id, url })
    }

    /// Stores the JWK Set for [`jwks_wanted`](Self::jwks_wanted), until the next one.
    ///
    /// `None` means that the fetch failed; the client then has no keys. Does nothing for a client that is not
    /// registered by URL.
    ///
    /// # Errors
    /// A [`JwksError`] if the text is no JWK Set; the client then has no keys.
    pub fn jwks_fetched(&mut self, client_id: &str, jwks: Option<&str>) -> Result<(), JwksError> {
        let client = self.directory.clients.get_mut(client_id);
        let Some(client) = client.filter(|client| client.jwks_url.is_some()) else {
            return Ok(());
        };
        let keys = jwks.map(KeySet::parse).transpose();
        count(match keys {
            Ok(Some(_)) => &mut self.counters.jwks_fetches,
            Ok(None) | Err(_) => &mut self.counters.jwks_fetch_failures,
        });
        match keys {
            Ok(keys) => {
                client.keys = keys;
                Ok(())
            }
            Err(error) => {
                client.keys = None;
                Err(error)
            }
        }
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("base_url", &self.base_url)
            .field("live_tokens", &self.tokens.len())
            .field("counters", &self.counters)
            .finish_non_exhaustive()
    }
}
