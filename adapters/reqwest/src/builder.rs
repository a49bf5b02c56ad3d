mod additions;
mod build;
mod certificates;
mod dialect;
mod discovered;
mod dpop;
mod files;
mod own_settings;

use core::time::Duration;
use std::path::PathBuf;
use std::sync::Arc;

use redox_auth_core::{JwtType, Now, Policy, Preference, Region};
use zeroize::Zeroizing;

use crate::client::Redox;
use crate::clock::Clock;
use crate::connections::Connections;
use crate::connections::pace::Pacing;
use crate::discovery::Discovered;
use crate::keys::key::Key;
use crate::keys::secret_file::SecretFile;
use crate::keys::text::trim;
use crate::requests::retry::Retries;
use crate::tokens::identity::LegacyParts;
use crate::tokens::shared_tokens::SharedTokens;
use crate::tokens::storage::LONGEST_TOKEN;
use crate::watch::Watch;
use dialect::DialectSettings;
use files::GivenKey;
use own_settings::OwnSettings;

/// The settings of a [`Redox`]. With a credential alone it uses Redox in the United States.
#[derive(Debug)]
#[must_use = "a builder does nothing until `build`"]
pub struct Builder {
    base_url: String,
    /// Whether the caller set it, directly or with a region.
    has_base_url: bool,
    token_url: Option<String>,
    discovered: Option<Discovered>,
    upload_url: Option<String>,
    audience: Option<String>,
    typ: JwtType,
    scope: String,
    source_id: Option<String>,
    client_id: Option<String>,
    given_keys: Vec<GivenKey>,
    /// The credentials that the caller gave, and from the beginning of `build` on those in the caller's files.
    keys: Vec<Arc<Key>>,
    legacy_secret_file: Option<SecretFile>,
    legacy_key: Option<LegacyParts>,
    has_no_key: bool,
    policy: Policy,
    dialect: DialectSettings,
    dpop: Option<Key>,
    preference: Preference,
    ca_file: Option<PathBuf>,
    own_settings: OwnSettings,
    /// The caller's connections, or others with the same settings if the builder has settings of its own.
    connections: Option<Connections>,
    api_client: Option<reqwest::Client>,
    timeout: Duration,
    token_timeout: Duration,
    longest_token: usize,
    retries: Retries,
    shared_tokens: Option<Arc<dyn SharedTokens>>,
    clock: Clock,
}

impl Redox {
    /// Creates a builder; the methods of [`Builder`] are the settings.
    pub fn builder() -> Builder {
        Builder::new()
    }
}

impl Builder {
    fn new() -> Self {
        let builder = Self {
            base_url: String::new(),
            has_base_url: false,
            token_url: None,
            discovered: None,
            upload_url: None,
            audience: None,
            typ: JwtType::default(),
            scope: String::new(),
            source_id: None,
            client_id: None,
            given_keys: Vec::new(),
            keys: Vec::new(),
            legacy_secret_file: None,
            legacy_key: None,
            has_no_key: false,
            policy: Policy::default(),
            dialect: DialectSettings::default(),
            dpop: None,
            preference: Preference::default(),
            own_settings: OwnSettings::default(),
            ca_file: None,
            connections: None,
            api_client: None,
            timeout: Duration::from_secs(30),
            token_timeout: Duration::from_secs(15),
            longest_token: LONGEST_TOKEN,
            retries: Retries::default(),
            shared_tokens: None,
            clock: Clock::Machine,
        };
        let mut builder = builder.region(Region::default());
        builder.has_base_url = false;
        builder
    }

    /// Adds an OAuth API key: the client ID that the server's settings show, and the private key.
    pub fn oauth_key(mut self, client_id: impl Into<String>, key: Key) -> Self {
        self.client_id = Some(client_id.into());
        self.given_keys = vec![GivenKey::Key(key)];
        self
    }

    /// Adds a private key under the same client ID, for a rotation. The client tries it when the server does not know the
    /// keys before it.
    pub fn also_key(mut self, key: Key) -> Self {
        self.given_keys.push(GivenKey::Key(key));
        self
    }

