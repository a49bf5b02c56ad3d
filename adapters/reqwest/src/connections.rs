//! The way to the servers: TLS, pools of connections, and how many token requests a host gets at a time.

pub(crate) mod host;
pub(crate) mod http;
pub(crate) mod kept_alive;
pub(crate) mod pace;
mod pools;
mod settings;
mod through;
mod tls;
pub(crate) mod way;

use core::fmt;
use core::time::Duration;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use redox_auth_core::{Now, Url};
use reqwest::ClientBuilder;
use tokio::sync::Semaphore;

use crate::clock::Clock;
use crate::error::Error;
use crate::error::authorities::AuthoritiesError;
use crate::error::proxy::ProxyError;
use crate::proxies::{Proxies, Proxy};
use crate::trust::{Authorities, CaFile, ClientCertificate};
use crate::watch::Watch;
use host::{Host, Hosts};
use http::{Answer, Message};
use pace::Pacing;
use pools::Pools;
pub(crate) use settings::{Configure, Settings};
use through::Asking;
use tls::Tls;
use way::Way;

/// TLS, root certificates and pools of connections, for any number of clients.
///
/// The clients of a process share one of these by default, unless [`Builder::http`] sets up their own. A program with
/// settings of its own makes one, and gives a clone to each [`Builder`] with [`Builder::connections`]: clones share
/// everything. Each method below returns other connections, none of which is open yet.
///
/// Before the first request the client opens and reads nothing. It reads the system's root certificates when the first
/// server shows its certificate.
///
/// ```
/// # use core::time::Duration;
/// use redox_auth_reqwest::Connections;
///
/// let connections = Connections::new()
///     .connect_timeout(Duration::from_secs(3))
///     .token_requests_at_once(8)
///     .http(|http| http.pool_max_idle_per_host(32));
/// ```
///
/// [`Builder`]: crate::Builder
/// [`Builder::connections`]: crate::Builder::connections
/// [`Builder::http`]: crate::Builder::http
#[derive(Clone)]
pub struct Connections(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    settings: Settings,
    tls: Tls,
    pools: Pools,
    hosts: Hosts,
    /// Limits the questions to a proxy that lets nothing through: one at a time.
    asking: Semaphore,
}

impl Connections {
    /// Creates connections apart from those of all other clients, with the usual settings.
    #[must_use]
    pub fn new() -> Self {
        Self::with(Settings::default())
    }

    pub(crate) fn with(settings: Settings) -> Self {
        Self(Arc::new(Shared {
            settings,
            tls: Tls::default(),
            pools: Pools::default(),
            hosts: Hosts::default(),
            asking: Semaphore::new(1),
        }))
    }

    /// The connections that the clients of this process with these settings share.
    pub(crate) fn of_process(settings: Settings) -> Self {
        let mut shared = OF_PROCESS.lock().unwrap_or_else(PoisonError::into_inner);
        shared.retain(|it| it.strong_count() > 0);
        let found = shared.iter().filter_map(Weak::upgrade);
        if let Some(found) = found.into_iter().find(|it| it.settings.are_same(&settings)) {
            return Self(found);
        }
        let made = Self::with(settings);
        shared.push(Arc::downgrade(&made.0));
        made
    }

    /// Sets the timeout of connecting, TLS included. The default is 10 s.
    #[must_use]
    pub fn connect_timeout(self, timeout: Duration) -> Self {
        self.change(|settings| settings.connect_timeout = timeout)
    }

    /// Sets how many token requests one host may get at a time from all clients together. The default is 64, the minimum 1.
    /// Further requests wait in the order in which they came.
    #[must_use]
    pub fn token_requests_at_once(self, number: usize) -> Self {
        self.change(|settings| settings.token_requests = number.max(1))
    }

    /// Sets how fast requests to one host may begin, from all clients together; see [`Builder::pace`](crate::Builder::pace).
    #[must_use]
    pub fn pace(self, pacing: Pacing) -> Self {
        self.change(|settings| settings.pacing = Some(pacing))
    }

