use core::fmt;

/// One of the three that Redox keeps apart; keys, sources and destinations belong to one each.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub enum Environment {
    /// `Development`, what a new thing belongs to unless it says otherwise.
    #[default]
    Development,
    /// `Staging`.
    Staging,
    /// `Production`.
    Production,
}

impl Environment {
    /// The name, as FHIR paths write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Development => "Development",
            Self::Staging => "Staging",
            Self::Production => "Production",
        }
    }

    /// The ID, as paths of the Platform API write it; the same in every sandbox.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Development => "00000000-0000-4000-8000-00000000000d",
            Self::Staging => "00000000-0000-4000-8000-00000000000e",
            Self::Production => "00000000-0000-4000-8000-00000000000f",
        }
    }
}

/// A source: who sends. Its ID is a new UUID unless one is chosen.
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

    /// Puts it into another environment.
    #[must_use]
    pub const fn environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }
}

/// A destination: who receives. Its ID is a new UUID unless one is chosen.
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

    /// Puts it into another environment.
    #[must_use]
    pub const fn environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }
}

/// An OAuth API key to register: public keys by value, by URL, or both, when only the URL counts.
///
/// `Debug` does not show the keys: what is pasted here by mistake may be private.
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

    /// Chooses the client ID; otherwise it is a new UUID.
    #[must_use]
    pub fn client_id(mut self, id: &str) -> Self {
        self.client_id = Some(id.to_owned());
        self
    }

    /// Puts it into another environment.
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

/// A legacy API key, as the dashboard shows it once.
#[derive(Clone)]
pub struct LegacyKey {
    pub(crate) api_key: String,
    pub(crate) secret: String,
}

impl LegacyKey {
    /// The key's ID, which is its source's ID too.
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

/// What a refresh does with the legacy refresh token it was given. Redox's rule is not public.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum RefreshTokens {
    /// It stays as it is, as in Redox's sample.
    #[default]
    Stay,
    /// A new one takes its place, and it is dead.
    Rotate,
}

/// What the rotation of a legacy secret does with the tokens that it got. Redox's rule is not public.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum LiveTokens {
    /// They live on.
    #[default]
    Keep,
    /// They die with it.
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
