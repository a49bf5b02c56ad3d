use core::future::pending;
use core::mem;
use core::pin::Pin;
use core::time::Duration;
use std::borrow::Cow;
use std::io::{self, IoSlice};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use openssh_sftp_client_lowlevel::{
    CreateFlags, Data, Error, Extensions, FileAttrs, FileType, HandleOwned, Id, OpenOptions, Queue,
    ReadEnd, WriteEnd, connect,
};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::Notify;
use tokio::time::timeout;

use super::trouble::{Code, Trouble};

/// SFTP, version 3, over a pair of pipes. Bytes move only while the program waits for an answer.
pub(crate) struct Session {
    requests: WriteEnd<Vec<u8>, Outbox>,
    /// Moves the bytes, and ends with the connection.
    moving: Pin<Box<dyn Future<Output = Error>>>,
    has_ended: bool,
    extensions: Extensions,
    /// The most bytes of one write.
    pub(super) write_len: usize,
    /// The longest wait for an answer.
    pub(super) patience: Duration,
}

/// An extension of SFTP that this program uses.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Extra {
    PosixRename,
    Fsync,
    Limits,
    Statvfs,
}

/// A file, a folder or another entry on the server.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Found {
    pub(crate) kind: Kind,
    pub(crate) size: Option<u64>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    File,
    Folder,
    Link,
    Other,
}

/// Requests to send.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    waiting: Mutex<Vec<Request>>,
    is_filled: Notify,
}

/// The parts of a request, which are written together.
type Request = Vec<Bytes>;

impl Session {
    /// Greets the server.
    pub(super) async fn open(
        stdin: impl AsyncWrite + Unpin + 'static,
        stdout: impl AsyncRead + Unpin + 'static,
        patience: Duration,
    ) -> Result<Self, Trouble> {
        let requests = connect(Outbox::default(), ()).map_err(Trouble::of)?;
        let requests: WriteEnd<Vec<u8>, Outbox> = requests;
        let shared = WriteEnd::clone(&requests).into_shared_data();
        let mut answers = ReadEnd::new(stdout, ANSWER_BUFFER, shared.clone());
        let mut writing = Box::pin(async move { write(stdin, shared.queue()).await });
        let greeting = answers.receive_server_hello();
        let extensions = tokio::select! {
            biased;
            greeting = greeting => greeting.map_err(Trouble::of)?,
            // The log has the server's last words.
            error = &mut writing => return Err(Trouble::of(error.into())),
        };
        let moving = async move {
            let reading = async {
                loop {
                    match answers.read_in_one_packet().await {
                        // An answer without a request; the answers after it are readable.
                        Ok(())
                        | Err(Error::InvalidResponseId { .. } | Error::AwaitableError(_)) => {}
                        Err(error) => break error,
                    }
                }
            };
            // Answers may still arrive when requests can no longer be sent.
            let writing = async {
                writing.await;
                pending::<()>().await;
            };
            tokio::select! {
                biased;
                error = reading => error,
                () = writing => unreachable!("it never ends"),
            }
        };
        let mut session = Self {
            requests,
            moving: Box::pin(moving),
            has_ended: false,
            extensions,
            write_len: WRITE,
            patience,
        };
        if session.has(Extra::Limits) {
            session.write_len = session.longest_write().await?;
        }
        Ok(session)
    }

    pub(crate) const fn has(&self, extra: Extra) -> bool {
        self.extensions.contains(match extra {
            Extra::PosixRename => Extensions::POSIX_RENAME,
            Extra::Fsync => Extensions::FSYNC,
            Extra::Limits => Extensions::LIMITS,
            Extra::Statvfs => Extensions::STATVFS,
        })
    }

    /// The object with this name. A symbolic link is not followed.
    pub(crate) async fn look_at(&mut self, path: &str) -> Result<Option<Found>, Trouble> {
        let id = self.id();
        let sent = self.requests.send_lstat_request(id, named(path));
        let answer = self.answer(sent.map(|it| it.wait())).await;
        Found::of(answer)
    }

    /// Whether the entry of this name is a symbolic link. `ProFTPD` shows the target even in answer to a question about
    /// the link.
    pub(crate) async fn is_link(&mut self, path: &str) -> Result<bool, Trouble> {
        let id = self.id();
        let sent = self.requests.send_readlink_request(id, named(path));
        match self.answer(sent.map(|it| it.wait())).await {
            Ok(_) => Ok(true),
            Err(trouble) if trouble.ends_session() => Err(trouble),
            Err(_) => Ok(false),
        }
    }

