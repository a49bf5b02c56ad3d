use core::fmt;

/// One of Redox's three separate environments. Each key, source and destination belongs to one of them.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub enum Environment {
    /// `Development`, the default.
    #[default]
    Development,
    /// `Staging`.
    Staging,
    /// `Production`.
    Production,
}

impl Environment {
    /// The name in FHIR paths.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Development => "Development",
            Self::Staging => "Staging",
            Self::Production => "Production",
        }
    }

    /// The ID in paths of the Platform API, the same in every sandbox.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Development => "00000000-0000-4000-8000-00000000000d",
            Self::Staging => "00000000-0000-4000-8000-00000000000e",
            Self::Production => "00000000-0000-4000-8000-00000000000f",
        }
    }
}

/// A source, which sends messages. Its ID is a new UUID by default.
#[derive(Clone, Debug)]
pub struct Source {
    pub(crate) id: Option<String>,
    pub(crate) name: String,
    pub(crate) environment: Environment,
}

impl Source {
    /// A source of this name in the Development environment.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            id: None,
            name: name.to_owned(),
            environment: Environment::default(),
        }
    }

    /// Chooses the ID.
    #[must_use]
    pub fn id(mut self, id: &str) -> Self {
        self.id = Some(id.to_owned());
        self
    }

    /// Selects another environment.
    #[must_use]
    pub const fn environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }
}

/// A destination, which receives messages. Its ID is a new UUID by default.
#[derive(Clone, Debug)]
pub struct Destination {
    pub(crate) id: Option<String>,
    pub(crate) name: String,
    pub(crate) slug: Option<String>,
    pub(crate) environment: Environment,
}

impl Destination {
    /// A destination of this name in the Development environment, for the Data Model API.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            id: None,
            name: name.to_owned(),
            slug: None,
            environment: Environment::default(),
        }
    }

    /// Chooses the ID.
    #[must_use]
    pub fn id(mut self, id: &str) -> Self {
        self.id = Some(id.to_owned());
        self
    }

    /// Makes it a FHIR destination too, under this name in the path.
    #[must_use]
    pub fn slug(mut self, slug: &str) -> Self {
        self.slug = Some(slug.to_owned());
        self
    }

    /// Selects another environment.
    #[must_use]
    pub const fn environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }
}

/// An OAuth API key to register: public keys by value or by URL. With both, only the URL counts.
///
/// `Debug` does not show the keys, because a user may pass a private key by mistake.
#[derive(Clone, Default)]
pub struct OAuthKey {
    pub(crate) client_id: Option<String>,
    pub(crate) jwks: Option<String>,
    pub(crate) jwks_url: Option<String>,
    pub(crate) environment: Environment,
}

impl OAuthKey {
    /// A key in the Development environment that has no public keys yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives the public keys: a JWK Set or one JWK, as JSON.
    #[must_use]
    pub fn jwks(mut self, json: &str) -> Self {
        self.jwks = Some(json.to_owned());
        self
    }

    /// Gives the address of the JWK Set: https, or http on this machine.
    #[must_use]
    pub fn jwks_url(mut self, url: &str) -> Self {
        self.jwks_url = Some(url.to_owned());
        self
    }

    /// Sets the client ID, which is a new UUID by default.
    #[must_use]
    pub fn client_id(mut self, id: &str) -> Self {
        self.client_id = Some(id.to_owned());
        self
    }

    /// Selects another environment.
    #[must_use]
    pub const fn environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }
}

impl fmt::Debug for OAuthKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuthKey")
            .field("client_id", &self.client_id)
            .field("jwks_url", &self.jwks_url)
            .field("environment", &self.environment)
            .finish_non_exhaustive()
    }
}

/// A legacy API key with its secret, which the dashboard shows once.
#[derive(Clone)]
pub struct LegacyKey {
    pub(crate) api_key: String,
    pub(crate) secret: String,
}

impl LegacyKey {
    /// The key's ID, which is also its source's ID.
    #[must_use]
    pub fn api_key(&self) -> &str {
        &self.api_key
    }

    /// The secret itself.
    #[must_use]
    pub fn expose_secret(&self) -> &str {
        &self.secret
    }
}

impl fmt::Debug for LegacyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LegacyKey")
            .field("api_key", &self.api_key)
            .field("secret", &"[redacted]")
            .finish()
    }
}

/// What a refresh does with the used legacy refresh token. Redox's rule is not public.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum RefreshTokens {
    /// The token stays the same, as in Redox's sample.
    #[default]
    Stay,
    /// A new token replaces it, and the old one is revoked.
    Rotate,
}

/// What the rotation of a legacy secret does with the old secret's tokens. Redox's rule is not public.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum LiveTokens {
    /// The tokens stay valid.
    #[default]
    Keep,
    /// The rotation revokes the tokens.
    Revoke,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_hide_what_they_hold_under_debug() {
        let legacy = LegacyKey {
            api_key: "key-1".to_owned(),
            secret: "hush".to_owned(),
        };
        let oauth = OAuthKey::new().jwks("hush");
        for shown in [format!("{legacy:?}"), format!("{oauth:?}")] {
            assert!(!shown.contains("hush"), "{shown}");
        }
    }
}
