//! The way to the servers: TLS, pools of connections, and how many token requests a host gets at a time.

pub(crate) mod host;
pub(crate) mod http;
pub(crate) mod pace;
mod pools;
mod settings;
mod tls;
pub(crate) mod way;

use core::fmt;
use core::time::Duration;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use redox_auth_core::{Now, Url};
use reqwest::ClientBuilder;

use crate::clock::Clock;
use crate::error::Error;
use host::{Host, Hosts};
use http::{Answer, Message};
use pace::Pacing;
use pools::Pools;
pub(crate) use settings::Settings;
use tls::Tls;
use way::Way;

/// TLS, root certificates and pools of connections, for any number of clients.
///
/// The clients of a process share one of these without being told to, unless [`Builder::http`] sets theirs up. A program
/// with settings of its own makes one, and gives a clone to each [`Builder`] by [`Builder::connections`]: clones share
/// everything. Each of the methods below makes another one, with nothing open yet.
///
/// Nothing is opened or read before the first request; the system's root certificates are read when the first server
/// shows its own.
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

#[derive(Debug, Default)]
struct Shared {
    settings: Settings,
    tls: Tls,
    pools: Pools,
    hosts: Hosts,
}

impl Connections {
    /// Connections apart from those of all other clients, with the usual settings.
    #[must_use]
    pub fn new() -> Self {
        Self::with(Settings::default())
    }

    pub(crate) fn with(settings: Settings) -> Self {
        Self(Arc::new(Shared {
            settings,
            ..Shared::default()
        }))
    }

    /// Those that the clients of this process share who asked for these settings.
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

    /// How long connecting may take, TLS included: 10 s unless said otherwise.
    #[must_use]
    pub fn connect_timeout(self, timeout: Duration) -> Self {
        self.change(|settings| settings.connect_timeout = timeout)
    }

    /// How many token requests may be under way with one host, whatever the number of clients: 64 unless said otherwise,
    /// and at least 1. Further ones wait for their turn, in the order in which they came.
    #[must_use]
    pub fn token_requests_at_once(self, number: usize) -> Self {
        self.change(|settings| settings.token_requests = number.max(1))
    }

    /// How fast requests to one host may begin, whatever the number of clients; see
    /// [`Builder::pace`](crate::Builder::pace).
    #[must_use]
    pub fn pace(self, pacing: Pacing) -> Self {
        self.change(|settings| settings.pacing = Some(pacing))
    }

    /// Sets up every HTTP client as the caller likes; see [`Builder::http`](crate::Builder::http).
    #[must_use]
    pub fn http(
        self,
        configure: impl Fn(ClientBuilder) -> ClientBuilder + Send + Sync + 'static,
    ) -> Self {
        self.change(|settings| settings.configure = Some(Arc::new(configure)))
    }

    /// Measures the pauses that hosts ask for by `now`, for tests that give the same clock to
    /// [`Builder::clock`](crate::Builder::clock).
    #[must_use]
    pub fn clock(self, now: impl Fn() -> Now + Send + Sync + 'static) -> Self {
        self.change(|settings| settings.clock = Arc::new(Clock::of(now)))
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// The HTTP client for this way, on the caller's runtime.
    ///
    /// # Errors
    /// What is wrong with the caller's settings.
    pub(crate) fn client(&self, way: Way) -> Result<reqwest::Client, reqwest::Error> {
        self.0.pools.client(way, || self.another_client(way))
    }

    /// The HTTP client for this way from now on, with a new pool: for a server that is about to close what is idle.
    ///
    /// # Errors
    /// What is wrong with the caller's settings.
    pub(crate) fn renewed_client(&self, way: Way) -> Result<reqwest::Client, reqwest::Error> {
        self.0.pools.renew(way, || self.another_client(way))
    }

    /// Another HTTP client for this way, whose connections are all new: for a request that the server wants on another one.
    ///
    /// # Errors
    /// What is wrong with the caller's settings.
    pub(crate) fn another_client(&self, way: Way) -> Result<reqwest::Client, reqwest::Error> {
        let Shared { settings, tls, .. } = &*self.0;
        settings.client(way, |builder| tls.set_up(builder))
    }

    /// Sends a token request, once, and reads the whole answer.
    ///
    /// # Errors
    /// [`Error::NotBuilt`], [`Error::Transport`] and [`Error::AnswerTooLong`].
    pub(crate) async fn send(
        &self,
        message: Message,
        timeout: Duration,
        clock: &Clock,
    ) -> Result<Answer, Error> {
        let client = self.client(message.way).map_err(Error::NotBuilt)?;
        http::send(&client, message, timeout, clock).await
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
        let client = self.another_client(message.way).map_err(Error::NotBuilt)?;
        http::send(&client, message, timeout, clock).await
    }

    /// The host of this URL.
    pub(crate) fn host(&self, url: Url<'_>) -> Arc<Host> {
        self.0.hosts.host(url, self.settings())
    }

    /// The same, if requests to it keep to a pace.
    pub(crate) fn paced_host(&self, url: Url<'_>) -> Option<Arc<Host>> {
        self.settings().pacing.map(|_| self.host(url))
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

/// Kept for as long as a client has them.
static OF_PROCESS: Mutex<Vec<Weak<Shared>>> = Mutex::new(Vec::new());
