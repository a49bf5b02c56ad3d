use redox_auth_core::Algorithm;
use redox_auth_reqwest::{SecretRotation, ServedBy, Token};
use redox_auth_sandbox::LiveTokens;

use super::{Demo, add_source, broken, new_key};
use crate::args::RsaBits;
use crate::connect::parse_key;
use crate::failure::Failure;
use crate::key;

impl Demo {
    /// The API answers 401: one new token, one retry.
    pub(super) async fn revocation(&mut self) -> Result<(), Failure> {
        let key = new_key(Algorithm::Es384)?;
        let client_id = self.register(core::slice::from_ref(&key))?;
        let redox = self.client().oauth_key(client_id, key).build()?;
        redox.token().await?;
        self.server.sandbox().revoke_all_tokens();
        let log = self.message(&redox).await?;
        self.say(format_args!(
            "revoked: the API answered 401 to a revoked token; obtained another token, sent the message again, accepted as {log}"
        ))
    }

    /// Migrates from a legacy API key to an OAuth API key. A token is always available.
    pub(super) async fn migration(&mut self) -> Result<(), Failure> {
        let source_id = add_source(&self.server, "Another clinic")?;
        let key = new_key(Algorithm::Es384)?;
        let client_id = self.register(core::slice::from_ref(&key))?;
        let legacy = {
            let mut sandbox = self.server.sandbox();
            sandbox.disable_client(&client_id).map_err(broken)?;
            sandbox.register_legacy_key(&source_id).map_err(broken)?
        };
        let redox = self
            .client()
            .oauth_key(&client_id, key)
            .legacy_key(legacy.api_key(), legacy.expose_secret())
            .build()?;
        let legacy_token = redox.token().await?;
        expect(&legacy_token, ServedBy::Legacy)?;
        let log = self.message_from(&redox, &source_id).await?;
        self.say(format_args!(
            "migration: the server does not know the OAuth API key yet; the legacy API key obtained the token, message accepted as {log}"
        ))?;

        let enabled = self.server.sandbox().enable_client(&client_id);
        enabled.map_err(broken)?;
        self.later(60);
        let token = redox.token_after(&legacy_token).await?;
        expect(&token, ServedBy::OAuth { key: 0 })?;
        let log = self.message_from(&redox, &source_id).await?;
        self.say(format_args!(
            "migration: registered the OAuth API key; a minute later it obtained the token, message accepted as {log}"
        ))?;

        for _ in 0..2 {
            self.later(300);
            expect(&redox.token().await?, ServedBy::OAuth { key: 0 })?;
        }
        if redox.legacy_secret_rotation() != SecretRotation::Ready {
            return Err(broken("not ready to rotate the legacy secret"));
        }
        let rotated = {
            let mut sandbox = self.server.sandbox();
            sandbox.rotate_legacy_secret(&source_id, LiveTokens::Revoke)
        };
        rotated.map_err(broken)?;
        let log = self.message_from(&redox, &source_id).await?;
        self.say(format_args!(
            "migration: two tokens later the legacy secret was ready to rotate; rotated it, message accepted as {log}"
        ))
    }

    /// A new key under the same client ID.
    pub(super) async fn rotation(&mut self) -> Result<(), Failure> {
        let (old, new) = (new_key(Algorithm::Es384)?, new_key(Algorithm::Es384)?);
        let new_jwks = key::jwk_set(core::slice::from_ref(&new))?;
        let client_id = self.register(core::slice::from_ref(&old))?;
        let redox = self
            .client()
            .oauth_key(&client_id, old)
            .also_key(new)
            .build()?;
        expect(&redox.token().await?, ServedBy::OAuth { key: 0 })?;
        let changed = self.server.sandbox().set_jwks(&client_id, &new_jwks);
        changed.map_err(broken)?;
        self.later(300);
        expect(&redox.token().await?, ServedBy::OAuth { key: 1 })?;
        let failure = redox.last_failure();
        let words = failure.as_ref().and_then(|error| error.refused()?.words());
        let log = self.message(&redox).await?;
        self.say(format_args!(
            "rotation: the server said {}; the second key obtained the token, message accepted as {log}",
            words.unwrap_or_default()
        ))
    }

    /// A machine whose clock is a day behind.
    pub(super) async fn wrong_clock(&mut self) -> Result<(), Failure> {
        let key = new_key(Algorithm::Es384)?;
        let client_id = self.register(core::slice::from_ref(&key))?;
        let redox = self.client_with_clock_ahead(-24 * 60 * 60);
        let redox = redox.oauth_key(client_id, key).build()?;
        let log = self.message(&redox).await?;
        let counters = redox.counters();
        if (counters.requests, counters.clock_corrections) != (2, 1) {
            return Err(broken(format_args!(
                "the client did not correct its time: {counters:?}"
            )));
        }
        self.say(format_args!(
            "clock: a day behind, the server refused; the client corrected the time from the server's Date, message accepted as {log}"
        ))
    }

    /// A token that outlives its process.
    pub(super) async fn restart(&mut self) -> Result<(), Failure> {
        let pem = key::generate(Algorithm::Es384, RsaBits::default())?;
        let new_key = || parse_key("the new key", pem.as_bytes(), None, None);
        let client_id = self.register(&[new_key()?])?;
        let client = || Ok::<_, Failure>(self.client().oauth_key(&client_id, new_key()?));
        let before = client()?.build()?;
        before.token().await?;
        let record = before.save()?;
        drop(before);

        let after = client()?.build()?;
        after.restore(&record)?;
        let log = self.message(&after).await?;
        if after.counters().requests != 0 {
            return Err(broken(
                "the client requested a token in spite of the saved one",
            ));
        }
        self.say(format_args!(
            "restart: a new process used a saved token of {} bytes without a token request, message accepted as {log}",
            record.len()
        ))
    }
}

/// Checks which credential obtained the token.
fn expect(token: &Token, expected: ServedBy) -> Result<(), Failure> {
    let found = token.served_by();
    if found == Some(expected) {
        Ok(())
    } else {
        Err(broken(format_args!(
            "expected a token from {expected:?}, found one from {found:?}"
        )))
    }
}
