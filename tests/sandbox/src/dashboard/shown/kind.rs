use crate::traffic::Exchange;
use crate::{endpoint, fhir, legacy, platform, route, upload};

/// The kind of a request, from its path.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Token,
    Legacy,
    Message,
    Fhir,
    Upload,
    Platform,
    Jwks,
    Other,
}

impl Kind {
    pub(super) fn of(exchange: &Exchange) -> Self {
        match exchange.request.path.as_str() {
            path if path == exchange.token_path() => Self::Token,
            legacy::AUTHENTICATE_PATH | legacy::REFRESH_PATH => Self::Legacy,
            endpoint::PATH => Self::Message,
            upload::PATH => Self::Upload,
            path if path.starts_with(fhir::PREFIX) => Self::Fhir,
            path if path.starts_with(platform::PREFIX) => Self::Platform,
            path if path.starts_with(route::JWKS_PREFIX) => Self::Jwks,
            _ => Self::Other,
        }
    }

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Legacy => "legacy",
            Self::Message => "message",
            Self::Fhir => "fhir",
            Self::Upload => "upload",
            Self::Platform => "platform",
            Self::Jwks => "jwks",
            Self::Other => "other",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

pub(super) const ALL: [Kind; 8] = [
    Kind::Token,
    Kind::Legacy,
    Kind::Message,
    Kind::Fhir,
    Kind::Upload,
    Kind::Platform,
    Kind::Jwks,
    Kind::Other,
];
