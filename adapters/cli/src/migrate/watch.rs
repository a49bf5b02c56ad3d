use core::time::Duration;
use std::io::Write;

use redox_auth_reqwest::{
    Error, Preference, Redox, SecretRotation, ServedBy, Token, WhyNotYet, pause,
};
use serde_json::Value;

use super::report::{Line, Report};
use crate::failure::Failure;

/// How to obtain the tokens in a row.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Pace {
    /// Each when the previous token is due for renewal.
    Renewals,
    /// At once, each with a client of its own.
    AtOnce,
    /// Like `Now`, without any waits.
    Once,
}

/// Follows a migration from a legacy API key to an OAuth API key.
pub(super) struct Watch<C, W> {
    /// Makes a new client with both credentials.
    pub(super) client: C,
    pub(super) pace: Pace,
    pub(super) report: Report<W>,
}

impl<C, W> Watch<C, W>
where
    C: Fn(Preference) -> Result<Redox, Failure>,
    W: Write,
{
    /// Reports whether each credential obtains a token.
    pub(super) async fn try_each(&mut self) -> Result<(), Failure> {
        for credential in [LEGACY, OAUTH] {
            self.try_alone(credential).await?;
        }
        Ok(())
    }

    /// Reports every change until the user may replace the secret of the legacy API key.
    ///
    /// # Errors
    /// The secret is still needed, with [`Pace::Once`]; or a failure that waiting does not fix.
    pub(super) async fn until_ready(&mut self) -> Result<(), Failure> {
        let redox = (self.client)(Preference::OAuthFirst)?;
        let mut last = None;
        loop {
            let token = match next_token(&redox, last.as_ref()).await {
                Ok(Some(token)) => token,
                Ok(None) => {
                    if let Some(token) = &last {
                        self.tell_who_serves(&redox, token)?;
                    }
                    continue;
                }
                Err(error) => {
                    last = None;
                    pause(self.tell_failure(error)?).await;
                    continue;
                }
            };
            self.tell_who_serves(&redox, &token)?;
            let rotation = self.rotation(&redox).await?;
            self.tell_rotation(rotation)?;
            match rotation {
                SecretRotation::Ready => return Ok(()),
                SecretRotation::NotYet(_) if self.pace == Pace::Once => return Err(not_yet()),
                SecretRotation::NotYet(_) => last = Some(token),
            }
        }
    }

    async fn try_alone(&mut self, credential: Credential) -> Result<bool, Failure> {
        let Credential { event, name, alone } = credential;
        let got = (self.client)(alone)?.token().await;
        let line = match &got {
            Ok(_) => Line::new(format!("{name}: obtains a token")),
            Err(error) => Line::new(format!("{name}: obtains no token: {}", error.cause())),
        };
        self.report.say(event, line.with("works", got.is_ok()))?;
        Ok(got.is_ok())
    }

    /// The session's state. With tokens at once, obtains the tokens that it still needs.
    async fn rotation(&mut self, redox: &Redox) -> Result<SecretRotation, Failure> {
        let rotation = redox.legacy_secret_rotation();
        let SecretRotation::NotYet(WhyNotYet::TooFewTokens { found, needed }) = rotation else {
            return Ok(rotation);
        };
        if self.pace == Pace::Renewals {
            return Ok(rotation);
        }
        for found in found..needed {
            let rotation = SecretRotation::NotYet(WhyNotYet::TooFewTokens { found, needed });
            self.tell_rotation(rotation)?;
            if !self.try_alone(OAUTH).await? {
                return Ok(rotation);
            }
        }
        Ok(SecretRotation::Ready)
    }

    fn tell_who_serves(&mut self, redox: &Redox, token: &Token) -> Result<(), Failure> {
        let line = match (token.served_by(), token.key_id()) {
            (Some(ServedBy::Legacy), _) => {
                let failure = redox.last_failure();
                let why = failure.map_or_else(String::new, |error| format!("; last, {error}"));
                Line::new(format!("serving: the legacy API key{why}")).with("credential", "legacy")
            }
            (_, key_id) => {
                let key_id = key_id.unwrap_or_default();
                Line::new(format!("serving: the OAuth API key, key ID {key_id:?}"))
                    .with("credential", "oauth")
                    .with("key_id", key_id)
            }
        };
        self.report.say("serving", line)
    }

    fn tell_rotation(&mut self, rotation: SecretRotation) -> Result<(), Failure> {
        let line = match rotation {
            SecretRotation::Ready if self.pace == Pace::Renewals => {
                Line::new("legacy secret: not needed here any more")
            }
            SecretRotation::Ready => {
                Line::new("legacy secret: not needed here, as far as tokens without waits can show")
            }
            SecretRotation::NotYet(WhyNotYet::TooFewTokens { found, needed }) => {
                let text = "tokens in a row came from the OAuth API key";
                Line::new(format!("legacy secret: needed; {found} of {needed} {text}"))
                    .with("found", found)
                    .with("needed", needed)
            }
            SecretRotation::NotYet(_) => {
                Line::new("legacy secret: needed; the OAuth API key does not obtain the tokens")
            }
        };
        let is_ready = rotation == SecretRotation::Ready;
        self.report.say("rotation", line.with("ready", is_ready))
    }

    /// Reports a failure, and returns the time to wait.
    ///
    /// # Errors
    /// The failure itself, if waiting does not help or the pace allows no waits.
    fn tell_failure(&mut self, error: Error) -> Result<Duration, Failure> {
        match &error {
            Error::NoToken { retry_in, .. } if !retry_in.is_zero() && self.pace != Pace::Once => {
                let line = Line::new(format!("serving: no credential: {}", error.cause()));
                self.report
                    .say("serving", line.with("credential", Value::Null))?;
                Ok(*retry_in)
            }
            _ => Err(error.into()),
        }
    }
}

