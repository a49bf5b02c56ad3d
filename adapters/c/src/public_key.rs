use core::ffi::c_char;

use redox_auth_core::{PublicKey, Thumbprint, write_jwk_set};

use crate::opaque::{self, opaque};
use crate::pointer;
use crate::redox_auth_algorithm;
use crate::redox_auth_status as Status;
use crate::status::{self, redox_auth_status};
use crate::text::write_with_nul;

/// The size of a `redox_auth_public_key`, in bytes.
pub const REDOX_AUTH_PUBLIC_KEY_SIZE: usize = 576;
/// The length of a thumbprint with the NUL behind it, in bytes.
pub const REDOX_AUTH_THUMBPRINT_SIZE: usize = 44;

const _: () = assert!(REDOX_AUTH_THUMBPRINT_SIZE == Thumbprint::LEN + 1);

/// The public half of a key, in memory of the caller's. It holds no secret and needs no deinit call.
#[repr(C)]
pub struct redox_auth_public_key {
    /// Not for the caller.
    pub opaque: [u64; 72],
}
opaque!(
    redox_auth_public_key,
    PublicKey,
    b"publ-key",
    REDOX_AUTH_PUBLIC_KEY_SIZE
);

/// The public half of a key in another place, such as a secure element. `point` is uncompressed (SEC1 §2.3.3): 4, x and
/// y, with 65 bytes for ES256, 97 for ES384 and 133 for ES512. `size` is `sizeof *public_key`, `algorithm` a
/// `redox_auth_algorithm`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_public_key_from_point(
    public_key: *mut redox_auth_public_key,
    size: usize,
    algorithm: i32,
    point: *const u8,
    point_len: usize,
) -> redox_auth_status {
    status::of(|| {
        // SAFETY: the caller's word.
        let point = unsafe { pointer::bytes(point, point_len) }?;
        let algorithm = redox_auth_algorithm::from_raw(algorithm)?;
        let make = || Ok(PublicKey::from_ec_point(algorithm, point)?);
        // SAFETY: the caller's word.
        unsafe { put(public_key, size, make) }
    })
}

/// The same for an RSA key and one of its algorithms: modulus and public exponent, big-endian.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_public_key_from_rsa(
    public_key: *mut redox_auth_public_key,
    size: usize,
    algorithm: i32,
    modulus: *const u8,
    modulus_len: usize,
    exponent: *const u8,
    exponent_len: usize,
) -> redox_auth_status {
    status::of(|| {
        // SAFETY: the caller's word.
        let (modulus, exponent) = unsafe {
            (
                pointer::bytes(modulus, modulus_len)?,
                pointer::bytes(exponent, exponent_len)?,
            )
        };
        let algorithm = redox_auth_algorithm::from_raw(algorithm)?;
        let make = || Ok(PublicKey::from_rsa(algorithm, modulus, exponent)?);
        // SAFETY: the caller's word.
        unsafe { put(public_key, size, make) }
    })
}

/// Writes a JWK Set (RFC 7517 §5) with only this key, for Redox's dashboard, and a NUL after it.
///
/// `len` receives its length without the NUL, also when the buffer is too short: then `size` must be at least
/// `*len + 1`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_public_key_jwks(
    public_key: *const redox_auth_public_key,
    key_id: *const c_char,
    out: *mut c_char,
    size: usize,
    len: *mut usize,
) -> redox_auth_status {
    status::of(|| {
        // SAFETY: the caller's word.
        let (len, key, key_id, out) = unsafe {
            (
                pointer::output(len)?,
                opaque::look(public_key)?,
                pointer::text(key_id)?,
                pointer::buffer(out.cast(), size)?,
            )
        };
        write_with_nul(out, len, |out| write_jwk_set(&[(key_id, key)], out))
    })
}

/// Writes the thumbprint of the key (RFC 7638, with SHA-256) and a NUL after it: a good key ID if the server assigns
/// none. `size` must be at least `REDOX_AUTH_THUMBPRINT_SIZE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_public_key_thumbprint(
    public_key: *const redox_auth_public_key,
    out: *mut c_char,
    size: usize,
) -> redox_auth_status {
    status::of(|| {
        // SAFETY: the caller's word.
        let (key, out) = unsafe {
            (
                opaque::look(public_key)?,
                pointer::buffer(out.cast(), size)?,
            )
        };
        let text = key.thumbprint();
        let (text_room, rest) = out
            .split_first_chunk_mut::<{ Thumbprint::LEN }>()
            .ok_or(Status::BufferTooSmall)?;
        *rest.first_mut().ok_or(Status::BufferTooSmall)? = 0;
        for (to, from) in text_room.iter_mut().zip(text.as_str().bytes()) {
            *to = from;
        }
        Ok(())
    })
}

/// Puts a public key into memory.
///
/// # Safety
/// As for [`opaque::put`].
pub(crate) unsafe fn put(
    memory: *mut redox_auth_public_key,
    size: usize,
    make: impl FnOnce() -> Result<PublicKey, Status>,
) -> Result<(), Status> {
    // SAFETY: promised above.
    unsafe { opaque::put(memory, size, make) }
}
