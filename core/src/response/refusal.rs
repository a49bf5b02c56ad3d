use core::fmt;

/// A token endpoint's no, with the server's own words (RFC 6749 §5.2).
///
/// The words are for people and were written by the server: escape control characters before a terminal sees them.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Refusal<'b> {
    /// What is left when the words are gone: small, `Copy`, fit for an error.
    pub refused: Refused,
    /// `error`: a code such as `invalid_client`. `None` when the body was no OAuth error.
    pub error: Option<&'b str>,
    /// `error_description`. Redox leaves it blank for most wrong values.
    pub description: Option<&'b str>,
    /// `error_uri`: a page about the error.
    pub uri: Option<&'b str>,
}

impl<'b> Refusal<'b> {
    // One copy of it: a copy for each caller takes more flash.
    #[inline(never)]
    pub(crate) fn new(
        status: u16,
        error: &'b str,
        description: Option<&'b str>,
        uri: Option<&'b str>,
    ) -> Self {
        let code = ErrorCode::from_wire(error);
        let reason = Reason::of(status, code, description.unwrap_or(""));
        Self {
            refused: Refused {
                status,
                code: Some(code),
                reason,
            },
            error: Some(error),
            description,
            uri,
        }
    }

    // One copy of it: a copy for each caller takes more flash.
    #[inline(never)]
    pub(crate) const fn from_status(status: u16) -> Self {
        let reason = match status {
            429 | 500..=599 => Reason::TryLater,
            300..=399 | 404 | 405 => Reason::WrongEndpoint,
            _ => Reason::Unknown,
        };
        Self {
            refused: Refused {
                status,
                code: None,
                reason,
            },
            error: None,
            description: None,
            uri: None,
        }
    }
}

/// That the server said no, and why as far as it lets us tell.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Refused {
    /// The HTTP status.
    pub status: u16,
    /// The OAuth error code, when the body had one.
    pub code: Option<ErrorCode>,
    /// Who has to do something about it.
    pub reason: Reason,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the server refused with status {}", self.status)?;
        if let Some(code) = self.code {
            write!(f, " and the error {code}")?;
        }
        write!(f, ": {}", self.reason.hint())
    }
}

impl core::error::Error for Refused {}

/// An OAuth error code (RFC 6749 §5.2).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ErrorCode {
    /// `invalid_request`: what Redox answers to everything.
    InvalidRequest,
    /// `invalid_client`: what SMART and RFC 6749 ask for when the client's proof fails.
    InvalidClient,
    /// `invalid_grant`.
    InvalidGrant,
    /// `unauthorized_client`.
    UnauthorizedClient,
    /// `unsupported_grant_type`.
    UnsupportedGrantType,
    /// `invalid_scope`.
    InvalidScope,
    /// `temporarily_unavailable` (RFC 6749 §4.1.2.1), which some servers use here too.
    TemporarilyUnavailable,
    /// `server_error` (RFC 6749 §4.1.2.1), which some servers use here too.
    ServerError,
    /// A code that these standards do not have.
    Other,
}

impl ErrorCode {
    fn from_wire(code: &str) -> Self {
        Self::KNOWN
            .into_iter()
            .find(|known| known.as_str() == code)
            .unwrap_or(Self::Other)
    }

    /// The code on the wire; `(another)` for [`ErrorCode::Other`].
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::ServerError => "server_error",
            Self::Other => "(another)",
        }
    }

    const KNOWN: [Self; 8] = [
        Self::InvalidRequest,
        Self::InvalidClient,
        Self::InvalidGrant,
        Self::UnauthorizedClient,
        Self::UnsupportedGrantType,
        Self::InvalidScope,
        Self::TemporarilyUnavailable,
        Self::ServerError,
    ];
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a refusal means, sorted by who has to act.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// The request itself is malformed: a fault of the program that sent it.
    Request,
    /// The server has no public key for this client ID and key ID.
    KeyNotFound,
    /// A claim or header has a value that the server does not expect; its name, where it is one that we send.
    Claim(&'static str),
    /// The clock of one side is off: `iat`, `exp` or `nbf`.
    Clock,
    /// This assertion was used before.
    Replay,
    /// The client, its key or its signature was not accepted, and the server does not say which.
    Client,
    /// The legacy API key and its secret do not belong together.
    Secret,
    /// Redox's blank description: some value is wrong, or `iat` lies outside its window.
    Blank,
    /// The client may not do this, or not with this scope.
    NotAllowed,
    /// This is not a token endpoint.
    WrongEndpoint,
    /// Nothing is wrong with the request: the server is busy or broken.
    TryLater,
    /// The server gave no reason that we know.
    Unknown,
}

impl Reason {
    fn of(status: u16, code: ErrorCode, description: &str) -> Self {
        if status == 429 || status >= 500 {
            return Self::TryLater;
        }
        if let Some((_, reason)) = REDOX.iter().find(|(text, _)| *text == description) {
            return *reason;
        }
        if let Some(name) = description
            .strip_prefix("Unexpected ")
            .and_then(|rest| rest.strip_suffix(" claim value"))
        {
            return match unquoted(name) {
                b"iat" | b"exp" | b"nbf" => Self::Clock,
                name => Self::Claim(known_claim(name)),
            };
        }
        match code {
            ErrorCode::InvalidRequest | ErrorCode::InvalidClient if description.is_empty() => {
                Self::Blank
            }
            ErrorCode::InvalidClient | ErrorCode::InvalidGrant => Self::from_words(description),
            ErrorCode::InvalidRequest | ErrorCode::UnsupportedGrantType => Self::Request,
            ErrorCode::UnauthorizedClient | ErrorCode::InvalidScope => Self::NotAllowed,
            ErrorCode::TemporarilyUnavailable | ErrorCode::ServerError => Self::TryLater,
            ErrorCode::Other => Self::Unknown,
        }
    }

