use core::ffi::c_char;
use core::ptr;

use redox_auth_core::{
    DpopKey, DpopNonce, DpopProof, JwtId, UnixTime, Url, WriteError, asks_for_dpop_nonce,
};

use crate::redox_auth_status as Status;
use crate::status::{self, redox_auth_status};
use crate::text::write_with_nul;
use crate::{
    opaque, pointer, redox_auth_algorithm, redox_auth_public_key, redox_auth_signer,
    redox_auth_text,
};

/// The longest nonce for a proof, in bytes. Common servers use 20 to 200.
pub const REDOX_AUTH_DPOP_NONCE_MAX: usize = 256;

/// A request that needs a proof of possession (RFC 9449).
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct redox_auth_dpop_request {
    /// The signer of the key that the tokens are bound to, which may also sign the assertions.
    pub signer: *const redox_auth_signer,
    /// The public half of the same key.
    pub public_key: *const redox_auth_public_key,
    /// The method of the request, in upper case. Ends with a NUL.
    pub method: *const c_char,
    /// The whole URL of the request; the proof omits its query. Ends with a NUL.
    pub url: *const c_char,
    /// The access token on a request to an API; no text for a request to the token endpoint.
    pub access_token: redox_auth_text,
    /// The last nonce from the server of this request, in the header `DPoP-Nonce`; no text without one. Keep one nonce
    /// for the token endpoint and one for each API host. Never send the nonce of one host to another.
    pub nonce: redox_auth_text,
    /// Seconds since 1970, from `redox_auth_session_unix_time`.
    pub unix_secs: u64,
    /// `REDOX_AUTH_RANDOM_LEN` bytes from a cryptographic random source, new for every proof.
    pub random: *const u8,
}

impl Default for redox_auth_dpop_request {
    fn default() -> Self {
        Self {
            signer: ptr::null(),
            public_key: ptr::null(),
            method: ptr::null(),
            url: ptr::null(),
            access_token: redox_auth_text::NONE,
            nonce: redox_auth_text::NONE,
            unix_secs: 0,
            random: ptr::null(),
        }
    }
}

/// Writes the signed value of the header `DPoP` for one request, and a NUL after it. A retried request needs another
/// value.
///
/// `redox_auth_session_bind_dpop` makes a session obtain tokens that need proofs. The call needs everything behind
/// `request` only until it returns. `len` receives the length without the NUL, also when the buffer is too short: then
/// `size` must be at least `*len + 1`. On any error `out` holds no signature.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_dpop_proof(
    request: *const redox_auth_dpop_request,
    out: *mut c_char,
    size: usize,
    len: *mut usize,
) -> redox_auth_status {
    status::of(|| {
        // SAFETY: the caller's word.
        let (len, request, out) = unsafe {
            (
                pointer::output(len)?,
                pointer::input(request)?,
                pointer::buffer(out.cast(), size)?,
            )
        };
        // SAFETY: the caller's word.
        let (signer, public_key, method, url, random) = unsafe {
            (
                pointer::input(request.signer)?,
                opaque::look(request.public_key)?,
                pointer::text(request.method)?,
                pointer::text(request.url)?,
                *pointer::input(request.random.cast())?,
            )
        };
        // SAFETY: the caller's word.
        let (access_token, given) = unsafe { (text(request.access_token)?, text(request.nonce)?) };
        redox_auth_algorithm::from_raw(signer.algorithm)?;
        if request.unix_secs == 0 {
            return Err(Status::TimeUnknown);
        }
        let now = UnixTime::from_secs(request.unix_secs);
        let mut nonce = DpopNonce::<REDOX_AUTH_DPOP_NONCE_MAX>::new();
        if let Some(given) = given {
            nonce.remember(given.as_bytes())?;
        }
        let (url, jwt_id) = (Url::parse(url)?, JwtId::from_random(random));
        let mut proof = DpopProof::new(DpopKey::new(public_key), method, url, &jwt_id, now);
        if let Some(token) = access_token {
            proof = proof.access_token(token);
        }
        let mut is_other_key = false;
        let written = write_with_nul(out, len, |out| {
            let written = proof.nonce(&nonce).write(signer, out);
            is_other_key = matches!(written, Err(WriteError::WrongAlgorithm { .. }));
            written
        });
        match written {
            Err(_) if is_other_key => Err(Status::KeyOtherAlgorithm),
            written => written,
        }
    })
}

/// Whether an API asks for another nonce in the proof, given its header `WWW-Authenticate` in an answer 401. The nonce
/// is in the header `DPoP-Nonce` of the same answer.
///
/// If it does, retry the request once with that nonce and the same token; otherwise see `redox_auth_session_rejected`.
/// If the answer has several such headers, call this for each.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_dpop_asks_for_nonce(
    www_authenticate: *const c_char,
    len: usize,
    asks: *mut bool,
) -> redox_auth_status {
    status::of(|| {
        // SAFETY: the caller's word.
        let (out, value) = unsafe {
            (
                pointer::output(asks)?,
                pointer::bytes(www_authenticate.cast(), len)?,
            )
        };
        out.put(asks_for_dpop_nonce(value));
        Ok(())
    })
}

/// # Safety
/// Behind `data`, if it is not null, are `len` bytes that nobody changes for `'a`.
unsafe fn text<'a>(text: redox_auth_text) -> Result<Option<&'a str>, Status> {
    if text.data.is_null() {
        return Ok(None);
    }
    // SAFETY: promised above.
    let bytes = unsafe { pointer::bytes(text.data.cast(), text.len) }?;
    let text = core::str::from_utf8(bytes).map_err(|_| Status::NotUtf8)?;
    Ok(Some(text))
}
