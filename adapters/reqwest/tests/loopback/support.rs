//! The servers of the tests, and access to their records.

pub(crate) mod canned;
pub(crate) mod clocks;
pub(crate) mod keys;

use core::error::Error;
use std::env;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use p521::ecdsa::signature::Verifier;
use redox_auth_reqwest::{
    Api, Builder, Key, Method, Redox, RequestBuilder, Response, Signer, Token, UnixTime,
    WriteError, write_jwk_set,
};
use redox_auth_sandbox::{
    Destination, Fault, LegacyKey, LiveTokens, OAuthKey, Place, Server, ServerOptions, Source,
    Times,
};
use serde_json::{Value, json};

use canned::{Answer, Canned};
use clocks::Clocks;

/// A client ID as Redox makes them.
pub(crate) const CLIENT_ID: &str = "2f1c7a52-7d7b-4a5c-9d6e-0d6f3d6a5b11";

/// A sandbox with two sources, so that each request has to name one, and a destination for messages and FHIR.
pub(crate) struct Sandbox {
    pub(crate) server: Server,
    pub(crate) source_id: String,
    pub(crate) destination_id: String,
}

impl Sandbox {
    pub(crate) async fn start() -> Self {
        Self::start_with(ServerOptions::new()).await
    }

    pub(crate) async fn start_with(options: ServerOptions) -> Self {
        let server = Server::start(options).await.unwrap();
        let (source_id, destination_id) = {
            let mut state = server.sandbox();
            state.add_source(Source::new("Another clinic")).unwrap();
            let destination = Destination::new("Hospital").slug("hospital");
            (
                state.add_source(Source::new("Clinic")).unwrap(),
                state.add_destination(destination).unwrap(),
            )
        };
        Self {
            server,
            source_id,
            destination_id,
        }
    }

    /// A sandbox, a client with a new key, and the clocks of both.
    pub(crate) async fn with_client() -> (Self, Clocks, Redox) {
        let sandbox = Self::start().await;
        let clocks = Clocks::with(sandbox.server.clock());
        let redox = sandbox.client(keys::es256()).clock(clocks.now());
        let redox = redox.build().unwrap();
        (sandbox, clocks, redox)
    }

    /// How often a token was asked for at the token endpoint.
    pub(crate) fn token_requests(&self) -> u64 {
        self.server.counters().token_requests
    }

    /// Lets this fault strike at the token endpoint.
    pub(crate) fn fail_at_tokens(&self, fault: &Fault, times: Times) {
        let mut state = self.server.sandbox();
        state.inject(Place::Token, fault.clone(), times);
    }

    /// Registers the public half of `key` and returns the client ID.
    pub(crate) fn register(&self, key: &Key) -> String {
        let key = OAuthKey::new().jwks(&jwks(key));
        self.server.sandbox().register_oauth_key(key).unwrap()
    }

    /// A client with this key, which is registered.
    pub(crate) fn client(&self, key: Key) -> Builder {
        let client_id = self.register(&key);
        Redox::builder()
            .base_url(self.server.base_url())
            .oauth_key(client_id, key)
    }

    /// The time by the sandbox's clock.
    pub(crate) fn now(&self) -> UnixTime {
        UnixTime::from_secs(u64::try_from(self.server.clock().now().as_second()).unwrap())
    }

    /// Sends a message that is good if the client's token is.
    pub(crate) async fn send_message(&self, redox: &Redox) -> Response {
        let message = self.message(redox);
        redox.send(Api::DataModel, message).await.unwrap()
    }

    /// Sends one with a token that the client does not know.
    pub(crate) async fn send_message_with(&self, redox: &Redox, token: &Token) -> Response {
        let message = self.message(redox).bearer_auth(token.expose());
        message.send().await.unwrap()
    }

    /// A message from the source to the destination, still without a token.
    pub(crate) fn message(&self, redox: &Redox) -> RequestBuilder {
        let message = json!({
            "Meta": {
                "DataModel": "PatientAdmin",
                "EventType": "NewPatient",
                "Source": { "ID": self.source_id },
                "Destinations": [{ "ID": self.destination_id }],
            },
        });
        redox
            .request(Method::POST, "/endpoint")
            .unwrap()
            .header("content-type", "application/json")
            .body(message.to_string())
    }

    /// Ends the secret of the legacy API key and everything that it got; returns the new one.
    pub(crate) fn rotate_legacy(&self) -> LegacyKey {
        let mut state = self.server.sandbox();
        let rotated = state.rotate_legacy_secret(&self.source_id, LiveTokens::Revoke);
        rotated.unwrap()
    }

    /// Registers the legacy API key of the source.
    pub(crate) fn register_legacy(&self) -> LegacyKey {
        let mut state = self.server.sandbox();
        state.register_legacy_key(&self.source_id).unwrap()
    }
}

