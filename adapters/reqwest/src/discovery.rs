//! Asking a server how it wants to be talked to.

mod cache;
mod fetch;
mod found;

pub use found::{Discovered, Metadata};

use core::fmt;
use core::time::Duration;
use std::sync::Arc;

use redox_auth_core::{MetadataKind, MetadataUrl, Now, Url};

use crate::clock::Clock;
use crate::connections::{Connections, Settings};
use crate::error::discovery::DiscoveryError;
use cache::Cache;
use fetch::fetch;

/// Finds a server's token endpoint by the metadata that it publishes: of an issuer (RFC 8414, OpenID Connect Discovery) or
/// of a FHIR server (SMART App Launch, UDAP).
///
/// A document is a stranger's word. The token endpoint that it names is used only on the host, and at the port, that was
/// asked, or that the program has confirmed by [`Discovery::confirm_host`]; only over https, or http to loopback; and the
/// issuer must be the one that was asked. Anything else is a [`DiscoveryError`], before an assertion is signed. No redirect
/// is followed, and of an answer at most 64 KiB are read.
///
/// Documents are kept for as long as the server's `Cache-Control: max-age` says, at least a minute and at most a day, an
/// hour where it says nothing. There are at most 64 at a time. Whoever asks for one that is on its way waits for it. Clones
/// share the documents. A failure is not kept.
///
/// ```no_run
/// use redox_auth_reqwest::{Discovery, Key, Redox};
///
/// # async fn run() -> Result<(), Box<dyn core::error::Error>> {
/// let server = Discovery::new().fhir_server("https://fhir.example/r4").await?;
/// let redox = Redox::builder()
///     .discovered(&server)
///     .oauth_key("client-1", Key::from_file("private-key.pem")?)
///     .scope("system/*.rs")
///     .build()?;
/// # Ok(())
/// # }
/// ```
///
/// What a client was built with stays with it. A service that wants to hear of changes builds a client from time to time,
/// as [`Tenants`](crate::Tenants) do.
#[derive(Clone)]
#[must_use = "nothing is asked yet"]
pub struct Discovery {
    cache: Arc<Cache>,
    connections: Connections,
    timeout: Duration,
    confirmed: Vec<String>,
    clock: Arc<Clock>,
}

impl Discovery {
    /// With the usual settings, no documents yet, and the connections that the clients of this process share.
    pub fn new() -> Self {
        Self {
            cache: Arc::default(),
            connections: Connections::of_process(Settings::default()),
            timeout: Duration::from_secs(5),
            confirmed: Vec::new(),
            clock: Arc::new(Clock::Machine),
        }
    }

    /// A host that token endpoints may be on as well as on the host that is asked: `login.example`, or
    /// `login.example:8443` where the port is not that of the scheme. May be called for several.
    ///
    /// It is for this clone and those made from it. A confirmed host gives tokens for every FHIR server that is asked and
    /// names it: where several FHIR servers are not trusted alike, ask each with a clone of its own.
    pub fn confirm_host(mut self, host: impl Into<String>) -> Self {
        self.confirmed.push(host.into());
        self
    }

    /// Uses these connections, and no document that came over others.
    pub fn connections(mut self, connections: Connections) -> Self {
        self.connections = connections;
        self.cache = Arc::default();
        self
    }

    /// How long one document may take as a whole: 5 s unless said otherwise.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Reads the time from `now` instead of from the machine's clock, for tests: it says how long documents are kept.
    pub fn clock(mut self, now: impl Fn() -> Now + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(Clock::of(now));
        self
    }

    /// The server with this issuer, by `.well-known/oauth-authorization-server` or else `.well-known/openid-configuration`.
    ///
    /// The issuer is to be written as the server writes it, to the slash at its end.
    ///
    /// # Errors
    /// [`DiscoveryError`].
    pub async fn issuer(&self, issuer: &str) -> Result<Discovered, DiscoveryError> {
        let kinds = [MetadataKind::OAuth, MetadataKind::OpenId];
        self.first_of(kinds, issuer).await
    }

    /// The authorization server of the FHIR server with this base URL, by `.well-known/smart-configuration` or else
    /// `.well-known/udap`.
    ///
    /// # Errors
    /// [`DiscoveryError`].
    pub async fn fhir_server(&self, base_url: &str) -> Result<Discovered, DiscoveryError> {
        let kinds = [MetadataKind::Smart, MetadataKind::Udap];
        self.first_of(kinds, base_url).await
    }

    /// One document, for a look at what a server says of itself: nothing in it is verified.
    ///
    /// # Errors
    /// [`DiscoveryError`].
    pub async fn metadata(
        &self,
        kind: MetadataKind,
        base_url: &str,
    ) -> Result<Metadata, DiscoveryError> {
        self.confirmed_hosts()?;
        let asked = MetadataUrl::new(kind, base_url).map_err(DiscoveryError::Url)?;
        let key = (kind, base_url.to_owned());
        let get = || fetch(&self.connections, asked, self.timeout);
        // The fetch before may end just then.
        let patience = self.timeout.saturating_mul(2);
        self.cache.get(key, &self.clock, patience, get).await
    }

    /// What this document says of a server, if it may be used.
    ///
    /// # Errors
    /// [`DiscoveryError`].
    pub fn verify(&self, metadata: &Metadata) -> Result<Discovered, DiscoveryError> {
        Discovered::read(metadata, &self.confirmed_hosts()?)
    }

    /// # Errors
    /// [`DiscoveryError::Host`].
    fn confirmed_hosts(&self) -> Result<Vec<&str>, DiscoveryError> {
        let hosts = self.confirmed.iter().map(|host| match is_host(host) {
            true => Ok(host.as_str()),
            false => Err(DiscoveryError::Host {
                found: host.clone(),
            }),
        });
        hosts.collect()
    }

    async fn first_of(
        &self,
        kinds: [MetadataKind; 2],
        base_url: &str,
    ) -> Result<Discovered, DiscoveryError> {
        let [first, second] = kinds;
        let missing = match self.metadata(first, base_url).await {
            Err(error) if error.is_absence() => error,
            metadata => return self.verify(&metadata?),
        };
        match self.metadata(second, base_url).await {
            Err(error) if error.is_absence() => {
                Err(DiscoveryError::Neither(Arc::new([missing, error])))
            }
            metadata => self.verify(&metadata?),
        }
    }
}

impl Default for Discovery {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Discovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Discovery")
            .field("confirmed", &self.confirmed)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// Whether a text is a host, with or without a port, and nothing more.
fn is_host(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte);
    text.bytes().all(is_part) && Url::parse(&format!("https://{text}")).is_ok()
}