    /// Trusts the authorities in this file as well as the system's; see [`Builder::ca_file`](crate::Builder::ca_file). It
    /// reads the file, which blocks.
    ///
    /// # Errors
    /// [`AuthoritiesError`].
    pub fn ca_file(self, path: impl AsRef<Path>) -> Result<Self, AuthoritiesError> {
        let file = CaFile::read(path.as_ref())?;
        Ok(self.change(|settings| settings.ca_file = Some(file)))
    }

    /// Shows this certificate to servers that ask for one (mutual TLS, RFC 8705).
    #[must_use]
    pub fn client_certificate(self, certificate: ClientCertificate) -> Self {
        self.change(|settings| settings.client_certificate = Some(certificate))
    }

    /// Reads the authorities that a server's certificate may come from, as the first connection does; that blocks.
    ///
    /// # Errors
    /// [`AuthoritiesError`].
    pub fn authorities(&self) -> Result<Authorities, AuthoritiesError> {
        Authorities::read(self.settings().ca_file.as_ref())
    }

    /// The TLS configuration of all connections, without protocols (ALPN), for a check of a server's certificate and for
    /// other libraries. [`Connections::http`] does not change it.
    #[must_use]
    pub fn tls_config(&self) -> rustls::ClientConfig {
        self.0.tls.config(self.settings())
    }

    /// Shows requests and answers to an observer; see [`Watch`]. The observer does not see a request that the caller sends
    /// with [`Connections::client_for`]: send it with [`Watch::send`].
    #[must_use]
    pub fn watched(self, watch: Watch) -> Self {
        self.change(|settings| settings.watch = Some(watch))
    }

    /// Sets up every HTTP client with a function; see [`Builder::http`](crate::Builder::http).
    #[must_use]
    pub fn http(
        self,
        configure: impl Fn(ClientBuilder) -> ClientBuilder + Send + Sync + 'static,
    ) -> Self {
        self.change(|settings| settings.configure = Some(Arc::new(configure)))
    }

    /// Measures the pauses that hosts ask for on `now`, for tests that give the same clock to
    /// [`Builder::clock`](crate::Builder::clock).
    #[must_use]
    pub fn clock(self, now: impl Fn() -> Now + Send + Sync + 'static) -> Self {
        self.change(|settings| settings.clock = Arc::new(Clock::of(now)))
    }

    /// The HTTP client for requests to this URL: its TLS, its proxy, no redirects, no repetitions.
    ///
    /// # Errors
    /// [`Error::NotBuilt`] for wrong settings of the caller, and [`Error::Proxy`] for a variable that names no proxy.
    pub fn client_for(&self, url: &str) -> Result<reqwest::Client, Error> {
        self.client(Url::parse(url).map_or(Way::Remote, Way::to))
    }

    /// The error of a request that [`Connections::client_for`] sent: [`Error::Transport`], or [`Error::Proxy`] if a
    /// connection through a proxy failed. To find the cause, this asks the proxy once more.
    pub async fn explained(&self, error: reqwest::Error) -> Error {
        match self.of_proxy(error).await {
            Ok(error) => Error::from(error),
            Err(error) => Error::Transport(error),
        }
    }

    /// The proxy that requests to a URL go through, if there is one. [`Connections::http`] may set other proxies, which this
    /// does not show.
    ///
    /// # Errors
    /// [`ProxyError`] for a URL that would go through a proxy, if a variable names no usable proxy.
    pub fn proxy(&self, url: &str) -> Result<Option<Proxy>, ProxyError> {
        Url::parse(url).map_or(Ok(None), through::proxy)
    }

