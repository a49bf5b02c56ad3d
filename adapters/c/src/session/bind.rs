use redox_auth_core::PublicKey;

use super::redox_auth_session;
use crate::status::{self, redox_auth_status};
use crate::{opaque, redox_auth_public_key};

/// Binds the session's tokens to the key with this public half (RFC 9449, DPoP). With an OAuth API key, the session
/// then accepts only tokens of the type `DPoP`. Call this before the first request.
///
/// Each token request then needs a `redox_auth_dpop_proof`, and so does each request to the API. The token goes into
/// `Authorization: DPoP` if `served_by` is `REDOX_AUTH_SERVED_BY_OAUTH`. When the token endpoint asks for a nonce, the
/// outcome is `REDOX_AUTH_OUTCOME_REFUSED`. `redox_auth_session_next` then asks for another request at once. Put the
/// nonce of that answer into its proof.
///
/// `public_key` must stay in place until the session ends. NULL ends the binding. The session drops a token that is
/// bound to another key, or to none.
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
