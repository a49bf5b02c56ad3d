use core::sync::atomic::{AtomicUsize, Ordering};
use core::time::Duration;
use std::net::TcpListener as Unanswered;
use std::sync::{Arc, mpsc};
use std::thread;

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::post;
use redox_auth_contender::{KeyName, Task};
use redox_auth_reqwest::{Key, Redox, Tenants};
use tokio::net::TcpListener;

use super::place::runtime;

/// Token endpoints on this machine, each on a port of its own, which answer every request alike. A thread serves them for
/// as long as the process lives.
pub(crate) struct TokenHosts {
    urls: Vec<String>,
    load: Arc<Load>,
}

/// How token endpoints answer.
#[derive(Clone, Copy)]
pub(crate) struct Answers {
    /// How long an answer takes.
    pub(crate) after: Duration,
    /// The lifetime of its token, in seconds.
    pub(crate) lifetime_secs: u32,
}

/// What was asked of token endpoints.
#[derive(Default)]
struct Load {
    requests: AtomicUsize,
    under_way: AtomicUsize,
    most_under_way: AtomicUsize,
}

impl TokenHosts {
    pub(crate) fn start(count: usize, answers: Answers) -> Self {
        let load = Arc::new(Load::default());
        let (sender, urls) = mpsc::channel();
        let shared = Arc::clone(&load);
        thread::spawn(move || {
            runtime().block_on(async move {
                for _ in 0..count {
                    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
                    let address = listener.local_addr().expect("its address");
                    let router = Router::new()
                        .route("/token", post(answer))
                        .with_state((Arc::clone(&shared), answers));
                    tokio::spawn(async { axum::serve(listener, router).await });
                    sender
                        .send(format!("http://{address}/token"))
                        .expect("somebody waits for it");
                }
                drop(sender);
                core::future::pending::<()>().await;
            });
        });
        Self {
            urls: urls.iter().collect(),
            load,
        }
    }

    /// The token URLs, one of each host.
    pub(crate) fn urls(&self) -> &[String] {
        &self.urls
    }

    /// The number of requests.
    pub(crate) fn requests(&self) -> usize {
        self.load.requests.load(Ordering::Relaxed)
    }

    /// The largest number of requests under way at once.
    pub(crate) fn most_under_way(&self) -> usize {
        self.load.most_under_way.load(Ordering::Relaxed)
    }
}

async fn answer(
    State((load, answers)): State<(Arc<Load>, Answers)>,
    _: String,
) -> impl IntoResponse {
    load.requests.fetch_add(1, Ordering::Relaxed);
    let under_way = load.under_way.fetch_add(1, Ordering::Relaxed);
    load.most_under_way
        .fetch_max(under_way.saturating_add(1), Ordering::Relaxed);
    if !answers.after.is_zero() {
        tokio::time::sleep(answers.after).await;
    }
    load.under_way.fetch_sub(1, Ordering::Relaxed);
    let token = "t".repeat(TOKEN_LEN);
    let secs = answers.lifetime_secs;
    let body = format!(r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":{secs}}}"#);
    ([(CONTENT_TYPE, "application/json")], body)
}

/// A host that takes connections, as the system does for it, and never answers.
pub(crate) struct DeadHost(Unanswered);

impl DeadHost {
    pub(crate) fn start() -> Self {
        Self(Unanswered::bind("127.0.0.1:0").expect("a port"))
    }

    pub(crate) fn url(&self) -> String {
        let address = self.0.local_addr().expect("its address");
        format!("http://{address}/token")
    }
}

/// Room for so many tenants, named by [`tenant`], each with a client of its own at one of these token URLs by turns.
pub(crate) fn tenants(task: &Task, capacity: usize, urls: Vec<String>) -> Tenants<String> {
    let key = task.key(KeyName::Es384).to_owned();
    let builder = Tenants::builder().capacity(capacity);
    builder.build_async(move |name: String| {
        let number = name.rsplit('-').next().and_then(|it| it.parse().ok());
        let at = number.unwrap_or(0_usize).checked_rem(urls.len());
        let url = at.and_then(|at| urls.get(at)).map_or("", String::as_str);
        let builder = Redox::builder().token_url(url);
        let key = Key::parse(key.as_bytes());
        async move {
            let redox = builder.oauth_key(&name, key?).build()?;
            Ok::<_, Box<dyn core::error::Error + Send + Sync>>(redox)
        }
    })
}

/// The key of a tenant, which is its client ID, too.
pub(crate) fn tenant(number: usize) -> String {
    format!("tenant-{number}")
}

/// The length of a token with claims, in characters.
const TOKEN_LEN: usize = 800;