    /// The proxy that requests to a URL would use if `NO_PROXY` did not exclude the host.
    #[must_use]
    pub fn excepted_proxy(&self, url: &str) -> Option<Proxy> {
        let proxies = Proxies::from_env().ok()?;
        proxies.excepted(Url::parse(url).ok()?).cloned()
    }

    /// Entries of `NO_PROXY` that are neither a host nor a network, and therefore exclude nothing.
    #[must_use]
    pub fn ignored_no_proxy(&self) -> Vec<String> {
        Proxies::from_env().map_or_else(|_| Vec::new(), |it| it.ignored().to_vec())
    }

    /// Returns the error of the proxy on the way.
    ///
    /// # Errors
    /// The same error, if its cause is another.
    pub(crate) async fn of_proxy(
        &self,
        error: reqwest::Error,
    ) -> Result<ProxyError, reqwest::Error> {
        let settings = self.settings();
        if settings.configure.is_some() {
            return Err(error);
        }
        let asking = Asking {
            turn: &self.0.asking,
            tls: self.tls_config(),
            patience: settings.connect_timeout,
        };
        asking.about(error).await
    }

    /// The observer of requests and answers.
    pub(crate) fn watch(&self) -> Option<&Watch> {
        self.settings().watch.as_ref()
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The HTTP client for this way, on the caller's runtime.
    ///
    /// # Errors
    /// [`Error::NotBuilt`] for wrong settings of the caller, and [`Error::Proxy`] for a variable that names no proxy.
    pub(crate) fn client(&self, way: Way) -> Result<reqwest::Client, Error> {
        self.0.pools.client(way, || self.another_client(way))
    }

    /// The HTTP client for this way from now on, with a new pool, for a server that is about to close idle connections.
    ///
    /// # Errors
    /// As [`client`](Self::client).
    pub(crate) fn renewed_client(&self, way: Way) -> Result<reqwest::Client, Error> {
        self.0.pools.renew(way, || self.another_client(way))
    }

    /// Another HTTP client for this way with new connections only, for a request that the server wants on another
    /// connection.
    ///
    /// # Errors
    /// As [`client`](Self::client).
    pub(crate) fn another_client(&self, way: Way) -> Result<reqwest::Client, Error> {
        let Shared { settings, tls, .. } = &*self.0;
        settings.client(way, |builder| tls.set_up(settings, builder))
    }

    /// Sends a token request, once, and reads the whole answer.
    ///
    /// # Errors
    /// [`Error::NotBuilt`], [`Error::Proxy`], [`Error::Transport`] and [`Error::AnswerTooLong`].
    pub(crate) async fn send(
        &self,
        message: Message,
        timeout: Duration,
        clock: &Clock,
    ) -> Result<Answer, Error> {
        let client = self.client(message.way)?;
        self.send_by(&client, message, timeout, clock).await
    }

    /// The same, on a new connection.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub(crate) async fn send_elsewhere(
        &self,
        message: Message,
        timeout: Duration,
        clock: &Clock,
    ) -> Result<Answer, Error> {
        let client = self.another_client(message.way)?;
        self.send_by(&client, message, timeout, clock).await
    }

    async fn send_by(
        &self,
        client: &reqwest::Client,
        message: Message,
        timeout: Duration,
        clock: &Clock,
    ) -> Result<Answer, Error> {
        match http::send(client, message, timeout, clock, self.watch()).await {
            Err(Error::Transport(error)) => Err(self.explained(error).await),
            answer => answer,
        }
    }

    /// The host of this URL.
    pub(crate) fn host(&self, url: Url<'_>) -> Arc<Host> {
        self.0.hosts.host(url, self.settings())
    }

    fn change(self, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = self.settings().clone();
        change(&mut settings);
        Self::with(settings)
    }
}

impl Default for Connections {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections")
            .field("settings", self.settings())
            .finish_non_exhaustive()
    }
}

/// Kept as long as a client has them.
static OF_PROCESS: Mutex<Vec<Weak<Shared>>> = Mutex::new(Vec::new());