    /// Adds a legacy API key of Redox: its ID and its secret. White space around the secret is removed.
    ///
    /// With an OAuth API key as well, the client uses the legacy API key while the server refuses the OAuth API key because
    /// of a setting: a migration without downtime. Requests then name its source, because OAuth API keys need the source.
    pub fn legacy_key(mut self, api_key: impl Into<String>, secret: impl Into<String>) -> Self {
        self.legacy_key = Some(LegacyParts {
            api_key: api_key.into(),
            secret: Zeroizing::new(trim(&Zeroizing::new(secret.into())).to_owned()),
        });
        self.legacy_secret_file = None;
        self
    }

    /// Uses no key: assertions are signed elsewhere, and [`Redox::exchange`] exchanges them.
    pub fn no_key(mut self) -> Self {
        self.has_no_key = true;
        self
    }

    /// Sets the client ID of assertions that are signed elsewhere, for [`Builder::send_client_id`].
    pub fn client_id(mut self, client_id: impl Into<String>) -> Self {
        self.client_id = Some(client_id.into());
        self
    }

    /// Sets which credential obtains the tokens, where there are both; see also [`Redox::prefer`].
    pub fn prefer(mut self, preference: Preference) -> Self {
        self.preference = preference;
        self
    }

    /// Sets which tokens are acceptable; TEFCA accepts only tokens that live shorter than a day.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Sets the region of Redox, instead of the United States.
    pub fn region(mut self, region: Region) -> Self {
        self.base_url = region.base_url().to_owned();
        self.has_base_url = true;
        self.upload_url = region.upload_url().map(str::to_owned);
        self
    }

