use crate::directory::{Client, LegacyAccess};
use crate::jwks::KeySet;
use crate::{LegacyKey, LiveTokens, RefreshTokens, RegisterError, Sandbox};

/// Operations of Redox's dashboard while clients run.
impl Sandbox {
    /// Replaces the public keys of the client: a JWK Set or one JWK, as JSON.
    ///
    /// A client registered by URL is then registered by value. Issued tokens stay valid.
    ///
    /// # Errors
    /// [`RegisterError::UnknownClient`], or [`RegisterError::Jwks`]; the client keeps its keys then.
    pub fn set_jwks(&mut self, client_id: &str, jwks: &str) -> Result<(), RegisterError> {
        let client = self.client_mut(client_id)?;
        client.keys = Some(KeySet::parse(jwks)?);
        client.jwks_url = None;
        Ok(())
    }

    /// Answers this client like an unregistered one, until it is enabled again.
    ///
    /// Issued tokens stay valid.
    ///
    /// # Errors
    /// [`RegisterError::UnknownClient`].
    pub fn disable_client(&mut self, client_id: &str) -> Result<(), RegisterError> {
        self.client_mut(client_id)?.disabled = true;
        Ok(())
    }

    /// Enables this client again.
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

    /// Makes a new secret for a legacy key, and revokes the old one at once (Redox: generate a new secret value for
    /// legacy API keys).
    ///
    /// Redox does not document whether the old secret's tokens stay valid, therefore `live` decides. Refresh tokens
    /// count as tokens. Tokens revoked here cannot be [restored](Self::restore_token), even if each was revoked before.
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

    /// Sets the lifetime of new access tokens of OAuth API keys, in seconds, instead of Redox's five minutes, for tests
    /// over many lifetimes.
    pub const fn set_token_lifetime_secs(&mut self, secs: u32) {
        self.token_lifetime_secs = secs;
    }

    /// Sets what a legacy refresh does with the used refresh token.
    pub const fn set_refresh_tokens(&mut self, refresh_tokens: RefreshTokens) {
        self.refresh_tokens = refresh_tokens;
    }

    /// Revokes one access token of either kind; `false` if there is no such token.
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

    /// Withdraws one public key of a client registered by value. The sandbox then refuses assertions signed with it,
    /// like those of an unregistered key. The last key can be withdrawn, too.
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

    /// Undoes [`withdraw_key`](Self::withdraw_key), unless the client has other keys since.
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

    /// Registers a further public key of the client: a JWK, or a JWK Set, as JSON.
    ///
    /// # Errors
    /// [`RegisterError::UnknownClient`], [`RegisterError::KeysByUrl`], or [`RegisterError::Jwks`]; the client keeps its
    /// keys then.
    pub fn add_keys(&mut self, client_id: &str, jwks: &str) -> Result<(), RegisterError> {
        let keys = self.client_mut(client_id)?.own_keys()?;
        keys.add(KeySet::parse(jwks)?)?;
        Ok(())
    }

    /// Revokes every access token and refresh token of either kind.
    pub fn revoke_all_tokens(&mut self) {
        self.tokens.clear();
        self.revoked.clear();
        self.revoke_refresh_tokens();
    }

    /// Revokes every legacy refresh token; the access tokens stay valid.
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