    /// The object with this name. Symbolic links are followed.
    pub(crate) async fn look_behind(&mut self, path: &str) -> Result<Option<Found>, Trouble> {
        let id = self.id();
        let sent = self.requests.send_stat_request(id, named(path));
        let answer = self.answer(sent.map(|it| it.wait())).await;
        Found::of(answer)
    }

    /// Creates a file that must not exist yet.
    pub(crate) async fn create(&mut self, path: &str) -> Result<HandleOwned, Trouble> {
        self.open_with(path, CreateFlags::Excl).await
    }

    /// Creates a file, or opens the existing one and truncates it.
    pub(crate) async fn overwrite(&mut self, path: &str) -> Result<HandleOwned, Trouble> {
        self.open_with(path, CreateFlags::Trunc).await
    }

    async fn open_with(&mut self, path: &str, flags: CreateFlags) -> Result<HandleOwned, Trouble> {
        let options = OpenOptions::new().write(true);
        let id = self.id();
        // The server's configuration sets the permissions of new files.
        let request = options.create(named(path), flags, FileAttrs::new());
        let sent = self.requests.send_open_file_request(id, request);
        self.answer(sent.map(|it| it.wait())).await
    }

    /// Opens a file to read it.
    pub(crate) async fn open_to_read(&mut self, path: &str) -> Result<HandleOwned, Trouble> {
        let id = self.id();
        let request = OpenOptions::new().read(true).open(named(path));
        let sent = self.requests.send_open_file_request(id, request);
        self.answer(sent.map(|it| it.wait())).await
    }

    /// The next bytes from this position; none at the end of the file.
    pub(crate) async fn read(
        &mut self,
        handle: &HandleOwned,
        offset: u64,
    ) -> Result<Vec<u8>, Trouble> {
        let id = self.id();
        let buffer = Vec::with_capacity(READ_LEN);
        let sent =
            self.requests
                .send_read_request(id, Cow::Borrowed(handle), offset, READ, Some(buffer));
        Ok(match self.answer(sent.map(|it| it.wait())).await? {
            Data::Buffer(bytes) => bytes,
            Data::AllocatedBox(bytes) => bytes.into_vec(),
            Data::Eof => Vec::new(),
        })
    }

    /// Waits until the server's disk has the written bytes.
    pub(crate) async fn flush(&mut self, handle: &HandleOwned) -> Result<(), Trouble> {
        let id = self.id();
        let sent = self.requests.send_fsync_request(id, Cow::Borrowed(handle));
        self.answer(sent.map(|it| it.wait())).await
    }

    pub(crate) async fn close(&mut self, handle: &HandleOwned) -> Result<(), Trouble> {
        let id = self.id();
        let sent = self.requests.send_close_request(id, Cow::Borrowed(handle));
        self.answer(sent.map(|it| it.wait())).await
    }

    /// Renames a file. If another file has the new name, servers differ: some fail, some replace it.
    pub(crate) async fn rename(&mut self, from: &str, to: &str) -> Result<(), Trouble> {
        let id = self.id();
        let sent = self
            .requests
            .send_rename_request(id, named(from), named(to));
        self.answer(sent.map(|it| it.wait())).await
    }

    /// Renames a file, and replaces another one of the new name.
    pub(crate) async fn rename_over(&mut self, from: &str, to: &str) -> Result<(), Trouble> {
        if !self.has(Extra::PosixRename) {
            return self.rename(from, to).await;
        }
        let id = self.id();
        let sent = self
            .requests
            .send_posix_rename_request(id, named(from), named(to));
        self.answer(sent.map(|it| it.wait())).await
    }

    pub(crate) async fn remove(&mut self, path: &str) -> Result<(), Trouble> {
        let id = self.id();
        let sent = self.requests.send_remove_request(id, named(path));
        self.answer(sent.map(|it| it.wait())).await
    }

    /// The number of bytes that this user may still write to the disk of this folder, if the server tells it.
    pub(crate) async fn free_space(&mut self, folder: &str) -> Option<u64> {
        if !self.has(Extra::Statvfs) {
            return None;
        }
        let id = self.id();
        let sent = self.requests.send_statvfs_request(id, named(folder));
        let found = self.answer(sent.map(|it| it.wait())).await.ok()?;
        Some(found.bavail.saturating_mul(found.frsize))
    }

