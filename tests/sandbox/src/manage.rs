use crate::directory::{Client, LegacyAccess};
use crate::jwks::KeySet;
use crate::{LegacyKey, LiveTokens, RefreshTokens, RegisterError, Sandbox};

/// What an operator does in Redox's dashboard while clients run.
impl Sandbox {
    /// Registers these public keys in place of those that the client has: a JWK Set or one JWK, as JSON.
    ///
    /// A client that was registered by URL is registered by value from then on. Tokens given out stay alive.
    ///
    /// # Errors
    /// [`RegisterError::UnknownClient`], or [`RegisterError::Jwks`]; the client keeps its keys then.
    pub fn set_jwks(&mut self, client_id: &str, jwks: &str) -> Result<(), RegisterError> {
        let client = self.client_mut(client_id)?;
        client.keys = Some(KeySet::parse(jwks)?);
        client.jwks_url = None;
        Ok(())
    }

    /// Answers this client as one that nobody registered, until it is enabled again.
    ///
    /// Tokens given out stay alive.
    ///
    /// # Errors
    /// [`RegisterError::UnknownClient`].
    pub fn disable_client(&mut self, client_id: &str) -> Result<(), RegisterError> {
        self.client_mut(client_id)?.disabled = true;
        Ok(())
    }

    /// Answers this client again.
    ///
    /// # Errors
    /// [`RegisterError::UnknownClient`].
    pub fn enable_client(&mut self, client_id: &str) -> Result<(), RegisterError> {
        self.client_mut(client_id)?.disabled = false;
        Ok(())
    }

    /// The legacy API key of a source, with its secret, if it has one.
    #[must_use]
    pub fn legacy_key(&self, source_id: &str) -> Option<LegacyKey> {
        let access = self.directory.legacy.get(source_id)?;
        Some(LegacyKey {
            api_key: source_id.to_owned(),
            secret: access.secret.clone(),
        })
    }

    /// Makes a new secret for a legacy key; the old one is dead at once (Redox: generate a new secret value for legacy
    /// API keys).
    ///
    /// Whether the tokens that the old secret got die with it is not public, so `live` says it. Its refresh tokens are
    /// tokens too. Tokens that die with it cannot be [restored](Self::restore_token), even if each was revoked before.
    ///
    /// # Errors
    /// [`RegisterError::UnknownLegacyKey`].
    pub fn rotate_legacy_secret(
        &mut self,
        api_key: &str,
        live: LiveTokens,
    ) -> Result<LegacyKey, RegisterError> {
        let secret = self.random.token();
        let access = self.legacy_mut(api_key)?;
        access.secret.clone_from(&secret);
        access.rotations = access.rotations.saturating_add(1);
        if live == LiveTokens::Revoke {
            access.refresh_tokens.clear();
            let own = |grant: &crate::grant::Grant| grant.is_of_source(api_key);
            self.tokens.forget_if(own);
            self.revoked.forget_if(own);
        }
        Ok(LegacyKey {
            api_key: api_key.to_owned(),
            secret,
        })
    }

    /// Says how long the access tokens of OAuth API keys live from now on, in seconds, instead of Redox's five minutes: so
    /// that a test sees many lifetimes.
    pub const fn set_token_lifetime_secs(&mut self, secs: u32) {
        self.token_lifetime_secs = secs;
    }

    /// Says what a legacy refresh does with the refresh token it was given.
    pub const fn set_refresh_tokens(&mut self, refresh_tokens: RefreshTokens) {
        self.refresh_tokens = refresh_tokens;
    }

    /// Takes back one access token of either kind; `false` if there is none such.
    pub fn revoke_token(&mut self, token: &str) -> bool {
        let Some((token, expires_at, grant)) = self.tokens.take(token) else {
            return false;
        };
        self.revoked.insert(token, expires_at, grant);
        true
    }

    /// Undoes [`revoke_token`](Self::revoke_token); the token expires when it would have. `false` if it was not revoked.
    pub fn restore_token(&mut self, token: &str) -> bool {
        let Some((token, expires_at, grant)) = self.revoked.take(token) else {
            return false;
        };
        self.tokens.insert(token, expires_at, grant);
        true
    }

    /// Withdraws one public key of a client that is registered by value: assertions that it signs are refused, as those
    /// of a key that was never registered. The last key can be withdrawn, too.
    ///
    /// # Errors
    /// [`RegisterError::UnknownClient`], [`RegisterError::KeysByUrl`], and [`RegisterError::UnknownKey`].
    pub fn withdraw_key(&mut self, client_id: &str, key_id: &str) -> Result<(), RegisterError> {
        let keys = self.client_mut(client_id)?.own_keys()?;
        match keys.withdraw(key_id) {
            true => Ok(()),
            false => Err(RegisterError::UnknownKey),
        }
    }

    /// Undoes [`withdraw_key`](Self::withdraw_key), as long as the client has not been given other keys.
    ///
    /// # Errors
    /// [`RegisterError::UnknownClient`], [`RegisterError::KeysByUrl`], and [`RegisterError::UnknownKey`].
    pub fn restore_key(&mut self, client_id: &str, key_id: &str) -> Result<(), RegisterError> {
        let keys = self.client_mut(client_id)?.own_keys()?;
        match keys.restore(key_id) {
            true => Ok(()),
            false => Err(RegisterError::UnknownKey),
        }
    }

    /// Registers one more public key beside those that the client has: a JWK, or a JWK Set, as JSON.
    ///
    /// # Errors
    /// [`RegisterError::UnknownClient`], [`RegisterError::KeysByUrl`], or [`RegisterError::Jwks`]; the client keeps its
    /// keys then.
    pub fn add_keys(&mut self, client_id: &str, jwks: &str) -> Result<(), RegisterError> {
        let keys = self.client_mut(client_id)?.own_keys()?;
        keys.add(KeySet::parse(jwks)?)?;
        Ok(())
    }

    /// Takes back every access token and refresh token of either kind.
    pub fn revoke_all_tokens(&mut self) {
        self.tokens.clear();
        self.revoked.clear();
        self.revoke_refresh_tokens();
    }

    /// Takes back every legacy refresh token; the access tokens stay alive.
    pub fn revoke_refresh_tokens(&mut self) {
        for access in self.directory.legacy.values_mut() {
            access.refresh_tokens.clear();
        }
    }

    fn client_mut(&mut self, client_id: &str) -> Result<&mut Client, RegisterError> {
        let client = self.directory.clients.get_mut(client_id);
        client.ok_or(RegisterError::UnknownClient)
    }

    fn legacy_mut(&mut self, api_key: &str) -> Result<&mut LegacyAccess, RegisterError> {
        let access = self.directory.legacy.get_mut(api_key);
        access.ok_or(RegisterError::UnknownLegacyKey)
    }
}
