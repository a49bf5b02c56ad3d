use core::fmt;

use crate::parse_error::ParseError;

/// Why Redox did not provably send a request, or why its challenge cannot be answered.
///
/// Holds no byte of the request or the token.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum IncomingError {
    /// The caller's verification token is empty, and therefore no secret.
    EmptyToken,
    /// The caller's verification token has a control character, a letter beyond ASCII or a space at an end. A header
    /// cannot carry it, or not unambiguously.
    UnusableToken,
    /// The request has no verification token at any allowed place.
    NoToken,
    /// The request has another verification token at this place.
    WrongToken(TokenPlace),
    /// The challenge in the body has a duplicate member, or a verification token that is no string.
    Body(ParseError),
    /// The parameter of this name comes twice in the query.
    Duplicate(&'static str),
    /// The query has no `challenge`.
    NoChallenge,
    /// The challenge is empty, is not UTF-8 or has a control character, and therefore must not be sent back.
    UnusableChallenge,
    /// The caller's buffer is too short for the challenge.
    BufferTooSmall {
        /// The exact length needed, in bytes.
        needed: usize,
    },
}

impl fmt::Display for IncomingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptyToken => f.write_str("expected a verification token to check for, found an empty one"),
            Self::UnusableToken => f.write_str(
                "the verification token must be printable ASCII without a space at an end; enter another one in Redox",
            ),
            Self::NoToken => f.write_str("expected a verification token in the request, found none"),
            Self::WrongToken(place) => {
                write!(f, "expected the verification token in {place}, found another value")
            }
            Self::Body(error) => write!(f, "no usable challenge: {error}"),
            Self::Duplicate(name) => {
                write!(f, "expected one parameter `{name}` in the query, found two")
            }
            Self::NoChallenge => f.write_str("expected the parameter `challenge` in the query, found none"),
            Self::UnusableChallenge => f.write_str(
                "expected a challenge of text without control characters, found another or an empty one",
            ),
            Self::BufferTooSmall { needed } => write!(f, "buffer too small: need {needed} bytes"),
        }
    }
}

impl core::error::Error for IncomingError {}

/// The place of a verification token in a request.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TokenPlace {
    /// The header `verification-token`.
    Header,
    /// The header `Authorization`, which must have the scheme `Bearer`.
    Authorization,
    /// The member `verification-token` of a challenge by `POST`.
    Body,
    /// The parameter `verification-token` of a challenge by `GET`.
    Query,
}

impl fmt::Display for TokenPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Header => "the header `verification-token`",
            Self::Authorization => "the header `Authorization: Bearer`",
            Self::Body => "the body",
            Self::Query => "the query",
        })
    }
}
