use core::ffi::c_void;

#[cfg(feature = "es512")]
use redox_auth_core::Es512Key;
use redox_auth_core::{
    Algorithm, Es256Key, Es384Key, KeyError, KeyRoom, PublicKey, RsaKey2048, SignError, Signer,
    SigningKey,
};

use crate::opaque::{self, Opaque, opaque};
use crate::pointer;
use crate::public_key::{self, redox_auth_public_key};
use crate::redox_auth_status as Status;
use crate::status::{self, redox_auth_status};
use crate::{redox_auth_algorithm, redox_auth_sign, redox_auth_signer};

/// The size of a `redox_auth_es256_key`, in bytes.
pub const REDOX_AUTH_ES256_KEY_SIZE: usize = 160;
/// The size of a `redox_auth_es384_key`, in bytes.
pub const REDOX_AUTH_ES384_KEY_SIZE: usize = 224;
/// The size of a `redox_auth_es512_key`, in bytes.
#[cfg(feature = "es512")]
pub const REDOX_AUTH_ES512_KEY_SIZE: usize = 320;
/// The size of a `redox_auth_rsa_key`, in bytes.
pub const REDOX_AUTH_RSA_KEY_SIZE: usize = 1024;
/// The size of a `redox_auth_any_key`, in bytes.
pub const REDOX_AUTH_ANY_KEY_SIZE: usize = 2048;

/// A private key on P-256, in memory of the caller's.
#[repr(C)]
pub struct redox_auth_es256_key {
    /// Not for the caller.
    pub opaque: [u64; 20],
}
opaque!(
    redox_auth_es256_key,
    KeyRoom<Es256Key>,
    b"es256key",
    REDOX_AUTH_ES256_KEY_SIZE
);

/// A private key on P-384, in memory of the caller's.
#[repr(C)]
pub struct redox_auth_es384_key {
    /// Not for the caller.
    pub opaque: [u64; 28],
}
opaque!(
    redox_auth_es384_key,
    KeyRoom<Es384Key>,
    b"es384key",
    REDOX_AUTH_ES384_KEY_SIZE
);

/// A private key on P-521, in memory of the caller's. Only in a library with the feature `es512`.
#[cfg(feature = "es512")]
#[repr(C)]
pub struct redox_auth_es512_key {
    /// Not for the caller.
    pub opaque: [u64; 40],
}
#[cfg(feature = "es512")]
opaque!(
    redox_auth_es512_key,
    KeyRoom<Es512Key>,
    b"es512key",
    REDOX_AUTH_ES512_KEY_SIZE
);

/// A private RSA key of 2048 bits, in memory of the caller's. A `redox_auth_any_key` can hold up to 4096 bits.
#[repr(C)]
pub struct redox_auth_rsa_key {
    /// Not for the caller.
    pub opaque: [u64; 128],
}
opaque!(
    redox_auth_rsa_key,
    KeyRoom<RsaKey2048>,
    b"rsa-key\0",
    REDOX_AUTH_RSA_KEY_SIZE
);

/// A private key of any algorithm, in memory of the caller's, for programs that accept any key. A device with a known
/// algorithm should use that algorithm's type, which is smaller and links less code.
#[repr(C)]
pub struct redox_auth_any_key {
    /// Not for the caller.
    pub opaque: [u64; 256],
}
opaque!(
    redox_auth_any_key,
    KeyRoom<SigningKey>,
    b"anykey\0\0",
    REDOX_AUTH_ANY_KEY_SIZE
);

/// Reads a private key on P-256 for ES256 from PEM or DER (PKCS#8 or SEC1) or a private JWK, and checks it.
///
/// `size` is `sizeof *key`. The call fills in `signer` for `key`, which must stay in place while the signer is in use.
/// Wipe `input` afterwards.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_es256_key_init(
    key: *mut redox_auth_es256_key,
    size: usize,
    input: *const u8,
    input_len: usize,
    signer: *mut redox_auth_signer,
) -> redox_auth_status {
    // SAFETY: the caller's word.
    unsafe {
        init(key, size, input, input_len, signer, |room, input| {
            KeyRoom::<Es256Key>::parse(room, input).map(|_| ())
        })
    }
}

/// Writes the public half of the key, to register with the server.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_es256_key_public(
    key: *const redox_auth_es256_key,
    public_key: *mut redox_auth_public_key,
    size: usize,
) -> redox_auth_status {
    // SAFETY: the caller's word.
    unsafe { public(key, public_key, size, Es256Key::public_key) }
}

