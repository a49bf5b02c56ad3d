use redox_auth_core::{Instant, Now, UnixTime};

use super::redox_auth_session;
use crate::status::{self, redox_auth_status};
use crate::{opaque, pointer};

/// The time on both clocks of the caller.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct redox_auth_now {
    /// Milliseconds of a clock that never goes backwards and counts through sleep, from any starting point: for the
    /// expiry of tokens.
    pub instant_ms: u64,
    /// Seconds since 1970, for the times in assertions; 0 without such a clock, or if it is not set.
    pub unix_secs: u64,
}

impl redox_auth_now {
    pub(super) fn to_core(self) -> Now {
        Now {
            instant: Instant::from_millis(self.instant_ms),
            unix: Some(self.unix_secs)
                .filter(|&secs| secs != 0)
                .map(UnixTime::from_secs),
        }
    }
}

/// The server's time, in seconds since 1970: from our own clock, or from the server if it has shown another time; 0
/// while unknown.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_session_unix_time(
    session: *const redox_auth_session,
    now: redox_auth_now,
    unix_secs: *mut u64,
) -> redox_auth_status {
    status::of(|| {
        // SAFETY: the caller's word.
        let (out, session) = unsafe { (pointer::output(unix_secs)?, opaque::look(session)?) };
        let time = session.core.unix_time(now.to_core());
        out.put(time.map_or(0, UnixTime::as_secs));
        Ok(())
    })
}
