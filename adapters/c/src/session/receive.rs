use core::ffi::c_char;

use redox_auth_core::{Channel, Instant, Received, Rejected, Response};
use zeroize::Zeroize;

use super::next::{redox_auth_served_by, served_by};
use super::refusal::{redox_auth_answer_error, redox_auth_refusal};
use super::{redox_auth_now, redox_auth_session};
use crate::redox_auth_status as Status;
use crate::status::{self, redox_auth_status};
use crate::{opaque, pointer, redox_auth_text};

/// Whether another party could have written an answer.
#[repr(i32)]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum redox_auth_channel {
    /// Yes. The session ignores its `Date`.
    #[default]
    Unauthenticated = 0,
    /// No: TLS with a verified server certificate, or loopback.
    Authenticated = 1,
}

/// A received answer to a request. The header values are unchanged; `data` is NULL for a missing header.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct redox_auth_response {
    /// The HTTP status.
    pub status: u16,
    /// A `redox_auth_channel`.
    pub channel: i32,
    /// The header `Date`.
    pub date: redox_auth_text,
    /// The header `Age`: how many seconds ago the server wrote the `Date`, if the answer is from a cache.
    pub age: redox_auth_text,
    /// The header `Cache-Control`: no cache stores an answer with `no-store`, therefore the session then ignores `Age`.
    pub cache_control: redox_auth_text,
    /// The header `Retry-After`.
    pub retry_after: redox_auth_text,
    /// The whole body. The call changes it in place, and wipes it unless it is a refusal.
    pub body: *mut c_char,
    /// Its length.
    pub body_len: usize,
}

/// The kind of an answer.
#[repr(i32)]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum redox_auth_outcome {
    /// Nothing is known: the call was refused.
    #[default]
    None = 0,
    /// A token, which `redox_auth_session_next` returns.
    Token = 1,
    /// The time, which the next request can use.
    Time = 2,
    /// An answer to the request for the time, but without the time.
    NoTime = 3,
    /// A refusal: see `refusal`.
    Refused = 4,
    /// Neither a usable token nor a refusal: see `answer_error`.
    Unusable = 5,
    /// The session had abandoned the request. Nothing changed.
    Stale = 6,
}

/// The kind of an answer, and its content.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct redox_auth_received {
    /// The kind.
    pub outcome: redox_auth_outcome,
    /// The credential that obtained the token, for `REDOX_AUTH_OUTCOME_TOKEN`.
    pub served_by: redox_auth_served_by,
    /// Which OAuth API key signed.
    pub oauth_key: usize,
    /// The previous token came from another credential, or there was none: log this event.
    pub changed: bool,
    /// The server's refusal, for `REDOX_AUTH_OUTCOME_REFUSED`.
    pub refusal: redox_auth_refusal,
    /// The problem, for `REDOX_AUTH_OUTCOME_UNUSABLE`.
    pub answer_error: redox_auth_answer_error,
}

/// Accepts the answer to the request of `ticket`, received at the moment `now`. A ticket is valid once.
///
/// After any answer, call `redox_auth_session_next` for the next action.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_session_receive(
    session: *mut redox_auth_session,
    ticket: u32,
    now: redox_auth_now,
    response: *const redox_auth_response,
    received: *mut redox_auth_received,
) -> redox_auth_status {
    status::of(|| {
        // SAFETY: the caller's word.
        let (out, mut session, answer) = unsafe {
            (
                pointer::output(received)?,
                opaque::enter(session)?,
                pointer::input(response)?,
            )
        };
        // SAFETY: the caller's word.
        let response = unsafe { to_core(answer) }?;
        let ticket = session.land(ticket)?;
        let mut written = redox_auth_received::default();
        match session.core.receive(ticket, now.to_core(), response) {
            Received::Token(minted) => {
                written.outcome = redox_auth_outcome::Token;
                (written.served_by, written.oauth_key) = served_by(minted.served_by);
                written.changed = minted.changed;
                session.tokens.count(minted.generation);
            }
            Received::Time => written.outcome = redox_auth_outcome::Time,
            Received::NoTime => written.outcome = redox_auth_outcome::NoTime,
            Received::Refused(refusal) => {
                written.outcome = redox_auth_outcome::Refused;
                written.refusal = redox_auth_refusal::of(&refusal);
            }
            Received::Unusable(error) => {
                written.outcome = redox_auth_outcome::Unusable;
                written.answer_error = redox_auth_answer_error::of(&error);
            }
            Received::Stale => written.outcome = redox_auth_outcome::Stale,
            // `redox_auth_session_next` gives the next step after every answer.
            _ => {}
        }
        if written.outcome != redox_auth_outcome::Refused {
            // SAFETY: the caller's word; nothing borrows from the body any more.
            unsafe { pointer::buffer(answer.body.cast(), answer.body_len) }?.zeroize();
        }
        out.put(written);
        Ok(())
    })
}

