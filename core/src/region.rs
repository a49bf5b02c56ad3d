/// A region of Redox and where its APIs are.
///
/// Redox names two; any other server is a [`Server`](crate::Server) of the caller's.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Region {
    /// United States.
    #[default]
    Us,
    /// Canada. Redox's pages say only to put `ca` into the host name.
    Ca,
}

impl Region {
    /// The URL that every path of this region's APIs starts with, without a slash at the end.
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

    /// Where files are uploaded to. Redox's pages do not say where in Canada.
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

/// The path where a legacy API key gets a token.
pub const LEGACY_AUTHENTICATE_PATH: &str = "/auth/authenticate";

/// The path where a legacy refresh token gets a token.
pub const LEGACY_REFRESH_PATH: &str = "/auth/refreshToken";

/// The path of the Data Model API.
pub const DATA_MODEL_PATH: &str = "/endpoint";

/// The path that the destination and the environment of the FHIR API follow.
pub const FHIR_PATH: &str = "/fhir/R4/";