    /// Servers other than Redox say what they found wrong in words of their own; these stand for one thing in all of
    /// them.
    fn from_words(description: &str) -> Self {
        let found = WORDS.iter().find(|(word, _)| contains(description, word));
        found.map_or(Self::Client, |(_, reason)| *reason)
    }

    /// Whether a wrong clock on our side is refused with this.
    pub(crate) const fn suspects_clock(self) -> bool {
        matches!(self, Self::Clock | Self::Blank | Self::Client)
    }

    /// Whether a key that the server does not have is refused with this.
    pub(crate) const fn suspects_key(self) -> bool {
        matches!(self, Self::KeyNotFound | Self::Client)
    }

    /// What it usually means and what to check, in a sentence or two for a person.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Self::Request => {
                "the request is malformed; this is a fault of the program that sent it, not of the key"
            }
            Self::KeyNotFound => {
                "no public key for this client ID and key ID; check both against the server's settings, that the JWKS \
                 URL is reachable and has the key ID, and that the changes were saved"
            }
            Self::Claim("aud") => {
                "the audience is not the one this server expects; try the exact URL of the token endpoint, or the \
                 server's issuer identifier"
            }
            Self::Claim("iss" | "sub") => {
                "the client ID is not the one this server expects; copy it from the key's settings"
            }
            Self::Claim(_) => {
                "a claim or header has a value that the server does not expect; compare the assertion with its rules"
            }
            Self::Clock => {
                "the clocks disagree; compare this machine's clock with the Date header of the server's answer"
            }
            Self::Replay => "this assertion was used before; sign a new one for every attempt",
            Self::Client => {
                "the server does not accept this client's proof; check client ID, key ID, that the public key \
                 registered there belongs to this private key, the audience, the clock, and that the assertion is new"
            }
            Self::Secret => {
                "the API key and its secret do not belong together; copy both without spaces around them, and mind that \
                 making a new secret ends the old one at once"
            }
            Self::Blank => {
                "the server gave no reason; check the audience, the algorithm, that the private key belongs to the \
                 registered public key, and this machine's clock: `iat` may be at most 5 minutes old and 10 seconds \
                 ahead at Redox"
            }
            Self::NotAllowed => {
                "the client is known but may not do this; check its grant types and the scope asked for"
            }
            Self::WrongEndpoint => "this does not look like a token endpoint; check its URL",
            Self::TryLater => {
                "the server is busy or has a fault; wait and try again with a new assertion"
            }
            Self::Unknown => {
                "the server gave no reason that is known here; check client ID, key and URL"
            }
        }
    }
}

fn unquoted(name: &str) -> &[u8] {
    let mut rest = name.as_bytes();
    while let [b'"' | b'\'' | b'`', tail @ ..] = rest {
        rest = tail;
    }
    while let [head @ .., b'"' | b'\'' | b'`'] = rest {
        rest = head;
    }
    rest
}

fn known_claim(name: &[u8]) -> &'static str {
    let known = CLAIMS.iter().find(|known| known.as_bytes() == name);
    known.copied().unwrap_or("(another)")
}

/// Whether `text` has this `word` in it, in upper or lower case.
fn contains(text: &str, word: &str) -> bool {
    let mut rest = text.as_bytes();
    while let Some(part) = rest.get(..word.len()) {
        if part.eq_ignore_ascii_case(word.as_bytes()) {
            return true;
        }
        rest = rest.get(1..).unwrap_or(&[]);
    }
    false
}

const CLAIMS: [&str; 6] = ["iss", "sub", "aud", "jti", "typ", "scope"];

/// The first that is found counts.
const WORDS: [(&str, Reason); 9] = [
    ("jti", Reason::Replay),
    ("replay", Reason::Replay),
    ("already", Reason::Replay),
    ("expired", Reason::Clock),
    ("iat", Reason::Clock),
    ("exp ", Reason::Clock),
    ("clock", Reason::Clock),
    ("audience", Reason::Claim("aud")),
    ("aud ", Reason::Claim("aud")),
];

/// The descriptions on Redox's page "Troubleshoot OAuth API key errors".
const REDOX: [(&str, Reason); 8] = [
    (
        "x-www-form-urlencoded content-type required",
        Reason::Request,
    ),
    ("Missing grant_type parameter", Reason::Request),
    (
        "The grant_type parameter should equal 'client_credentials'",
        Reason::Request,
    ),
    ("Missing client assertion type", Reason::Request),
    ("Invalid client assertion type", Reason::Request),
    ("Missing client assertion", Reason::Request),
    ("JWT header kid property is required", Reason::Request),
    (
        "Public key not found, check client_id, kid and Redox dashboard settings",
        Reason::KeyNotFound,
    ),
];
