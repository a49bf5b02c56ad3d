use core::fmt;
use core::time::Duration;
use std::time::Instant;

use jiff::Timestamp;
use redox_auth_core::{Algorithm, DATA_MODEL_PATH, UnixTime};
use redox_auth_reqwest::{Error, Key, Method, Redox, Token};
use redox_auth_sandbox::{Destination, OAuthKey, Server, ServerOptions, Source};
use serde_json::{Value, json};

use crate::connect::parse_key;
use crate::failure::Failure;
use crate::{key, print, send};

/// Shows the whole way against a local Redox: key, token, message, expiry, and again; for every kind of key.
pub(crate) async fn run() -> Result<(), Failure> {
    let mut demo = Demo::start().await?;
    for algorithm in [Algorithm::Es384, Algorithm::Es256, Algorithm::Rs384] {
        demo.oauth(algorithm).await?;
    }
    demo.legacy().await?;
    demo.finish().await
}

struct Demo {
    server: Server,
    source_id: String,
    destination_id: String,
    started: Instant,
    step: Instant,
}

impl Demo {
    async fn start() -> Result<Self, Failure> {
        let started = Instant::now();
        let server = Server::start(ServerOptions::new()).await.map_err(broken)?;
        let (source_id, destination_id) = {
            let mut sandbox = server.sandbox();
            let source_id = sandbox.add_source(Source::new("Clinic")).map_err(broken)?;
            let destination_id = sandbox
                .add_destination(Destination::new("Hospital"))
                .map_err(broken)?;
            (source_id, destination_id)
        };
        let mut demo = Self {
            server,
            source_id,
            destination_id,
            started,
            step: started,
        };
        let url = demo.server.base_url().to_owned();
        demo.say(format_args!("a local Redox listens at {url}"))?;
        Ok(demo)
    }

    async fn oauth(&mut self, algorithm: Algorithm) -> Result<(), Failure> {
        let (redox, key_id) = self.register(algorithm)?;
        self.say(format_args!(
            "{algorithm}: made a key and registered its public half as {key_id}"
        ))?;
        let first = self.exchange(&redox).await?;
        let lifetime = first.expires_in().unwrap_or_default();
        self.say(format_args!(
            "{algorithm}: signed an assertion, got a token for {} s",
            lifetime.as_secs()
        ))?;
        self.message(&redox, &first, algorithm.as_str()).await?;
        self.let_expire(&redox, &first, lifetime, algorithm.as_str())
            .await?;
        let second = self.exchange(&redox).await?;
        self.say(format_args!(
            "{algorithm}: signed the next assertion, got the next token"
        ))?;
        self.message(&redox, &second, algorithm.as_str()).await
    }

    async fn legacy(&mut self) -> Result<(), Failure> {
        let name = "legacy";
        let redox = {
            let mut sandbox = self.server.sandbox();
            let key = sandbox
                .register_legacy_key(&self.source_id)
                .map_err(broken)?;
            Redox::builder()
                .base_url(self.server.base_url())
                .legacy_key(key.api_key(), key.expose_secret())
                .build()?
        };
        let first = redox.token().await?;
        let until = first
            .expires_at()
            .ok_or_else(|| broken("the token does not say when it dies"))?;
        let until = Timestamp::try_from(until).map_err(broken)?;
        self.say(format_args!(
            "{name}: got a token for API key and secret, until {until}"
        ))?;
        self.message(&redox, &first, name).await?;
        self.let_expire(&redox, &first, LEGACY_LIFETIME, name)
            .await?;
        let second = redox.refresh(&first).await?;
        self.say(format_args!(
            "{name}: got the next token for the refresh token"
        ))?;
        self.message(&redox, &second, name).await
    }