/// The token after the `last` one; `None` after a while without one, because the server may now refuse for another
/// reason.
async fn next_token(redox: &Redox, last: Option<&Token>) -> Result<Option<Token>, Error> {
    let Some(last) = last else {
        return redox.token().await.map(Some);
    };
    let next = tokio::time::timeout(LOOK_EVERY, redox.token_after(last)).await;
    next.ok().transpose()
}

/// One of the two credentials, to try it alone.
#[derive(Clone, Copy)]
struct Credential {
    event: &'static str,
    name: &'static str,
    alone: Preference,
}

const LEGACY: Credential = Credential {
    event: "legacy",
    name: "legacy API key",
    alone: Preference::LegacyOnly,
};

const OAUTH: Credential = Credential {
    event: "oauth",
    name: "OAuth API key",
    alone: Preference::OAuthOnly,
};

/// The result of an interrupted watch.
pub(super) fn not_yet() -> Failure {
    Failure::refused("not ready yet: the secret of the legacy API key is still needed")
}

/// How often to check the server's answer to the other credential.
const LOOK_EVERY: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use std::io;

    use redox_auth_core::Algorithm;
    use redox_auth_reqwest::{Instant, Now, UnixTime};
    use redox_auth_sandbox::{Clock, OAuthKey, Server, ServerOptions, Source};

    use super::*;
    use crate::args::RsaBits;
    use crate::connect::parse_key;
    use crate::key;
    use crate::migrate::report::Format;

    /// Takes lines. With each of them time passes, and the operator has enabled the client.
    struct Passing<'a> {
        lines: &'a mut Vec<u8>,
        server: &'a Server,
        client_id: &'a str,
    }

    impl Write for Passing<'_> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.lines.write(bytes)
        }

        /// By so much that a token of 300 s is due to be renewed, and a refusal is long ago.
        fn flush(&mut self) -> io::Result<()> {
            self.server.clock().advance(Duration::from_secs(270));
            let enabled = self.server.sandbox().enable_client(self.client_id);
            enabled.map_err(io::Error::other)
        }
    }

    fn now(clock: &Clock) -> Now {
        let now = clock.now();
        let millis = u64::try_from(now.as_millisecond()).unwrap();
        Now {
            instant: Instant::from_millis(millis),
            unix: Some(UnixTime::from_secs(millis / 1_000)),
        }
    }

    #[tokio::test]
    async fn the_way_from_one_credential_to_the_other_is_told_as_it_goes() {
        let server = Server::start(ServerOptions::new()).await.unwrap();
        let pem = key::generate(Algorithm::Es256, RsaBits::default()).unwrap();
        let private_key = || parse_key("the key", pem.as_bytes(), None, None).unwrap();
        let (client_id, legacy) = {
            let mut state = server.sandbox();
            let source = state.add_source(Source::new("Clinic")).unwrap();
            let jwks = key::jwk_set(&[private_key()]).unwrap();
            let client_id = state.register_oauth_key(OAuthKey::new().jwks(&jwks));
            let client_id = client_id.unwrap();
            state.disable_client(&client_id).unwrap();
            (client_id, state.register_legacy_key(&source).unwrap())
        };
        let mut lines = Vec::new();
        let clock = server.clock().clone();
        let mut watch = Watch {
            client: |preference| {
                let clock = clock.clone();
                let builder = Redox::builder()
                    .base_url(server.base_url())
                    .oauth_key(&client_id, private_key())
                    .legacy_key(legacy.api_key(), legacy.expose_secret())
                    .prefer(preference)
                    .clock(move || now(&clock));
                Ok(builder.build()?)
            },
            pace: Pace::Renewals,
            report: Report::new(
                Passing {
                    lines: &mut lines,
                    server: &server,
                    client_id: &client_id,
                },
                Format::Text,
            ),
        };
        watch.until_ready().await.unwrap();
        let key_id = private_key().key_id().to_owned();
        let lines = String::from_utf8(lines).unwrap();
        let (refused, rest) = lines.split_once('\n').unwrap();
        let told = "serving: the legacy API key; last, the server refused with status 400";
        assert!(refused.starts_with(told), "{refused}");
        assert_eq!(
            rest,
            format!(
                "legacy secret: needed; the OAuth API key does not obtain the tokens\n\
                 serving: the OAuth API key, key ID {key_id:?}\n\
                 legacy secret: needed; 1 of 3 tokens in a row came from the OAuth API key\n\
                 legacy secret: needed; 2 of 3 tokens in a row came from the OAuth API key\n\
                 legacy secret: not needed here any more\n"
            )
        );
        assert_eq!(server.counters().legacy_authenticates, 1);
    }
}
