use core::future::Future;
use core::hint::black_box;
use core::time::Duration;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Instant;

use arc_swap::ArcSwapOption;
use redox_auth_contender::{KeyName, Task, Work};
use redox_auth_reqwest::{Api, Key, Method, Redox, RequestBuilder, UnixTime, write_jwk_set};
use redox_auth_sandbox::{Destination, OAuthKey, Server, ServerOptions, Source};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use crate::offer::{OURS, offer};

/// Whole exchanges with a sandbox that runs on a thread of its own, and what the adapter adds to a request.
#[must_use]
pub fn exchanges(task: &Task) -> Vec<Work> {
    let (redox, place) = client(task);
    vec![
        cached(&redox),
        clock_and_arc_swap(),
        token_exchange(&redox),
        authorized_request(&redox, &place),
        fixed_header(&redox, &place),
    ]
}

/// The token of a client that has one.
pub fn cached_token(task: &Task) -> impl Iterator<Item = Work> + use<> {
    let (redox, _) = client(task);
    core::iter::once(cached(&redox))
}

/// A client of a sandbox of its own.
pub(crate) fn client(task: &Task) -> (Redox, Place) {
    let place = Place::start(task.key(KeyName::Es256));
    (place.client(), place)
}

fn cached(redox: &Redox) -> Work {
    let (redox, runtime) = (redox.clone(), runtime());
    let offer = offer(
        CACHED,
        OURS,
        "`Redox::token`, which shares the token with whoever asks",
    );
    Work::bulk(offer, move |count| {
        runtime.block_on(async {
            for _ in 0..count {
                redox.token().await.expect("a token");
            }
        });
    })
}

/// The least that a read of something that another thread may replace, and that is good until a time, can take.
fn clock_and_arc_swap() -> Work {
    let shared = ArcSwapOption::from_pointee(Instant::now());
    let how = "`Instant::now` and `ArcSwapOption::load`, with nothing made of either";
    Work::bulk(offer(CACHED, "clock and arc_swap", how), move |count| {
        for _ in 0..count {
            black_box(Instant::now());
            black_box(shared.load());
        }
    })
}

fn token_exchange(redox: &Redox) -> Work {
    let redox = redox.clone();
    let how = "`Redox::assertion` and `Redox::exchange`, 16 at a time on one thread, ES256";
    at_a_time(offer("token exchange", OURS, how), move || {
        let redox = redox.clone();
        async move {
            let now = redox.server_time().unwrap_or(UnixTime::from_secs(0));
            let assertion = redox.assertion(now).expect("an assertion");
            redox.exchange(&assertion).await.expect("a token");
        }
    })
}

fn authorized_request(redox: &Redox, place: &Place) -> Work {
    let (redox, message) = (redox.clone(), place.message());
    let how = "`Redox::request` and `Redox::send`, 16 at a time on one thread";
    at_a_time(offer(AUTHORIZED, OURS, how), move || {
        let (redox, message) = (redox.clone(), message.clone());
        async move {
            let request = redox.request(Method::POST, "/endpoint").expect("a path");
            let request = request
                .header("content-type", "application/json")
                .body(message);
            let response = redox
                .send(Api::DataModel, request)
                .await
                .expect("an answer");
            assert!(response.status().is_success(), "{}", response.status());
            response.bytes().await.expect("a body");
        }
    })
}

fn fixed_header(redox: &Redox, place: &Place) -> Work {
    let (place, client) = (place.clone(), plain_client());
    let token = runtime().block_on(redox.token()).expect("a token");
    let how = "`reqwest::Client::post` with the same token as a fixed header and the same timeouts, 16 at a time on one thread";
    at_a_time(offer(AUTHORIZED, "reqwest", how), move || {
        let request = place.plain_request(&client, token.expose());
        async move {
            let response = request.send().await.expect("an answer");
            assert!(response.status().is_success(), "{}", response.status());
            response.bytes().await.expect("a body");
        }
    })
}