    /// Ends with what the server counted, which has to be what was said on the way.
    async fn finish(self) -> Result<(), Failure> {
        let counters = self.server.counters();
        self.server.stop().await.map_err(broken)?;
        let tokens = counters
            .tokens_minted
            .saturating_add(counters.legacy_authenticates)
            .saturating_add(counters.legacy_refreshes);
        let (messages, refused) = (counters.messages_accepted, counters.unauthorized);
        if (tokens, messages, refused) != (8, 8, 4) {
            return Err(broken(format_args!(
                "expected 8 tokens, 8 messages and 4 refused tokens, the server counted {tokens}, {messages} and {refused}"
            )));
        }
        print(&format!(
            "done: {tokens} tokens, {messages} messages accepted, {refused} expired tokens refused, in {:.0} ms",
            millis(self.started.elapsed())
        ))
    }

    fn register(&self, algorithm: Algorithm) -> Result<(Redox, String), Failure> {
        let key: Key = parse_key("the new key", key::generate(algorithm)?.as_bytes(), None)?;
        let key_id = key.key_id().to_owned();
        let jwks = key::jwk_set(core::slice::from_ref(&key))?;
        let client_id = self
            .server
            .sandbox()
            .register_oauth_key(OAuthKey::new().jwks(&jwks))
            .map_err(broken)?;
        let redox = Redox::builder()
            .base_url(self.server.base_url())
            .oauth_key(client_id, key)
            .build()?;
        Ok((redox, key_id))
    }

    /// A token by an assertion that is dated by the server's clock, which this demonstration moves.
    async fn exchange(&self, redox: &Redox) -> Result<Token, Failure> {
        let now = u64::try_from(self.server.clock().now().as_second()).map_err(broken)?;
        let assertion = redox.assertion(UnixTime::from_secs(now))?;
        Ok(redox.exchange(&assertion).await?)
    }

    async fn message(&mut self, redox: &Redox, token: &Token, name: &str) -> Result<(), Failure> {
        let answer = send::answer(self.post(redox, token).await?).await?;
        let answer: Value = serde_json::from_str(&answer).map_err(broken)?;
        let log = answer.pointer("/Meta/Logs/0/ID").and_then(Value::as_str);
        let log = log.ok_or_else(|| broken("the answer names no log"))?;
        self.say(format_args!("{name}: sent a message, accepted as {log}"))
    }

    async fn let_expire(
        &mut self,
        redox: &Redox,
        token: &Token,
        lifetime: Duration,
        name: &str,
    ) -> Result<(), Failure> {
        self.server.clock().advance(lifetime);
        match self.post(redox, token).await?.status().as_u16() {
            401 => self.say(format_args!(
                "{name}: moved the server's clock on by {} s, the token is refused",
                lifetime.as_secs()
            )),
            status => Err(broken(format_args!(
                "expected status 401 for an expired token, found {status}"
            ))),
        }
    }

    async fn post(
        &self,
        redox: &Redox,
        token: &Token,
    ) -> Result<redox_auth_reqwest::Response, Failure> {
        let message = json!({
            "Meta": {
                "DataModel": "PatientAdmin",
                "EventType": "NewPatient",
                "Test": true,
                "Source": { "ID": self.source_id },
                "Destinations": [{ "ID": self.destination_id }],
            },
            "Patient": { "Demographics": { "FirstName": "Timothy", "LastName": "Bixby" } },
        });
        redox
            .request(token, Method::POST, DATA_MODEL_PATH)?
            .header("content-type", "application/json")
            .body(message.to_string())
            .send()
            .await
            .map_err(|error| Error::from(error).into())
    }

    /// One line, with the time since the one before.
    fn say(&mut self, line: fmt::Arguments<'_>) -> Result<(), Failure> {
        let took = millis(self.step.elapsed());
        self.step = Instant::now();
        print(&format!("{took:8.1} ms  {line}"))
    }
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// What happens here without a network does not fail unless this program is broken.
fn broken(error: impl fmt::Display) -> Failure {
    Failure::no_answer(format!("the demonstration broke off: {error}"))
}

/// Redox's page "Authenticate a legacy API key".
const LEGACY_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);
