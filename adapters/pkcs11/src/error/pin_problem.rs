use core::fmt;
use std::path::{Path, PathBuf};

/// Why there is no PIN. It shows nothing of what was read.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PinProblem {
    /// The file cannot be read, in the words of the system.
    NotRead {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// It is a folder, a pipe or a device.
    NoFile {
        /// What is no file.
        path: PathBuf,
    },
    /// Others can read the file.
    Exposed {
        /// The file.
        path: PathBuf,
        /// Whether it belongs to the user of this process, who can change that.
        is_ours: bool,
    },
    /// The file is longer than any PIN.
    TooLong {
        /// The file.
        path: PathBuf,
        /// The longest that is read, in bytes.
        limit: usize,
    },
    /// The file or the variable holds nothing.
    Empty {
        /// Its name.
        name: String,
    },
    /// What the file or the variable holds is not UTF-8.
    NotText {
        /// Its name.
        name: String,
    },
    /// There is no such variable.
    NoVariable {
        /// Its name.
        name: String,
    },
}

impl fmt::Display for PinProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRead { path, why } => {
                write!(f, "PIN: cannot read {}: {why}", path.display())
            }
            Self::NoFile { path } => write!(f, "PIN: {} is no regular file", path.display()),
            Self::Exposed {
                path,
                is_ours: true,
            } => write!(
                f,
                "PIN: others can read {}; take it away from them with: chmod 600 -- {}",
                path.display(),
                quoted(path)
            ),
            Self::Exposed { path, .. } => write!(
                f,
                "PIN: everybody on this machine can read {}, which belongs to another user; have its owner take that away, or use a file of your own",
                path.display()
            ),
            Self::TooLong { path, limit } => write!(
                f,
                "PIN: {} has more than {limit} bytes; it must hold the PIN alone",
                path.display()
            ),
            Self::Empty { name } => write!(f, "PIN: {name} is empty"),
            Self::NotText { name } => write!(f, "PIN: {name} holds bytes that are not UTF-8"),
            Self::NoVariable { name } => write!(f, "PIN: the variable {name} is not set"),
        }
    }
}

impl core::error::Error for PinProblem {}

/// As a shell takes it.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}
