mod keys;
mod session;

use core::fmt;
use core::time::Duration;
use std::time::Instant;

use redox_auth_core::Algorithm;
use redox_auth_reqwest::{Builder, Key, Now, Redox, UnixTime};
use redox_auth_sandbox::{Clock, Destination, OAuthKey, Server, ServerOptions, Source};
use serde_json::json;

use crate::args::RsaBits;
use crate::connect::parse_key;
use crate::failure::Failure;
use crate::{key, print};

/// Shows all operations against a local Redox: every kind of key from the first token to the next, and tokens across
/// changes of keys and clocks.
pub(crate) async fn run() -> Result<(), Failure> {
    let mut demo = Demo::start().await?;
    for algorithm in [Algorithm::Es384, Algorithm::Es256, Algorithm::Rs384] {
        demo.oauth(algorithm).await?;
    }
    demo.legacy().await?;
    demo.revocation().await?;
    demo.migration().await?;
    demo.rotation().await?;
    demo.wrong_clock().await?;
    demo.restart().await?;
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
        let source_id = add_source(&server, "Clinic")?;
        let destination = Destination::new("Hospital");
        let destination_id = server.sandbox().add_destination(destination);
        let mut demo = Self {
            destination_id: destination_id.map_err(broken)?,
            server,
            source_id,
            started,
            step: started,
        };
        let url = demo.server.base_url().to_owned();
        demo.say(format_args!("a local Redox listens at {url}"))?;
        Ok(demo)
    }

    /// Prints the server's counters, which must agree with the lines before.
    async fn finish(self) -> Result<(), Failure> {
        let counters = self.server.counters();
        self.server.stop().await.map_err(broken)?;
        let tokens = counters
            .tokens_minted
            .saturating_add(counters.legacy_authenticates)
            .saturating_add(counters.legacy_refreshes);
        let refusals = counters
            .token_refusals
            .saturating_add(counters.legacy_refusals);
        let found = [
            tokens,
            refusals,
            counters.messages_accepted,
            counters.unauthorized,
        ];
        if found != EXPECTED {
            return Err(broken(format_args!(
                "expected {EXPECTED:?} tokens, refusals, messages and revoked tokens, but the server counted {found:?}"
            )));
        }
        let [tokens, refusals, messages, dead] = found;
        print(&format!(
            "done: {tokens} tokens, {messages} messages accepted, {refusals} refusals resolved, {dead} revoked token \
             replaced, in {:.0} ms",
            millis(self.started.elapsed())
        ))
    }

    /// A client with the server's clocks, which this demonstration moves.
    fn client(&self) -> Builder {
        self.client_with_clock_ahead(0)
    }

    /// The same with a wall clock that is wrong.
    fn client_with_clock_ahead(&self, secs: i64) -> Builder {
        let clock = self.server.clock().clone();
        Redox::builder()
            .base_url(self.server.base_url())
            .clock(move || now(&clock, secs))
    }

    /// Registers these keys under a new client ID.
    fn register(&self, keys: &[Key]) -> Result<String, Failure> {
        let client = OAuthKey::new().jwks(&key::jwk_set(keys)?);
        let client_id = self.server.sandbox().register_oauth_key(client);
        client_id.map_err(broken)
    }

    fn later(&self, secs: u64) {
        self.server.clock().advance(Duration::from_secs(secs));
    }

    /// Sends a message, and returns the ID under which Redox keeps its record.
    async fn message(&self, redox: &Redox) -> Result<String, Failure> {
        self.message_from(redox, &self.source_id).await
    }

    async fn message_from(&self, redox: &Redox, source_id: &str) -> Result<String, Failure> {
        let message = json!({
            "Meta": {
                "DataModel": "PatientAdmin",
                "EventType": "NewPatient",
                "Test": true,
                "Source": { "ID": source_id },
                "Destinations": [{ "ID": self.destination_id }],
            },
            "Patient": { "Demographics": { "FirstName": "Timothy", "LastName": "Bixby" } },
        });
        let sent = redox.message(&message).send().await.map_err(broken)?;
        let log = sent.logs.into_iter().next();
        let log_id = log.and_then(|log| log.id);
        log_id.ok_or_else(|| broken("the answer names no log"))
    }

    /// Prints one line, with the time since the previous line.
    fn say(&mut self, line: fmt::Arguments<'_>) -> Result<(), Failure> {
        let took = millis(self.step.elapsed());
        self.step = Instant::now();
        print(&format!("{took:8.1} ms  {line}"))
    }
}

fn add_source(server: &Server, name: &str) -> Result<String, Failure> {
    let source_id = server.sandbox().add_source(Source::new(name));
    source_id.map_err(broken)
}

fn new_key(algorithm: Algorithm) -> Result<Key, Failure> {
    let pem = key::generate(algorithm, RsaBits::default())?;
    parse_key("the new key", pem.as_bytes(), None, Some(algorithm))
}

/// Both clocks, from one clock that only moves forward.
fn now(clock: &Clock, ahead_secs: i64) -> Now {
    let now = clock.now();
    let unix = now.as_second().saturating_add(ahead_secs);
    Now {
        instant: redox_auth_reqwest::Instant::from_millis(
            u64::try_from(now.as_millisecond()).unwrap_or(0),
        ),
        unix: u64::try_from(unix).ok().map(UnixTime::from_secs),
    }
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// The failure of a step. The demonstration uses no network, therefore a failure is a bug of this program.
fn broken(error: impl fmt::Display) -> Failure {
    Failure::no_answer(format!("the demonstration broke off: {error}"))
}

/// Tokens, refusals, messages, and requests with a revoked token.
const EXPECTED: [u64; 4] = [18, 3, 15, 1];
