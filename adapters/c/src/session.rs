mod authorize;
#[cfg(feature = "dpop")]
mod bind;
mod flight;
mod next;
mod place;
mod receive;
mod record;
mod refusal;
mod request;
mod rotation;
mod time;

pub use authorize::{redox_auth_api, redox_auth_authorized, redox_auth_session_authorize};
#[cfg(feature = "dpop")]
pub use bind::redox_auth_session_bind_dpop;
pub use next::{
    redox_auth_action, redox_auth_next, redox_auth_served_by, redox_auth_session_next,
    redox_auth_stop, redox_auth_token,
};
pub use receive::{
    redox_auth_channel, redox_auth_outcome, redox_auth_received, redox_auth_rejected,
    redox_auth_response, redox_auth_session_abandon, redox_auth_session_failed,
    redox_auth_session_receive, redox_auth_session_rejected,
};
pub use record::{REDOX_AUTH_MAX_RECORD_LEN, redox_auth_session_restore, redox_auth_session_save};
pub use refusal::{
    redox_auth_answer_error, redox_auth_error_code, redox_auth_reason, redox_auth_refusal,
    redox_auth_refusal_words,
};
pub use request::{
    REDOX_AUTH_MAX_DIGEST_LEN, REDOX_AUTH_RANDOM_LEN, redox_auth_prepared, redox_auth_request,
    redox_auth_session_finish, redox_auth_session_prepare, redox_auth_session_request,
};
pub use rotation::{
    redox_auth_preference, redox_auth_rotation, redox_auth_session_prefer,
    redox_auth_session_rotation,
};
pub use time::{redox_auth_now, redox_auth_session_unix_time};

use redox_auth_core::{Generation, Session};

use crate::config::Parts;
use crate::opaque::{self, opaque};
use crate::pointer;
use crate::redox_auth_config;
use crate::status::{self, redox_auth_status};
use flight::Flight;
use place::Place;

/// The size of a `redox_auth_session`, in words of 8 bytes.
#[cfg(target_pointer_width = "64")]
pub const REDOX_AUTH_SESSION_WORDS: usize = 234;
/// The size of a `redox_auth_session`, in words of 8 bytes.
#[cfg(not(target_pointer_width = "64"))]
pub const REDOX_AUTH_SESSION_WORDS: usize = 202;
/// The longest token that a session holds in itself, in bytes; `redox_auth_config.token_memory` makes room for longer
/// ones. A legacy key's refresh token shares the place.
pub const REDOX_AUTH_TOKEN_CAPACITY: usize = 1024;

/// The authentication with one server, in memory of the caller's.
///
/// It does no input or output, has no clock and never waits: ask `redox_auth_session_next` what to do, send what
/// `redox_auth_session_request` writes, hand the answer to `redox_auth_session_receive`. It belongs to one thread at a
/// time, and must not be moved or copied.
#[repr(C)]
pub struct redox_auth_session {
    /// Not for the caller.
    pub opaque: [u64; REDOX_AUTH_SESSION_WORDS],
}
opaque!(
    redox_auth_session,
    State,
    b"session\0",
    REDOX_AUTH_SESSION_SIZE
);

/// The same, in bytes.
const REDOX_AUTH_SESSION_SIZE: usize = REDOX_AUTH_SESSION_WORDS * 8;

/// What is in that memory.
pub(crate) struct State {
    core: Session<Parts, Place>,
    /// The request under way.
    flight: Option<Flight>,
    tickets: u32,
    tokens: Tokens,
}

impl State {
    fn new(parts: Parts, place: Place) -> Self {
        Self {
            core: Session::with_storage(parts, place),
            flight: None,
            tickets: 0,
            tokens: Tokens::default(),
        }
    }
}

/// The numbers of tokens for C.
#[derive(Default)]
struct Tokens {
    latest: Option<Generation>,
    number: u32,
}

impl Tokens {
    /// A token came.
    fn count(&mut self, generation: Generation) {
        self.latest = Some(generation);
        self.number = self.number.wrapping_add(1).max(1);
    }

    /// The token of this number, unless another came since.
    fn find(&self, number: u32) -> Option<Generation> {
        self.latest.filter(|_| self.number == number)
    }
}

/// The counters of a session since its initialization. They saturate.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct redox_auth_counters {
    /// Requests begun, of every kind.
    pub requests: u32,
    /// Tokens from the OAuth API key.
    pub oauth_tokens: u32,
    /// Tokens from the legacy API key.
    pub legacy_tokens: u32,
    /// Refusals of the server, for any reason.
    pub refusals: u32,
    /// Requests without a usable answer.
    pub failures: u32,
    /// Tokens dropped because the API refused them.
    pub rejections: u32,
    /// How often the session learned or corrected the time from the server.
    pub clock_corrections: u32,
}

/// Makes `session` a session without a token, and wipes the memory first. `size` is `sizeof *session`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_session_init(
    session: *mut redox_auth_session,
    size: usize,
    config: *const redox_auth_config,
) -> redox_auth_status {
    // SAFETY: the caller's word.
    status::of(|| unsafe {
        let config = pointer::input(config)?;
        opaque::put(session, size, || {
            let memory = pointer::buffer(config.token_memory, config.token_memory_len)?;
            Ok(State::new(Parts::new(config)?, Place::new(memory)))
        })
    })
}

/// Ends the session and wipes its memory, including its token.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_session_deinit(
    session: *mut redox_auth_session,
) -> redox_auth_status {
    // SAFETY: the caller's word.
    status::of(|| unsafe { opaque::end(session) })
}

/// Changes keys, secrets or settings, to rotate them at run time.
///
/// The session keeps its token, which is still valid, and may retry a refused request at once. After an error it
/// continues with its previous configuration. For another client ID or server, initialize a new session.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_session_reconfigure(
    session: *mut redox_auth_session,
    config: *const redox_auth_config,
) -> redox_auth_status {
    // SAFETY: the caller's word.
    status::of(|| unsafe {
        let config = pointer::input(config)?;
        let mut session = opaque::enter(session)?;
        let parts = Parts::new(config)?;
        #[cfg(feature = "dpop")]
        let parts = parts.bound_as(session.core.identity());
        session.core.replace_identity(parts);
        Ok(())
    })
}

/// Writes the counters of the session.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_session_counters(
    session: *const redox_auth_session,
    counters: *mut redox_auth_counters,
) -> redox_auth_status {
    status::of(|| {
        // SAFETY: the caller's word.
        let (out, session) = unsafe { (pointer::output(counters)?, opaque::look(session)?) };
        let counters = session.core.counters();
        out.put(redox_auth_counters {
            requests: counters.requests,
            oauth_tokens: counters.oauth_tokens,
            legacy_tokens: counters.legacy_tokens,
            refusals: counters.refusals,
            failures: counters.failures,
            rejections: counters.rejections,
            clock_corrections: counters.clock_corrections,
        });
        Ok(())
    })
}
