use redox_auth_core::PublicKey;

use super::redox_auth_session;
use crate::status::{self, redox_auth_status};
use crate::{opaque, redox_auth_public_key};

/// Binds the session's tokens to a key (RFC 9449, DPoP), of which this is the public half: only tokens of the type `DPoP` are
/// taken from an OAuth API key. To be called before the first request.
///
/// From then on each request for a token needs a `redox_auth_dpop_proof`, and so does each request with one: its token goes
/// into `Authorization: DPoP` where `served_by` is `REDOX_AUTH_SERVED_BY_OAUTH`. When the token endpoint asks for a nonce, the
/// outcome is `REDOX_AUTH_OUTCOME_REFUSED`. `redox_auth_session_next` then asks for another request at once. Put the nonce of
/// that answer into its proof.
///
/// `public_key` stays where it is until the session is ended. NULL ends the binding. A token that was bound to another key, or
/// to none, is dropped.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_session_bind_dpop(
    session: *mut redox_auth_session,
    public_key: *const redox_auth_public_key,
) -> redox_auth_status {
    status::of(|| {
        // SAFETY: the caller's word.
        let (mut session, dpop_key) = unsafe {
            let dpop_key: Option<&'static PublicKey> = match public_key.is_null() {
                true => None,
                false => Some(opaque::look(public_key)?),
            };
            (opaque::enter(session)?, dpop_key)
        };
        let parts = session.core.identity().bound_to(dpop_key);
        session.core.replace_identity(parts);
        Ok(())
    })
}
