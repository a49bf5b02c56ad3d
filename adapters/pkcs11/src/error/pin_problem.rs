use core::fmt;
use std::io;
use std::path::{Path, PathBuf};

use redox_auth_reqwest::{AccessRemedy, FileProblem};

use super::shown::{escaped, shown};

/// Why there is no PIN. It shows nothing of the content.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PinProblem {
    /// No file has this name, which looks like a PIN or another secret, and is therefore not shown.
    NoFileOfThisName,
    /// The file is unreadable, or not a file.
    NotRead {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// Others can read the file or write to it.
    Exposed {
        /// The file.
        path: PathBuf,
        /// The remedy.
        remedy: AccessRemedy,
    },
    /// The file is longer than any PIN.
    TooLong {
        /// The file.
        path: PathBuf,
        /// The greatest length, in bytes.
        limit: usize,
    },
    /// The file or the variable is empty.
    Empty {
        /// Its name.
        name: String,
    },
    /// There is white space around the PIN in the file or the variable. The PIN was not tried.
    WhiteSpace {
        /// Its name.
        name: String,
    },
    /// The content of the file or the variable is not text.
    NotText {
        /// Its name.
        name: String,
    },
    /// The variable is not set.
    NoVariable {
        /// Its name.
        name: String,
    },
    /// No variable has this name, which looks like a PIN, and is therefore not shown.
    NoVariableOfThisName,
}

impl PinProblem {
    /// Why this file is unreadable. A name without a folder and an ending may be the PIN itself.
    pub(crate) fn not_read(path: &Path, problem: FileProblem) -> Self {
        let shown = path.as_os_str().as_encoded_bytes();
        let is_name = shown.iter().any(|byte| b"/\\.".contains(byte));
        match problem {
            FileProblem::Content(_) => Self::NoFileOfThisName,
            FileProblem::Read(error) if error.kind() == io::ErrorKind::NotFound && !is_name => {
                Self::NoFileOfThisName
            }
            FileProblem::TooLong { limit } => Self::TooLong {
                path: path.to_owned(),
                limit,
            },
            problem => Self::NotRead {
                path: path.to_owned(),
                why: problem.to_string(),
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
                "PIN: the named file does not exist; this message omits the name, which may be the PIN itself. Write the PIN into a file, and give the path of the file",
            ),
            Self::NotRead { path, why } => write!(f, "PIN: {}: {why}", shown(path)),
            Self::Exposed { path, remedy } => write!(
                f,
                "PIN: others can read or change {}; {remedy}",
                shown(path)
            ),
            Self::TooLong { path, limit } => write!(
                f,
                "PIN: {} has more than {limit} bytes; it must hold only the PIN",
                shown(path)
            ),
            Self::Empty { name } => write!(f, "PIN: {} is empty", escaped(name)),
            Self::WhiteSpace { name } => write!(
                f,
                "PIN: {} has white space around the PIN; remove the white space. The PIN was not tried",
                escaped(name)
            ),
            Self::NotText { name } => {
                write!(f, "PIN: {} holds bytes that are not text", escaped(name))
            }
            Self::NoVariable { name } => {
                write!(f, "PIN: the variable {} is not set", escaped(name))
            }
            Self::NoVariableOfThisName => f.write_str(
                "PIN: the named variable is not set; this message omits the name, which may be the PIN itself. Put the PIN into a variable, and give the name of the variable",
            ),
        }
    }
}

impl core::error::Error for PinProblem {}
