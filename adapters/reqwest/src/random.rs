use aws_lc_rs::rand::{SecureRandom, SystemRandom};

use crate::error::Error;

/// Random bytes of the operating system, enough for a `jti` or the ID of a turn.
///
/// # Errors
/// [`Error::Random`].
pub(crate) fn random() -> Result<[u8; 16], Error> {
    let mut bytes = [0; 16];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| Error::Random)?;
    Ok(bytes)
}
