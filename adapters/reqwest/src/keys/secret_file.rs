use core::fmt;
use std::path::{Path, PathBuf};

use redox_auth_core::Algorithm;
use zeroize::Zeroizing;

use super::file::{FileError, FileProblem, MAX_SECRET_FILE};
use super::text::plain_secret;
use super::watched::{Contents, Source};

/// A file with the secret of a legacy API key that a client reads again.
pub(crate) struct SecretFile(pub(crate) PathBuf);

impl fmt::Debug for SecretFile {
    /// Without the path, which is the secret if a user has mistaken one for the other.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretFile").finish_non_exhaustive()
    }
}

impl Source for SecretFile {
    type Value = Zeroizing<String>;

    fn paths(&self) -> Vec<&Path> {
        vec![&self.0]
    }

    fn limit(&self) -> usize {
        MAX_SECRET_FILE
    }

    fn value(&self, contents: &Contents) -> Result<Self::Value, FileError> {
        let problem = match plain_secret(contents.of(0)) {
            Some((secret, _)) if !secret.is_empty() => return Ok(secret),
            Some(_) => FileProblem::Empty("secret"),
            None => FileProblem::NotText,
        };
        Err(FileError::new(&self.0, problem))
    }

    fn is_same(one: &Self::Value, other: &Self::Value) -> bool {
        one == other
    }

    fn key(_: &Self::Value) -> Option<(String, Algorithm)> {
        None
    }

    fn part_may_pass(&self) -> bool {
        true
    }
}
