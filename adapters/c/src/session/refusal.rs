use core::ffi::c_char;
use core::fmt::{self, Write};

use redox_auth_core::{AnswerError, ErrorCode, Reason, Refusal, Refused, Words, WriteError};

use crate::pointer;
use crate::redox_auth_text;
use crate::status::{self, redox_auth_status};
use crate::text::write_with_nul;

/// Why a successful answer gave no token.
#[repr(i32)]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum redox_auth_answer_error {
    /// No problem.
    #[default]
    None = 0,
    /// The answer is not from a token endpoint.
    Parse = 1,
    /// The token is too long for the session.
    TokenTooLong = 2,
    /// The token has already expired, on the server's clock or, without a `Date`, on ours.
    Expired = 3,
    /// The token's lifetime is a day or longer, but the policy is `REDOX_AUTH_POLICY_TEFCA`.
    LivesTooLong = 4,
    /// Something that this version has no number for.
    Other = 5,
}

impl redox_auth_answer_error {
    pub(super) const fn of(error: &AnswerError) -> Self {
        match error {
            AnswerError::Parse(_) => Self::Parse,
            AnswerError::TokenTooLong { .. } => Self::TokenTooLong,
            AnswerError::Expired => Self::Expired,
            AnswerError::LivesTooLong { .. } => Self::LivesTooLong,
            _ => Self::Other,
        }
    }
}

/// An OAuth error code (RFC 6749 §5.2).
#[repr(i32)]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum redox_auth_error_code {
    /// The body has no error code.
    #[default]
    None = 0,
    /// `invalid_request`, which Redox sends for every error.
    InvalidRequest = 1,
    /// `invalid_client`.
    InvalidClient = 2,
    /// `invalid_grant`.
    InvalidGrant = 3,
    /// `unauthorized_client`.
    UnauthorizedClient = 4,
    /// `unsupported_grant_type`.
    UnsupportedGrantType = 5,
    /// `invalid_scope`.
    InvalidScope = 6,
    /// `temporarily_unavailable`.
    TemporarilyUnavailable = 7,
    /// `server_error`.
    ServerError = 8,
    /// Another one.
    Other = 9,
}

impl redox_auth_error_code {
    const fn of(code: Option<ErrorCode>) -> Self {
        match code {
            None => Self::None,
            Some(ErrorCode::InvalidRequest) => Self::InvalidRequest,
            Some(ErrorCode::InvalidClient) => Self::InvalidClient,
            Some(ErrorCode::InvalidGrant) => Self::InvalidGrant,
            Some(ErrorCode::UnauthorizedClient) => Self::UnauthorizedClient,
            Some(ErrorCode::UnsupportedGrantType) => Self::UnsupportedGrantType,
            Some(ErrorCode::InvalidScope) => Self::InvalidScope,
            Some(ErrorCode::TemporarilyUnavailable) => Self::TemporarilyUnavailable,
            Some(ErrorCode::ServerError) => Self::ServerError,
            Some(_) => Self::Other,
        }
    }
}

/// The meaning of a refusal, by the party that must act.
#[repr(i32)]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum redox_auth_reason {
    /// There was no refusal.
    #[default]
    None = 0,
    /// The form of the request is wrong: a fault of the program that sent it.
    Request = 1,
    /// The server has no valid public key for this client ID and key ID.
    KeyNotFound = 2,
    /// A claim or header has a value that the server does not expect: `claim` names it.
    Claim = 3,
    /// The clock of one side is off.
    Clock = 4,
    /// This assertion was used before.
    Replay = 5,
    /// The server does not accept the client, its key or its signature, and does not say which.
    Client = 6,
    /// The legacy API key and its secret do not belong together.
    Secret = 7,
    /// A blank description: some value is wrong, or the clock is.
    Blank = 8,
    /// The client has no permission, or not for this scope.
    NotAllowed = 9,
    /// This is not a token endpoint.
    WrongEndpoint = 10,
    /// The request is fine, but the server is busy or broken.
    TryLater = 11,
    /// The server gave an unknown reason or none.
    Unknown = 12,
}

