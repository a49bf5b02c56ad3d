//! Reads what a server publishes about itself.

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

/// Finds a server's token endpoint in its published metadata: those of an issuer (RFC 8414, OpenID Connect Discovery) or of
/// a FHIR server (SMART App Launch, UDAP).
///
/// The client does not trust a document. The token endpoint in it must be on the host and port of the request, or on a host
/// that the program confirmed with [`Discovery::confirm_host`]. It must use https, or http to loopback. The issuer must be
/// the one that was asked. Anything else is a [`DiscoveryError`], before an assertion is signed. The client follows no
/// redirect, and reads at most 64 KiB of an answer.
///
/// A document is kept as long as the server's `Cache-Control: max-age` allows, between a minute and a day, and for an hour
/// without it. There are at most 64 documents at a time. Callers that ask for the same document during a request wait for
/// that request. Clones share the documents. Failures are not kept.
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
/// A client keeps the settings that it was built with. A service that must follow changes builds a client from time to time,
/// as [`Tenants`](crate::Tenants) does.
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
    /// With the usual settings, without documents, and with the connections that the clients of this process share.
    pub fn new() -> Self {
        Self {
            cache: Arc::default(),
            connections: Connections::of_process(Settings::default()),
            timeout: Duration::from_secs(5),
            confirmed: Vec::new(),
            clock: Arc::new(Clock::Machine),
        }
    }

    /// Allows token endpoints on this host as well as on the host of the request: `login.example`, or `login.example:8443`
    /// if the port is not that of the scheme. Call it once for each host.
    ///
    /// It applies to this clone and to later clones of it. A confirmed host issues tokens for every FHIR server whose
    /// metadata name it. If you do not trust all FHIR servers alike, use a clone for each.
    pub fn confirm_host(mut self, host: impl Into<String>) -> Self {
        self.confirmed.push(host.into());
        self
    }

    /// Uses these connections, and drops the documents that came over others.
    pub fn connections(mut self, connections: Connections) -> Self {
        self.connections = connections;
        self.cache = Arc::default();
        self
    }

    /// Sets the timeout of one document. The default is 5 s.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Reads the time from `now` instead of from the machine's clock, for tests. It decides how long documents are kept.
    pub fn clock(mut self, now: impl Fn() -> Now + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(Clock::of(now));
        self
    }

    /// Finds the server with this issuer, from `.well-known/oauth-authorization-server` or else
    /// `.well-known/openid-configuration`.
    ///
    /// Write the issuer exactly as the server does, including the slash at its end.
    ///
    /// # Errors
    /// [`DiscoveryError`].
    pub async fn issuer(&self, issuer: &str) -> Result<Discovered, DiscoveryError> {
        let kinds = [MetadataKind::OAuth, MetadataKind::OpenId];
        self.first_of(kinds, issuer).await
    }

    /// Finds the authorization server of the FHIR server with this base URL, from `.well-known/smart-configuration` or else
    /// `.well-known/udap`.
    ///
    /// # Errors
    /// [`DiscoveryError`].
    pub async fn fhir_server(&self, base_url: &str) -> Result<Discovered, DiscoveryError> {
        let kinds = [MetadataKind::Smart, MetadataKind::Udap];
        self.first_of(kinds, base_url).await
    }

    /// Fetches one document for a person to read, without verification.
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
        // The previous fetch may end at this moment.
        let patience = self.timeout.saturating_mul(2);
        self.cache.get(key, &self.clock, patience, get).await
    }

    /// Returns the server of this document, if the document may be used.
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

/// Whether a text is a host, with or without a port, and nothing else.
fn is_host(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte);
    text.bytes().all(is_part) && Url::parse(&format!("https://{text}")).is_ok()
}
