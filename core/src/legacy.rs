use core::fmt;

use crate::json::Fields;
use crate::out::Out;
use crate::parse_error::{ParseError, ParseErrorKind};
use crate::response::{Reason, Refusal, Refused};
use crate::secret::AccessToken;
use crate::time::UnixTime;
use crate::write_error::WriteError;

/// A legacy API key of Redox: an ID, which is also the ID of its source, and a secret.
///
/// Redox has deprecated these keys and accepts them for the Data Model API only. Their tokens live 24 hours. The source
/// of these rules is Redox's page "Authenticate a legacy API key".
#[derive(Clone, Copy)]
pub struct LegacyKey<'a> {
    api_key: &'a str,
    secret: &'a str,
}

impl<'a> LegacyKey<'a> {
    /// The media type of the requests.
    pub const CONTENT_TYPE: &'static str = "application/json";

    /// The key's ID and its secret, as Redox's dashboard shows them.
    #[must_use]
    pub const fn new(api_key: &'a str, secret: &'a str) -> Self {
        Self { api_key, secret }
    }

    /// The key's ID, which is also that of its source.
    #[must_use]
    pub const fn api_key(&self) -> &'a str {
        self.api_key
    }

    /// Writes the body for `POST /auth/authenticate`. The body holds the secret: wipe the buffer after the request is
    /// sent.
    ///
    /// # Errors
    /// [`WriteError::EmptyClaim`] with the member's name, [`WriteError::BufferTooSmall`] with the exact need.
    pub fn write_authenticate<'o>(&self, out: &'o mut [u8]) -> Result<&'o str, WriteError> {
        self.write(out, "secret", self.secret)
    }

    /// Writes the body for `POST /auth/refreshToken`, with the latest refresh token.
    ///
    /// # Errors
    /// As [`LegacyKey::write_authenticate`].
    pub fn write_refresh<'o>(
        &self,
        refresh_token: &str,
        out: &'o mut [u8],
    ) -> Result<&'o str, WriteError> {
        self.write(out, "refreshToken", refresh_token)
    }

    fn write<'o>(
        &self,
        out: &'o mut [u8],
        name: &'static str,
        value: &str,
    ) -> Result<&'o str, WriteError> {
        if self.api_key.is_empty() {
            return Err(WriteError::EmptyClaim("apiKey"));
        }
        if value.is_empty() {
            return Err(WriteError::EmptyClaim(name));
        }
        let mut out = Out::new(out);
        out.put_member(br#"{"apiKey":"#, self.api_key);
        out.put(br#",""#);
        out.put_str(name);
        out.put_member(br#"":"#, value);
        out.put(b"}");
        out.finish()
    }
}

impl fmt::Debug for LegacyKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LegacyKey")
            .field("api_key", &self.api_key)
            .field("secret", &format_args!("[redacted]"))
            .finish()
    }
}

/// Redox's answer to a legacy API key or its refresh token: a token or a refusal, depending on the status.
#[derive(Clone, Copy, Debug)]
pub enum LegacyTokenReply<'b> {
    /// A token.
    Token(LegacyTokenResponse<'b>),
    /// A refusal. Redox explains it in plain text, or not at all.
    Refusal(Refusal<'b>),
}

impl<'b> LegacyTokenReply<'b> {
    /// Parses an answer from its HTTP `status` and its whole `body`. Escapes are replaced in place.
    ///
    /// # Errors
    /// [`ParseError`] for a status of 2xx with a body without a token.
    pub fn parse(status: u16, body: &'b mut [u8]) -> Result<Self, ParseError> {
        if (200..300).contains(&status) {
            return LegacyTokenResponse::parse(body).map(Self::Token);
        }
        let mut refused = Refused::read(status, None, None, body);
        if matches!(status, 401 | 403) {
            refused.reason = Reason::Secret;
        }
        Ok(Self::Refusal(Refusal::new(refused, body)))
    }
}

/// A token for a legacy API key.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct LegacyTokenResponse<'b> {
    /// The token, valid for 24 hours.
    pub access_token: AccessToken<'b>,
    /// `expires`: the time at which the token expires.
    pub expires_at: UnixTime,
    refresh_token: Option<&'b str>,
}

impl<'b> LegacyTokenResponse<'b> {
    /// Parses the body of an answer with status 200. Escapes are replaced in place.
    ///
    /// # Errors
    /// [`ParseError`] if the body is no JSON object, lacks `accessToken` or `expires`, or has an `expires` that is no
    /// time.
    pub fn parse(body: &'b mut [u8]) -> Result<Self, ParseError> {
        let mut found = [None; NAMES.len()];
        let mut fields = Fields::read(body, &NAMES, &mut found)?;
        Self::from_fields(&mut fields).ok_or(fields.error())
    }

    fn from_fields(fields: &mut Fields<'b, '_>) -> Option<Self> {
        let access_token = fields.token(ACCESS_TOKEN)?;
        let access_token = AccessToken::new(fields.required(ACCESS_TOKEN, access_token)?);
        let expires = fields.text(EXPIRES)?;
        let expires = fields.required(EXPIRES, expires)?;
        let Some(expires_at) = UnixTime::parse_rfc3339(expires) else {
            return fields.fail(EXPIRES, ParseErrorKind::Time);
        };
        Some(Self {
            access_token,
            expires_at,
            refresh_token: fields.token(REFRESH_TOKEN)?,
        })
    }

    /// The refresh token, to be used only with [`LegacyKey::write_refresh`].
    #[must_use]
    pub const fn expose_refresh_token(&self) -> Option<&'b str> {
        self.refresh_token
    }
}

impl fmt::Debug for LegacyTokenResponse<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LegacyTokenResponse")
            .field("access_token", &self.access_token)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

const NAMES: [&str; 3] = ["accessToken", "expires", "refreshToken"];
const ACCESS_TOKEN: usize = 0;
const EXPIRES: usize = 1;
const REFRESH_TOKEN: usize = 2;
