use core::fmt;
use std::path::{Path, PathBuf};

use redox_auth_core::Algorithm;

#[cfg(feature = "certificates")]
use super::certificate::{CertificateChain, CertificateMember};
use super::file::{FileError, FileProblem, MAX_KEY_FILE};
use super::key::Key;
use super::unusable::{Around, Reason};
use super::watched::{Contents, Source};

/// A file with a private key that a client reads again: see [`Builder::key_file`](crate::Builder::key_file).
#[derive(Clone)]
#[must_use = "a file is read when the client is made"]
pub struct KeyFile {
    path: PathBuf,
    key_id: Option<String>,
    algorithm: Option<Algorithm>,
    #[cfg(feature = "certificates")]
    certificate: Option<(PathBuf, Vec<CertificateMember>)>,
}

impl KeyFile {
    /// The file at this path, in the forms and with the key ID of [`Key::parse`].
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            key_id: None,
            algorithm: None,
            #[cfg(feature = "certificates")]
            certificate: None,
        }
    }

    /// Sets the key ID that the server's settings show, for every key that the file will hold.
    ///
    /// Without this setting each key has its own ID: the `kid` of a JWK or the thumbprint. This ID lets servers tell the
    /// next key from the previous one.
    pub fn key_id(mut self, key_id: impl Into<String>) -> Self {
        self.key_id = Some(key_id.into());
        self
    }

    /// Sets the algorithm of the keys, as in [`Key::with_algorithm`].
    pub fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = Some(algorithm);
        self
    }

    /// Sets the file with the key's certificate and those of its issuers, and the members of the header for it, as in
    /// [`Key::with_certificate`]. The client reads both files together. While the certificate belongs to another key, it
    /// uses neither, therefore another program may replace the files one after the other.
    #[cfg(feature = "certificates")]
    pub fn certificate(mut self, path: impl Into<PathBuf>, members: &[CertificateMember]) -> Self {
        self.certificate = Some((path.into(), members.to_owned()));
        self
    }

    fn parse(&self, content: &[u8]) -> Result<Key, FileProblem> {
        let key = match &self.key_id {
            Some(key_id) => Key::parse_with_key_id(key_id, content),
            None => Key::parse(content),
        };
        let mut key = key.map_err(FileProblem::Key)?;
        if let Some(algorithm) = self.algorithm {
            let chosen = key.with_algorithm(algorithm);
            key = chosen.map_err(|error| FileProblem::Key(error.into()))?;
        }
        if let Some(around) = Around::of(key.key_id()) {
            return Err(FileProblem::Key(Reason::KeyId(around).into()));
        }
        match key.key_id().is_empty() {
            true => Err(FileProblem::Empty("key ID")),
            false => Ok(key),
        }
    }

    #[cfg(feature = "certificates")]
    fn certified(&self, key: Key, contents: &Contents) -> Result<Key, FileError> {
        let Some((path, members)) = &self.certificate else {
            return Ok(key);
        };
        CertificateChain::parse(contents.of(1))
            .and_then(|chain| key.with_certificate(&chain, members))
            .map_err(|error| FileError::new(path, FileProblem::Certificate(error)))
    }
}

impl fmt::Debug for KeyFile {
    /// Without the path, which is a key if a user has mistaken one for the other.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyFile")
            .field("key_id", &self.key_id)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

impl Source for KeyFile {
    type Value = Key;

    fn paths(&self) -> Vec<&Path> {
        let key = core::iter::once(self.path.as_path());
        #[cfg(feature = "certificates")]
        let key = key.chain(self.certificate.iter().map(|(path, _)| path.as_path()));
        key.collect()
    }

    fn limit(&self) -> usize {
        MAX_KEY_FILE
    }

    fn value(&self, contents: &Contents) -> Result<Key, FileError> {
        let key = self.parse(contents.of(0));
        let key = key.map_err(|problem| FileError::new(&self.path, problem))?;
        #[cfg(feature = "certificates")]
        let key = self.certified(key, contents)?;
        Ok(key)
    }

    fn is_same(one: &Key, other: &Key) -> bool {
        one.is_same(other)
    }

    fn key(key: &Key) -> Option<(String, Algorithm)> {
        Some((key.key_id().to_owned(), key.algorithm()))
    }

    /// A part of a key is unusable in every form, but the first certificates of a chain are a chain as well.
    fn part_may_pass(&self) -> bool {
        self.paths().len() > 1
    }
}

impl From<PathBuf> for KeyFile {
    fn from(path: PathBuf) -> Self {
        Self::new(path)
    }
}

impl From<&Path> for KeyFile {
    fn from(path: &Path) -> Self {
        Self::new(path)
    }
}

impl From<&str> for KeyFile {
    fn from(path: &str) -> Self {
        Self::new(path)
    }
}
