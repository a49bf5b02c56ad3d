use core::ffi::c_char;
use core::mem::ManuallyDrop;
use core::ptr;

use redox_auth_core::{
    Body, Identity, JwtId, Method, Prepared, Request, RequestError, Target, Url, WriteError,
};

use super::flight::Unfinished;
use super::{redox_auth_now, redox_auth_session};
use crate::redox_auth_status as Status;
use crate::status::{self, redox_auth_status};
use crate::{opaque, pointer, redox_auth_algorithm, redox_auth_text};

/// The number of random bytes for each request.
pub const REDOX_AUTH_RANDOM_LEN: usize = 16;
/// The length of the longest digest, in bytes.
pub const REDOX_AUTH_MAX_DIGEST_LEN: usize = 64;

/// A request to send.
///
/// Its target is `path` followed by `path_rest`. The texts are in the configuration or in the library, and `body` is in
/// the caller's buffer.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct redox_auth_request {
    /// The ticket to pass with the answer. Never 0.
    pub ticket: u32,
    /// `GET` or `POST`, with a NUL at its end.
    pub method: *const c_char,
    /// Whether the connection must use TLS with a verified server certificate.
    pub is_https: bool,
    /// The port to connect to.
    pub port: u16,
    /// The host to connect to, with brackets around an IPv6 address.
    pub host: redox_auth_text,
    /// The path and query of the URL.
    pub path: redox_auth_text,
    /// The rest of the target after `path`, usually empty.
    pub path_rest: redox_auth_text,
    /// The value of `Content-Type`; no text for `GET`.
    pub content_type: redox_auth_text,
    /// The body, which is a secret until sent. Wipe it afterwards.
    pub body: redox_auth_text,
    /// The required length of the buffer, for `REDOX_AUTH_STATUS_BUFFER_TOO_SMALL`.
    pub needed: usize,
    /// When to ask again, for `REDOX_AUTH_STATUS_NOT_NOW`.
    pub until_ms: u64,
}

impl Default for redox_auth_request {
    fn default() -> Self {
        Self {
            ticket: 0,
            method: ptr::null(),
            is_https: false,
            port: 0,
            host: redox_auth_text::NONE,
            path: redox_auth_text::NONE,
            path_rest: redox_auth_text::NONE,
            content_type: redox_auth_text::NONE,
            body: redox_auth_text::NONE,
            needed: 0,
            until_ms: 0,
        }
    }
}

impl redox_auth_request {
    fn of(request: &Request<'_>) -> Self {
        Self {
            content_type: redox_auth_text::of_option(request.content_type),
            body: redox_auth_text::of(request.expose_body()),
            ..Self::to(request.method, request.url, request.path)
        }
    }

    fn to(method: Method, url: Url<'_>, path_rest: &'static str) -> Self {
        // The path of a URL that has none is one slash, and `path_rest` brings its own.
        let path = match url.path() {
            "/" if !path_rest.is_empty() => "",
            path => path,
        };
        Self {
            method: match method {
                Method::Get => c"GET",
                Method::Post => c"POST",
            }
            .as_ptr(),
            is_https: url.is_https(),
            port: url.port(),
            host: redox_auth_text::of(url.host()),
            path: redox_auth_text::of(path),
            path_rest: redox_auth_text::of(path_rest),
            ..Self::default()
        }
    }

    /// The details of an error, in addition to its status.
    fn of_error(error: &RequestError) -> Self {
        let mut out = Self::default();
        match error {
            RequestError::Write(WriteError::BufferTooSmall { needed }) => out.needed = *needed,
            RequestError::NotNow { until } => out.until_ms = until.as_millis(),
            _ => {}
        }
        out
    }
}

/// A request that may still lack its signature.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct redox_auth_prepared {
    /// The ticket to finish the request and to pass with the answer. Never 0.
    pub ticket: u32,
    /// Whether the request needs a signature. If not, `request` is ready to send.
    pub is_unsigned: bool,
    /// The OAuth API key that must sign: an index into `oauth_keys`.
    pub oauth_key: usize,
    /// The algorithm of the signature.
    pub algorithm: redox_auth_algorithm,
    /// The required length of the signature, in bytes.
    pub signature_len: usize,
    /// The length of `digest`, in bytes.
    pub digest_len: usize,
    /// The hash to sign, for a key that signs digests.
    pub digest: [u8; REDOX_AUTH_MAX_DIGEST_LEN],
    /// The message to sign, for a key that hashes itself. It is in the caller's buffer.
    pub signing_input: redox_auth_text,
    /// The request, if it needs no signature; otherwise only `needed` and `until_ms`.
    pub request: redox_auth_request,
}

impl Default for redox_auth_prepared {
    fn default() -> Self {
        Self {
            ticket: 0,
            is_unsigned: false,
            oauth_key: 0,
            algorithm: redox_auth_algorithm::None,
            signature_len: 0,
            digest_len: 0,
            digest: [0; REDOX_AUTH_MAX_DIGEST_LEN],
            signing_input: redox_auth_text::NONE,
            request: redox_auth_request::default(),
        }
    }
}

