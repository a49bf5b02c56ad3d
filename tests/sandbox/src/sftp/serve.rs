use std::io;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::sleep;

use super::files::{Files, absolute};
use super::packet::*;
use super::{SftpFault, Shared};

/// Answers the requests of one client until it goes, or until a fault ends the connection.
pub(super) async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    shared: Arc<Shared>,
) -> io::Result<()> {
    let mut client = Client {
        shared,
        fault: None,
        written: 0,
        listed: Vec::new(),
    };
    loop {
        let len = stream.read_u32().await?;
        let len = usize::try_from(len).ok().filter(|len| *len <= MOST_PACKET);
        let mut request = vec![0; len.ok_or(io::ErrorKind::InvalidData)?];
        stream.read_exact(&mut request).await?;
        let Some(answer) = client.answer(Fields(&request)) else {
            return Ok(());
        };
        if let (Some(SftpFault::Slow(time)), Some(&WRITE)) = (client.fault, request.first()) {
            sleep(time).await;
        }
        stream.write_all(&answer.finish()).await?;
        stream.flush().await?;
    }
}

struct Client {
    shared: Arc<Shared>,
    /// That of the file that was created last.
    fault: Option<SftpFault>,
    /// How many bytes of that file were written.
    written: u64,
    /// The folders that were listed to their end.
    listed: Vec<String>,
}

impl Client {
    /// Nothing where the connection ends.
    fn answer(&mut self, mut fields: Fields<'_>) -> Option<Packet> {
        let kind = fields.byte()?;
        let id = fields.number()?;
        if kind == INIT {
            return Some(greeting());
        }
        let answer = match kind {
            OPEN => self.open(id, &mut fields),
            CLOSE | SETSTAT | FSETSTAT => Some(Packet::status(id, OK, "")),
            READ => self.read(id, &mut fields),
            WRITE => return self.write(id, &mut fields),
            LSTAT | STAT | FSTAT => self.attributes(id, &mut fields),
            OPENDIR => opendir(id, &mut fields),
            READDIR => self.readdir(id, &mut fields),
            REMOVE => self.remove(id, &mut fields),
            REALPATH => fields.text().map(|path| {
                let path = absolute(path);
                let name = Packet::answer(NAME, id).number(1).bytes(path.as_bytes());
                name.bytes(path.as_bytes()).number(0)
            }),
            RENAME => return self.rename(id, &mut fields, Replaces::No),
            EXTENDED => match fields.text() {
                Some("posix-rename@openssh.com") => {
                    return self.rename(id, &mut fields, Replaces::Yes);
                }
                Some("fsync@openssh.com") => Some(Packet::status(id, OK, "")),
                Some("limits@openssh.com") => {
                    let limits = Packet::answer(EXTENDED_REPLY, id).long(LIMIT + 1024);
                    Some(limits.long(LIMIT).long(LIMIT).long(0))
                }
                Some("statvfs@openssh.com") => Some(self.space(id)),
                Some(_) => Some(Packet::status(id, UNSUPPORTED, "Operation unsupported")),
                None => None,
            },
            _ => Some(Packet::status(id, UNSUPPORTED, "Operation unsupported")),
        };
        Some(answer.unwrap_or_else(|| Packet::status(id, BAD_MESSAGE, "Bad message")))
    }

    fn open(&mut self, id: u32, fields: &mut Fields<'_>) -> Option<Packet> {
        let path = absolute(fields.text()?);
        let flags = fields.number()?;
        let mut state = self.shared.state();
        let is_there = state.files.content(&path).is_some();
        let is_wanted = |flag| flags & flag != 0;
        let may_create = is_wanted(CREATE) && Files::may_be(&path);
        let refusal = if Files::is_folder(&path) || (is_there && is_wanted(EXCLUSIVE)) {
            Some((FAILURE, "Failure"))
        } else if !(is_there || may_create) {
            Some((NO_SUCH_FILE, "No such file"))
        } else {
            None
        };
        if let Some((code, words)) = refusal {
            return Some(Packet::status(id, code, words));
        }
        if is_wanted(TO_WRITE) {
            if !is_there || is_wanted(TRUNCATE) {
                state.files.create(&path);
            }
            self.fault = state.next_fault();
            self.written = 0;
        }
        Some(Packet::answer(HANDLE, id).bytes(path.as_bytes()))
    }

    fn read(&self, id: u32, fields: &mut Fields<'_>) -> Option<Packet> {
        let path = fields.text()?;
        let offset = usize::try_from(fields.long()?).ok()?;
        let len = usize::try_from(fields.number()?).ok()?.min(MOST_PACKET);
        let state = self.shared.state();
        let rest = state.files.content(path)?.get(offset..).unwrap_or(&[]);
        Some(if rest.is_empty() {
            Packet::status(id, END, "End of file")
        } else {
            let data = rest.get(..len).unwrap_or(rest);
            Packet::answer(DATA, id).bytes(data)
        })
    }

