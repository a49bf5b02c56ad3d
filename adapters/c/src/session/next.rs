use redox_auth_core::{Instant, Next, ServedBy, Stopped, Token};

use super::refusal::{redox_auth_answer_error, redox_auth_refusal};
use super::{State, redox_auth_session};
use crate::status::{self, redox_auth_status};
use crate::{opaque, pointer, redox_auth_text};

/// The action that a session needs at one moment.
#[repr(i32)]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum redox_auth_action {
    /// Unknown, because the call failed.
    #[default]
    None = 0,
    /// Use the token; no other action is necessary before `until_ms`.
    Use = 1,
    /// Use the token, and request the next one now.
    Renew = 2,
    /// There is no token: request one now.
    Fetch = 3,
    /// There is no token, and no action before `until_ms`: a request is under way, or one failed a moment ago.
    Wait = 4,
    /// There is no token, and waiting does not help: `stop` has the reason. One more attempt is allowed from `until_ms`
    /// on, because a person may have fixed the cause.
    Stop = 5,
}

/// The credential that obtained a token.
#[repr(i32)]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum redox_auth_served_by {
    /// There is no token.
    #[default]
    None = 0,
    /// The OAuth API key.
    Oauth = 1,
    /// The legacy API key.
    Legacy = 2,
}

/// Why a session has no token and requests one only rarely.
#[repr(i32)]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum redox_auth_stop {
    /// It has not stopped.
    #[default]
    None = 0,
    /// The server refused: see `refusal`.
    Refused = 1,
    /// The server's answer is unusable, and the next one would be too: see `answer_error`.
    Answer = 2,
    /// The time is unknown, and signing needs the time.
    ClockUnknown = 3,
    /// There is no credential that the preference and the policy allow.
    NoCredential = 4,
    /// A reason without a number in this version.
    Other = 5,
}

/// A token that a session holds: a secret.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct redox_auth_token {
    /// The value after `Authorization: Bearer `, for no other use: printable ASCII without spaces and without a final
    /// NUL. It is in the session until the next call that can change the session.
    pub text: redox_auth_text,
    /// Its number among those of this session, for `redox_auth_session_rejected`. Never 0.
    pub generation: u32,
    /// The credential that obtained it.
    pub served_by: redox_auth_served_by,
    /// Which OAuth API key signed: an index into `oauth_keys`.
    pub oauth_key: usize,
}

impl redox_auth_token {
    pub(super) fn of(token: &Token<'_>, session: &State) -> Self {
        let (served_by, oauth_key) = served_by(token.served_by());
        Self {
            text: redox_auth_text::of(token.expose()),
            generation: session.tokens.number,
            served_by,
            oauth_key,
        }
    }
}

pub(super) fn served_by(by: ServedBy) -> (redox_auth_served_by, usize) {
    match by {
        ServedBy::OAuth { key } => (redox_auth_served_by::Oauth, key),
        ServedBy::Legacy => (redox_auth_served_by::Legacy, 0),
    }
}

/// The next action, with its details.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct redox_auth_next {
    /// The action.
    pub action: redox_auth_action,
    /// When to ask again, in milliseconds of the caller's clock; 0 for at once, `UINT64_MAX` for never.
    pub until_ms: u64,
    /// The token, for `REDOX_AUTH_ACTION_USE` and `REDOX_AUTH_ACTION_RENEW`.
    pub token: redox_auth_token,
    /// Why there is no token, for `REDOX_AUTH_ACTION_STOP`.
    pub stop: redox_auth_stop,
    /// The server's refusal, for `REDOX_AUTH_STOP_REFUSED`, without the server's words.
    pub refusal: redox_auth_refusal,
    /// The problem with the server's answer, for `REDOX_AUTH_STOP_ANSWER`.
    pub answer_error: redox_auth_answer_error,
}

impl redox_auth_next {
    fn of(next: &Next<'_>, session: &State) -> Self {
        let mut out = Self {
            action: match next {
                Next::Use { .. } => redox_auth_action::Use,
                Next::Renew { .. } => redox_auth_action::Renew,
                Next::Fetch => redox_auth_action::Fetch,
                Next::Wait { .. } => redox_auth_action::Wait,
                Next::Stop { .. } => redox_auth_action::Stop,
            },
            until_ms: next.until().map_or(0, Instant::as_millis),
            ..Self::default()
        };
        if let Some(token) = next.token() {
            out.token = redox_auth_token::of(&token, session);
        }
        if let Next::Stop { reason, .. } = next {
            out.stop = match reason {
                Stopped::Refused(refused) => {
                    out.refusal = redox_auth_refusal::without_words(refused);
                    redox_auth_stop::Refused
                }
                Stopped::Answer(error) => {
                    out.answer_error = redox_auth_answer_error::of(error);
                    redox_auth_stop::Answer
                }
                Stopped::ClockUnknown => redox_auth_stop::ClockUnknown,
                Stopped::NoCredential => redox_auth_stop::NoCredential,
                _ => redox_auth_stop::Other,
            };
        }
        out
    }
}

/// Returns the next action at the moment `instant_ms`. The same moment always gives the same answer, and the call
/// changes nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_session_next(
    session: *const redox_auth_session,
    instant_ms: u64,
    next: *mut redox_auth_next,
) -> redox_auth_status {
    status::of(|| {
        // SAFETY: the caller's word.
        let (out, session) = unsafe { (pointer::output(next)?, opaque::look(session)?) };
        let next = session.core.next(Instant::from_millis(instant_ms));
        out.put(redox_auth_next::of(&next, session));
        Ok(())
    })
}
