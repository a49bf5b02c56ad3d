use redox_auth_core::{SaveError, Session};

use super::{REDOX_AUTH_TOKEN_CAPACITY, redox_auth_now, redox_auth_session};
use crate::config::Parts;
use crate::status::{self, redox_auth_status};
use crate::{opaque, pointer};

/// The greatest length of a record in bytes, of a session that keeps its token in itself.
pub const REDOX_AUTH_MAX_RECORD_LEN: usize = 1080;

const _: () = assert!(
    REDOX_AUTH_MAX_RECORD_LEN == Session::<Parts, [u8; REDOX_AUTH_TOKEN_CAPACITY]>::MAX_RECORD_LEN
);

/// Writes the token, and a legacy key's refresh token, into `record`, to keep them across a reboot or a deep sleep.
///
/// The record is not encrypted: keep it as safe as the private key. `len` receives its length, also when the buffer
/// is too short.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_session_save(
    session: *const redox_auth_session,
    now: redox_auth_now,
    record: *mut u8,
    size: usize,
    len: *mut usize,
) -> redox_auth_status {
    status::of(|| {
        // SAFETY: the caller's word.
        let (len, session, record) = unsafe {
            (
                pointer::output(len)?,
                opaque::look(session)?,
                pointer::buffer(record, size)?,
            )
        };
        match session.core.save(now.to_core(), record) {
            Ok(record) => {
                len.put(record.len());
                Ok(())
            }
            Err(error) => {
                if let SaveError::BufferTooSmall { needed } = error {
                    len.put(needed);
                }
                Err(error.into())
            }
        }
    })
}

/// Continues with the token of a record from `redox_auth_session_save`, if the token is still valid.
///
/// A device without a clock first learns the time: it does what `redox_auth_session_next` says until
/// `redox_auth_session_unix_time` knows it. On any error the session is unchanged.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_session_restore(
    session: *mut redox_auth_session,
    now: redox_auth_now,
    record: *const u8,
    len: usize,
) -> redox_auth_status {
    status::of(|| {
        // SAFETY: the caller's word.
        let (mut session, record) =
            unsafe { (opaque::enter(session)?, pointer::bytes(record, len)?) };
        let now = now.to_core();
        session.core.restore(now, record)?;
        let token = session.core.next(now.instant).token();
        if let Some(generation) = token.map(|token| token.generation()) {
            session.tokens.count(generation);
        }
        Ok(())
    })
}