    /// Sets the base URL of the API's paths, instead of a region's. There is no upload URL then, unless a later call sets
    /// it.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self.has_base_url = true;
        self.upload_url = None;
        self
    }

    /// Sets the token endpoint of another server, instead of Redox's path below the base URL.
    ///
    /// The tokens of that server are not for Redox. Without a [`Builder::base_url`], a [`Builder::region`] or a legacy API
    /// key they go to the origin of the token endpoint only.
    pub fn token_url(mut self, token_url: impl Into<String>) -> Self {
        self.token_url = Some(token_url.into());
        self
    }

    /// Sets the URL for uploads, instead of the region's. Tokens may be sent there.
    pub fn upload_url(mut self, upload_url: impl Into<String>) -> Self {
        self.upload_url = Some(upload_url.into());
        self
    }

    /// Sets `aud` of the assertions, instead of the URL of the token endpoint. Servers that follow
    /// draft-ietf-oauth-rfc7523bis require their issuer identifier, with [`JwtType::ClientAuthentication`]. Some servers
    /// require a name without `https://`.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// Sets the `typ` of the assertions, instead of `JWT`.
    pub fn typ(mut self, typ: JwtType) -> Self {
        self.typ = typ;
        self
    }

    /// Sets the scope to request: names separated by spaces. SMART requires a scope, Redox does not.
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = scope.into();
        self
    }

    /// Sets the ID of the source that requests come from, which goes into `Redox-Source-Id`. An OAuth API key needs it in an
    /// environment with several sources.
    pub fn source_id(mut self, source_id: impl Into<String>) -> Self {
        self.source_id = Some(source_id.into());
        self
    }

    /// Sets the timeout of a whole request to the API, its answer included. The default is 30 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the timeout of a whole token request. The default is 15 s.
    pub fn token_timeout(mut self, timeout: Duration) -> Self {
        self.token_timeout = timeout;
        self
    }

    /// Sets the longest token that the client accepts, in bytes, together with a legacy API key's refresh token. The default
    /// is 16 KiB, the maximum 65,535. A shorter token takes only the memory that it needs.
    pub fn longest_token(mut self, bytes: usize) -> Self {
        self.longest_token = bytes;
        self
    }

    /// Sets the timeout of connecting, TLS included. The default is 10 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.own_settings.connect_timeout = Some(timeout);
        self
    }

    /// Sets up every HTTP client with a function: a proxy, root certificates, a client certificate, the pool.
    ///
    /// The settings that keep assertions and tokens safe come after it: the client follows no redirect, and only this
    /// library repeats a request. TLS is rustls with the certificates that the system trusts.
    pub fn http(
        mut self,
        configure: impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder + Send + Sync + 'static,
    ) -> Self {
        self.own_settings.configure = Some(Arc::new(configure));
        self
    }

    /// Shows each request and each answer to an observer, with `[redacted]` in place of secrets; see [`Watch`].
    pub fn watched(mut self, watch: Watch) -> Self {
        self.own_settings.watch = Some(watch);
        self
    }

    /// Uses these connections, which other clients may use as well.
    ///
    /// Without this call, the clients of a process share connections with the same settings. A client with [`Builder::http`]
    /// has its own. [`Builder::http`], [`Builder::connect_timeout`], [`Builder::pace`], [`Builder::ca_file`] and
    /// [`Builder::client_certificate`], before or after this call, take precedence over the settings of these connections.
    /// The client then has connections of its own, with both settings.
    pub fn connections(mut self, connections: Connections) -> Self {
        self.connections = Some(connections);
        self
    }

    /// Sends requests to the API with this HTTP client and its connections. Token requests use other connections.
    ///
    /// The settings of this HTTP client apply. Switch its redirects off, as [`Builder::http`] does: when reqwest follows a
    /// redirect to another host, it holds the token back, but not the body.
    pub fn api_client(mut self, client: reqwest::Client) -> Self {
        self.api_client = Some(client);
        self
    }

    /// Sets when a request to the API is sent again, instead of [`Retries::default`].
    pub fn retries(mut self, retries: Retries) -> Self {
        self.retries = retries;
        self
    }

    /// Keeps all requests to a host to the pace that its server allows. These are requests to the API, to uploads and to the
    /// token endpoint, from all clients of this process with the same pacing and the same connections.
    ///
    /// A 429, a 503, a 502, a redirect, a 407 and some web pages concern the client or the way, not the request. Such an
    /// answer asks for a pause: the client sends nothing before the pause is over, and then sends the request again if its
    /// body can be sent again. 429 and 503 lower the rate as well; [`Pace`](redox_auth_core::Pace) has the rules. After
    /// several pauses without one answer to a request the error is [`Error::Trouble`](crate::Error::Trouble). If other
    /// requests get answers meanwhile, the caller gets the third 502, redirect or page for the same request.
    /// [`Builder::retries`] governs all other repetitions.
    ///
    /// The wait comes before the client chooses the token and the connection. [`Builder::timeout`] begins with the request.
    /// [`Retries::longest_wait`] limits waits other than pauses, and [`Pacing::longest_wait`] limits this wait. This pacing
    /// takes precedence over that of [`Builder::connections`], whose other clients then keep to another pace: use
    /// [`Connections::pace`](crate::Connections::pace) for all of them.
    pub fn pace(mut self, pacing: Pacing) -> Self {
        self.own_settings.pacing = Some(pacing);
        self
    }

    /// Shares the token with the other processes of the same service, through a store such as that of `redox-auth-redis`.
    /// One process obtains the token, and all use it. While the store fails, each process obtains its own. Tokens that are
    /// bound to a key ([`Builder::dpop`]) cannot be shared, because the other processes could not use them.
    pub fn shared_tokens(mut self, store: impl SharedTokens) -> Self {
        self.shared_tokens = Some(Arc::new(store));
        self
    }

    /// Reads the time from `now` instead of from the machine's clocks, for tests that set the time.
    ///
    /// [`Now::instant`] of its results must never go backwards.
    pub fn clock(mut self, now: impl Fn() -> Now + Send + Sync + 'static) -> Self {
        self.clock = Clock::of(now);
        self
    }
}
