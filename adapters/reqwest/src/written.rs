use redox_auth_core::WriteError;
use zeroize::{Zeroize, Zeroizing};

/// The text that `write` writes, in a buffer of exactly that length. A short buffer costs no signature.
pub(crate) fn written<F, O>(write: F) -> Result<Zeroizing<O>, WriteError>
where
    F: Fn(&mut [u8]) -> Result<&str, WriteError>,
    O: for<'t> From<&'t str> + Zeroize,
{
    let owned = |text: &str| Zeroizing::new(O::from(text));
    let mut buffer = Zeroizing::new(Vec::new());
    match write(&mut buffer) {
        Err(WriteError::BufferTooSmall { needed }) => buffer.resize(needed, 0),
        other => return other.map(owned),
    }
    write(&mut buffer).map(owned)
}
