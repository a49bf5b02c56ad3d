use http::StatusCode;
use metrics::counter;
use redox_auth_core::{IncomingError, TokenPlace};
use tracing::warn;

/// Why a request was refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Refusal {
    /// The token or the challenge is wrong.
    Incoming(IncomingError),
    /// The body is longer than the limit.
    TooLong,
    /// The body ended before its time.
    CutOff,
}

impl Refusal {
    /// Reports it with one event and one count, without any value of the request. The crate's page has the names.
    pub(super) fn tell(self) {
        let (reason, place) = (self.reason(), self.place());
        counter!("redox_auth_incoming_refusals_total", "reason" => reason, "place" => place)
            .increment(1);
        let status = self.status().as_u16();
        warn!(reason, place, status, "a request was refused");
    }

    pub(super) const fn status(self) -> StatusCode {
        match self {
            Self::Incoming(IncomingError::NoToken | IncomingError::WrongToken(_)) => {
                StatusCode::UNAUTHORIZED
            }
            Self::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Incoming(_) | Self::CutOff => StatusCode::BAD_REQUEST,
        }
    }

    const fn reason(self) -> &'static str {
        match self {
            Self::Incoming(IncomingError::NoToken) => "no_token",
            Self::Incoming(IncomingError::WrongToken(_)) => "wrong_token",
            Self::Incoming(_) => "challenge",
            Self::TooLong => "too_long",
            Self::CutOff => "cut_off",
        }
    }

    const fn place(self) -> &'static str {
        let Self::Incoming(error) = self else {
            return "body";
        };
        match error {
            IncomingError::WrongToken(TokenPlace::Header) => "header",
            IncomingError::WrongToken(TokenPlace::Authorization) => "authorization",
            IncomingError::WrongToken(TokenPlace::Query)
            | IncomingError::Duplicate(_)
            | IncomingError::NoChallenge => "query",
            IncomingError::WrongToken(_) | IncomingError::Body(_) => "body",
            _ => "request",
        }
    }
}
