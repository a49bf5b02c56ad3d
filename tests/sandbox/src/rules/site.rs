use super::template::Values;

/// The known URLs of a server. Its rules compare the claim `aud` with them.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Site {
    token_url: Option<String>,
    issuer: Option<String>,
    audience: Option<String>,
}

impl Site {
    /// A server without known URLs.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The URL of its token endpoint.
    #[must_use]
    pub fn token_url(mut self, url: &str) -> Self {
        self.token_url = Some(url.to_owned());
        self
    }

    /// Its issuer identifier (RFC 8414 §2).
    #[must_use]
    pub fn issuer(mut self, issuer: &str) -> Self {
        self.issuer = Some(issuer.to_owned());
        self
    }

    /// The only accepted audience, whatever the rules.
    #[must_use]
    pub fn audience(mut self, audience: &str) -> Self {
        self.audience = Some(audience.to_owned());
        self
    }

    pub(super) fn chosen_audience(&self) -> Option<&str> {
        self.audience.as_deref()
    }

    pub(super) const fn is_unknown(&self) -> bool {
        self.token_url.is_none() && self.issuer.is_none() && self.audience.is_none()
    }

    /// The values for placeholders.
    pub(super) fn values(&self) -> Values {
        let mut values = Values::default();
        if let Some(url) = self.token_url.as_deref() {
            let (scheme, rest) = url.split_once("://").unwrap_or(("https", url));
            let host = rest.split('/').next().unwrap_or_default();
            values.set("token_url", url);
            values.set("host", host);
            values.set("origin", format!("{scheme}://{host}"));
        }
        values.set_some("issuer", self.issuer.as_deref());
        values
    }
}
