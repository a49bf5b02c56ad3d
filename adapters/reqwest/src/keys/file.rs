mod pipe;

use core::fmt;
use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use self::pipe::{Outcome, PATIENCE};
#[cfg(feature = "certificates")]
use super::certificate::CertificateChain;
use super::content::Content;
use super::key::Key;
use super::text::{TakenOff, plain_secret};
use super::unusable::UnusableKey;
use crate::error::certificate::CertificateError;

impl Key {
    /// Reads a private key from a file, in the forms and with the key ID of [`Key::parse`]. It blocks: use it at the start
    /// of a program.
    ///
    /// # Errors
    /// [`FileError`], which names the file and holds nothing of it.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, FileError> {
        Self::read_file(path.as_ref(), Self::parse)
    }

    /// Reads a private key as [`Key::from_file`] does, and gives it the key ID that the server's settings show.
    ///
    /// # Errors
    /// As [`Key::from_file`] and [`Key::parse_with_key_id`].
    pub fn from_file_with_key_id(key_id: &str, path: impl AsRef<Path>) -> Result<Self, FileError> {
        Self::read_file(path.as_ref(), |content| {
            Self::parse_with_key_id(key_id, content)
        })
    }

    fn read_file(
        path: &Path,
        parse: impl FnOnce(&[u8]) -> Result<Self, UnusableKey>,
    ) -> Result<Self, FileError> {
        let content = read_secret_file(path, MAX_KEY_FILE)?;
        parse(&content).map_err(|error| FileError::new(path, FileProblem::Key(error)))
    }
}

#[cfg(feature = "certificates")]
impl CertificateChain {
    /// Reads certificates from a file, in the forms of [`CertificateChain::parse`]. It blocks: use it at the start of a
    /// program.
    ///
    /// # Errors
    /// [`FileError`], which names the file.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, FileError> {
        let path = path.as_ref();
        // There may be a private key as well.
        let content = read_secret_file(path, MAX_KEY_FILE)?;
        Self::parse(&content).map_err(|error| FileError::new(path, FileProblem::Certificate(error)))
    }
}

/// The content of a file that the client reads again and again, in bounded time and memory. It does not read pipes and
/// devices: they may delay the reader, and a pipe can be read only once.
///
/// # Errors
/// [`FileProblem::Read`], [`FileProblem::Directory`], [`FileProblem::NotRegular`] and [`FileProblem::TooLong`].
pub(crate) fn read_regular_file(
    path: &Path,
    limit: usize,
) -> Result<Zeroizing<Vec<u8>>, FileError> {
    read_if_regular(path, limit).map_err(|problem| FileError::new(path, problem))
}

fn read_if_regular(path: &Path, limit: usize) -> Result<Zeroizing<Vec<u8>>, FileProblem> {
    expect_regular(&std::fs::metadata(path)?)?;
    let file = pipe::open(path)?;
    // A pipe may have replaced the file meanwhile.
    expect_regular(&file.metadata()?)?;
    match read_at_most(file, limit.saturating_add(1))? {
        content if content.len() > limit => Err(FileProblem::TooLong { limit }),
        content => Ok(content),
    }
}

fn expect_regular(metadata: &Metadata) -> Result<(), FileProblem> {
    match metadata.is_file() {
        true => Ok(()),
        false if metadata.is_dir() => Err(FileProblem::Directory),
        false => Err(FileProblem::NotRegular),
    }
}

/// Whether this is, or leads to, a regular file: no pipe, no terminal, no other device.
pub(crate) fn is_regular(path: &Path) -> io::Result<bool> {
    Ok(std::fs::metadata(path)?.is_file())
}

/// The secret in a file, without the white space that pasting adds.
///
/// # Errors
/// [`FileError`].
pub(crate) fn read_secret(path: &Path) -> Result<Zeroizing<String>, FileError> {
    let content = read_secret_file(path, MAX_SECRET_FILE)?;
    match secret_text(&content) {
        Some((text, _)) => Ok(text),
        None => Err(FileError::new(path, FileProblem::NotText)),
    }
}

