use core::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use redox_auth_core::KeyError;
use zeroize::Zeroizing;

#[cfg(feature = "certificates")]
use super::certificate::CertificateChain;
use super::key::Key;
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
        parse: impl FnOnce(&[u8]) -> Result<Self, KeyError>,
    ) -> Result<Self, FileError> {
        let content = read(path, MAX_KEY_FILE)?;
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
        let content = read(path, MAX_KEY_FILE)?;
        Self::parse(&content).map_err(|error| FileError::new(path, FileProblem::Certificate(error)))
    }
}

/// The secret in a file, less the white space that comes along when it is pasted.
///
/// # Errors
/// [`FileError`].
pub(crate) fn read_secret(path: &Path) -> Result<Zeroizing<String>, FileError> {
    let content = read(path, MAX_SECRET_FILE)?;
    match core::str::from_utf8(&content) {
        Ok(text) => Ok(Zeroizing::new(text.trim().to_owned())),
        Err(_) => Err(FileError::new(path, FileProblem::NotText)),
    }
}

fn read(path: &Path, limit: usize) -> Result<Zeroizing<Vec<u8>>, FileError> {
    // One byte more tells a file of the greatest length from a longer one. The buffer has room for all of it: one that
    // grows leaves copies behind.
    let room = limit.saturating_add(1);
    let mut content = Zeroizing::new(Vec::with_capacity(room));
    File::open(path)
        .and_then(|file| {
            let limit = u64::try_from(room).unwrap_or(u64::MAX);
            file.take(limit).read_to_end(&mut content)
        })
        .map_err(|error| FileError::new(path, FileProblem::Read(error)))?;
    if content.len() > limit {
        return Err(FileError::new(path, FileProblem::TooLong { limit }));
    }
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
    /// It is longer than what it should hold can be.
    TooLong {
        /// The longest that is read, in bytes.
        limit: usize,
    },
    /// It is no text.
    NotText,
    /// It is no usable private key.
    Key(KeyError),
    /// It holds no usable certificates.
    Certificate(CertificateError),
}

impl FileError {
    fn new(path: &Path, problem: FileProblem) -> Self {
        Self {
            path: path.to_owned(),
            problem,
        }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.path.display())?;
        match &self.problem {
            FileProblem::Read(error) => write!(f, "cannot be read: {error}"),
            FileProblem::TooLong { limit } => {
                write!(f, "expected at most {limit} bytes, found more")
            }
            FileProblem::NotText => f.write_str("expected text in UTF-8, found other bytes"),
            FileProblem::Key(error) => error.fmt(f),
            FileProblem::Certificate(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for FileError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match &self.problem {
            FileProblem::Read(error) => Some(error),
            FileProblem::Key(error) => Some(error),
            FileProblem::Certificate(error) => Some(error),
            FileProblem::TooLong { .. } | FileProblem::NotText => None,
        }
    }
}

/// A key with certificates around it may be long, a key alone takes 4 KiB at most.
const MAX_KEY_FILE: usize = 64 * 1024;

/// The secrets of Redox's legacy API keys are about 100 bytes long.
const MAX_SECRET_FILE: usize = 4 * 1024;
