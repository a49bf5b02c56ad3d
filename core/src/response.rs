mod error_code;
mod reason;
mod refusal;
mod token_type;
mod words;

pub use error_code::ErrorCode;
pub use reason::Reason;
pub use refusal::{Refusal, Refused};
pub use token_type::TokenType;
pub use words::{Phrase, Words};

use crate::expiry::Expiry;
use crate::json::{Fields, Member, Text, Value, read_whole, text_at};
use crate::parse_error::{ParseError, ParseErrorKind};
use crate::secret::AccessToken;
use crate::time::Instant;

/// The answer of a token endpoint: a token or a refusal, decided by the body first and the status second.
#[derive(Clone, Copy, Debug)]
pub enum TokenReply<'b> {
    /// A token.
    Token(TokenResponse<'b>),
    /// A refusal, with the server's reasons, if it gave any.
    Refusal(Refusal<'b>),
}

impl<'b> TokenReply<'b> {
    /// Parses the answer of a token endpoint from its HTTP `status` and its whole `body`.
    ///
    /// Escapes in the texts of a token response are replaced in place, and therefore the body must be mutable. The body
    /// of a refusal stays unchanged. Unknown members are ignored. A status other than 2xx never yields a token.
    ///
    /// # Errors
    /// [`ParseError`] for a status of 2xx with a body that is neither a token nor an OAuth error. With another status
    /// any body is a [`Refusal`], because Redox and the proxies before it also answer in plain text and HTML.
    pub fn parse(status: u16, body: &'b mut [u8]) -> Result<Self, ParseError> {
        Self::parse_as(TokenType::Bearer, status, body)
    }

    /// As [`parse`](Self::parse), for a token of this type. A token of the other type is an error, and so is a bearer
    /// token in answer to a request with a DPoP proof.
    ///
    /// # Errors
    /// As `parse`; [`ParseErrorKind::NotDpop`], and [`ParseErrorKind::Missing`] if `DPoP` is expected and `token_type`
    /// is absent.
    pub fn parse_as(
        expected: TokenType,
        status: u16,
        body: &'b mut [u8],
    ) -> Result<Self, ParseError> {
        let is_success = (200..300).contains(&status);
        let mut found = [None; NAMES.len()];
        let read = read_whole(body, &NAMES, &mut found);
        if read.is_err() {
            found = [None; NAMES.len()];
        }
        let [token, .., error, description] = found;
        let error = text(error);
        let is_token = |token: Member| !matches!(token.value, Value::Null);
        if !is_success || (error.is_some() && !token.is_some_and(is_token)) {
            let refused = Refused::read(status, error, text(description), body);
            return Ok(Self::Refusal(Refusal::new(refused, body)));
        }
        read?;
        let mut fields = Fields::unescape(body, &NAMES, &mut found);
        let reply = self::token(expected, &mut fields).map(Self::Token);
        reply.ok_or(fields.error())
    }
}

/// A successful answer of a token endpoint (RFC 6749 §5.1).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct TokenResponse<'b> {
    /// The token.
    pub access_token: AccessToken<'b>,
    /// `expires_in`: the lifetime of the token, in seconds from the time when the server made it; at least 1, and
    /// `u32::MAX` for anything longer. A fraction is cut off. `None` if the server gave none.
    pub expires_in_secs: Option<u32>,
    /// The granted scope, if the server names it.
    pub scope: Option<&'b str>,
}

impl TokenResponse<'_> {
    /// The lifetime of the token, in seconds: the server's value, or [`DEFAULT_LIFETIME_SECS`].
    #[must_use]
    pub fn lifetime_secs(&self) -> u32 {
        self.expires_in_secs.unwrap_or(DEFAULT_LIFETIME_SECS)
    }

    /// When the token should be renewed and when it expires, counted from the time when its request was sent.
    #[must_use]
    pub fn expiry(&self, sent_at: Instant) -> Expiry {
        Expiry::of_lifetime(sent_at, self.lifetime_secs())
    }
}

/// The names in the scope `asked` that are not in the scope `granted`, compared as text (RFC 6749 §3.3). A server may
/// grant less than the client asked for (§5.1), and may grant the same scope under other names.
pub fn scopes_not_granted<'s>(asked: &'s str, granted: &'s str) -> impl Iterator<Item = &'s str> {
    let names = |scope: &'s str| scope.split(' ').filter(|name| !name.is_empty());
    names(asked).filter(move |asked| names(granted).all(|granted| granted != *asked))
}

/// The lifetime of a token whose server named none, in seconds: Redox's 5 minutes, the greatest that SMART allows.
pub const DEFAULT_LIFETIME_SECS: u32 = 300;

impl ParseError {
    /// The unexpected `token_type`, up to 40 characters of it, from the `body` that was parsed.
    #[must_use]
    pub fn token_type<'b>(&self, body: &'b [u8]) -> Option<Phrase<'b, 'static>> {
        let kinds = [ParseErrorKind::TokenType, ParseErrorKind::NotDpop];
        kinds.contains(&self.kind).then_some(())?;
        Some(Phrase::of_json(
            text_at(body, self.at)?,
            body,
            TOKEN_TYPE_MAX,
        ))
    }
}

fn token<'b>(expected: TokenType, fields: &mut Fields<'b, '_>) -> Option<TokenResponse<'b>> {
    let token_type = fields.text(TOKEN_TYPE)?;
    if token_type.is_some_and(|it| !it.eq_ignore_ascii_case(expected.as_str())) {
        return fields.fail(
            TOKEN_TYPE,
            match expected {
                TokenType::Bearer => |_| ParseErrorKind::TokenType,
                TokenType::Dpop => |_| ParseErrorKind::NotDpop,
            },
        );
    }
    if expected == TokenType::Dpop {
        // A server that omits `token_type` has not bound the token to a key.
        fields.required(TOKEN_TYPE, token_type)?;
    }
    // Servers send 300, 300.0, "300" or null.
    let expires_in_secs = fields.lifetime_secs(EXPIRES_IN)?;
    let access_token = fields.token(ACCESS_TOKEN)?;
    Some(TokenResponse {
        access_token: AccessToken::new(fields.required(ACCESS_TOKEN, access_token)?),
        expires_in_secs,
        scope: fields.text(SCOPE)?,
    })
}

fn text(member: Option<Member>) -> Option<Text> {
    match member?.value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// The members of every answer of a token endpoint.
const NAMES: [&str; 6] = [
    "access_token",
    "token_type",
    "expires_in",
    "scope",
    "error",
    "error_description",
];
/// The number of characters shown of a `token_type`.
const TOKEN_TYPE_MAX: usize = 40;

const ACCESS_TOKEN: usize = 0;
const TOKEN_TYPE: usize = 1;
const EXPIRES_IN: usize = 2;
const SCOPE: usize = 3;
