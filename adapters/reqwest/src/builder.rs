use core::fmt;
use core::time::Duration;

use redox_auth_core::{JwtType, Region, TOKEN_PATH};
use reqwest::header::HeaderValue;
use reqwest::redirect::Policy;
use zeroize::Zeroizing;

use crate::client::{Credential, Redox};
use crate::error::write_with_causes;
use crate::{Endpoint, EndpointError, Key};

/// What a [`Redox`] is made from. Without more than a credential it speaks to Redox in the United States.
#[derive(Debug)]
#[must_use = "a builder does nothing until `build`"]
pub struct Builder {
    base_url: String,
    token_url: Option<String>,
    audience: Option<String>,
    typ: JwtType,
    scope: Option<String>,
    source_id: Option<String>,
    credential: Option<Credential>,
    timeout: Duration,
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            base_url: Region::default().base_url().to_owned(),
            token_url: None,
            audience: None,
            typ: JwtType::default(),
            scope: None,
            source_id: None,
            credential: None,
            timeout: DEFAULT_TIMEOUT,
        }
    }

    /// An OAuth API key: the client ID that the server's settings show, and the private key.
    pub fn oauth_key(mut self, client_id: impl Into<String>, key: Key) -> Self {
        self.credential = Some(Credential::OAuth {
            client_id: client_id.into(),
            key,
        });
        self
    }

    /// A legacy API key of Redox: its ID and its secret.
    pub fn legacy_key(mut self, api_key: impl Into<String>, secret: impl Into<String>) -> Self {
        self.credential = Some(Credential::Legacy {
            api_key: api_key.into(),
            secret: Zeroizing::new(secret.into()),
        });
        self
    }

    /// No key: assertions are signed elsewhere and only exchanged here, by [`Redox::exchange`].
    pub fn no_key(mut self) -> Self {
        self.credential = Some(Credential::None);
        self
    }

    /// The region of Redox, instead of the United States.
    pub fn region(self, region: Region) -> Self {
        self.base_url(region.base_url())
    }

    /// The URL that the API's paths follow, instead of a region's.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = base_url.into();
        self
    }

    /// The token endpoint of another server, instead of Redox's path below the base URL.
    pub fn token_url(mut self, token_url: impl Into<String>) -> Self {
        self.token_url = Some(token_url.into());
        self
    }

    /// What the assertions name as `aud`, instead of the URL of the token endpoint: for servers that follow
    /// draft-ietf-oauth-rfc7523bis their issuer identifier, with [`JwtType::ClientAuthentication`].
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// The `typ` of the assertions, instead of `JWT`.
    pub fn typ(mut self, typ: JwtType) -> Self {
        self.typ = typ;
        self
    }

    /// The scope to ask for: names separated by spaces. SMART requires one, Redox does without.
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    /// The ID of the source that requests come from, sent as `Redox-Source-Id`. Needed with an OAuth API key in an
    /// environment of several sources.
    pub fn source_id(mut self, source_id: impl Into<String>) -> Self {
        self.source_id = Some(source_id.into());
        self
    }

    /// How long a request may take as a whole: 30 s unless said otherwise.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Checks everything and makes the client. Sends nothing.
    ///
    /// # Errors
    /// [`BuildError`], which names what is wrong or missing.
    pub fn build(self) -> Result<Redox, BuildError> {
        let named = |name| move |error| BuildError::Endpoint { name, error };
        let credential = self.credential.ok_or(BuildError::Missing("a key"))?;
        credential.check()?;
        let base_url = Endpoint::parse_base(&self.base_url).map_err(named("base URL"))?;
        let token_url = match self.token_url {
            Some(url) => url,
            None => format!("{}{TOKEN_PATH}", self.base_url.trim_end_matches('/')),
        };
        let token_url = Endpoint::parse(&token_url).map_err(named("token URL"))?;
        let audience = match self.audience {
            Some(audience) if is_absolute_url(&audience) => audience,
            Some(found) => return Err(BuildError::Audience { found }),
            None => token_url.to_string(),
        };
        let source_id = self.source_id.map(source_id_header).transpose()?;
        Ok(Redox {
            token_http: http_client(&token_url, self.timeout)?,
            api_http: http_client(&base_url, self.timeout)?,
            base_url,
            token_url,
            audience,
            typ: self.typ,
            scope: self.scope,
            source_id,
            credential,
        })
    }
}

/// Why a [`Redox`] cannot be made. Every case is the caller's to fix.
#[non_exhaustive]
#[derive(Debug)]
pub enum BuildError {
    /// This was not given.
    Missing(&'static str),
    /// This is empty.
    Empty(&'static str),
    /// Secrets will not be sent to this URL.
    Endpoint {
        /// Which of the URLs.
        name: &'static str,
        /// What is wrong with it.
        error: EndpointError,
    },
    /// The audience is no absolute URL.
    Audience {
        /// What was given.
        found: String,
    },
    /// The source ID cannot stand in a header.
    SourceId,
    /// TLS could not be set up.
    Http(reqwest::Error),
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(what) => write!(f, "expected {what}, found none"),
            Self::Empty(what) => write!(f, "the {what} is empty"),
            Self::Endpoint { name, error } => write!(f, "{name}: {error}"),
            Self::Audience { found } => write!(
                f,
                "audience: expected the URL of the token endpoint or of the issuer, found no absolute URL: {found:?}"
            ),
            Self::SourceId => {
                f.write_str("source ID: expected visible ASCII, found another character or nothing")
            }
            Self::Http(error) => {
                f.write_str("HTTP could not be set up: ")?;
                write_with_causes(f, error)
            }
        }
    }
}

impl core::error::Error for BuildError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Endpoint { error, .. } => Some(error),
            Self::Http(error) => Some(error),
            _ => None,
        }
    }
}

fn is_absolute_url(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| url.has_host())
}

fn source_id_header(source_id: String) -> Result<HeaderValue, BuildError> {
    if source_id.is_empty() || !source_id.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(BuildError::SourceId);
    }
    HeaderValue::from_str(&source_id).map_err(|_| BuildError::SourceId)
}

/// No redirects, no repetition. To loopback neither a proxy, which would be another machine, nor over plain http the
/// system's certificates, which need not be there.
fn http_client(endpoint: &Endpoint, timeout: Duration) -> Result<reqwest::Client, BuildError> {
    let mut builder = reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .redirect(Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(timeout);
    if endpoint.is_loopback() {
        builder = builder.no_proxy();
    }
    if endpoint.is_plain_http() {
        builder = builder.tls_certs_only([]);
    }
    builder.build().map_err(BuildError::Http)
}

const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const USER_AGENT: &str = concat!("redox-auth/", env!("CARGO_PKG_VERSION"));
