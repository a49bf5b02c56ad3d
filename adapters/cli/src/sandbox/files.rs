use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempDir};

use crate::failure::Failure;
use crate::terminal::shown_path;

/// The place of the files that a client of the sandbox needs: next to the state file, or in a folder that ends with the
/// sandbox.
pub(super) enum Files {
    Beside(PathBuf),
    Temporary(TempDir),
}

impl Files {
    pub(super) fn new(state: Option<&Path>) -> Result<Self, Failure> {
        match state {
            Some(state) => absolute(state).map(Self::Beside),
            None => TempDir::with_prefix("redox-auth-sandbox-")
                .map(Self::Temporary)
                .map_err(|error| Failure::usage(format!("sandbox: {error}"))),
        }
    }

    /// The place of the file for this purpose.
    pub(super) fn path(&self, purpose: &str) -> PathBuf {
        match self {
            Self::Beside(state) => state.with_extension(purpose),
            Self::Temporary(folder) => folder.path().join(purpose),
        }
    }

    /// Writes a file anew at each start, for its owner only; returns its path.
    pub(super) fn write(&self, purpose: &str, content: &str) -> Result<String, Failure> {
        let path = self.path(purpose);
        let folder = path.parent().unwrap_or_else(|| Path::new("."));
        let written = NamedTempFile::new_in(folder).and_then(|mut file| {
            file.write_all(content.as_bytes())?;
            file.persist(&path)?;
            Ok(())
        });
        let shown = shown_path(&path);
        written.map_err(|error| Failure::usage(format!("cannot write {shown}: {error}")))?;
        Ok(path.display().to_string())
    }
}

/// An absolute path.
pub(super) fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    let shown = shown_path(path);
    std::path::absolute(path).map_err(|error| Failure::usage(format!("{shown}: {error}")))
}