/// Waits for the end of the work beside the traffic.
pub(crate) async fn settled(redox: &Redox) {
    loop {
        tokio::task::yield_now().await;
        let counters = redox.counters();
        let ended = [
            counters.oauth_tokens,
            counters.legacy_tokens,
            counters.refusals,
            counters.failures,
        ];
        if counters.requests == ended.iter().sum::<u32>() {
            return;
        }
    }
}

/// A client of a server of canned answers, with a new key for ES256.
pub(crate) fn client_of(server: &Canned) -> Builder {
    Redox::builder()
        .base_url(server.url())
        .oauth_key(CLIENT_ID, keys::es256())
}

/// The token of a legacy API key, valid for longer than any test.
pub(crate) const LEGACY_TOKEN: &str =
    r#"{"accessToken":"one","expires":"2099-11-21T20:52:35.000Z","refreshToken":"two"}"#;

/// The answer of a token endpoint that has nothing against anybody.
pub(crate) fn good_token() -> Answer {
    let token = json!({ "access_token": "granted", "token_type": "Bearer", "expires_in": 300 });
    Answer::json("200 OK", &token.to_string())
}

pub(crate) fn jwks(key: &Key) -> String {
    let public = [(key.key_id(), key.public_key().unwrap())];
    let Err(WriteError::BufferTooSmall { needed }) = write_jwk_set(&public, &mut []) else {
        panic!("a JWK Set of no bytes");
    };
    let mut buffer = vec![0; needed];
    write_jwk_set(&public, &mut buffer).unwrap().to_owned()
}

/// A compact JWS of this header and these claims, whatever they say.
pub(crate) fn sign(key: &Key, header: &Value, claims: &Value) -> String {
    let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let signed = format!("{}.{}", encode(header), encode(claims));
    let mut signature = vec![0; key.signature_len()];
    key.sign(signed.as_bytes(), &mut signature).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// Header and claims of an assertion.
pub(crate) fn decode(assertion: &str) -> (Value, Value) {
    let mut parts = assertion.split('.').map(|part| {
        let json = URL_SAFE_NO_PAD.decode(part).unwrap();
        serde_json::from_slice(&json).unwrap_or(Value::Null)
    });
    (parts.next().unwrap(), parts.next().unwrap())
}

/// The claims of a JWS with ES512, which `jsonwebtoken` does not have: pure Rust verifies it with this JWK.
pub(crate) fn verified_on_p521(jwk: &Value, jws: &str) -> Value {
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let [x, y] = ["x", "y"].map(|name| bytes(jwk[name].as_str().unwrap()));
    let point = [vec![4], x, y].concat();
    let key = p521::ecdsa::VerifyingKey::from_sec1_bytes(&point).unwrap();
    let (message, signature) = jws.rsplit_once('.').unwrap();
    let signature = p521::ecdsa::Signature::from_slice(&bytes(signature)).unwrap();
    key.verify(message.as_bytes(), &signature).unwrap();
    decode(jws).1
}

/// Whether this process was started by [`run_inner`].
pub(crate) fn is_inner() -> bool {
    env::var_os(INNER).is_some()
}

/// Runs one test once more in a process of its own, with these variables: they belong to a process, not to a test.
pub(crate) fn run_inner(test: &str, variables: &[(&str, &str)]) {
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", test])
        .env(INNER, "1")
        .env_remove("no_proxy")
        .env_remove("NO_PROXY")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && shown.contains("1 passed"),
        "{shown}"
    );
}

pub(crate) const INNER: &str = "REDOX_AUTH_TEST_INNER";

/// Everything that an error says of itself: for a person, for a developer, and by its causes.
pub(crate) fn everything(error: &(dyn Error + 'static)) -> String {
    let mut all = format!("{error}\n{error:?}\n{error:#?}\n");
    if let Some(cause) = error.source() {
        all.push_str(&everything(cause));
    }
    all
}

/// Fails if `shown` has any of these secrets in it, as they are or in an encoding.
pub(crate) fn assert_hidden(shown: &str, secrets: &[&[u8]]) {
    for secret in secrets {
        for form in forms(secret) {
            assert!(!shown.contains(&form), "{form} is in {shown}");
        }
    }
}

/// A secret as it is, and as it may be written.
pub(crate) fn forms(secret: &[u8]) -> [String; 6] {
    assert!(secret.len() >= 4, "too short to look for");
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let list = format!("{secret:?}");
    [
        String::from_utf8_lossy(secret).into_owned(),
        STANDARD.encode(secret),
        URL_SAFE_NO_PAD.encode(secret),
        hex.to_uppercase(),
        hex,
        list.trim_matches(['[', ']']).to_owned(),
    ]
}
