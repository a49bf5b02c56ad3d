use crate::error::Error;

/// Random bytes of the operating system, enough for a `jti` or the ID of a turn. aws-lc would take 30 ms of CPU time to seed
/// a generator before the first of them.
///
/// # Errors
/// [`Error::Random`].
pub(crate) fn random() -> Result<[u8; 16], Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| Error::Random)?;
    Ok(bytes)
}
