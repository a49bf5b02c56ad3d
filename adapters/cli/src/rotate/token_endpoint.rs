use core::time::Duration;
use std::time::Instant;

use redox_auth_reqwest::{Error, Reason, pause};

use crate::args::ServerArgs;
use crate::connect::{self, KeySource};
use crate::failure::Failure;

/// Checks with the token endpoint which keys of one client it accepts.
pub(super) struct TokenEndpoint<'a> {
    pub(super) server: &'a ServerArgs,
    pub(super) client_id: &'a str,
    /// The longest wait until it knows of a change.
    pub(super) patience: Duration,
}

impl TokenEndpoint<'_> {
    /// Checks that it accepts a key now.
    pub(super) async fn takes(&self, key: &KeySource) -> Result<(), Failure> {
        match self.ask(key).await? {
            Verdict::Taken => Ok(()),
            Verdict::Unknown(failure)
            | Verdict::Refused(failure)
            | Verdict::Unclear(failure, _) => Err(failure),
        }
    }

    /// Waits until it accepts a new key.
    pub(super) async fn learns(&self, key: &KeySource) -> Result<(), Failure> {
        let mut waits = Waits::new(self.patience);
        loop {
            let (failure, at_least) = match self.ask(key).await? {
                Verdict::Taken => return Ok(()),
                Verdict::Refused(failure) => return Err(failure),
                Verdict::Unknown(failure) => (failure, Duration::ZERO),
                Verdict::Unclear(failure, at_least) => (failure, at_least),
            };
            if !waits.wait(at_least).await {
                return Err(failure);
            }
        }
    }

    /// Waits until it refuses a withdrawn key. It accepts another key, therefore the key is the reason of any refusal.
    pub(super) async fn forgets(&self, key: &KeySource) -> Result<(), Failure> {
        let mut waits = Waits::new(self.patience);
        loop {
            let (failure, at_least) = match self.ask(key).await? {
                Verdict::Unknown(_) | Verdict::Refused(_) => return Ok(()),
                Verdict::Taken => (
                    Failure::no_answer("the server still issues a token for the old key"),
                    Duration::ZERO,
                ),
                Verdict::Unclear(failure, at_least) => (failure, at_least),
            };
            if !waits.wait(at_least).await {
                return Err(failure);
            }
        }
    }

    /// Obtains an unused token with a new client, which has no earlier token and no earlier refusal.
    async fn ask(&self, key: &KeySource) -> Result<Verdict, Failure> {
        let redox = connect::builder_without_key(self.server)?
            .oauth_key(self.client_id, key.key()?)
            .build()?;
        let Err(error) = redox.token().await else {
            return Ok(Verdict::Taken);
        };
        let reason = error.refused().map(|answer| answer.refused.reason);
        let at_least = match &error {
            Error::NoToken { retry_in, .. } => *retry_in,
            _ => Duration::ZERO,
        };
        let failure = Failure::from(error);
        match reason {
            Some(Reason::KeyNotFound) => Ok(Verdict::Unknown(failure)),
            Some(Reason::TryLater) => Ok(Verdict::Unclear(failure, at_least)),
            Some(_) => Ok(Verdict::Refused(failure)),
            None if failure.is_usage() => Err(failure),
            None => Ok(Verdict::Unclear(failure, at_least)),
        }
    }
}

/// The result of a token request.
enum Verdict {
    Taken,
    /// The server does not know the key.
    Unknown(Failure),
    /// The server refuses for another reason.
    Refused(Failure),
    /// The result is unknown. Ask again after this time.
    Unclear(Failure, Duration),
}

/// Waits that double in length, up to a deadline.
struct Waits {
    next: Duration,
    deadline: Instant,
}

impl Waits {
    fn new(patience: Duration) -> Self {
        let now = Instant::now();
        Self {
            next: SHORTEST_WAIT,
            deadline: now.checked_add(patience).unwrap_or(now),
        }
    }

    /// Waits for the next time, for `at_least` this long; `false` at once if that is after the deadline.
    async fn wait(&mut self, at_least: Duration) -> bool {
        let wait = self.next.max(at_least);
        if self.deadline.saturating_duration_since(Instant::now()) < wait {
            return false;
        }
        self.next = self.next.saturating_mul(2).min(LONGEST_WAIT);
        pause(wait).await;
        true
    }
}

const SHORTEST_WAIT: Duration = Duration::from_millis(200);

const LONGEST_WAIT: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use clap::Parser;
    use redox_auth_core::Algorithm;
    use redox_auth_sandbox::{OAuthKey, Server, ServerOptions};

    use super::*;
    use crate::args::{Args, Command, KeyCommand, RsaBits};
    use crate::key;

    fn key() -> KeySource {
        let pem = key::generate(Algorithm::Es256, RsaBits::default()).unwrap();
        KeySource {
            name: "the key".to_owned(),
            content: pem.as_bytes().to_vec().into(),
            key_id: None,
            algorithm: None,
            certificate: None,
            file: None,
            token: None,
        }
    }

    fn jwks(keys: &[&KeySource]) -> String {
        let keys: Vec<_> = keys.iter().map(|source| source.key().unwrap()).collect();
        key::jwk_set(&keys).unwrap()
    }

    #[tokio::test]
    async fn a_key_is_learned_and_forgotten_when_the_server_has_done_so() {
        let (old, new) = (key(), key());
        let server = Server::start(ServerOptions::new()).await.unwrap();
        let client = OAuthKey::new().jwks(&jwks(&[&old]));
        let client_id = server.sandbox().register_oauth_key(client).unwrap();
        let line = [
            "",
            "key",
            "rotate",
            "--out",
            "new.pem",
            "--base-url",
            server.base_url(),
        ];
        let Command::Key(KeyCommand::Rotate(args)) = Args::parse_from(line).command else {
            panic!("no rotation");
        };
        let endpoint = TokenEndpoint {
            server: &args.server,
            client_id: &client_id,
            patience: Duration::ZERO,
        };
        endpoint.takes(&old).await.unwrap();
        endpoint.learns(&old).await.unwrap();
        let unknown = endpoint.learns(&new).await.unwrap_err().to_string();
        assert!(unknown.contains("Public key not found"), "{unknown}");
        let known = endpoint.forgets(&old).await.unwrap_err().to_string();
        assert!(known.contains("still issues a token"), "{known}");

        let changed = server.sandbox().set_jwks(&client_id, &jwks(&[&new]));
        changed.unwrap();
        endpoint.learns(&new).await.unwrap();
        endpoint.forgets(&old).await.unwrap();
    }
}
