mod refusal;

pub use refusal::{ErrorCode, Reason, Refusal, Refused};

use core::ops::Range;

use crate::json::{self, Member, Text, Value};
use crate::{AccessToken, Expiry, Instant, ParseError, ParseErrorKind};

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
    /// Escapes in the body's texts are replaced in place, which is why it must be mutable. Unknown members are ignored.
    /// A status other than 2xx never yields a token.
    ///
    /// # Errors
    /// [`ParseError`] for a status of 2xx with a body that is neither a token nor an OAuth error. With another status
    /// any body is a [`Refusal`]: Redox and the proxies before it answer in plain text and HTML, too.
    pub fn parse(status: u16, body: &'b mut [u8]) -> Result<Self, ParseError> {
        let success = (200..300).contains(&status);
        let reply = match Members::read(body) {
            Ok(members) if members.is_refusal(success) => {
                members.refusal(status, body).map(Self::Refusal)
            }
            Ok(members) if success => members.token(body).map(Self::Token),
            Ok(_) => Ok(Self::Refusal(Refusal::from_status(status))),
            Err(error) => Err(error),
        };
        match reply {
            Err(_) if !success => Ok(Self::Refusal(Refusal::from_status(status))),
            reply => reply,
        }
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

/// The lifetime of a token whose server did not name one, in seconds: Redox's 5 minutes, SMART's greatest.
pub const DEFAULT_LIFETIME_SECS: u32 = 300;

/// The members that any answer of a token endpoint may have.
struct Members {
    access_token: Option<Member>,
    token_type: Option<Member>,
    expires_in: Option<Member>,
    scope: Option<Member>,
    error: Option<Member>,
    error_description: Option<Member>,
    error_uri: Option<Member>,
}

impl Members {
    fn read(body: &[u8]) -> Result<Self, ParseError> {
        let [
            access_token,
            token_type,
            expires_in,
            scope,
            error,
            error_description,
            error_uri,
        ] = json::members(
            body,
            [
                ACCESS_TOKEN,
                "token_type",
                "expires_in",
                "scope",
                "error",
                "error_description",
                "error_uri",
            ],
        )?;
        Ok(Self {
            access_token,
            token_type,
            expires_in,
            scope,
            error,
            error_description,
            error_uri,
        })
    }

    /// Some servers say no with status 200.
    const fn is_refusal(&self, success: bool) -> bool {
        let token = matches!(self.access_token, Some(Member { value, .. }) if !matches!(value, Value::Null));
        self.error.is_some() && !(success && token)
    }

    fn token<'b>(&self, body: &'b mut [u8]) -> Result<TokenResponse<'b>, ParseError> {
        let token = required_text(self.access_token, ACCESS_TOKEN)?;
        let token_type = optional_text(self.token_type, "token_type")?;
        let expires_in_secs = self
            .expires_in
            .map_or(Ok(None), |it| expires_in(it, body))?;
        let scope = optional_text(self.scope, "scope")?;

        let at = self.access_token.map_or(0, |it| it.at);
        let token = token.unescape(body);
        let token_type_at = self.token_type.map_or(0, |it| it.at);
        let token_type = token_type.map(|it| it.unescape(body));
        let scope = scope.map(|it| it.unescape(body));

        let body: &'b [u8] = body;
        if let Some(token_type) = token_type
            && !text_at(body, token_type).eq_ignore_ascii_case("Bearer")
        {
            return Err(ParseError {
                kind: ParseErrorKind::TokenType,
                at: token_type_at,
            });
        }
        Ok(TokenResponse {
            access_token: AccessToken::new(usable_token(body, token, ACCESS_TOKEN, at)?),
            expires_in_secs,
            scope: scope.map(|it| text_at(body, it)),
        })
    }

    fn refusal<'b>(&self, status: u16, body: &'b mut [u8]) -> Result<Refusal<'b>, ParseError> {
        let error = required_text(self.error, "error")?;
        let description = optional_text(self.error_description, "error_description")?;
        let uri = optional_text(self.error_uri, "error_uri")?;

        let error = error.unescape(body);
        let description = description.map(|it| it.unescape(body));
        let uri = uri.map(|it| it.unescape(body));

        let body: &'b [u8] = body;
        Ok(Refusal::new(
            status,
            text_at(body, error),
            description.map(|it| text_at(body, it)),
            uri.map(|it| text_at(body, it)),
        ))
    }
}

/// `expires_in` as servers send it: 300, 300.0, "300", null.
fn expires_in(member: Member, body: &mut [u8]) -> Result<Option<u32>, ParseError> {
    let place = match member.value {
        Value::Null => return Ok(None),
        Value::Number { start, end } => start..end,
        Value::Text(text) => text.unescape(body),
        Value::Other => return Err(wrong_type(member, "expires_in", "a number")),
    };
    match json::floor_of(body.get(place).unwrap_or(&[])) {
        None | Some(0) => Err(ParseError {
            kind: ParseErrorKind::Lifetime,
            at: member.at,
        }),
        Some(secs) => Ok(Some(u32::try_from(secs).unwrap_or(u32::MAX))),
    }
}

/// The text of a member that must be there.
pub(crate) fn required_text(
    member: Option<Member>,
    name: &'static str,
) -> Result<Text, ParseError> {
    let kind = ParseErrorKind::Missing(name);
    let member = member.ok_or(ParseError { kind, at: 0 })?;
    match member.value {
        Value::Text(text) => Ok(text),
        _ => Err(wrong_type(member, name, "a string")),
    }
}

/// The text of a member that may be absent or `null`.
pub(crate) fn optional_text(
    member: Option<Member>,
    name: &'static str,
) -> Result<Option<Text>, ParseError> {
    match member {
        None => Ok(None),
        Some(Member {
            value: Value::Null, ..
        }) => Ok(None),
        Some(_) => required_text(member, name).map(Some),
    }
}

/// A token that can stand in an `Authorization` header: RFC 6749 §A.12 without the space.
pub(crate) fn usable_token<'b>(
    body: &'b [u8],
    place: Range<usize>,
    name: &'static str,
    at: usize,
) -> Result<&'b str, ParseError> {
    let token = text_at(body, place);
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        let kind = ParseErrorKind::UnusableToken(name);
        return Err(ParseError { kind, at });
    }
    Ok(token)
}

/// The text at a place that [`Text::unescape`] gave.
pub(crate) fn text_at(body: &[u8], place: Range<usize>) -> &str {
    body.get(place)
        .and_then(|bytes| core::str::from_utf8(bytes).ok())
        .unwrap_or("")
}

const fn wrong_type(member: Member, name: &'static str, expected: &'static str) -> ParseError {
    ParseError {
        kind: ParseErrorKind::WrongType {
            member: name,
            expected,
        },
        at: member.at,
    }
}

const ACCESS_TOKEN: &str = "access_token";
