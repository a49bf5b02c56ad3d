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

/// What a [`Redox`] is made from. Without more than a credential it speaks to Redox in the United States.
#[derive(Debug)]
#[must_use = "a builder does nothing until `build`"]
pub struct Builder {
    base_url: String,
    /// Whether the caller said so, by itself or by a region.
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
    /// Those that were given, and those that are in the files that were, from the beginning of `build` on.
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
    /// The caller's, or others with the same settings where there are own ones.
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
    /// Begins a client; see [`Builder`] for what can be said.
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

    /// An OAuth API key: the client ID that the server's settings show, and the private key.
    pub fn oauth_key(mut self, client_id: impl Into<String>, key: Key) -> Self {
        self.client_id = Some(client_id.into());
        self.given_keys = vec![GivenKey::Key(key)];
        self
    }

    /// A further private key under the same client ID, while keys are being rotated: it is tried when the server does not
    /// know the ones before it.
    pub fn also_key(mut self, key: Key) -> Self {
        self.given_keys.push(GivenKey::Key(key));
        self
    }

    /// A legacy API key of Redox: its ID and its secret, of which white space around it is taken off.
    ///
    /// Beside an OAuth API key it serves for as long as that one is refused because of a setting: a migration without
    /// downtime. Requests then name its source, as OAuth API keys need it.
    pub fn legacy_key(mut self, api_key: impl Into<String>, secret: impl Into<String>) -> Self {
        self.legacy_key = Some(LegacyParts {
            api_key: api_key.into(),
            secret: Zeroizing::new(trim(&Zeroizing::new(secret.into())).to_owned()),
        });
        self.legacy_secret_file = None;
        self
    }

    /// No key: assertions are signed elsewhere and only exchanged here, by [`Redox::exchange`].
    pub fn no_key(mut self) -> Self {
        self.has_no_key = true;
        self
    }

    /// The client ID of assertions that are signed elsewhere, for [`Builder::send_client_id`].
    pub fn client_id(mut self, client_id: impl Into<String>) -> Self {
        self.client_id = Some(client_id.into());
        self
    }

    /// Which credential is to get the tokens, where there are both; see also [`Redox::prefer`].
    pub fn prefer(mut self, preference: Preference) -> Self {
        self.preference = preference;
        self
    }

    /// Which tokens will do; TEFCA takes only those that live shorter than a day.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// The region of Redox, instead of the United States.
    pub fn region(mut self, region: Region) -> Self {
        self.base_url = region.base_url().to_owned();
        self.has_base_url = true;
        self.upload_url = region.upload_url().map(str::to_owned);
        self
    }

