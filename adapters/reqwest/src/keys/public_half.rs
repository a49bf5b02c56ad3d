use redox_auth_core::{KeyError, KeyRoom, PrivateKey, PublicKey, SigningKey};

/// Checks a private key as core does, which checks more than aws-lc, and derives its public half.
///
/// Nothing of the private key is on the stack when the public half is made: values that are moved take along what lay in
/// the bytes that they do not use.
///
/// # Errors
/// As [`SigningKey::from_private_key`].
pub(super) fn public_half(key: &PrivateKey<'_>) -> Result<PublicKey, KeyError> {
    let mut room = Box::new(KeyRoom::<SigningKey>::new());
    room.read(key)?;
    wipe_stack();
    Ok(room.key()?.public_key())
}

/// Covers what the functions that have just returned have left on the stack. Each value wipes itself, but a value that is
/// moved leaves a copy that nobody owns.
#[inline(never)]
pub(super) fn wipe_stack() {
    core::hint::black_box(&mut [0_u8; STACK_LEN]);
}

/// More than reading a key takes, in bytes.
const STACK_LEN: usize = 64 * 1024;
