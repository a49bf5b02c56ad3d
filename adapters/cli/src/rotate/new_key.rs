use std::fs;
use std::path::{Path, PathBuf};

use redox_auth_core::Algorithm;

use super::key_set::KeySet;
use crate::args::RsaBits;
use crate::connect::KeySource;
use crate::failure::Failure;
use crate::key;
use crate::terminal::shown_path;

/// The new key, and its file.
pub(super) struct NewKey {
    pub(super) source: KeySource,
    pub(super) id: String,
    pub(super) public: KeySet,
    path: PathBuf,
}

impl NewKey {
    /// Makes a key, and writes nothing yet.
    pub(super) fn generate(
        algorithm: Algorithm,
        bits: RsaBits,
        path: &Path,
    ) -> Result<Self, Failure> {
        key::expect_new(path)?;
        let pem = key::generate(algorithm, bits)?;
        let source = KeySource {
            name: "the new key".to_owned(),
            content: pem.as_bytes().to_vec().into(),
            key_id: None,
            algorithm: Some(algorithm),
            certificate: None,
            file: None,
            token: None,
        };
        let key = source.key()?;
        Ok(Self {
            id: key.key_id().to_owned(),
            public: KeySet::of(&key)?,
            source,
            path: path.to_owned(),
        })
    }

    pub(super) fn write(&self) -> Result<(), Failure> {
        key::write_private(&self.path, &self.source.content)
    }

    /// Removes the file of a key that was never registered; describes the result.
    pub(super) fn remove(&self) -> String {
        match fs::remove_file(&self.path) {
            Ok(()) => format!("{} is removed; its key was never registered", self.shown()),
            Err(error) => format!(
                "{} holds a key that was never registered, and cannot be removed: {error}",
                self.shown()
            ),
        }
    }

    /// The file's name.
    pub(super) fn shown(&self) -> impl core::fmt::Display {
        shown_path(&self.path)
    }
}