    async fn longest_write(&mut self) -> Result<usize, Trouble> {
        let id = self.id();
        let sent = self.requests.send_limits_request(id);
        let limits = self.answer(sent.map(|it| it.wait())).await?;
        Ok(match usize::try_from(limits.write_len) {
            Ok(0) => WRITE,
            Ok(len) => len.min(MOST_WRITE),
            Err(_) => MOST_WRITE,
        })
    }

    pub(super) fn id(&self) -> Id<Vec<u8>> {
        self.requests.create_response_id()
    }

    pub(super) const fn requests(&mut self) -> &mut WriteEnd<Vec<u8>, Outbox> {
        &mut self.requests
    }

    /// Waits for an answer, and moves bytes meanwhile.
    pub(super) async fn answer<T>(
        &mut self,
        sent: Result<impl Future<Output = Result<(Id<Vec<u8>>, T), Error>>, Error>,
    ) -> Result<T, Trouble> {
        let answer = sent.map_err(Trouble::of)?;
        if self.has_ended {
            return Err(Trouble::Ended("it was closed before".to_owned()));
        }
        let either = async {
            tokio::select! {
                biased;
                answer = answer => answer.map(|(_, answer)| answer),
                error = &mut self.moving => {
                    self.has_ended = true;
                    Err(error)
                }
            }
        };
        let answer = timeout(self.patience, either).await;
        match answer {
            Ok(answer) => answer.map_err(Trouble::of),
            Err(_) => Err(Trouble::Silent(self.patience)),
        }
    }
}

impl Found {
    fn of(answer: Result<FileAttrs, Trouble>) -> Result<Option<Self>, Trouble> {
        match answer {
            Ok(attributes) => Ok(Some(Self {
                kind: match attributes.get_filetype() {
                    None | Some(FileType::RegularFile) => Kind::File,
                    Some(FileType::Directory) => Kind::Folder,
                    Some(FileType::Symlink) => Kind::Link,
                    Some(_) => Kind::Other,
                },
                size: attributes.get_size(),
            })),
            Err(Trouble::Refused {
                code: Code::NoSuchFile,
                ..
            }) => Ok(None),
            Err(trouble) => Err(trouble),
        }
    }
}

impl Queue for Outbox {
    fn push(&self, bytes: Bytes) {
        self.extend(bytes, &[]);
    }

    fn extend(&self, header: Bytes, body: &[&[Bytes]]) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let body = body.iter().copied().flatten().cloned();
        waiting.push([header].into_iter().chain(body).collect());
        self.is_filled.notify_one();
    }
}

/// Sends requests until that fails.
async fn write(mut stdin: impl AsyncWrite + Unpin, outbox: &Outbox) -> io::Error {
    let sent = async {
        loop {
            let waiting = mem::take(
                &mut *outbox
                    .waiting
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner),
            );
            if waiting.is_empty() {
                outbox.is_filled.notified().await;
            }
            for request in waiting {
                write_all(&mut stdin, &request).await?;
            }
            stdin.flush().await?;
        }
    };
    let sent: io::Result<()> = sent.await;
    sent.err()
        .unwrap_or_else(|| io::ErrorKind::BrokenPipe.into())
}

/// Writes all parts, in one call where there is room: `ssh` would wake for each.
async fn write_all(stdin: &mut (impl AsyncWrite + Unpin), request: &[Bytes]) -> io::Result<()> {
    let mut slices: Vec<_> = request.iter().map(|part| IoSlice::new(part)).collect();
    let mut rest = slices.as_mut_slice();
    // Leaves out what is empty.
    IoSlice::advance_slices(&mut rest, 0);
    while !rest.is_empty() {
        match stdin.write_vectored(rest).await? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            len => IoSlice::advance_slices(&mut rest, len),
        }
    }
    Ok(())
}

fn named(path: &str) -> Cow<'_, Path> {
    Cow::Borrowed(Path::new(path))
}

/// In bytes; longer answers get more.
const ANSWER_BUFFER: core::num::NonZeroUsize =
    core::num::NonZeroUsize::new(4096).expect("it is not 0");

/// The length of one write if the server does not report its limits, in bytes. Every server accepts it.
const WRITE: usize = 32 * 1024;

/// The greatest length of one write, in bytes, which OpenSSH accepts.
const MOST_WRITE: usize = 255 * 1024;

/// The length of one read, in bytes.
const READ: u32 = 32 * 1024;
const READ_LEN: usize = 32 * 1024;
