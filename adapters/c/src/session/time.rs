use redox_auth_core::{Instant, Now, UnixTime};

use super::redox_auth_session;
use crate::status::{self, redox_auth_status};
use crate::{opaque, pointer};

/// What time it is, on both clocks of the caller's.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct redox_auth_now {
    /// Milliseconds of a clock that never goes backwards and counts through sleep, from a beginning of the caller's
    /// choice: when a token dies.
    pub instant_ms: u64,
    /// Seconds since 1970, for the dates in assertions; 0 where there is no such clock, or none that was set.
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

/// The time at the server, in seconds since 1970: that of our own clock, or, once the server has shown another, the
/// server's; 0 while it is unknown.
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
