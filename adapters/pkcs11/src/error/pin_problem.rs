use core::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::shown::{escaped, shown};

/// Why there is no PIN. It shows nothing of what was read.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PinProblem {
    /// There is no file of this name, which looks like a PIN: it is not shown.
    NoFileOfThisName,
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
    /// There is white space around the PIN in the file or the variable. The PIN was not tried.
    WhiteSpace {
        /// Its name.
        name: String,
    },
    /// What the file or the variable holds is no text.
    NotText {
        /// Its name.
        name: String,
    },
    /// There is no such variable.
    NoVariable {
        /// Its name.
        name: String,
    },
    /// There is no variable of this name, which looks like a PIN: it is not shown.
    NoVariableOfThisName,
}

impl PinProblem {
    /// Why this file cannot be read. A name without a folder and an ending may be the PIN itself.
    pub(crate) fn not_read(path: &Path, error: &io::Error) -> Self {
        let shown = path.as_os_str().as_encoded_bytes();
        let is_name = shown.iter().any(|byte| b"/\\.".contains(byte));
        match error.kind() == io::ErrorKind::NotFound && !is_name {
            true => Self::NoFileOfThisName,
            false => Self::NotRead {
                path: path.to_owned(),
                why: error.to_string(),
            },
        }
    }

    /// This variable is not set. A name without an underscore may be the PIN itself.
    pub(crate) fn no_variable(name: &str) -> Self {
        match name.contains('_') {
            true => Self::NoVariable {
                name: name.to_owned(),
            },
            false => Self::NoVariableOfThisName,
        }
    }
}

impl fmt::Display for PinProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoFileOfThisName => f.write_str(
                "PIN: the file that is named for it does not exist; its name is not shown, since it may be the PIN itself. Write the PIN into a file, and give the path of the file",
            ),
            Self::NotRead { path, why } => write!(f, "PIN: cannot read {}: {why}", shown(path)),
            Self::NoFile { path } => write!(f, "PIN: {} is no regular file", shown(path)),
            Self::Exposed {
                path,
                is_ours: true,
            } => write!(
                f,
                "PIN: others can read {}; take it away from them with: chmod 600 -- {}",
                shown(path),
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
            Self::Empty { name } => write!(f, "PIN: {} is empty", escaped(name)),
            Self::WhiteSpace { name } => write!(
                f,
                "PIN: {} has white space around the PIN, which was not tried; remove the white space",
                escaped(name)
            ),
            Self::NotText { name } => {
                write!(f, "PIN: {} holds bytes that are no text", escaped(name))
            }
            Self::NoVariable { name } => {
                write!(f, "PIN: the variable {} is not set", escaped(name))
            }
            Self::NoVariableOfThisName => f.write_str(
                "PIN: the variable that is named for it is not set; its name is not shown, since it may be the PIN itself. Put the PIN into a variable, and give the name of the variable",
            ),
        }
    }
}

impl core::error::Error for PinProblem {}

/// As a shell takes it.
fn quoted(path: &Path) -> String {
    format!("'{}'", shown(path).replace('\'', r"'\''"))
}