    /// The URL that the API's paths follow, instead of a region's. There is no upload URL then, unless it is given after
    /// this.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self.has_base_url = true;
        self.upload_url = None;
        self
    }

    /// The token endpoint of another server, instead of Redox's path below the base URL.
    ///
    /// Its tokens are not for Redox: without a [`Builder::base_url`], a [`Builder::region`] or a legacy API key they go to
    /// the origin of the token endpoint only.
    pub fn token_url(mut self, token_url: impl Into<String>) -> Self {
        self.token_url = Some(token_url.into());
        self
    }

    /// Where files are uploaded to, instead of where the region has it. Tokens may be sent there.
    pub fn upload_url(mut self, upload_url: impl Into<String>) -> Self {
        self.upload_url = Some(upload_url.into());
        self
    }

    /// What the assertions name as `aud`, instead of the URL of the token endpoint: for servers that follow
    /// draft-ietf-oauth-rfc7523bis their issuer identifier, with [`JwtType::ClientAuthentication`]. Some want a name without
    /// `https://`.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// The `typ` of the assertions, instead of `JWT`.
    pub fn typ(mut self, typ: JwtType) -> Self {
        self.typ = typ;
        self
    }

    /// The scope to ask for: names separated by spaces. SMART requires one, Redox does without.
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = scope.into();
        self
    }

    /// The ID of the source that requests come from, sent as `Redox-Source-Id`. Needed with an OAuth API key in an
    /// environment of several sources.
    pub fn source_id(mut self, source_id: impl Into<String>) -> Self {
        self.source_id = Some(source_id.into());
        self
    }

    /// How long a request to the API may take as a whole, its answer included: 30 s unless said otherwise.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How long a request for a token may take as a whole: 15 s unless said otherwise.
    pub fn token_timeout(mut self, timeout: Duration) -> Self {
        self.token_timeout = timeout;
        self
    }

    /// The longest token that is taken, in bytes, with a legacy API key's refresh token: 16 KiB unless said otherwise, and at
    /// most 65,535. A shorter one takes only as much memory as it needs.
    pub fn longest_token(mut self, bytes: usize) -> Self {
        self.longest_token = bytes;
        self
    }

    /// How long connecting may take, TLS included: 10 s unless said otherwise.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.own_settings.connect_timeout = Some(timeout);
        self
    }

    /// Sets up every HTTP client as the caller likes: a proxy, root certificates, a client certificate, the pool.
    ///
    /// What keeps assertions and tokens where they belong is set after it: no redirect is followed, and nothing is sent
    /// again but by this library. TLS is that of rustls, with the certificates that the system trusts.
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

    /// Uses these connections, which other clients may use, too.
    ///
    /// Without this, the clients of a process share those with their settings; one that is set up by [`Builder::http`] has
    /// its own. [`Builder::http`], [`Builder::connect_timeout`], [`Builder::pace`], [`Builder::ca_file`] and
    /// [`Builder::client_certificate`], before or after this, win over the settings of these connections: the client then has
    /// others, with both settings.
    pub fn connections(mut self, connections: Connections) -> Self {
        self.connections = Some(connections);
        self
    }

    /// Sends requests to the API with this client, to share its connections; requests for tokens go another way.
    ///
    /// Its settings are the caller's. Switch its redirects off, as [`Builder::http`] does: where it follows one to another
    /// host, reqwest keeps the token back, but not the body.
    pub fn api_client(mut self, client: reqwest::Client) -> Self {
        self.api_client = Some(client);
        self
    }

    /// When a request to the API is sent again, instead of [`Retries::default`].
    pub fn retries(mut self, retries: Retries) -> Self {
        self.retries = retries;
        self
    }

    /// Keeps all requests to a host to the pace that its server allows: those to the API, to uploads and to the token
    /// endpoint, of all clients of this process that are built with the same pacing and the same connections.
    ///
    /// A 429, a 503, a 502, a redirect, a 407 and some web pages speak of the client or of the way and not of the request.
    /// Nothing is sent before the pause is over that such an answer asks for, and the request is sent again then, if its
    /// body can be. 429 and 503 lower the rate as well; see [`Pace`](redox_auth_core::Pace) for the rules. After several
    /// pauses without one answer to a request it is [`Error::Trouble`](crate::Error::Trouble). Where other requests are
    /// answered meanwhile, the third 502, redirect or page for the same request is the caller's. [`Builder::retries`] is for
    /// what else can be sent again.
    ///
    /// The wait comes before the token and the connection are chosen. [`Builder::timeout`] begins with the request, and
    /// [`Retries::longest_wait`] is for what is no pause; [`Pacing::longest_wait`] limits the wait. This pacing wins over that
    /// of [`Builder::connections`], whose other clients then keep to another pace: give it to
    /// [`Connections::pace`](crate::Connections::pace) for all of them.
    pub fn pace(mut self, pacing: Pacing) -> Self {
        self.own_settings.pacing = Some(pacing);
        self
    }

    /// Shares the token with the other processes of the same service, through a store such as that of
    /// `redox-auth-redis`: one of them gets it, and all use it. While the store fails, each goes on alone. Not for tokens
    /// that are bound to a key ([`Builder::dpop`]): the other processes could not use them.
    pub fn shared_tokens(mut self, store: impl SharedTokens) -> Self {
        self.shared_tokens = Some(Arc::new(store));
        self
    }

    /// Reads the time from `now` instead of from the machine's clocks: for tests, which set it as they like.
    ///
    /// What it gives as [`Now::instant`] must never go backwards.
    pub fn clock(mut self, now: impl Fn() -> Now + Send + Sync + 'static) -> Self {
        self.clock = Clock::of(now);
        self
    }
}