/// Writes the request that `redox_auth_session_next` asks for, signed by the key's signer, into `buffer`.
///
/// `random` has `REDOX_AUTH_RANDOM_LEN` bytes from a cryptographic random source, new for every call. The request counts
/// as sent at `now`, so send it at once. `buffer` must stay as it is until then. On any error the session is unchanged,
/// and the buffer holds no signature.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_session_request(
    session: *mut redox_auth_session,
    now: redox_auth_now,
    random: *const u8,
    buffer: *mut c_char,
    size: usize,
    request: *mut redox_auth_request,
) -> redox_auth_status {
    status::of(|| {
        // SAFETY: the caller's word.
        let (out, mut session, random, buffer) = unsafe {
            (
                pointer::output(request)?,
                opaque::enter(session)?,
                *pointer::input(random.cast())?,
                pointer::buffer(buffer.cast(), size)?,
            )
        };
        let jwt_id = JwtId::from_random(random);
        match session.core.request(now.to_core(), jwt_id, buffer) {
            Ok(request) => {
                let mut written = redox_auth_request::of(&request);
                let ticket = request.ticket;
                written.ticket = session.take_off(ticket, None);
                out.put(written);
                Ok(())
            }
            Err(error) => {
                out.put(redox_auth_request::of_error(&error));
                Err(error.into())
            }
        }
    })
}

/// Like `redox_auth_session_request`, but without a signature, for a key that is in another place or signs slowly.
///
/// The request is then under way. Sign `digest` or `signing_input`, and pass the signature to
/// `redox_auth_session_finish`. `buffer` must stay in place and unchanged until then. If you cannot sign or send the
/// request, call `redox_auth_session_failed`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_session_prepare(
    session: *mut redox_auth_session,
    now: redox_auth_now,
    random: *const u8,
    buffer: *mut c_char,
    size: usize,
    prepared: *mut redox_auth_prepared,
) -> redox_auth_status {
    status::of(|| {
        // SAFETY: the caller's word; the buffer is there until the request is finished.
        let (out, mut session, random, buffer) = unsafe {
            (
                pointer::output(prepared)?,
                opaque::enter(session)?,
                *pointer::input(random.cast())?,
                pointer::buffer::<'static>(buffer.cast(), size)?,
            )
        };
        let jwt_id = JwtId::from_random(random);
        let Prepared {
            ticket,
            target,
            body,
            ..
        } = match session.core.prepare(now.to_core(), jwt_id, buffer) {
            Ok(prepared) => prepared,
            Err(error) => {
                out.put(redox_auth_prepared {
                    request: redox_auth_request::of_error(&error),
                    ..redox_auth_prepared::default()
                });
                return Err(error.into());
            }
        };
        let mut written = redox_auth_prepared::default();
        let unfinished = match body {
            Body::Complete(body) => {
                let server = session.core.identity().server();
                written.request = complete(target, target.url(&server), body);
                None
            }
            Body::Unsigned { key, unsigned } => {
                let digest = unsigned.digest();
                written.is_unsigned = true;
                written.oauth_key = key;
                written.algorithm = redox_auth_algorithm::of(unsigned.algorithm());
                written.signature_len = unsigned.signature_len();
                written.digest_len = digest.as_bytes().len();
                for (to, from) in written.digest.iter_mut().zip(digest.as_bytes()) {
                    *to = *from;
                }
                let input = core::str::from_utf8(unsigned.signing_input()).unwrap_or("");
                written.signing_input = redox_auth_text::of(input);
                let unsigned = ManuallyDrop::new(unsigned);
                Some(Unfinished { target, unsigned })
            }
        };
        written.ticket = session.take_off(ticket, unfinished);
        written.request.ticket = written.ticket;
        out.put(written);
        Ok(())
    })
}

/// Puts the signature into a prepared request, which is then ready to send.
///
/// ECDSA signatures are r and s one after the other, not DER. The call does not verify the signature. After
/// `REDOX_AUTH_STATUS_SIGNATURE_LENGTH` the request is unchanged.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_session_finish(
    session: *mut redox_auth_session,
    ticket: u32,
    signature: *const u8,
    signature_len: usize,
    request: *mut redox_auth_request,
) -> redox_auth_status {
    status::of(|| {
        // SAFETY: the caller's word.
        let (out, mut session, signature) = unsafe {
            (
                pointer::output(request)?,
                opaque::enter(session)?,
                pointer::bytes(signature, signature_len)?,
            )
        };
        let Unfinished { target, unsigned } = session.unfinished(ticket, signature.len())?;
        let body = ManuallyDrop::into_inner(unsigned)
            .finish(signature)
            .map_err(Status::from)?;
        let server = session.core.identity().server();
        out.put(redox_auth_request {
            ticket,
            ..complete(target, target.url(&server), body)
        });
        Ok(())
    })
}

fn complete(target: Target, url: Url<'_>, body: &str) -> redox_auth_request {
    redox_auth_request {
        content_type: redox_auth_text::of_option(target.content_type()),
        body: redox_auth_text::of(body),
        ..redox_auth_request::to(target.method(), url, target.path())
    }
}
