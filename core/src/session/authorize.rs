use core::fmt;

use super::Session;
use super::next::{Generation, ServedBy, Token};
use super::storage::TokenStorage;
use crate::identity::{Identity, Policy};
use crate::response::TokenType;
use crate::server::UrlError;
use crate::time::Instant;

impl<I: Identity, S: TokenStorage> Session<I, S> {
    /// The token and the source ID for a request to `api` at `url`.
    ///
    /// # Errors
    /// [`AuthorizeError`], before anything is sent: no token at the moment, a token that this API does not accept, a
    /// host that must not receive the token, or a token that is bound to a key.
    pub fn authorize(
        &self,
        now: Instant,
        api: Api,
        url: &str,
    ) -> Result<Authorized<'_>, AuthorizeError> {
        let authorized = self.authorize_with_proof(now, api, url)?;
        match self.token_type(authorized.token.served_by()) {
            TokenType::Bearer => Ok(authorized),
            TokenType::Dpop => Err(AuthorizeError::NeedsProof),
        }
    }

    /// As [`authorize`](Self::authorize), for a caller that adds a [`DpopProof`](crate::DpopProof) with the hash of the
    /// token to the request. [`Session::token_type`] says whether the token needs a proof.
    ///
    /// # Errors
    /// As `authorize`, except for [`AuthorizeError::NeedsProof`].
    pub fn authorize_with_proof(
        &self,
        now: Instant,
        api: Api,
        url: &str,
    ) -> Result<Authorized<'_>, AuthorizeError> {
        self.identity
            .server()
            .may_receive_token(url)
            .map_err(AuthorizeError::Url)?;
        let held = self.slot.live(now).ok_or(AuthorizeError::NoToken)?;
        if held.served_by == ServedBy::Legacy && !api.takes_legacy_tokens() {
            return Err(AuthorizeError::LegacyToken(api));
        }
        if api == Api::Tefca && !Policy::Tefca.allows_lifetime(held.lifetime_secs) {
            return Err(AuthorizeError::LivesTooLong {
                found_secs: held.lifetime_secs,
            });
        }
        let source_id = self.source_id(held.served_by);
        if source_id.is_some_and(|id| !is_header_value(id)) {
            return Err(AuthorizeError::SourceId);
        }
        Ok(Authorized {
            token: self.slot.token(held),
            source_id,
        })
    }

    /// A legacy API key belongs to one source and has that source's ID. The OAuth API key that replaces it must name
    /// the source.
    fn source_id(&self, served_by: ServedBy) -> Option<&str> {
        self.identity.source_id().or_else(|| match served_by {
            ServedBy::OAuth { .. } => self.identity.legacy_key().map(|key| key.api_key()),
            ServedBy::Legacy => None,
        })
    }
}

/// The token and the source ID of a request to the API. `Debug` omits the token.
#[derive(Clone, Copy, Debug)]
pub struct Authorized<'s> {
    token: Token<'s>,
    source_id: Option<&'s str>,
}

impl<'s> Authorized<'s> {
    /// The token, for `Authorization: Bearer`, or for `Authorization: DPoP` if it is bound to a key.
    #[must_use]
    pub const fn expose_token(&self) -> Token<'s> {
        self.token
    }

    /// The number of the token, for [`Session::rejected`].
    #[must_use]
    pub const fn generation(&self) -> Generation {
        self.token.generation()
    }

    /// The source ID, for the header `Redox-Source-Id` and for `Meta.Source.ID`. Printable ASCII.
    #[must_use]
    pub const fn source_id(&self) -> Option<&'s str> {
        self.source_id
    }
}

/// An API of Redox.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Api {
    /// The Data Model API.
    DataModel,
    /// The upload of files that Data Model messages refer to.
    Upload,
    /// The FHIR API.
    Fhir,
    /// The Platform API.
    Platform,
    /// The Data Model API for TEFCA, which requires tokens that live shorter than a day.
    Tefca,
    /// An API of another server.
    Other,
}

impl Api {
    /// Every API.
    pub const ALL: [Self; 6] = [
        Self::DataModel,
        Self::Upload,
        Self::Fhir,
        Self::Platform,
        Self::Tefca,
        Self::Other,
    ];

    const fn takes_legacy_tokens(self) -> bool {
        matches!(self, Self::DataModel | Self::Upload)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::DataModel => "the Data Model API",
            Self::Upload => "uploads",
            Self::Fhir => "the FHIR API",
            Self::Platform => "the Platform API",
            Self::Tefca => "TEFCA",
            Self::Other => "this API",
        }
    }
}

impl fmt::Display for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why a request gets no token.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AuthorizeError {
    /// There is no token at the moment. [`Session::next`] gives the next step.
    NoToken,
    /// The URL's host must not receive the token.
    Url(UrlError),
    /// The token belongs to a legacy API key, which works for the Data Model API only (Redox's page "Authenticate a
    /// legacy API key").
    LegacyToken(Api),
    /// The token lives a day or longer.
    LivesTooLong {
        /// The lifetime of the token, in seconds.
        found_secs: u32,
    },
    /// The source ID has a character that a header cannot carry.
    SourceId,
    /// The token is bound to a key (RFC 9449), and the request would have no proof signed with that key.
    NeedsProof,
}

impl fmt::Display for AuthorizeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoToken => f.write_str("no token at the moment"),
            Self::Url(error) => write!(f, "no token may go to this URL: {error}"),
            Self::LegacyToken(api) => write!(
                f,
                "{api} takes no token of a legacy API key; expected one of an OAuth API key"
            ),
            Self::LivesTooLong { found_secs } => write!(
                f,
                "token of {found_secs} s, expected one shorter than a day, as TEFCA asks for"
            ),
            Self::SourceId => {
                f.write_str("the source ID must be printable ASCII, because a header carries it")
            }
            Self::NeedsProof => f.write_str(
                "the token is bound to a DPoP key: each request needs a proof signed with it",
            ),
        }
    }
}

impl core::error::Error for AuthorizeError {}

/// Stricter than RFC 9110 §5.5, because no ID has a space.
fn is_header_value(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}
