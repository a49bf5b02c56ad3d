/// A region of Redox and the URLs of its APIs.
///
/// Redox names two regions. For any other server, make a [`Server`](crate::Server).
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Region {
    /// United States.
    #[default]
    Us,
    /// Canada. Redox's pages only say to put `ca` into the host name.
    Ca,
}

impl Region {
    /// The base URL of this region's APIs, without a slash at the end.
    #[must_use]
    pub const fn base_url(self) -> &'static str {
        match self {
            Self::Us => "https://api.redoxengine.com",
            Self::Ca => "https://api.ca.redoxengine.com",
        }
    }

    /// The token endpoint for OAuth API keys: [`TOKEN_PATH`] after the base URL.
    #[must_use]
    pub const fn token_url(self) -> &'static str {
        match self {
            Self::Us => "https://api.redoxengine.com/v2/auth/token",
            Self::Ca => "https://api.ca.redoxengine.com/v2/auth/token",
        }
    }

    /// The URL for file uploads. Redox's pages do not give one for Canada.
    #[must_use]
    pub const fn upload_url(self) -> Option<&'static str> {
        match self {
            Self::Us => Some("https://blob.redoxengine.com/upload"),
            Self::Ca => None,
        }
    }
}

/// The path of Redox's token endpoint for OAuth API keys.
pub const TOKEN_PATH: &str = "/v2/auth/token";

/// The path where a legacy API key obtains a token.
pub const LEGACY_AUTHENTICATE_PATH: &str = "/auth/authenticate";

/// The path where a legacy refresh token obtains a token.
pub const LEGACY_REFRESH_PATH: &str = "/auth/refreshToken";

/// The path of the Data Model API.
pub const DATA_MODEL_PATH: &str = "/endpoint";

/// The path of the FHIR API. The destination and the environment follow it.
pub const FHIR_PATH: &str = "/fhir/R4/";