/// Ends the key and wipes its memory. Its signer then no longer signs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_es256_key_deinit(
    key: *mut redox_auth_es256_key,
) -> redox_auth_status {
    // SAFETY: the caller's word.
    status::of(|| unsafe { opaque::end(key) })
}

/// Like `redox_auth_es256_key_init`, for a private key on P-384 and ES384.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_es384_key_init(
    key: *mut redox_auth_es384_key,
    size: usize,
    input: *const u8,
    input_len: usize,
    signer: *mut redox_auth_signer,
) -> redox_auth_status {
    // SAFETY: the caller's word.
    unsafe {
        init(key, size, input, input_len, signer, |room, input| {
            KeyRoom::<Es384Key>::parse(room, input).map(|_| ())
        })
    }
}

/// Like `redox_auth_es256_key_public`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_es384_key_public(
    key: *const redox_auth_es384_key,
    public_key: *mut redox_auth_public_key,
    size: usize,
) -> redox_auth_status {
    // SAFETY: the caller's word.
    unsafe { public(key, public_key, size, Es384Key::public_key) }
}

/// Like `redox_auth_es256_key_deinit`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_es384_key_deinit(
    key: *mut redox_auth_es384_key,
) -> redox_auth_status {
    // SAFETY: the caller's word.
    status::of(|| unsafe { opaque::end(key) })
}

/// Like `redox_auth_es256_key_init`, for a private key on P-521 and ES512. Only in a library with the feature `es512`.
#[cfg(feature = "es512")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_es512_key_init(
    key: *mut redox_auth_es512_key,
    size: usize,
    input: *const u8,
    input_len: usize,
    signer: *mut redox_auth_signer,
) -> redox_auth_status {
    // SAFETY: the caller's word.
    unsafe {
        init(key, size, input, input_len, signer, |room, input| {
            KeyRoom::<Es512Key>::parse(room, input).map(|_| ())
        })
    }
}

/// Like `redox_auth_es256_key_public`.
#[cfg(feature = "es512")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_es512_key_public(
    key: *const redox_auth_es512_key,
    public_key: *mut redox_auth_public_key,
    size: usize,
) -> redox_auth_status {
    // SAFETY: the caller's word.
    unsafe { public(key, public_key, size, Es512Key::public_key) }
}

/// Like `redox_auth_es256_key_deinit`.
#[cfg(feature = "es512")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_es512_key_deinit(
    key: *mut redox_auth_es512_key,
) -> redox_auth_status {
    // SAFETY: the caller's word.
    status::of(|| unsafe { opaque::end(key) })
}

/// Like `redox_auth_es256_key_init`, for a private RSA key of 2048 bits (PKCS#8, PKCS#1 or JWK).
///
/// `algorithm` is a `redox_auth_algorithm`, which must equal the algorithm in the JWK, if it has one. With
/// `REDOX_AUTH_ALGORITHM_NONE` the key uses the algorithm of its JWK, or RS384. The salt of PS256 is derived from key
/// and message.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_rsa_key_init(
    key: *mut redox_auth_rsa_key,
    size: usize,
    algorithm: i32,
    input: *const u8,
    input_len: usize,
    signer: *mut redox_auth_signer,
) -> redox_auth_status {
    // SAFETY: the caller's word.
    unsafe {
        init_with_algorithm(
            (key, size),
            algorithm,
            (input, input_len),
            signer,
            KeyRoom::<RsaKey2048>::parse,
            KeyRoom::<RsaKey2048>::parse_with_algorithm,
        )
    }
}

/// Like `redox_auth_es256_key_public`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_rsa_key_public(
    key: *const redox_auth_rsa_key,
    public_key: *mut redox_auth_public_key,
    size: usize,
) -> redox_auth_status {
    // SAFETY: the caller's word.
    unsafe { public(key, public_key, size, RsaKey2048::public_key) }
}

/// Like `redox_auth_es256_key_deinit`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_rsa_key_deinit(
    key: *mut redox_auth_rsa_key,
) -> redox_auth_status {
    // SAFETY: the caller's word.
    status::of(|| unsafe { opaque::end(key) })
}

/// Like `redox_auth_rsa_key_init`, for a private key of any kind that is supported, RSA up to 4096 bits; on P-521 only in a
/// library with the feature `es512`. For a key on a curve, `algorithm` must be the curve's or
/// `REDOX_AUTH_ALGORITHM_NONE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_any_key_init(
    key: *mut redox_auth_any_key,
    size: usize,
    algorithm: i32,
    input: *const u8,
    input_len: usize,
    signer: *mut redox_auth_signer,
) -> redox_auth_status {
    // SAFETY: the caller's word.
    unsafe {
        init_with_algorithm(
            (key, size),
            algorithm,
            (input, input_len),
            signer,
            KeyRoom::<SigningKey>::parse,
            KeyRoom::<SigningKey>::parse_with_algorithm,
        )
    }
}

