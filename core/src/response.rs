mod refusal;

pub use refusal::{ErrorCode, Reason, Refusal, Refused};

use crate::expiry::Expiry;
use crate::json::Fields;
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
    /// Escapes in the body's texts are replaced in place, which is why it must be mutable. Unknown members are ignored.
    /// A status other than 2xx never yields a token.
    ///
    /// # Errors
    /// [`ParseError`] for a status of 2xx with a body that is neither a token nor an OAuth error. With another status
    /// any body is a [`Refusal`]: Redox and the proxies before it answer in plain text and HTML, too.
    pub fn parse(status: u16, body: &'b mut [u8]) -> Result<Self, ParseError> {
        let is_success = (200..300).contains(&status);
        let mut found = [None; NAMES.len()];
        let reply = Fields::read(body, &NAMES, &mut found).and_then(|mut fields| {
            let has_token = is_success && fields.has_value(ACCESS_TOKEN);
            let reply = if fields.has(ERROR) && !has_token {
                refusal(status, &mut fields).map(Self::Refusal)
            } else if is_success {
                token(&mut fields).map(Self::Token)
            } else {
                None
            };
            reply.ok_or(fields.error())
        });
        match reply {
            Err(_) if !is_success => Ok(Self::Refusal(Refusal::from_status(status))),
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

fn token<'b>(fields: &mut Fields<'b, '_>) -> Option<TokenResponse<'b>> {
    let token_type = fields.text(TOKEN_TYPE)?;
    if token_type.is_some_and(|it| !it.eq_ignore_ascii_case("Bearer")) {
        return fields.fail(TOKEN_TYPE, |_| ParseErrorKind::TokenType);
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

fn refusal<'b>(status: u16, fields: &mut Fields<'b, '_>) -> Option<Refusal<'b>> {
    let error = fields.text(ERROR)?;
    Some(Refusal::new(
        status,
        fields.required(ERROR, error)?,
        fields.text(ERROR_DESCRIPTION)?,
        fields.text(ERROR_URI)?,
    ))
}

/// The members that any answer of a token endpoint may have.
const NAMES: [&str; 7] = [
    "access_token",
    "token_type",
    "expires_in",
    "scope",
    "error",
    "error_description",
    "error_uri",
];
const ACCESS_TOKEN: usize = 0;
const TOKEN_TYPE: usize = 1;
const EXPIRES_IN: usize = 2;
const SCOPE: usize = 3;
const ERROR: usize = 4;
const ERROR_DESCRIPTION: usize = 5;
const ERROR_URI: usize = 6;