/// With the timeouts of the adapter's: who sends without it wants them, too.
pub(crate) fn plain_client() -> reqwest::Client {
    let client = reqwest::Client::builder()
        .no_proxy()
        .user_agent("redox-auth-benches")
        .connect_timeout(Duration::from_secs(10))
        .timeout(Duration::from_secs(30));
    client.build().expect("a client")
}

/// So often, with as many under way at once as a busy service has.
fn at_a_time<F>(offer: redox_auth_contender::Offer, once: impl Fn() -> F + Clone + 'static) -> Work
where
    F: Future<Output = ()> + 'static,
{
    let runtime = runtime();
    Work::bulk(offer, move |count| {
        let tasks = tokio::task::LocalSet::new();
        let once = once.clone();
        tasks.block_on(&runtime, async move {
            let mut under_way = JoinSet::new();
            for _ in 0..count {
                if under_way.len() == AT_A_TIME {
                    under_way
                        .join_next()
                        .await
                        .expect("one is under way")
                        .expect("it ends");
                }
                under_way.spawn_local(once());
            }
            while let Some(done) = under_way.join_next().await {
                done.expect("it ends");
            }
        });
    })
}

pub(crate) fn runtime() -> Runtime {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime")
}

/// Where exchanges go.
#[derive(Clone)]
pub(crate) struct Place {
    server: Arc<Server>,
    client_id: String,
    key: String,
    message: String,
}

impl Place {
    /// A sandbox with one client, on a thread of its own for as long as the process lives.
    pub(crate) fn start(key: &str) -> Self {
        let parsed = Key::parse(key.as_bytes()).expect("the adapter's key");
        let public_key = parsed.public_key().expect("a key of our own");
        let mut jwks = vec![0; 2048];
        let jwks = write_jwk_set(&[(parsed.key_id(), public_key)], &mut jwks).expect("a JWK Set");
        let (sender, started) = mpsc::channel();
        thread::spawn(move || {
            runtime().block_on(async move {
                let server = Server::start(ServerOptions::new()).await.expect("a server");
                let server = Arc::new(server);
                let shared = Arc::clone(&server);
                sender.send(shared).expect("somebody waits for it");
                core::future::pending::<()>().await;
            });
        });
        let server = started.recv().expect("the server starts");
        let (client_id, destination_id) = {
            let mut state = server.sandbox();
            let client = state.register_oauth_key(OAuthKey::new().jwks(jwks));
            state.add_source(Source::new("Clinic")).expect("a source");
            let destination = state.add_destination(Destination::new("Hospital"));
            (
                client.expect("a client"),
                destination.expect("a destination"),
            )
        };
        Self {
            server,
            client_id,
            key: key.to_owned(),
            message: message(&destination_id),
        }
    }

    /// A client without a token.
    pub(crate) fn client(&self) -> Redox {
        let key = Key::parse(self.key.as_bytes()).expect("the adapter's key");
        let builder = Redox::builder().base_url(self.server.base_url());
        let redox = builder.oauth_key(&self.client_id, key).build();
        redox.expect("a client")
    }

    /// How long tokens live from now on.
    pub(crate) fn let_tokens_live(&self, secs: u32) {
        self.server.sandbox().set_token_lifetime_secs(secs);
    }

    /// The message that is sent.
    pub(crate) fn message(&self) -> String {
        self.message.clone()
    }

    /// The same request without the adapter.
    pub(crate) fn plain_request(&self, client: &reqwest::Client, token: &str) -> RequestBuilder {
        client
            .post(format!("{}/endpoint", self.server.base_url()))
            .bearer_auth(token)
            .header("content-type", "application/json")
            .body(self.message())
    }
}

fn message(destination_id: &str) -> String {
    serde_json::json!({
        "Meta": {
            "DataModel": "PatientAdmin",
            "EventType": "NewPatient",
            "Destinations": [{ "ID": destination_id }],
        },
    })
    .to_string()
}

const AT_A_TIME: usize = 16;

const CACHED: &str = "cached token, adapter";

const AUTHORIZED: &str = "authorized request";