/// Like `redox_auth_es256_key_public`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_any_key_public(
    key: *const redox_auth_any_key,
    public_key: *mut redox_auth_public_key,
    size: usize,
) -> redox_auth_status {
    // SAFETY: the caller's word.
    unsafe { public(key, public_key, size, SigningKey::public_key) }
}

/// Like `redox_auth_es256_key_deinit`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_any_key_deinit(
    key: *mut redox_auth_any_key,
) -> redox_auth_status {
    // SAFETY: the caller's word.
    status::of(|| unsafe { opaque::end(key) })
}

/// # Safety
/// The pointers are what `redox_auth_es256_key_init` says.
unsafe fn init<O: Opaque<Content = KeyRoom<K>>, K: Signer>(
    key: *mut O,
    size: usize,
    input: *const u8,
    input_len: usize,
    signer: *mut redox_auth_signer,
    parse: impl FnOnce(&mut KeyRoom<K>, &[u8]) -> Result<(), KeyError>,
) -> Status {
    status::of(|| {
        // SAFETY: promised above.
        let (signer, input) =
            unsafe { (pointer::output(signer)?, pointer::bytes(input, input_len)?) };
        // SAFETY: promised above; the key is there once it is put there.
        let made = unsafe {
            opaque::fill(key, size, |room| parse(room, input).map_err(Status::from))?;
            opaque::look(key)?.key().map_err(Status::from)?
        };
        let sign: redox_auth_sign = Some(sign::<O, K>);
        signer.put(redox_auth_signer::of(made, key.cast(), sign));
        Ok(())
    })
}

/// # Safety
/// The pointers are what `redox_auth_rsa_key_init` says.
unsafe fn init_with_algorithm<O: Opaque<Content = KeyRoom<K>>, K: Signer>(
    (key, size): (*mut O, usize),
    algorithm: i32,
    (input, input_len): (*const u8, usize),
    signer: *mut redox_auth_signer,
    parse: Parse<K>,
    parse_with: ParseWith<K>,
) -> Status {
    let algorithm = match redox_auth_algorithm::from_raw(algorithm) {
        _ if algorithm == redox_auth_algorithm::None as i32 => None,
        Ok(algorithm) => Some(algorithm),
        Err(status) => return status,
    };
    // SAFETY: promised above.
    unsafe {
        init(
            key,
            size,
            input,
            input_len,
            signer,
            |room, input| match algorithm {
                None => parse(room, input).map(|_| ()),
                Some(algorithm) => parse_with(room, algorithm, input).map(|_| ()),
            },
        )
    }
}

type Parse<K> = for<'r> fn(&'r mut KeyRoom<K>, &[u8]) -> Result<&'r K, KeyError>;

type ParseWith<K> = for<'r> fn(&'r mut KeyRoom<K>, Algorithm, &[u8]) -> Result<&'r K, KeyError>;

/// # Safety
/// The pointers are what `redox_auth_es256_key_public` says.
unsafe fn public<O: Opaque<Content = KeyRoom<K>>, K>(
    key: *const O,
    public_key: *mut redox_auth_public_key,
    size: usize,
    of: fn(&K) -> PublicKey,
) -> Status {
    // SAFETY: promised above.
    status::of(|| unsafe {
        let key = opaque::look(key)?.key().map_err(Status::from)?;
        public_key::put(public_key, size, || Ok(of(key)))
    })
}

/// The function of a [`redox_auth_signer`] that stands for a key of ours.
unsafe extern "C" fn sign<O: Opaque<Content = KeyRoom<K>>, K: Signer>(
    context: *mut c_void,
    message: *const u8,
    message_len: usize,
    signature: *mut u8,
    signature_len: usize,
) -> i32 {
    let status = status::of(|| {
        // SAFETY: the session hands in what it was given, and the buffers.
        let (key, message, signature) = unsafe {
            (
                opaque::look(context.cast_const().cast::<O>())?,
                pointer::bytes(message, message_len)?,
                pointer::buffer(signature, signature_len)?,
            )
        };
        let key = key.key().map_err(Status::from)?;
        key.sign(message, signature).map_err(|error| match error {
            SignError::Faulty => Status::SignFaulty,
            _ => Status::SignFailed,
        })
    });
    status as i32
}
