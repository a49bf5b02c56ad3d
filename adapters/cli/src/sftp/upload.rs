use core::fmt;
use std::borrow::Cow;
use std::collections::VecDeque;
use std::io::{self, Read};

use bytes::{Bytes, BytesMut};
use openssh_sftp_client_lowlevel::HandleOwned;

use super::session::Session;
use super::trouble::Trouble;

/// Why writing ended too early.
#[derive(Debug)]
pub(crate) enum Written {
    /// The file on this machine cannot be read.
    Unreadable(io::Error),
    /// The server did not accept the data.
    Untaken(Trouble),
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => write!(f, "cannot read it: {error}"),
            Self::Untaken(trouble) => trouble.fmt(f),
        }
    }
}

impl Session {
    /// Writes everything from the reader, several pieces at a time, and returns the length. Calls `advance` after each
    /// piece.
    pub(crate) async fn write(
        &mut self,
        handle: &HandleOwned,
        mut source: impl Read,
        mut advance: impl FnMut(u64),
    ) -> Result<u64, Written> {
        let most = UNDER_WAY.checked_div(self.write_len).unwrap_or(1).max(1);
        let mut under_way = VecDeque::with_capacity(most);
        // The memory of a piece serves a later one.
        let mut spare = Vec::new();
        let mut len = 0_u64;
        let mut is_at_end = false;
        let mut failed = None;
        loop {
            while !is_at_end && failed.is_none() && under_way.len() < most {
                let piece = spare.pop();
                let mut piece = piece.unwrap_or_else(|| BytesMut::zeroed(self.write_len));
                match fill(&mut source, &mut piece) {
                    Ok(0) => is_at_end = true,
                    Ok(count) => {
                        piece.truncate(count);
                        let id = self.id();
                        let data = [piece.freeze()];
                        let sent = self.requests().send_write_request_zero_copy(
                            id,
                            Cow::Borrowed(handle),
                            len,
                            &data,
                        );
                        let [piece] = data;
                        under_way.push_back((sent.map(|it| it.wait()), piece));
                        len = len.saturating_add(to_u64(count));
                    }
                    Err(error) => failed = Some(Written::Unreadable(error)),
                }
            }
            let Some((sent, piece)) = under_way.pop_front() else {
                break;
            };
            match self.answer(sent).await {
                Ok(()) => {
                    advance(to_u64(piece.len()));
                    spare.extend(
                        Bytes::try_into_mut(piece)
                            .ok()
                            .filter(|it| it.len() == self.write_len),
                    );
                }
                Err(trouble) => {
                    let is_end = trouble.ends_session();
                    failed.get_or_insert(Written::Untaken(trouble));
                    if is_end {
                        break;
                    }
                }
            }
        }
        failed.map_or(Ok(len), Err)
    }
}

/// Fills as much as there is to read.
fn fill(source: &mut impl Read, room: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = room.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match source.read(rest) {
            Ok(0) => break,
            Ok(len) => filled = filled.saturating_add(len),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

fn to_u64(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}

/// The most that is under way, in bytes. `ssh` sends no more than 2 MiB ahead of the server, and the pipe to `ssh` holds the
/// rest without being full: each read of a full pipe would wake this program.
const UNDER_WAY: usize = (2 << 20) + (3 << 18);
