use core::ffi::c_void;
use core::ptr;

use redox_auth_core::{Algorithm, Digest, SignError, Signer};

use crate::redox_auth_status as Status;

/// The signature algorithm of a key (RFC 7518 §3.1).
#[repr(i32)]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum redox_auth_algorithm {
    /// None: no signature.
    #[default]
    None = 0,
    /// ECDSA on P-256 with SHA-256. Signatures have 64 bytes.
    Es256 = 1,
    /// ECDSA on P-384 with SHA-384. Signatures have 96 bytes.
    Es384 = 2,
    /// RSASSA-PKCS1-v1_5 with SHA-384. Signatures are as long as the modulus.
    Rs384 = 3,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256 = 4,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    Rs512 = 5,
    /// RSASSA-PSS with SHA-256, also in its mask, and a salt of 32 bytes.
    Ps256 = 6,
    /// ECDSA on P-521 with SHA-512. Signatures have 132 bytes.
    Es512 = 7,
}

impl redox_auth_algorithm {
    pub(crate) const fn of(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Es256 => Self::Es256,
            Algorithm::Es384 => Self::Es384,
            Algorithm::Rs384 => Self::Rs384,
            Algorithm::Rs256 => Self::Rs256,
            Algorithm::Rs512 => Self::Rs512,
            Algorithm::Ps256 => Self::Ps256,
            Algorithm::Es512 => Self::Es512,
            // Without a number of its own. A session rejects a signer with this value.
            _ => Self::None,
        }
    }

    /// The algorithm of the number that came from C.
    pub(crate) const fn from_raw(number: i32) -> Result<Algorithm, Status> {
        match number {
            1 => Ok(Algorithm::Es256),
            2 => Ok(Algorithm::Es384),
            3 => Ok(Algorithm::Rs384),
            4 => Ok(Algorithm::Rs256),
            5 => Ok(Algorithm::Rs512),
            6 => Ok(Algorithm::Ps256),
            7 => Ok(Algorithm::Es512),
            _ => Err(Status::BadValue),
        }
    }
}

/// Signs with the key of `context`: reads `input`, fills all `signature_len` bytes of `signature`.
///
/// ECDSA signatures are r and s one after the other, each padded to the length of the curve (RFC 7518 §3.4), not DER.
/// Returns 0 for a signature, and any other number without one. Only `redox_auth_session_request` calls it; it must not
/// call that session.
pub type redox_auth_sign = Option<
    unsafe extern "C" fn(
        context: *mut c_void,
        input: *const u8,
        input_len: usize,
        signature: *mut u8,
        signature_len: usize,
    ) -> i32,
>;

/// A signer: a key of this library, or another one, such as a secure element.
///
/// `redox_auth_es256_key_init` and the other init functions fill it in; for a secure element, fill it in yourself. It
/// must stay in place and unchanged while a session uses it.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct redox_auth_signer {
    /// A `redox_auth_algorithm`.
    pub algorithm: i32,
    /// The length of every signature, in bytes.
    pub signature_len: usize,
    /// The argument for the signing function.
    pub context: *mut c_void,
    /// Signs a digest: the 32 bytes of SHA-256 for ES256, RS256 and PS256, the 64 bytes of SHA-512 for ES512 and RS512,
    /// else the 48 bytes of SHA-384.
    pub sign_digest: redox_auth_sign,
    /// Signs a whole message, which it hashes itself. Takes precedence over `sign_digest`. Without both, sign requests
    /// with `redox_auth_session_prepare` and `redox_auth_session_finish`.
    pub sign_message: redox_auth_sign,
}

impl redox_auth_signer {
    /// A key of ours at `key`, whose function takes messages.
    pub(crate) fn of<K: Signer>(
        key: &K,
        context: *mut c_void,
        sign_message: redox_auth_sign,
    ) -> Self {
        Self {
            algorithm: redox_auth_algorithm::of(key.algorithm()) as i32,
            signature_len: key.signature_len(),
            context,
            sign_digest: None,
            sign_message,
        }
    }
}

impl Signer for redox_auth_signer {
    fn algorithm(&self) -> Algorithm {
        // A session takes no signer with another number.
        redox_auth_algorithm::from_raw(self.algorithm).unwrap_or(Algorithm::Es256)
    }

    fn signature_len(&self) -> usize {
        self.signature_len
    }

    fn sign(&self, message: &[u8], signature: &mut [u8]) -> Result<(), SignError> {
        let digest;
        let (sign, input) = match (self.sign_message, self.sign_digest) {
            (Some(sign), _) => (sign, message),
            (None, Some(sign)) => {
                digest = Digest::of(self.algorithm(), message);
                (sign, digest.as_bytes())
            }
            (None, None) => return Err(SignError::Backend),
        };
        // SAFETY: the caller's word that the function is one of this type; the memory is there until it returns.
        let answer = unsafe {
            sign(
                self.context,
                input.as_ptr(),
                input.len(),
                signature.as_mut_ptr(),
                signature.len(),
            )
        };
        match answer {
            0 => Ok(()),
            FAULTY => Err(SignError::Faulty),
            _ => Err(SignError::Backend),
        }
    }
}

/// The signer of a session whose configuration was changed under it: it signs nothing.
pub(crate) const NONE: redox_auth_signer = redox_auth_signer {
    algorithm: 0,
    signature_len: 0,
    context: ptr::null_mut(),
    sign_digest: None,
    sign_message: None,
};

const FAULTY: i32 = Status::SignFaulty as i32;
