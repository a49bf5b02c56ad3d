mod pipe;

use core::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

#[cfg(feature = "certificates")]
use super::certificate::CertificateChain;
use super::key::Key;
use super::text::{TakenOff, plain_secret};
use super::unusable::UnusableKey;
use crate::error::certificate::CertificateError;

impl Key {
    /// Reads a private key from a file, in the forms and with the key ID of [`Key::parse`]. Meant for the start of a
    /// program: it blocks.
    ///
    /// # Errors
    /// [`FileError`], which names the file and holds nothing of it.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, FileError> {
        Self::read_file(path.as_ref(), Self::parse)
    }

    /// The same under the key ID that the server's settings show.
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
    /// Reads certificates from a file, in the forms of [`CertificateChain::parse`]. Meant for the start of a program: it
    /// blocks.
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

/// The content of a file that is to be read again and again, in bounded time and memory: a regular one, so that nothing is
/// waited for and nothing is gone once it was read.
///
/// # Errors
/// As [`read_secret_file`], and [`FileProblem::NotRegular`].
pub(crate) fn read_regular_file(
    path: &Path,
    limit: usize,
) -> Result<Zeroizing<Vec<u8>>, FileError> {
    match is_regular(path) {
        Ok(true) => read_secret_file(path, limit),
        Ok(false) if path.is_dir() => Err(FileError::new(path, FileProblem::Directory)),
        Ok(false) => Err(FileError::new(path, FileProblem::NotRegular)),
        Err(error) => Err(FileError::new(path, FileProblem::Read(error))),
    }
}

/// Whether this is, or leads to, a regular file: no pipe, no terminal, no other device.
pub(crate) fn is_regular(path: &Path) -> io::Result<bool> {
    Ok(std::fs::metadata(path)?.is_file())
}

/// The secret in a file, less the white space that comes along when it is pasted.
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

/// The content of a file with a key or a secret, for programs that read such files as this crate does: wiped on drop, and read
/// in bounded time and memory, whatever the file is.
///
/// # Errors
/// [`FileError`] when it is longer than `limit` bytes, a directory, a pipe into which nobody writes, or cannot be read.
pub fn read_secret_file(path: &Path, limit: usize) -> Result<Zeroizing<Vec<u8>>, FileError> {
    let failed = |problem| FileError::new(path, problem);
    let metadata = std::fs::metadata(path).map_err(|error| failed(FileProblem::Read(error)))?;
    if metadata.is_dir() {
        return Err(failed(FileProblem::Directory));
    }
    // One byte more tells a file of the greatest length from a longer one.
    let room = limit.saturating_add(1);
    let content = match pipe::is_pipe(&metadata) {
        true => pipe::read(path, room, pipe::PATIENCE),
        false => read(path, room).map(Some),
    };
    match content.map_err(FileProblem::Read).map_err(failed)? {
        None => Err(failed(FileProblem::NoWriter)),
        Some(content) if content.len() > limit => Err(failed(FileProblem::TooLong { limit })),
        Some(content) => Ok(content),
    }
}

/// A secret as it should be: without a byte-order mark, without the white space around it, in UTF-8; and what was taken off
/// for that, a line end behind it apart. `None` for bytes that are no text.
#[must_use]
pub fn secret_text(content: &[u8]) -> Option<(Zeroizing<String>, Option<TakenOff>)> {
    plain_secret(content)
}

/// As many bytes of a file. The buffer has room for all of them: one that grows leaves copies behind.
fn read(path: &Path, room: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut content = Zeroizing::new(Vec::with_capacity(room));
    let limit = u64::try_from(room).unwrap_or(u64::MAX);
    File::open(path)?.take(limit).read_to_end(&mut content)?;
    Ok(content)
}

/// Why nothing is made of a file. It holds nothing of what is in it.
#[derive(Debug)]
#[non_exhaustive]
pub struct FileError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub problem: FileProblem,
}

/// What is wrong with a file.
#[derive(Debug)]
#[non_exhaustive]
pub enum FileProblem {
    /// It cannot be read.
    Read(io::Error),
    /// It is a directory.
    Directory,
    /// It is a pipe into which nobody writes.
    NoWriter,
    /// It was a file, and is a pipe or a device now, which is not read again.
    NotRegular,
    /// What is in it has no text here.
    Empty(&'static str),
    /// It is longer than what it should hold can be.
    TooLong {
        /// The longest that is read, in bytes.
        limit: usize,
    },
    /// It is no text.
    NotText,
    /// It is no usable private key.
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
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", shown(&self.path), self.problem)
    }
}

impl fmt::Display for FileProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(error) => write!(f, "cannot be read: {error}"),
            Self::Directory => f.write_str("expected a file, found a directory"),
            Self::NoWriter => f.write_str("expected a file, found a pipe into which nobody writes"),
            Self::NotRegular => {
                f.write_str("expected a file, found a pipe or a device, which is not read again")
            }
            Self::Empty(what) => write!(f, "the {what} is empty"),
            Self::TooLong { limit } => {
                write!(f, "expected at most {limit} bytes, found more")
            }
            Self::NotText => f.write_str("expected text in UTF-8, found other bytes"),
            Self::Key(error) => error.fmt(f),
            Self::Certificate(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for FileError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match &self.problem {
            FileProblem::Read(error) => Some(error),
            FileProblem::Key(error) => Some(error),
            FileProblem::Certificate(error) => Some(error),
            FileProblem::Directory
            | FileProblem::NoWriter
            | FileProblem::NotRegular
            | FileProblem::Empty(_)
            | FileProblem::TooLong { .. }
            | FileProblem::NotText => None,
        }
    }
}

/// A path as a terminal may show it: its control characters escaped.
pub(super) fn shown(path: &Path) -> String {
    let mut shown = String::new();
    for character in path.display().to_string().chars() {
        match character.is_control() {
            true => shown.extend(character.escape_default()),
            false => shown.push(character),
        }
    }
    shown
}

/// A key with certificates around it may be long, a key alone takes 4 KiB at most.
pub(crate) const MAX_KEY_FILE: usize = 64 * 1024;

/// The secrets of Redox's legacy API keys are about 100 bytes long.
pub(crate) const MAX_SECRET_FILE: usize = 4 * 1024;