    fn write(&mut self, id: u32, fields: &mut Fields<'_>) -> Option<Packet> {
        let path = fields.text()?;
        let offset = usize::try_from(fields.long()?).ok()?;
        let data = fields.bytes()?;
        let len = u64::try_from(data.len()).unwrap_or(u64::MAX);
        self.written = self.written.saturating_add(len);
        if matches!(self.fault, Some(SftpFault::Drop(most)) if self.written > most) {
            return None;
        }
        let is_full = self.fault == Some(SftpFault::Full);
        let is_done = !is_full && self.shared.state().files.write(path, offset, data);
        Some(if is_done {
            Packet::status(id, OK, "")
        } else {
            Packet::status(id, FAILURE, "Failure")
        })
    }

    fn attributes(&self, id: u32, fields: &mut Fields<'_>) -> Option<Packet> {
        let path = absolute(fields.text()?);
        let state = self.shared.state();
        let attributes = Packet::answer(ATTRIBUTES, id);
        Some(match state.files.content(&path) {
            Some(content) => attributes.attributes(u64::try_from(content.len()).ok()),
            None if Files::is_folder(&path) => attributes.attributes(None),
            None => Packet::status(id, NO_SUCH_FILE, "No such file"),
        })
    }

    fn readdir(&mut self, id: u32, fields: &mut Fields<'_>) -> Option<Packet> {
        let path = fields.text()?.to_owned();
        let names = self.shared.state().files.names(&path);
        if names.is_empty() || self.listed.contains(&path) {
            self.listed.retain(|it| *it != path);
            return Some(Packet::status(id, END, "End of file"));
        }
        self.listed.push(path);
        let count = u32::try_from(names.len()).ok()?;
        let list = Packet::answer(NAME, id).number(count);
        Some(names.iter().fold(list, |list, name| {
            list.bytes(name.as_bytes()).bytes(name.as_bytes()).number(0)
        }))
    }

    fn remove(&self, id: u32, fields: &mut Fields<'_>) -> Option<Packet> {
        let path = absolute(fields.text()?);
        let is_removed = self.shared.state().files.remove(&path);
        Some(if is_removed {
            Packet::status(id, OK, "")
        } else {
            Packet::status(id, NO_SUCH_FILE, "No such file")
        })
    }

    fn rename(&self, id: u32, fields: &mut Fields<'_>, replaces: Replaces) -> Option<Packet> {
        let (Some(from), Some(to)) = (fields.text(), fields.text()) else {
            return Some(Packet::status(id, BAD_MESSAGE, "Bad message"));
        };
        let (from, to) = (absolute(from), absolute(to));
        let mut state = self.shared.state();
        let may_replace =
            replaces == Replaces::Yes || self.fault == Some(SftpFault::RenameReplaces);
        let refusal = match self.fault {
            Some(SftpFault::DropBeforeRename) => return None,
            Some(SftpFault::Rename(code)) => Some(match code {
                PERMISSION_DENIED => (code, "Permission denied"),
                FAILURE => (code, "Failure"),
                code => (code, "File already exists"),
            }),
            _ if state.files.content(&from).is_none() => Some((NO_SUCH_FILE, "No such file")),
            _ if !Files::may_be(&to) => Some((FAILURE, "Failure")),
            _ if state.files.content(&to).is_some() && !may_replace => Some((FAILURE, "Failure")),
            _ => None,
        };
        if let Some((code, words)) = refusal {
            return Some(Packet::status(id, code, words));
        }
        state.files.rename(&from, &to);
        if self.fault == Some(SftpFault::DropAfterRename) {
            return None;
        }
        Some(Packet::status(id, OK, ""))
    }

    fn space(&self, id: u32) -> Packet {
        let free = match self.fault {
            Some(SftpFault::Full) => 0,
            _ => u64::try_from(self.shared.state().files.free()).unwrap_or(u64::MAX),
        };
        // Blocks of one byte: size twice, all, free twice, file numbers thrice, file system, flags, longest name.
        let numbers = [1, 1, free, free, free, 0, 0, 0, 0, 0, 255];
        let reply = Packet::answer(EXTENDED_REPLY, id);
        numbers.into_iter().fold(reply, Packet::long)
    }
}

/// Whether a renaming may replace a file.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Replaces {
    Yes,
    No,
}

fn greeting() -> Packet {
    let extensions = [
        ("posix-rename@openssh.com", "1"),
        ("statvfs@openssh.com", "2"),
        ("fsync@openssh.com", "1"),
        ("limits@openssh.com", "1"),
    ];
    extensions
        .into_iter()
        .fold(Packet::new(VERSION).number(3), |packet, (name, data)| {
            packet.bytes(name.as_bytes()).bytes(data.as_bytes())
        })
}

fn opendir(id: u32, fields: &mut Fields<'_>) -> Option<Packet> {
    let path = absolute(fields.text()?);
    Some(if Files::is_folder(&path) {
        Packet::answer(HANDLE, id).bytes(path.as_bytes())
    } else {
        Packet::status(id, NO_SUCH_FILE, "No such file")
    })
}

/// The most bytes of one piece of a file, as OpenSSH has it.
const LIMIT: u64 = 255 * 1024;

/// The longest packet, in bytes, as OpenSSH has it.
const MOST_PACKET: usize = 256 * 1024;
