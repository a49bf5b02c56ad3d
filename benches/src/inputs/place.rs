use core::time::Duration;
use std::sync::{Arc, mpsc};
use std::thread;

use redox_auth_contender::{KeyName, Task};
use redox_auth_reqwest::{Key, Redox, RequestBuilder, write_jwk_set};
use redox_auth_sandbox::{Destination, OAuthKey, Server, ServerOptions, Source};
use tokio::runtime::{Builder, Runtime};

/// A client of a sandbox of its own.
pub(crate) fn client(task: &Task) -> (Redox, Place) {
    let place = Place::start(task.key(KeyName::Es256));
    (place.client(), place)
}

/// With the timeouts of the adapter, which a program without the adapter needs as well.
pub(crate) fn plain_client() -> reqwest::Client {
    let client = reqwest::Client::builder()
        .no_proxy()
        .user_agent("redox-auth-benches")
        .connect_timeout(Duration::from_secs(10))
        .timeout(Duration::from_secs(30));
    client.build().expect("a client")
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
