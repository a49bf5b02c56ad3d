use core::fmt;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use url::{Host, Url};

use crate::counters::count;
use crate::grant::Holder;
use crate::jwks::KeySet;
use crate::{Destination, Environment, JwksError, OAuthKey, Source};

/// Why a registration or a change failed. The caller can fix every case.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RegisterError {
    /// Another object of the same kind has this ID; or the source already has its legacy key.
    Taken,
    /// An OAuth key came with neither a JWK Set nor a URL of one.
    NoKeys,
    /// The JWK Set cannot be registered.
    Jwks(JwksError),
    /// The URL of the JWK Set is neither https nor http on this machine, or it carries a password.
    UrlNotAllowed,
    /// A legacy key needs a source, and no source has this ID.
    UnknownSource,
    /// No OAuth key has this client ID.
    UnknownClient,
    /// The client has no public key of this `kid`.
    UnknownKey,
    /// The keys of this client are at its URL, and change there.
    KeysByUrl,
    /// No legacy key has this ID.
    UnknownLegacyKey,
}

impl fmt::Display for RegisterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Taken => f.write_str("the ID is taken"),
            Self::NoKeys => f.write_str("expected a JWK Set or its URL, found neither"),
            Self::Jwks(error) => write!(f, "JWK Set: {error}"),
            Self::UrlNotAllowed => f.write_str(
                "the JWK Set URL must be https, or http on this machine, without a password",
            ),
            Self::UnknownSource => f.write_str("no such source"),
            Self::UnknownClient => f.write_str("no such client"),
            Self::UnknownKey => f.write_str("the client has no public key of this kid"),
            Self::KeysByUrl => {
                f.write_str("the client's keys are at its JWK Set URL: change them there")
            }
            Self::UnknownLegacyKey => f.write_str("no such legacy key"),
        }
    }
}

impl core::error::Error for RegisterError {}

impl From<JwksError> for RegisterError {
    fn from(error: JwksError) -> Self {
        Self::Jwks(error)
    }
}

/// A registered OAuth API key.
pub(crate) struct Client {
    pub(crate) environment: Environment,
    pub(crate) jwks_url: Option<String>,
    /// `None` before the first fetch from a URL, and after a failed fetch.
    pub(crate) keys: Option<KeySet>,
    /// Whether the sandbox answers as if the client were not registered.
    pub(crate) disabled: bool,
    /// The tokens that it obtained with each key, by `kid`.
    pub(crate) tokens: BTreeMap<String, Uses>,
    /// The messages accepted with its tokens.
    pub(crate) messages: Uses,
}

/// The number of uses, and the time of the last one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Uses {
    pub(crate) count: u64,
    pub(crate) last: Option<Timestamp>,
}

impl Uses {
    pub(crate) fn add(&mut self, now: Timestamp) {
        count(&mut self.count);
        self.last = Some(now);
    }
}

impl Client {
    /// The keys registered by value.
    pub(crate) fn own_keys(&mut self) -> Result<&mut KeySet, RegisterError> {
        match (&self.jwks_url, &mut self.keys) {
            (None, Some(keys)) => Ok(keys),
            _ => Err(RegisterError::KeysByUrl),
        }
    }
}

/// A registered legacy API key.
pub(crate) struct LegacyAccess {
    pub(crate) secret: String,
    pub(crate) refresh_tokens: BTreeSet<String>,
    /// How often the operator replaced the secret.
    pub(crate) rotations: u64,
    /// The tokens obtained with it.
    pub(crate) tokens: Uses,
    /// The messages accepted with its tokens.
    pub(crate) messages: Uses,
}

impl LegacyAccess {
    pub(crate) fn new(secret: String) -> Self {
        Self {
            secret,
            refresh_tokens: BTreeSet::new(),
            rotations: 0,
            tokens: Uses::default(),
            messages: Uses::default(),
        }
    }
}

