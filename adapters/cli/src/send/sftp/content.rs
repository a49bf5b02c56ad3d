use std::fs::File;

use super::place::space;
use super::put::Way;
use crate::sftp::{Extra, Handle, Session, Trouble, Written};

/// Why the content of a file is not on the server.
pub(super) enum End {
    /// A request failed. The text before its words tells whether the server's disk is full.
    Trouble(Trouble, String),
    /// The problem is the file on this machine.
    Here(String),
    /// The problem is the file on the server.
    There(String),
}

/// Writes the content, flushes it to the server's disk where the server can do that, closes the file and compares the size.
/// `advance` gets the length of each piece that the server has taken.
pub(super) async fn content(
    session: &mut Session,
    way: &Way<'_>,
    handle: &Handle,
    folder: &str,
    advance: impl FnMut(u64),
) -> Result<(), End> {
    let size = way.parcel.size;
    let written = match File::open(&way.parcel.path) {
        Ok(file) => session.write(handle, file, advance).await,
        Err(error) => Err(Written::Unreadable(error)),
    };
    let flushed = match written {
        Ok(len) if session.has(Extra::Fsync) => {
            let flushed = session.flush(handle).await;
            flushed.map(|()| len).map_err(Written::Untaken)
        }
        written => written,
    };
    let closed = session.close(handle).await;
    let len = match flushed {
        Ok(len) => closed.map(|()| len),
        Err(Written::Untaken(trouble)) => Err(trouble),
        Err(unreadable @ Written::Unreadable(_)) => return Err(End::Here(unreadable.to_string())),
    };
    let len = match len {
        Ok(len) => len,
        Err(trouble) if trouble.ends_session() => return Err(End::Trouble(trouble, String::new())),
        Err(trouble) => {
            let space = space(session, folder, size).await;
            return Err(End::Trouble(trouble, space));
        }
    };
    if len != size {
        return Err(End::Here(format!(
            "it changed while it was read: it had {size} bytes, and {len} were read"
        )));
    }
    let found = session.look_at(way.part).await;
    let found = found.map_err(|trouble| End::Trouble(trouble, String::new()))?;
    match found {
        None => Err(End::There(
            "the server took every byte, and shows no such file".to_owned(),
        )),
        Some(found) if found.size.is_some_and(|there| there != size) => Err(End::There(format!(
            "the server took {size} bytes, and its file has {}",
            found.size.unwrap_or_default()
        ))),
        Some(_) => Ok(()),
    }
}
