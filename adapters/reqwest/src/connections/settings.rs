use core::fmt;
use core::time::Duration;
use std::sync::Arc;

use reqwest::ClientBuilder;
use reqwest::redirect::Policy;

use super::pace::Pacing;
use super::way::Way;
use crate::clock::Clock;
use crate::error::Error;
use crate::proxies::Proxies;
use crate::trust::{CaFile, ClientCertificate};
use crate::watch::Watch;

/// How connections are made, and how many token requests a host gets at a time.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) connect_timeout: Duration,
    /// The most token requests that are under way with one host.
    pub(crate) token_requests: usize,
    /// How fast requests to a host may begin, if there is a limit.
    pub(crate) pacing: Option<Pacing>,
    /// Authorities that the client trusts as well as the system's.
    pub(crate) ca_file: Option<CaFile>,
    /// The certificate for servers that ask for one.
    pub(crate) client_certificate: Option<ClientCertificate>,
    pub(crate) configure: Option<Arc<Configure>>,
    /// The observer of requests and answers.
    pub(crate) watch: Option<Watch>,
    pub(crate) clock: Arc<Clock>,
}

/// The caller's changes to every [`ClientBuilder`].
pub(crate) type Configure = dyn Fn(ClientBuilder) -> ClientBuilder + Send + Sync;

impl Settings {
    /// Whether connections with these settings may serve a client that asked for `other`. Functions cannot be compared.
    pub(crate) fn are_same(&self, other: &Self) -> bool {
        let is_plain = |it: &Self| it.configure.is_none() && it.clock.is_machines();
        is_plain(self)
            && is_plain(other)
            && self.connect_timeout == other.connect_timeout
            && self.token_requests == other.token_requests
            && self.pacing == other.pacing
            && self.ca_file == other.ca_file
            && self.client_certificate == other.client_certificate
            && self.watch == other.watch
    }

    /// Creates an HTTP client without redirects and without repetitions. To loopback it uses no proxy, which would be
    /// another machine; over plain http it needs no root certificates.
    ///
    /// `tls` sets up what the caller left out.
    ///
    /// # Errors
    /// [`Error::NotBuilt`], and [`Error::Proxy`] if a variable names no proxy.
    pub(crate) fn client(
        &self,
        way: Way,
        tls: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Result<reqwest::Client, Error> {
        let builder = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .connect_timeout(self.connect_timeout)
            .pool_idle_timeout(IDLE_TIME)
            .http2_keep_alive_interval(PING_INTERVAL)
            .http2_keep_alive_timeout(PING_TIMEOUT);
        let mut builder = match (&self.configure, way) {
            (None, Way::LoopbackPlain) => builder.tls_certs_only([]),
            (None, Way::LoopbackTls) => tls(builder),
            (None, Way::Remote) => tls(builder).proxy(Proxies::from_env()?.for_client()),
            (Some(configure), Way::LoopbackPlain) => configure(builder.tls_certs_only([])),
            (Some(configure), _) => configure(self.with_certificates(builder)?),
        };
        if way.is_loopback() {
            builder = builder.no_proxy();
        }
        builder
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .build()
            .map_err(Error::NotBuilt)
    }

    /// The settings of TLS as reqwest takes them, for a caller that sets up the rest.
    fn with_certificates(&self, mut builder: ClientBuilder) -> Result<ClientBuilder, Error> {
        if let Some(file) = &self.ca_file {
            let certificates = file.certificates().iter();
            let certificates = certificates.map(|it| reqwest::Certificate::from_der(it));
            let certificates = certificates.collect::<Result<Vec<_>, _>>();
            builder = builder.tls_certs_merge(certificates.map_err(Error::NotBuilt)?);
        }
        if let Some(certificate) = &self.client_certificate {
            let identity = reqwest::Identity::from_pem(certificate.pem());
            builder = builder.identity(identity.map_err(Error::NotBuilt)?);
        }
        Ok(builder)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            token_requests: TOKEN_REQUESTS,
            pacing: None,
            ca_file: None,
            client_certificate: None,
            configure: None,
            watch: None,
            clock: Arc::new(Clock::Machine),
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("connect_timeout", &self.connect_timeout)
            .field("token_requests", &self.token_requests)
            .field("pacing", &self.pacing)
            .field("ca_file", &self.ca_file)
            .finish_non_exhaustive()
    }
}

/// How long the client keeps an idle connection: below the 60 s of AWS' load balancers and the 75 s of nginx. For requests
/// to the API a shorter time in the server's answer (`Keep-Alive: timeout`) takes precedence.
const IDLE_TIME: Duration = Duration::from_secs(50);

/// After this time without a byte while requests are under way, HTTP/2 asks whether the server is there (RFC 9113 §6.7).
const PING_INTERVAL: Duration = Duration::from_secs(5);

/// How long the server may take to answer that question before the client closes the connection.
const PING_TIMEOUT: Duration = Duration::from_secs(4);

const USER_AGENT: &str = concat!("redox-auth/", env!("CARGO_PKG_VERSION"));

/// Enough to renew ten thousand tokens in a minute at 300 ms each.
const TOKEN_REQUESTS: usize = 64;