/// Everything registered, each by its ID.
#[derive(Default)]
pub(crate) struct Directory {
    pub(crate) sources: BTreeMap<String, Source>,
    pub(crate) destinations: BTreeMap<String, Destination>,
    pub(crate) clients: BTreeMap<String, Client>,
    pub(crate) legacy: BTreeMap<String, LegacyAccess>,
    /// The values that the user asked it to remember.
    pub(crate) remembered: BTreeMap<String, String>,
}

impl Directory {
    /// Checks and stores an OAuth key; `new_id` is for a key without a chosen client ID.
    pub(crate) fn add_client(
        &mut self,
        key: OAuthKey,
        new_id: String,
    ) -> Result<String, RegisterError> {
        let client_id = key.client_id.unwrap_or(new_id);
        if self.clients.contains_key(&client_id) {
            return Err(RegisterError::Taken);
        }
        let by_value = key.jwks.as_deref().map(KeySet::parse).transpose()?;
        if by_value.is_none() && key.jwks_url.is_none() {
            return Err(RegisterError::NoKeys);
        }
        if key.jwks_url.as_deref().is_some_and(|url| !may_fetch(url)) {
            return Err(RegisterError::UrlNotAllowed);
        }
        let client = Client {
            environment: key.environment,
            // If both are given, Redox uses only the URL.
            keys: by_value.filter(|_| key.jwks_url.is_none()),
            jwks_url: key.jwks_url,
            disabled: false,
            tokens: BTreeMap::new(),
            messages: Uses::default(),
        };
        self.clients.insert(client_id.clone(), client);
        Ok(client_id)
    }

    /// The OAuth key of this ID, for a token request.
    pub(crate) fn client(&self, client_id: &str) -> Option<&Client> {
        let client = self.clients.get(client_id);
        client.filter(|client| !client.disabled)
    }

    /// Counts a token that a client has obtained with its key of this `kid`.
    pub(crate) fn count_token(&mut self, client_id: &str, key_id: &str, now: Timestamp) {
        let Some(client) = self.clients.get_mut(client_id) else {
            return;
        };
        match client.tokens.get_mut(key_id) {
            Some(uses) => uses.add(now),
            None => {
                let mut uses = Uses::default();
                uses.add(now);
                client.tokens.insert(key_id.to_owned(), uses);
            }
        }
    }

    /// Counts a message that was accepted with a token of this holder.
    pub(crate) fn count_message(&mut self, holder: &Holder, now: Timestamp) {
        let uses = match holder {
            Holder::OAuth { client_id } => {
                let client = self.clients.get_mut(client_id);
                client.map(|client| &mut client.messages)
            }
            Holder::Legacy { source_id } => {
                let access = self.legacy.get_mut(source_id);
                access.map(|access| &mut access.messages)
            }
        };
        if let Some(uses) = uses {
            uses.add(now);
        }
    }

    pub(crate) fn sources_in(&self, environment: Environment) -> impl Iterator<Item = &str> {
        let sources = self.sources.iter();
        let here = sources.filter(move |(_, source)| source.environment == environment);
        here.map(|(id, _)| id.as_str())
    }
}

/// The rule for JWK Set URLs.
fn may_fetch(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| is_confidential(&url))
}

/// Whether the sandbox may call this URL: https, or http on this machine, without a password.
pub(crate) fn is_confidential(url: &Url) -> bool {
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    let anonymous = url.username().is_empty() && url.password().is_none();
    anonymous && (url.scheme() == "https" || url.scheme() == "http" && loopback)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jwk_set_url_is_https_or_http_on_this_machine() {
        for good in [
            "https://example.org/jwks.json",
            "http://127.0.0.1:80/a",
            "http://[::1]:1/",
            "http://localhost/a",
        ] {
            assert!(may_fetch(good), "{good}");
        }
        for bad in [
            "http://example.org/jwks.json",
            "http://127.0.0.1.example.org/",
            "https://user:secret@example.org/",
            "file:///etc/passwd",
            "jwks.json",
            "",
        ] {
            assert!(!may_fetch(bad), "{bad}");
        }
    }
}
