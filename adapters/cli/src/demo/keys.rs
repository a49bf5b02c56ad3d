use redox_auth_core::Algorithm;

use super::{Demo, broken, new_key};
use crate::failure::Failure;
use crate::token::lifetime;

impl Demo {
    /// Makes a key, registers it, and obtains two tokens with it.
    pub(super) async fn oauth(&mut self, algorithm: Algorithm) -> Result<(), Failure> {
        let key = new_key(algorithm)?;
        let key_id = key.key_id().to_owned();
        let client_id = self.register(core::slice::from_ref(&key))?;
        let redox = self.client().oauth_key(client_id, key).build()?;
        self.say(format_args!(
            "{algorithm}: made a key and registered its public half as {key_id}"
        ))?;
        let token = redox.token().await?;
        let lifetime = lifetime(&redox, &token).as_secs();
        self.say(format_args!(
            "{algorithm}: signed an assertion, obtained a token for {lifetime} s"
        ))?;
        let log = self.message(&redox).await?;
        self.say(format_args!(
            "{algorithm}: sent a message, accepted as {log}"
        ))?;
        self.later(lifetime);
        let log = self.message(&redox).await?;
        self.say(format_args!(
            "{algorithm}: {lifetime} s later obtained the next token, sent a message, accepted as {log}"
        ))
    }

    /// Obtains two tokens with a legacy API key.
    pub(super) async fn legacy(&mut self) -> Result<(), Failure> {
        let key = self.server.sandbox().register_legacy_key(&self.source_id);
        let key = key.map_err(broken)?;
        let redox = self
            .client()
            .legacy_key(key.api_key(), key.expose_secret())
            .build()?;
        let token = redox.token().await?;
        let lifetime = lifetime(&redox, &token).as_secs();
        self.say(format_args!(
            "legacy: sent API key and secret, obtained a token for {lifetime} s"
        ))?;
        let log = self.message(&redox).await?;
        self.say(format_args!("legacy: sent a message, accepted as {log}"))?;
        self.later(LEGACY_LIFETIME_SECS);
        let log = self.message(&redox).await?;
        self.say(format_args!(
            "legacy: a day later obtained the next token with the refresh token, sent a message, accepted as {log}"
        ))
    }
}

/// Redox's page "Authenticate a legacy API key".
const LEGACY_LIFETIME_SECS: u64 = 24 * 60 * 60;
