use core::ffi::c_char;

use redox_auth_core::{Channel, Instant, Received, Rejected, Response};
use zeroize::Zeroize;

use super::next::{redox_auth_served_by, served_by};
use super::refusal::{redox_auth_answer_error, redox_auth_refusal};
use super::{redox_auth_now, redox_auth_session};
use crate::redox_auth_status as Status;
use crate::status::{self, redox_auth_status};
use crate::{opaque, pointer, redox_auth_text};

/// Whether a stranger could have written an answer.
#[repr(i32)]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum redox_auth_channel {
    /// Yes. Its `Date` is not believed.
    #[default]
    Unauthenticated = 0,
    /// No: TLS with the server's certificate verified, or loopback.
    Authenticated = 1,
}

/// An answer to a request, as it was received. The header values are as they came; `data` is NULL where there was none.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct redox_auth_response {
    /// The HTTP status.
    pub status: u16,
    /// A `redox_auth_channel`.
    pub channel: i32,
    /// The header `Date`.
    pub date: redox_auth_text,
    /// The header `Age`: how many seconds ago the server wrote the `Date`, when the answer passed through a cache.
    pub age: redox_auth_text,
    /// The header `Cache-Control`: no cache stores an answer with `no-store`, and an `Age` on it means nothing.
    pub cache_control: redox_auth_text,
    /// The header `Retry-After`.
    pub retry_after: redox_auth_text,
    /// The whole body. It is changed in place, and wiped unless it is a refusal.
    pub body: *mut c_char,
    /// Its length.
    pub body_len: usize,
}

/// What an answer was.
#[repr(i32)]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum redox_auth_outcome {
    /// Nothing is known: the call was refused.
    #[default]
    None = 0,
    /// A token: `redox_auth_session_next` has it.
    Token = 1,
    /// The time, with which a request can be dated now.
    Time = 2,
    /// An answer to the question for the time that does not tell it.
    NoTime = 3,
    /// A no, in the server's words: see `refusal`.
    Refused = 4,
    /// Neither a usable token nor a no: see `answer_error`.
    Unusable = 5,
    /// The request had been given up. Nothing changed.
    Stale = 6,
}

/// What an answer was, and what it said.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct redox_auth_received {
    /// What it was.
    pub outcome: redox_auth_outcome,
    /// The credential that got the token, for `REDOX_AUTH_OUTCOME_TOKEN`.
    pub served_by: redox_auth_served_by,
    /// Which OAuth API key signed.
    pub oauth_key: usize,
    /// The token before came from another credential, or there was none: worth an event.
    pub changed: bool,
    /// What the server said, for `REDOX_AUTH_OUTCOME_REFUSED`.
    pub refusal: redox_auth_refusal,
    /// What was wrong, for `REDOX_AUTH_OUTCOME_UNUSABLE`.
    pub answer_error: redox_auth_answer_error,
}

/// Takes the answer to the request of `ticket`, received at the moment `now`. The ticket is used up.
///
/// Whatever the answer is, `redox_auth_session_next` knows what to do then.
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

/// There is no answer to the request of `ticket`: the connection failed, or it took too long. The ticket is used up, and
/// another attempt is allowed after a while.
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

/// The ticket was lost: whatever was on its way is given up, and another attempt is allowed at once.
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

/// What a 401 from the API did.
#[repr(i32)]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum redox_auth_rejected {
    /// Nothing: the call was refused.
    #[default]
    None = 0,
    /// The token is dropped. Get the next one and repeat the request once.
    Dropped = 1,
    /// The session does not hold that token any more. Repeat the request once with the one it holds, or will.
    Replaced = 2,
    /// The token is kept: it took the place of one that was rejected a moment ago, so another would not help. Do not
    /// repeat the request.
    Kept = 3,
}

/// The API answered 401 to a request with the token of this `generation`.
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