/// The content of a file with a key or a secret, for programs that read such files as this crate does. It is wiped on drop.
/// Reading takes bounded time and memory, whatever the file is.
///
/// # Errors
/// [`FileError`] if the path is the key or the secret itself. Also if the file is longer than `limit` bytes, is a directory,
/// is a pipe to which no program writes everything in time, or cannot be read.
pub fn read_secret_file(path: &Path, limit: usize) -> Result<Zeroizing<Vec<u8>>, FileError> {
    if let Some(content) = Content::in_place_of_file(path) {
        return Err(FileError::without_path(content));
    }
    let failed = |problem| FileError::new(path, problem);
    let metadata =
        std::fs::metadata(path).map_err(|error| match Content::in_place_of_missing_file(path) {
            Some(content) => FileError::without_path(content),
            None => failed(FileProblem::Read(error)),
        })?;
    if metadata.is_dir() {
        return Err(failed(FileProblem::Directory));
    }
    // One more byte distinguishes a file of the maximum length from a longer one.
    let room = limit.saturating_add(1);
    let content = match pipe::is_pipe(&metadata) {
        true => pipe::read(path, room, PATIENCE),
        false => File::open(path)
            .and_then(|file| read_at_most(file, room))
            .map(Outcome::Content),
    };
    match content.map_err(FileProblem::Read).map_err(failed)? {
        Outcome::NoWriter => Err(failed(FileProblem::NoWriter)),
        Outcome::Unfinished => Err(failed(FileProblem::Unfinished)),
        Outcome::Content(content) if content.len() > limit => {
            Err(failed(FileProblem::TooLong { limit }))
        }
        Outcome::Content(content) => Ok(content),
    }
}

/// A secret without a byte-order mark and surrounding white space, in UTF-8, and the list of what was removed, except for a
/// line end after it. `None` for bytes that are not text.
#[must_use]
pub fn secret_text(content: &[u8]) -> Option<(Zeroizing<String>, Option<TakenOff>)> {
    plain_secret(content)
}

/// Reads this many bytes of a file. The buffer has room for all of them, because a growing buffer leaves copies behind.
fn read_at_most(file: File, room: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut content = Zeroizing::new(Vec::with_capacity(room));
    let limit = u64::try_from(room).unwrap_or(u64::MAX);
    file.take(limit).read_to_end(&mut content)?;
    Ok(content)
}

/// Why a file cannot be used. It holds nothing of the file's content.
#[derive(Debug)]
#[non_exhaustive]
pub struct FileError {
    /// The file. It is empty for [`FileProblem::Content`].
    pub path: PathBuf,
    /// The fault of the file.
    pub problem: FileProblem,
}

/// The fault of a file.
#[derive(Debug)]
#[non_exhaustive]
pub enum FileProblem {
    /// The path is the key or the secret itself, or may be one.
    Content(Content),
    /// It cannot be read.
    Read(io::Error),
    /// It is a directory.
    Directory,
    /// It is a pipe, and no program opened it for writing in time.
    NoWriter,
    /// A pipe or a device replaced the file. The client does not read such a file again.
    NotRegular,
    /// It is empty where this is required: the secret, or the key ID.
    Empty(&'static str),
    /// It is a pipe, and the program that writes to it did not finish in time.
    Unfinished,
    /// It is longer than such a file can be.
    TooLong {
        /// The longest file that is read, in bytes.
        limit: usize,
    },
    /// It is not text.
    NotText,
    /// It is not a usable private key.
    Key(UnusableKey),
    /// It holds no usable certificates.
    Certificate(CertificateError),
}

impl FileError {
    pub(crate) fn new(path: &Path, problem: FileProblem) -> Self {
        Self {
            path: path.to_owned(),
            problem,
        }
    }

    /// For a path that must not be shown.
    fn without_path(content: Content) -> Self {
        Self {
            path: PathBuf::new(),
            problem: FileProblem::Content(content),
        }
    }
}

impl From<io::Error> for FileProblem {
    fn from(error: io::Error) -> Self {
        Self::Read(error)
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.problem {
            FileProblem::Content(_) => self.problem.fmt(f),
            // A path with control characters is `Content`.
            problem => write!(f, "{}: {problem}", self.path.display()),
        }
    }
}

impl fmt::Display for FileProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Content(content) => write!(
                f,
                "expected the name of a file, found {content}; write the key or the secret to a file that only you can read, and give the name of that file"
            ),
            Self::Read(error) => write!(f, "cannot be read: {error}"),
            Self::Directory => f.write_str("expected a file, found a directory"),
            Self::NotRegular => f.write_str("expected a regular file, found a pipe or a device"),
            Self::Empty(what) => write!(f, "the {what} is empty"),
            Self::NoWriter => write!(
                f,
                "no program opened this pipe for writing within {} s",
                PATIENCE.writer.as_secs()
            ),
            Self::Unfinished => write!(
                f,
                "the program that writes to this pipe did not finish within {} s",
                PATIENCE.content.as_secs()
            ),
            Self::TooLong { limit } => {
                write!(f, "expected at most {limit} bytes, found more")
            }
            Self::NotText => f.write_str("expected text in UTF-8, found other bytes"),
            Self::Key(error) => error.fmt(f),
            Self::Certificate(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for FileError {}

/// A key with certificates around it may be long; a key alone takes 4 KiB at most.
pub(crate) const MAX_KEY_FILE: usize = 64 * 1024;

/// The secrets of Redox's legacy API keys are about 100 bytes long.
pub(crate) const MAX_SECRET_FILE: usize = 4 * 1024;