/// Reports that the request of `ticket` has no answer: the connection failed, or the answer took too long. The ticket
/// is then invalid, and another attempt is allowed after a while.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_session_failed(
    session: *mut redox_auth_session,
    ticket: u32,
    instant_ms: u64,
) -> redox_auth_status {
    status::of(|| {
        // SAFETY: the caller's word.
        let mut session = unsafe { opaque::enter(session) }?;
        let ticket = session.give_up(ticket)?;
        session
            .core
            .failed(ticket, Instant::from_millis(instant_ms));
        Ok(())
    })
}

/// Abandons a request under way whose ticket is lost. Another attempt is allowed at once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_session_abandon(
    session: *mut redox_auth_session,
) -> redox_auth_status {
    status::of(|| {
        // SAFETY: the caller's word.
        let mut session = unsafe { opaque::enter(session) }?;
        session.flight = None;
        session.core.abandon();
        Ok(())
    })
}

/// The effect of a 401 from the API.
#[repr(i32)]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum redox_auth_rejected {
    /// None, because the call failed.
    #[default]
    None = 0,
    /// The token is dropped. Obtain the next one and retry the request once.
    Dropped = 1,
    /// The session no longer holds that token. Retry the request once with the present or the next token.
    Replaced = 2,
    /// The session keeps the token, which it obtained a moment ago after another 401: another token would not help. Do
    /// not retry the request.
    Kept = 3,
}

/// Reports that the API answered 401 to a request with the token of this `generation`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_session_rejected(
    session: *mut redox_auth_session,
    generation: u32,
    instant_ms: u64,
    rejected: *mut redox_auth_rejected,
) -> redox_auth_status {
    status::of(|| {
        // SAFETY: the caller's word.
        let (out, mut session) = unsafe { (pointer::output(rejected)?, opaque::enter(session)?) };
        let now = Instant::from_millis(instant_ms);
        let rejected = match session.tokens.find(generation) {
            Some(generation) => session.core.rejected(generation, now),
            None => Rejected::Replaced,
        };
        out.put(match rejected {
            Rejected::Dropped => redox_auth_rejected::Dropped,
            Rejected::Replaced => redox_auth_rejected::Replaced,
            Rejected::Kept => redox_auth_rejected::Kept,
        });
        Ok(())
    })
}

/// # Safety
/// What `response` leads to is there for `'b`, and nobody else uses the body.
unsafe fn to_core<'b>(response: &redox_auth_response) -> Result<Response<'b>, Status> {
    let channel = match response.channel {
        UNAUTHENTICATED => Channel::Unauthenticated,
        AUTHENTICATED => Channel::Authenticated,
        _ => return Err(Status::BadValue),
    };
    // SAFETY: promised above.
    unsafe {
        Ok(Response::new(
            response.status,
            channel,
            pointer::buffer(response.body.cast(), response.body_len)?,
        )
        .with_date(header(response.date)?)
        .with_age(header(response.age)?)
        .with_cache_control(header(response.cache_control)?)
        .with_retry_after(header(response.retry_after)?))
    }
}

/// # Safety
/// As for [`to_core`].
unsafe fn header<'b>(value: redox_auth_text) -> Result<Option<&'b [u8]>, Status> {
    if value.data.is_null() {
        return Ok(None);
    }
    // SAFETY: promised above.
    unsafe { pointer::bytes(value.data.cast(), value.len) }.map(Some)
}

const UNAUTHENTICATED: i32 = redox_auth_channel::Unauthenticated as i32;
const AUTHENTICATED: i32 = redox_auth_channel::Authenticated as i32;
