//! A sandbox with a client that has a key there, and the HTTP clients that the layer is put over.

use core::convert::Infallible;
use core::future::{Ready, ready};
use core::task::{Context, Poll};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use redox_auth_reqwest::{Key, Redox, WriteError, write_jwk_set};
use redox_auth_sandbox::{Destination, OAuthKey, Server, ServerOptions, Source};
use redox_auth_tower::{Api, AuthorizeLayer};
use serde_json::json;
use tower::Service;

/// RFC 7515, appendix A.3.
const KEY: &[u8] = br#"{"kty":"EC","crv":"P-256",
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;

pub(crate) struct Sandbox {
    pub(crate) server: Server,
    pub(crate) redox: Redox,
    pub(crate) client_id: String,
    pub(crate) source_id: String,
    destination_id: String,
}

impl Sandbox {
    pub(crate) async fn start() -> Self {
        let server = Server::start(ServerOptions::new()).await.unwrap();
        let (client_id, source_id, destination_id) = {
            let mut state = server.sandbox();
            let destination = Destination::new("Hospital").slug("hospital");
            let key = OAuthKey::new().jwks(&jwks(&key()));
            state.add_source(Source::new("Another clinic")).unwrap();
            (
                state.register_oauth_key(key).unwrap(),
                state.add_source(Source::new("Clinic")).unwrap(),
                state.add_destination(destination).unwrap(),
            )
        };
        let redox = Redox::builder()
            .base_url(server.base_url())
            .oauth_key(&client_id, key())
            .source_id(&source_id);
        Self {
            redox: redox.build().unwrap(),
            server,
            client_id,
            source_id,
            destination_id,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server.base_url())
    }

    /// A message that is good if its token is.
    pub(crate) fn message(&self) -> String {
        let message = json!({
            "Meta": {
                "DataModel": "PatientAdmin",
                "EventType": "NewPatient",
                "Source": { "ID": self.source_id },
                "Destinations": [{ "ID": self.destination_id }],
            },
        });
        message.to_string()
    }

    /// The same as a request of `http`.
    pub(crate) fn post(&self) -> HttpRequest {
        let request =
            Request::post(self.url("/endpoint")).header("content-type", "application/json");
        request.body(Full::from(self.message())).unwrap()
    }

    pub(crate) fn layer<R: Clone>(&self) -> AuthorizeLayer<Redox, R> {
        AuthorizeLayer::new(self.redox.clone(), Api::DataModel)
    }

    /// Has the sandbox refuse every assertion from now on.
    pub(crate) fn disable_client(&self) {
        let mut state = self.server.sandbox();
        state.disable_client(&self.client_id).unwrap();
    }

    /// How many tokens were asked for, messages accepted, and requests answered 401.
    pub(crate) fn counts(&self) -> (u64, u64, u64) {
        let counters = self.server.counters();
        (
            counters.token_requests,
            counters.messages_accepted,
            counters.unauthorized,
        )
    }
}

pub(crate) fn key() -> Key {
    Key::parse(KEY).unwrap()
}

fn jwks(key: &Key) -> String {
    let public = [(key.key_id(), key.public_key().unwrap())];
    let Err(WriteError::BufferTooSmall { needed }) = write_jwk_set(&public, &mut []) else {
        panic!("a JWK Set of no bytes");
    };
    let mut buffer = vec![0; needed];
    write_jwk_set(&public, &mut buffer).unwrap().to_owned()
}

pub(crate) type HttpRequest = Request<Full<Bytes>>;

pub(crate) fn hyper() -> Client<HttpConnector, Full<Bytes>> {
    Client::builder(TokioExecutor::new()).build_http()
}

pub(crate) fn reqwest() -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .tls_certs_only([])
        .build()
        .unwrap()
}

/// A client that sends nothing anywhere, and answers everything with one status. It says so when it is called before it
/// was ready, as one that limits concurrency would; its clones have to be asked anew.
#[derive(Debug)]
pub(crate) struct Recorder {
    status: u16,
    is_ready: bool,
    sent: Arc<Mutex<Vec<HeaderMap>>>,
}

impl Recorder {
    pub(crate) fn answering(status: u16) -> Self {
        Self {
            status,
            is_ready: false,
            sent: Arc::default(),
        }
    }

    /// The headers of what it was given to send.
    pub(crate) fn sent(&self) -> Vec<HeaderMap> {
        self.sent.lock().unwrap().clone()
    }
}

impl Clone for Recorder {
    fn clone(&self) -> Self {
        Self {
            status: self.status,
            is_ready: false,
            sent: Arc::clone(&self.sent),
        }
    }
}

impl<B> Service<Request<B>> for Recorder {
    type Response = Response<()>;
    type Error = Infallible;
    type Future = Ready<Result<Response<()>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.is_ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        assert!(
            core::mem::take(&mut self.is_ready),
            "called before it was ready"
        );
        self.sent.lock().unwrap().push(request.headers().clone());
        let answer = Response::builder().status(self.status).body(());
        ready(Ok(answer.unwrap()))
    }
}
