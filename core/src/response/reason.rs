use super::ErrorCode;
use crate::json::Text;

/// The meaning of a refusal, sorted by the party that has to act.
///
/// Most reasons are a guess from the server's words, and select the hint. A session uses the reason only to decide
/// whether another attempt can help. It cannot for [`Request`](Self::Request), [`WrongEndpoint`](Self::WrongEndpoint)
/// and [`TryLater`](Self::TryLater), which need no guess.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// The request is malformed, through a fault of the program that sent it. Only the texts that Redox documents for
    /// this case, and `unsupported_grant_type`.
    Request,
    /// The server has no valid public key for this client ID and key ID.
    KeyNotFound,
    /// A claim or header has a value that the server does not expect. The value is its name, if it is one that this
    /// crate sends.
    Claim(&'static str),
    /// The two clocks disagree: `iat`, `exp` or `nbf`.
    Clock,
    /// The server has seen this assertion before.
    Replay,
    /// The server did not accept the client, its key or its signature, and does not say which.
    Client,
    /// The legacy API key and its secret do not belong together.
    Secret,
    /// A blank description, as Redox and Epic send it: a value is wrong, or the clock is.
    Blank,
    /// The client lacks the right to do this, or to use this scope.
    NotAllowed,
    /// The URL is not that of a token endpoint, or a machine on the path answered, according to the status.
    WrongEndpoint,
    /// The request is right, but the server is busy or broken.
    TryLater,
    /// The server gave no known reason.
    Unknown,
}

impl Reason {
    /// The meaning of a body without an OAuth error.
    pub(super) const fn of_status(status: u16) -> Self {
        // A device links this function instead of the larger table of `StatusMeaning`. A test compares both.
        match status {
            408 | 421 | 425 | 429 | 500..=599 => Self::TryLater,
            300..=399 | 404..=407 | 410 | 411 | 413..=415 | 417 | 426 | 431 | 494..=497 => {
                Self::WrongEndpoint
            }
            _ => Self::Unknown,
        }
    }

    /// The meaning of an OAuth error, with its description in `body`.
    pub(super) fn of_error(code: ErrorCode, description: Option<Text>, body: &[u8]) -> Self {
        let otherwise = match code {
            ErrorCode::UnsupportedGrantType => return Self::Request,
            ErrorCode::UnauthorizedClient | ErrorCode::InvalidScope => return Self::NotAllowed,
            ErrorCode::TemporarilyUnavailable | ErrorCode::ServerError => return Self::TryLater,
            ErrorCode::InvalidRequest | ErrorCode::InvalidClient => Self::Blank,
            ErrorCode::InvalidGrant => Self::Client,
            ErrorCode::Other => Self::Unknown,
        };
        let Some(description) = description.filter(|it| !it.raw(body).is_empty()) else {
            return otherwise;
        };
        if FORM.iter().any(|text| description.equals(body, text)) {
            return Self::Request;
        }
        let is_found = |words: &str| has_one_of(description.raw(body), words.as_bytes());
        match WORDS.iter().find(|(words, _)| is_found(words)) {
            Some((_, reason)) => *reason,
            None if code == ErrorCode::Other => Self::Unknown,
            None => Self::Client,
        }
    }

    /// Whether another attempt, with a corrected time or another key, could succeed.
    pub(crate) const fn may_be_ours(self) -> bool {
        !matches!(self, Self::Request | Self::WrongEndpoint | Self::TryLater)
    }

    /// The usual meaning and the checks to make, in one or two sentences for a person, for any server.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Self::Request => {
                "the request is malformed; this is a fault of the program that sent it, not of the key"
            }
            Self::KeyNotFound => {
                "the server has no valid public key for this client ID and key ID; check both against the server's \
                 settings, that the JWKS URL is reachable and has the key ID, and that the changes were saved"
            }
            Self::Claim("aud") => {
                "the audience is not the one this server expects; try the exact URL of the token endpoint, or the \
                 server's issuer identifier"
            }
            Self::Claim("alg") => {
                "the server does not take this algorithm; sign with a key for one that the server lists"
            }
            Self::Claim("iss" | "sub") => {
                "the client ID is not the one this server expects; copy it from the key's settings"
            }
            Self::Claim("jti") | Self::Replay => {
                "this assertion was used before; sign a new one for every attempt"
            }
            Self::Claim(_) => {
                "a claim or header has a value that the server does not expect; compare the assertion with its rules"
            }
            Self::Clock => {
                "the clocks disagree; compare this machine's clock with the Date header of the server's answer"
            }
            Self::Secret => {
                "the API key and its secret do not belong together; copy both without spaces around them, and mind that \
                 making a new secret ends the old one at once"
            }
            Self::Blank | Self::Client | Self::Unknown => {
                "the server does not say what is wrong; check the client ID, the key ID (`kid`), that the public key \
                 registered there belongs to this private key, the algorithm, the audience, the scope, and this \
                 machine's clock"
            }
            Self::NotAllowed => {
                "the client is known but may not do this; check its grant types and the scope asked for"
            }
            Self::WrongEndpoint => "this does not look like a token endpoint; check its URL",
            Self::TryLater => {
                "the server is busy or has a fault; wait and try again with a new assertion"
            }
        }
    }
}

/// Whether `text` has one of these `words` as a whole word, in upper or lower case. Spaces separate the `words`.
fn has_one_of(text: &[u8], words: &[u8]) -> bool {
    let mut found = text.split(|byte| !byte.is_ascii_alphanumeric());
    found.any(|found| {
        let mut known = words.split(|byte| *byte == b' ');
        known.any(|word| word.eq_ignore_ascii_case(found))
    })
}

/// The meaning of each word in the descriptions of all servers that use it. The first row with a word of the text
/// counts: an expired key is no clock error.
const WORDS: [(&str, Reason); 13] = [
    ("replay replayed reuse already", Reason::Replay),
    ("iat exp nbf clock future past", Reason::Clock),
    ("aud audience", Reason::Claim("aud")),
    ("alg algorithm", Reason::Claim("alg")),
    ("jti", Reason::Claim("jti")),
    ("scope", Reason::NotAllowed),
    ("iss issuer", Reason::Claim("iss")),
    ("sub", Reason::Claim("sub")),
    ("typ", Reason::Claim("typ")),
    ("kid jwk jwks key certificate", Reason::KeyNotFound),
    ("claim", Reason::Claim("(another)")),
    ("secret", Reason::Client),
    ("expired", Reason::Clock),
];

/// The descriptions of malformed requests, from Redox's page "Troubleshoot OAuth API key errors".
const FORM: [&str; 7] = [
    "x-www-form-urlencoded content-type required",
    "Missing grant_type parameter",
    "The grant_type parameter should equal 'client_credentials'",
    "Missing client assertion type",
    "Invalid client assertion type",
    "Missing client assertion",
    "JWT header kid property is required",
];
