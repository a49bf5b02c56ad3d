use std::fs::File;
use std::io::Read;

use super::files::Parcel;
use crate::sftp::{Session, Trouble};

/// The rest of an earlier run, for a file whose outcome is unknown.
pub(super) enum Left {
    /// The file has its name.
    Finished,
    /// The file did not get its name. What was written of it is removed.
    Unfinished,
    /// The server shows neither.
    Nothing,
}

/// Asks the server. An unfinished file exists before the results have its name.
pub(super) async fn left(
    session: &mut Session,
    parcel: &Parcel,
    target: &str,
    part: &str,
) -> Result<Left, Trouble> {
    if session.look_at(part).await?.is_some() {
        // Its name is that of no other file.
        match session.remove(part).await {
            Ok(()) => return Ok(Left::Unfinished),
            Err(trouble) if trouble.ends_session() => return Err(trouble),
            // The earlier run's server may have renamed it just now.
            Err(_) => {}
        }
    }
    let found = session.look_at(target).await?;
    let is_as_long = found.is_some_and(|found| found.size == Some(parcel.size));
    if is_as_long && is_same(session, parcel, target).await? {
        return Ok(Left::Finished);
    }
    Ok(Left::Nothing)
}

/// Whether the server's file has the content of this one.
async fn is_same(session: &mut Session, parcel: &Parcel, target: &str) -> Result<bool, Trouble> {
    let Ok(mut file) = File::open(&parcel.path) else {
        return Ok(false);
    };
    let handle = match session.open_to_read(target).await {
        Ok(handle) => handle,
        Err(trouble) if trouble.ends_session() => return Err(trouble),
        // A user who may write only.
        Err(_) => return Ok(false),
    };
    let mut at = 0;
    let is_same = loop {
        let there = session.read(&handle, at).await?;
        let mut here = vec![0; there.len()];
        if file.read_exact(&mut here).is_err() || here != there {
            break false;
        }
        if there.is_empty() {
            break at == parcel.size;
        }
        at = at.saturating_add(u64::try_from(there.len()).unwrap_or(u64::MAX));
    };
    session.close(&handle).await?;
    Ok(is_same)
}