impl redox_auth_reason {
    const fn of(reason: Reason) -> Self {
        match reason {
            Reason::Request => Self::Request,
            Reason::KeyNotFound => Self::KeyNotFound,
            Reason::Claim(_) => Self::Claim,
            Reason::Clock => Self::Clock,
            Reason::Replay => Self::Replay,
            Reason::Client => Self::Client,
            Reason::Secret => Self::Secret,
            Reason::Blank => Self::Blank,
            Reason::NotAllowed => Self::NotAllowed,
            Reason::WrongEndpoint => Self::WrongEndpoint,
            Reason::TryLater => Self::TryLater,
            _ => Self::Unknown,
        }
    }
}

/// A server's refusal. `redox_auth_refusal_words` makes its words readable.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct redox_auth_refusal {
    /// The HTTP status.
    pub http_status: u16,
    /// The OAuth error code.
    pub code: redox_auth_error_code,
    /// The meaning of the refusal.
    pub reason: redox_auth_reason,
    /// The claim or header, for `REDOX_AUTH_REASON_CLAIM`.
    pub claim: redox_auth_text,
    /// The likely cause and what to check. A constant text.
    pub hint: redox_auth_text,
    /// The unchanged body of the answer, with the server's words. It may repeat a secret.
    pub body: redox_auth_text,
}

impl redox_auth_refusal {
    pub(super) fn without_words(refused: &Refused) -> Self {
        Self {
            http_status: refused.status,
            code: redox_auth_error_code::of(refused.code),
            reason: redox_auth_reason::of(refused.reason),
            claim: match refused.reason {
                Reason::Claim(name) => redox_auth_text::of(name),
                _ => redox_auth_text::NONE,
            },
            hint: redox_auth_text::of(refused.reason.hint()),
            ..Self::default()
        }
    }

    pub(super) fn of(refusal: &Refusal<'_>) -> Self {
        Self {
            body: redox_auth_text::of_bytes(refusal.expose_body()),
            ..Self::without_words(&refusal.refused)
        }
    }
}

/// Writes the server's words in one line for a person, and a NUL after them: `error`, `error_description` and
/// `error_uri`, or the texts that other servers send instead, or the beginning of the body. It has no control character
/// and nothing that looks like a JWT. The line also omits `secret`, the secret of the legacy API key, or NULL.
///
/// The body of the answer must still be in memory. `len` receives the length without the NUL, 0 when the server said
/// nothing, also when the buffer is too short: then `size` must be at least `*len + 1`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_refusal_words(
    refusal: *const redox_auth_refusal,
    secret: *const c_char,
    out: *mut c_char,
    size: usize,
    len: *mut usize,
) -> redox_auth_status {
    status::of(|| {
        // SAFETY: the caller's word.
        let (len, body, secret, out) = unsafe {
            let body = pointer::input(refusal)?.body;
            (
                pointer::output(len)?,
                pointer::bytes(body.data.cast(), body.len)?,
                if secret.is_null() {
                    ""
                } else {
                    pointer::text(secret)?
                },
                pointer::buffer(out.cast(), size)?,
            )
        };
        let secrets = [secret];
        let words = Words::new(body, &secrets);
        write_with_nul(out, len, |out| shown(&words, out))
    })
}

fn shown<'o>(words: &Words<'_, '_>, out: &'o mut [u8]) -> Result<&'o str, WriteError> {
    let mut line = Line { out, len: 0 };
    // It takes everything.
    let _ = write!(line, "{words}");
    let Line { out, len } = line;
    let line: Option<&[u8]> = out.get(..len);
    let line = line.ok_or(WriteError::BufferTooSmall { needed: len })?;
    Ok(core::str::from_utf8(line).unwrap_or(""))
}

/// Keeps counting past the end.
struct Line<'o> {
    out: &'o mut [u8],
    len: usize,
}

impl Write for Line<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let rest = self.out.get_mut(self.len..);
        if let Some(room) = rest.and_then(|rest| rest.get_mut(..text.len())) {
            room.copy_from_slice(text.as_bytes());
        }
        self.len = self.len.saturating_add(text.len());
        Ok(())
    }
}
