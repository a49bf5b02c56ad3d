mod bodies;
mod calls;
mod ending;
mod fetch;
mod listener;
mod log;
mod options;
mod reading;
mod tls;

pub use options::ServerOptions;

use core::net::SocketAddr;
use core::time::Duration;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::certificate::Identity;
use crate::dashboard::Dashboard;
use crate::shared::Shared;
use crate::state::StateFile;
use crate::traffic::{Exchange, Traffic};
use crate::{
    CaCertificate, ClientSettings, Clock, Counters, Fault, Request, Response, Rules, Sandbox,
    StateError, platform,
};
use listener::{Connections, Line};
use options::Scheme;

/// The largest accepted body, in bytes: 40 MB (Redox: quotas and constraints); the answer to a longer one is 413.
pub const BODY_LIMIT: usize = 40_000_000;

/// A sandbox on a socket. The server moves bytes and reads the clock, and [`Sandbox`] decides.
///
/// It runs as a task of the tokio runtime that started it, and ends when dropped or with the runtime.
#[derive(Debug)]
pub struct Server {
    shared: Arc<Shared>,
    address: SocketAddr,
    base_url: String,
    authority: Option<CaCertificate>,
    dashboard: Option<Dashboard>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<io::Result<()>>,
}

impl Server {
    /// Starts listening. The server answers requests as soon as this returns.
    ///
    /// # Errors
    /// The address is not available, the system has no random bytes for the seed or the keys, no certificate can name
    /// the host, the server to behave like is unknown, or a [`StateError`].
    pub async fn start(options: ServerOptions) -> io::Result<Self> {
        let state = options.state.as_deref().map(StateFile::open).transpose();
        let (file, kept) = state.map_err(io::Error::other)?.unzip();
        let kept = kept.flatten();
        let wanted = options.address_or(kept.as_ref().map(|state| state.port));
        let listener = TcpListener::bind(wanted).await.map_err(|error| {
            let text = format!("cannot listen on {wanted}: {error}");
            io::Error::new(error.kind(), text)
        })?;
        let address = listener.local_addr()?;
        let base_url = options.url_at(address);
        let mut sandbox = Sandbox::new(&base_url, options.seed_or_random()?);
        let mut clients = tls::Clients::Any;
        if let Some(server) = &options.like {
            let rules = Rules::named(server).map_err(io::Error::other)?;
            if rules.wants_tls_certificate() {
                clients = tls::Clients::Certified;
            }
            sandbox.like(rules);
        }
        if let (Some(file), Some(kept)) = (&file, kept) {
            let restored = file.restore(kept, &mut sandbox);
            restored.map_err(io::Error::other)?;
        }
        let identity = match options.scheme {
            Scheme::Http => None,
            Scheme::Https => {
                let names = tls::names(&base_url, address);
                let clocks = [Timestamp::now(), options.clock.now()];
                Some(Identity::new(names, clocks, options.certificate_until)?)
            }
        };
        let authority = identity.as_ref().map(|it| it.authority.clone());
        let connections = Connections {
            listener,
            tls: identity.map(|it| tls::acceptor(it, clients)).transpose()?,
        };
        let shared = Arc::new(Shared {
            sandbox: Mutex::new(sandbox),
            clock: options.clock,
            traffic: options.dashboard.map(|_| Traffic::new()),
            state: file.map(|file| (file, address.port())),
            log: options.log,
        });
        let dashboard = match options.dashboard {
            Some(port) => Some(Dashboard::start(Arc::clone(&shared), port).await?),
            None => None,
        };
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&shared))
            .into_make_service_with_connect_info::<Line>();
        let (stop, stopped) = oneshot::channel();
        // Dropping the sender stops the server like sending a message.
        let shutdown = async move { stopped.await.unwrap_or_default() };
        let serve = axum::serve(connections, router).with_graceful_shutdown(shutdown);
        Ok(Self {
            shared,
            address,
            base_url,
            authority,
            dashboard,
            stop,
            task: tokio::spawn(async move { serve.await }),
        })
    }

    /// Its URL for clients, for example `http://127.0.0.1:49152`, without a slash at the end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The URL of its token endpoint.
    #[must_use]
    pub fn token_url(&self) -> String {
        self.sandbox().token_url()
    }

    /// The settings for a client, if this server is [like](ServerOptions::like) a server other than Redox.
    #[must_use]
    pub fn client_settings(&self) -> Option<ClientSettings> {
        let sandbox = self.sandbox();
        let rules = sandbox.rules()?;
        Some(rules.client_settings(&sandbox.site()))
    }

    /// The address it listens at.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of its dashboard, if it has [one](ServerOptions::dashboard).
    #[must_use]
    pub fn dashboard_url(&self) -> Option<String> {
        self.dashboard.as_ref().map(Dashboard::url)
    }

    /// The authority that clients must trust, if it speaks TLS.
    #[must_use]
    pub const fn ca_certificate(&self) -> Option<&CaCertificate> {
        self.authority.as_ref()
    }

    /// Its state: register keys, revoke tokens.
    ///
    /// Requests wait while you hold the guard, and so does a second call of this or of [`counters`](Self::counters).
    /// Drop the guard in the same statement, and before an `.await`.
    pub fn sandbox(&self) -> MutexGuard<'_, Sandbox> {
        self.shared.sandbox()
    }

    /// The counters so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.sandbox().counters()
    }

    /// Its clock, which tests can move while it runs.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    /// Writes the [state file](ServerOptions::state), if there is one and it does not hold the state already.
    ///
    /// # Errors
    /// A [`StateError`]; the file is then unchanged.
    pub fn save(&self) -> Result<(), StateError> {
        self.shared.save()
    }

    /// Stops listening and waits at most five seconds for answers under way. An answer that lasts longer because of a
    /// fault continues until its client leaves. The same applies to the dashboard. Then writes the state file, if there
    /// is one.
    ///
    /// # Errors
    /// Accepting connections has failed permanently, or the state file is not writable.
    pub async fn stop(self) -> io::Result<()> {
        let Self {
            shared,
            stop,
            mut task,
            dashboard,
            ..
        } = self;
        drop(stop);
        let dashboard = dashboard.map(Dashboard::stop);
        let both = async {
            (&mut task).await.map_err(io::Error::other)??;
            match dashboard {
                Some(dashboard) => dashboard.await.map_err(io::Error::other)?,
                None => Ok(()),
            }
        };
        let ended = tokio::time::timeout(GRACE, both).await;
        let ended = ended.unwrap_or_else(|_| {
            task.abort();
            Ok(())
        });
        ended.and(shared.save().map_err(io::Error::other))
    }
}

