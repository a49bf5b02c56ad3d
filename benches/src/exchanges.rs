use core::future::Future;
use std::sync::mpsc;
use std::thread;

use redox_auth_contender::{KeyName, Task, Work};
use redox_auth_reqwest::{Api, Key, Method, Redox, UnixTime, write_jwk_set};
use redox_auth_sandbox::{Destination, OAuthKey, Server, ServerOptions, Source};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

use crate::calls::{OURS, offer};

/// Whole exchanges with a sandbox that runs on a thread of its own, and what the adapter adds to a request.
#[must_use]
pub fn exchanges(task: &Task) -> Vec<Work> {
    let (redox, place) = client(task);
    vec![
        cached(&redox),
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
fn client(task: &Task) -> (Redox, Place) {
    let key = || Key::parse(task.key(KeyName::Es256).as_bytes()).expect("the adapter's key");
    let place = Place::start(&key());
    let redox = Redox::builder()
        .base_url(&place.base_url)
        .oauth_key(&place.client_id, key())
        .build()
        .expect("a client");
    (redox, place)
}

fn cached(redox: &Redox) -> Work {
    let (redox, runtime) = (redox.clone(), runtime());
    let offer = offer(
        "cached token, adapter",
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
    let (redox, message) = (redox.clone(), place.message.clone());
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
    let message = place.message.clone();
    let url = format!("{}/endpoint", place.base_url);
    let client = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client");
    let token = runtime().block_on(redox.token()).expect("a token");
    let how =
        "`reqwest::Client::post` with the same token as a fixed header, 16 at a time on one thread";
    at_a_time(offer(AUTHORIZED, "reqwest", how), move || {
        let request = client
            .post(&url)
            .bearer_auth(token.expose())
            .header("content-type", "application/json")
            .body(message.clone());
        async move {
            let response = request.send().await.expect("an answer");
            assert!(response.status().is_success(), "{}", response.status());
            response.bytes().await.expect("a body");
        }
    })
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

fn runtime() -> Runtime {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime")
}

/// Where exchanges go.
struct Place {
    base_url: String,
    client_id: String,
    message: String,
}

impl Place {
    /// A sandbox with one client, which lives as long as the process.
    fn start(key: &Key) -> Self {
        let public_key = key.public_key().expect("a key of our own");
        let mut jwks = vec![0; 2048];
        let jwks = write_jwk_set(&[(key.key_id(), public_key)], &mut jwks).expect("a JWK Set");
        let jwks = jwks.to_owned();
        let (sender, started) = mpsc::channel();
        thread::spawn(move || {
            runtime().block_on(async move {
                let server = Server::start(ServerOptions::new()).await.expect("a server");
                let place = {
                    let mut state = server.sandbox();
                    let client = state.register_oauth_key(OAuthKey::new().jwks(&jwks));
                    state.add_source(Source::new("Clinic")).expect("a source");
                    let destination = state.add_destination(Destination::new("Hospital"));
                    Self {
                        base_url: server.base_url().to_owned(),
                        client_id: client.expect("a client"),
                        message: message(&destination.expect("a destination")),
                    }
                };
                sender.send(place).expect("somebody waits for it");
                core::future::pending::<()>().await;
            });
        });
        started.recv().expect("the server starts")
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

const AUTHORIZED: &str = "authorized request";
