mod fetch;

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use core::time::Duration;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::{Clock, Counters, Request, Response, Sandbox};

/// The largest body that is taken, in bytes: 40 MB (Redox: quotas and constraints); beyond it the
/// answer is 413.
pub const BODY_LIMIT: usize = 40_000_000;

/// A sandbox on a socket: it moves bytes and reads the clock, and [`Sandbox`] decides.
///
/// It runs as a task of the tokio runtime that started it. Dropping it, or the runtime, ends it.
#[derive(Debug)]
pub struct Server {
    shared: Arc<Shared>,
    address: SocketAddr,
    base_url: String,
    stop: oneshot::Sender<()>,
    task: JoinHandle<io::Result<()>>,
}

/// How to start a [`Server`]; the default is a free loopback port, the machine's clock, and
/// tokens that nobody can foresee.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    address: SocketAddr,
    base_url: Option<String>,
    seed: Option<Seed>,
    clock: Clock,
}

/// Who knows it knows every token to come.
#[derive(Clone, Copy)]
struct Seed([u8; 32]);

impl core::fmt::Debug for Seed {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Seed([redacted])")
    }
}

impl ServerOptions {
    /// The default options.
    #[must_use]
    pub fn new() -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            base_url: None,
            seed: None,
            clock: Clock::system(),
        }
    }

    /// Listens at this address; port 0 is a free one.
    #[must_use]
    pub const fn address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// Says what clients call the server, where that is not the address it listens at: a name, a
    /// proxy, the host as an emulated board sees it. An assertion's `aud` has to begin with it.
    #[must_use]
    pub fn base_url(mut self, url: &str) -> Self {
        self.base_url = Some(url.trim_end_matches('/').to_owned());
        self
    }

    /// Draws tokens and IDs from this seed, so that a run can be repeated.
    #[must_use]
    pub const fn seed(mut self, seed: [u8; 32]) -> Self {
        self.seed = Some(Seed(seed));
        self
    }

    /// Goes by this clock, for example a frozen one.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl Server {
    /// Starts listening. Requests are answered from when this returns.
    ///
    /// # Errors
    /// The address cannot be bound, or the system has no random bytes for the seed.
    pub async fn start(options: ServerOptions) -> io::Result<Self> {
        let listener = TcpListener::bind(options.address).await?;
        let address = listener.local_addr()?;
        let base_url = options.base_url.unwrap_or_else(|| url_of(address));
        let seed = match options.seed {
            Some(Seed(seed)) => seed,
            None => random_seed()?,
        };
        let shared = Arc::new(Shared {
            sandbox: Mutex::new(Sandbox::new(&base_url, seed)),
            clock: options.clock,
        });
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&shared));
        let (stop, stopped) = oneshot::channel();
        // A dropped sender says stop as well as a sent message does.
        let shutdown = async move { stopped.await.unwrap_or_default() };
        let serve = axum::serve(listener, router).with_graceful_shutdown(shutdown);
        Ok(Self {
            shared,
            address,
            base_url,
            stop,
            task: tokio::spawn(async move { serve.await }),
        })
    }

    /// What clients call it, for example `http://127.0.0.1:49152`; no slash at the end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The address it listens at.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its state: register keys, revoke tokens.
    ///
    /// Requests wait while the guard is held, and so does a second call of this or of
    /// [`counters`](Self::counters): let it go in the same statement, and before an `.await`.
    pub fn sandbox(&self) -> MutexGuard<'_, Sandbox> {
        self.shared.sandbox()
    }

    /// What happened so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.sandbox().counters()
    }

    /// Its clock, to move while it runs.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    /// Stops listening and waits for what is under way to finish, but at most five seconds.
    ///
    /// # Errors
    /// Accepting connections had failed for good before.
    pub async fn stop(self) -> io::Result<()> {
        let Self { stop, mut task, .. } = self;
        drop(stop);
        match tokio::time::timeout(GRACE, &mut task).await {
            Ok(ended) => ended.map_err(io::Error::other)?,
            Err(_) => {
                task.abort();
                Ok(())
            }
        }
    }
}

/// What the handler and the owner of the server share.
#[derive(Debug)]
struct Shared {
    sandbox: Mutex<Sandbox>,
    clock: Clock,
}

impl Shared {
    /// A test that panics with the guard in its hand must not fail the others.
    fn sandbox(&self) -> MutexGuard<'_, Sandbox> {
        self.sandbox.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Every request, whatever its path: routing is a rule too.
async fn answer(
    State(shared): State<Arc<Shared>>,
    request: axum::extract::Request,
) -> http::Response<Body> {
    let (parts, body) = request.into_parts();
    let body = match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(body) => body.to_bytes().to_vec(),
        Err(error) if error.is::<LengthLimitError>() => {
            let now = shared.clock.now();
            return shared.sandbox().too_large(now).into();
        }
        // The client went away in the middle: nobody is left to read an answer.
        Err(_) => return http::Response::new(Body::empty()),
    };
    let request = Request {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(ToOwned::to_owned),
        headers: parts.headers,
        body,
    };
    let wanted = shared.sandbox().jwks_wanted(&request);
    let fetched = match wanted {
        Some(wanted) => Some((fetch::jwks(&wanted.url).await, wanted.client_id)),
        None => None,
    };
    let now = shared.clock.now();
    let mut sandbox = shared.sandbox();
    if let Some((jwks, client_id)) = fetched {
        // A set that cannot be read counts as one that cannot be had, and the rules say so.
        let _unreadable = sandbox.jwks_fetched(&client_id, jwks.as_deref());
    }
    sandbox.handle(now, &request).into()
}

impl From<Response> for http::Response<Body> {
    fn from(response: Response) -> Self {
        let mut answer = Self::new(Body::from(response.body));
        *answer.status_mut() = response.status;
        *answer.headers_mut() = response.headers;
        answer
    }
}

/// Nobody can connect to "any address", so it is called by the loopback address.
fn url_of(address: SocketAddr) -> String {
    let host = match address.ip() {
        IpAddr::V4(any) if any.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(any) if any.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        host => host,
    };
    format!("http://{}", SocketAddr::new(host, address.port()))
}

fn random_seed() -> io::Result<[u8; 32]> {
    let mut seed = [0; 32];
    aws_lc_rs::rand::fill(&mut seed).map_err(io::Error::other)?;
    Ok(seed)
}

const GRACE: Duration = Duration::from_secs(5);