/// Every request, whatever its path: routing is a rule too.
async fn answer(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(line): ConnectInfo<Line>,
    request: axum::extract::Request,
) -> http::Response<Body> {
    let started = Instant::now();
    let (parts, body) = request.into_parts();
    let mut request = Request {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(ToOwned::to_owned),
        headers: parts.headers,
        body: Vec::new(),
    };
    request.body = match reading::whole(body).await {
        Ok(Some(body)) => body,
        Ok(None) => {
            let now = shared.clock.now();
            let refused = shared.sandbox().too_large(now);
            log::answered(&shared, &request, &refused, None);
            record(&shared, now, started, request, &refused, (None, None));
            return ending::answer(refused, line).await;
        }
        // The client left early, and reads no answer.
        Err(_) => {
            log::broken_off(&shared, &request);
            return http::Response::new(Body::empty());
        }
    };
    let wanted = shared.sandbox().jwks_wanted(&request);
    let fetched = match wanted {
        Some(wanted) => Some((fetch::jwks(&wanted.url).await, wanted.client_id)),
        None => None,
    };
    let now = shared.clock.now();
    let (response, circumstances) = {
        let mut sandbox = shared.sandbox();
        if let Some((jwks, client_id)) = fetched {
            // An unreadable set counts as unavailable, and the rules report that.
            let _unreadable = sandbox.jwks_fetched(&client_id, jwks.as_deref());
        }
        let response = sandbox.handle(now, &request);
        let rules = shared.traffic.as_ref().and_then(|_| sandbox.rules.clone());
        (response, (sandbox.faults.struck.take(), rules))
    };
    if request.path.starts_with(platform::PREFIX) {
        shared.save_or_log();
    }
    log::answered(&shared, &request, &response, circumstances.0.as_ref());
    record(&shared, now, started, request, &response, circumstances);
    ending::answer(response, line).await
}

/// Stores the exchange for the dashboard, if there is one.
fn record(
    shared: &Shared,
    now: Timestamp,
    started: Instant,
    request: Request,
    response: &Response,
    (struck, rules): (Option<Fault>, Option<Rules>),
) {
    if let Some(traffic) = &shared.traffic {
        let took = started.elapsed();
        traffic.record(Exchange::new(now, took, request, response, struck, rules));
    }
}

const GRACE: Duration = Duration::from_secs(5);
