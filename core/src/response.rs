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

/// What a token endpoint answered: a token or a refusal, sorted by the body first and the status second.
#[derive(Clone, Copy, Debug)]
pub enum TokenReply<'b> {
    /// A token.
    Token(TokenResponse<'b>),
    /// A no, with whatever reasons the server gave.
    Refusal(Refusal<'b>),
}

impl<'b> TokenReply<'b> {
    /// Reads the answer of a token endpoint from its HTTP `status` and its whole `body`.
    ///
    /// Escapes in the texts beside a token are replaced in place, which is why the body must be mutable; that of a
    /// refusal stays as it is. Unknown members are ignored. A status other than 2xx never yields a token.
    ///
    /// # Errors
    /// [`ParseError`] for a status of 2xx with a body that is neither a token nor an OAuth error. With another status
    /// any body is a [`Refusal`]: Redox and the proxies before it answer in plain text and HTML, too.
    pub fn parse(status: u16, body: &'b mut [u8]) -> Result<Self, ParseError> {
        Self::parse_as(TokenType::Bearer, status, body)
    }

    /// As [`parse`](Self::parse), for a token of this type: one of the other is an error, also where the server bound no
    /// token to the key whose proof it got.
    ///
    /// # Errors
    /// As `parse`; [`ParseErrorKind::NotDpop`], and [`ParseErrorKind::Missing`] where a `token_type` of `DPoP` is expected
    /// and none is there.
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

/// A token endpoint's yes (RFC 6749 §5.1).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct TokenResponse<'b> {
    /// The token.
    pub access_token: AccessToken<'b>,
    /// `expires_in`: how long the token lives, in seconds from when the server made it; at least 1, and `u32::MAX` for
    /// anything longer. A fraction is cut off. `None` when the server did not say.
    pub expires_in_secs: Option<u32>,
    /// The scope granted, when the server says so.
    pub scope: Option<&'b str>,
}

impl TokenResponse<'_> {
    /// How long the token may be used, in seconds: what the server said, or [`DEFAULT_LIFETIME_SECS`].
    #[must_use]
    pub fn lifetime_secs(&self) -> u32 {
        self.expires_in_secs.unwrap_or(DEFAULT_LIFETIME_SECS)
    }

    /// When to replace the token and when it dies, from when the request for it was sent.
    #[must_use]
    pub fn expiry(&self, sent_at: Instant) -> Expiry {
        Expiry::of_lifetime(sent_at, self.lifetime_secs())
    }
}

/// The names in the scope `asked` for that are not in the scope `granted`, as they are written (RFC 6749 §3.3): a server
/// may grant less than it was asked for (§5.1), and may grant the same under other names.
pub fn scopes_not_granted<'s>(asked: &'s str, granted: &'s str) -> impl Iterator<Item = &'s str> {
    let names = |scope: &'s str| scope.split(' ').filter(|name| !name.is_empty());
    names(asked).filter(move |asked| names(granted).all(|granted| granted != *asked))
}

/// The lifetime of a token whose server did not name one, in seconds: Redox's 5 minutes, SMART's greatest.
pub const DEFAULT_LIFETIME_SECS: u32 = 300;

impl ParseError {
    /// The `token_type` that was not the one expected, up to 40 characters of it, in the `body` where it was found.
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
        // A server that does not say so has bound it to nothing.
        fields.required(TOKEN_TYPE, token_type)?;
    }
    // As servers send it: 300, 300.0, "300", null.
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

/// The members that any answer of a token endpoint may have.
const NAMES: [&str; 6] = [
    "access_token",
    "token_type",
    "expires_in",
    "scope",
    "error",
    "error_description",
];
/// How many characters are shown of a `token_type`.
const TOKEN_TYPE_MAX: usize = 40;

const ACCESS_TOKEN: usize = 0;
const TOKEN_TYPE: usize = 1;
const EXPIRES_IN: usize = 2;
const SCOPE: usize = 3;
