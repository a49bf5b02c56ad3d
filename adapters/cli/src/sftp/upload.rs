use core::fmt;
use std::borrow::Cow;
use std::collections::VecDeque;
use std::io::{self, Read};

use bytes::Bytes;
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
        let mut len = 0_u64;
        let mut is_at_end = false;
        let mut failed = None;
        loop {
            while !is_at_end && failed.is_none() && under_way.len() < most {
                let mut piece = Vec::with_capacity(self.write_len);
                let limited = (&mut source).take(to_u64(self.write_len));
                match { limited }.read_to_end(&mut piece) {
                    Ok(0) => is_at_end = true,
                    Ok(count) => {
                        let id = self.id();
                        let data = [Bytes::from(piece)];
                        let sent = self.requests().send_write_request_zero_copy(
                            id,
                            Cow::Borrowed(handle),
                            len,
                            &data,
                        );
                        under_way.push_back((sent.map(|it| it.wait()), to_u64(count)));
                        len = len.saturating_add(to_u64(count));
                    }
                    Err(error) => failed = Some(Written::Unreadable(error)),
                }
            }
            let Some((sent, count)) = under_way.pop_front() else {
                break;
            };
            match self.answer(sent).await {
                Ok(()) => advance(count),
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

fn to_u64(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}

/// The greatest amount under way, in bytes; `ssh` itself sends no more than 2 MiB ahead of the server.
const UNDER_WAY: usize = 4 << 20;
