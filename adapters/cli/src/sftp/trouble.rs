use core::fmt;
use core::time::Duration;

use openssh_sftp_client_lowlevel::{Error, SftpErrorKind};

use crate::terminal::shown;

/// Why a request over SFTP failed.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The server refused, with this code of SFTP and these words.
    Refused { code: Code, words: String },
    /// The connection ended. The server may have carried out the request.
    Ended(String),
    /// No answer arrived in this time.
    Silent(Duration),
}

/// The server's code, for the codes of version 3 of SFTP.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Code {
    NoSuchFile,
    PermissionDenied,
    Failure,
    Unsupported,
    /// A code of a later version, as some servers send.
    Other,
}

impl Trouble {
    pub(super) fn of(error: Error) -> Self {
        match error {
            Error::SftpError(kind, words) => Self::Refused {
                code: match kind {
                    SftpErrorKind::NoSuchFile => Code::NoSuchFile,
                    SftpErrorKind::PermDenied => Code::PermissionDenied,
                    SftpErrorKind::Failure => Code::Failure,
                    SftpErrorKind::OpUnsupported => Code::Unsupported,
                    _ => Code::Other,
                },
                words: shown(words.get().0),
            },
            error => Self::Ended(shown(&error.to_string())),
        }
    }

    /// Whether the session cannot carry another request.
    pub(crate) const fn ends_session(&self) -> bool {
        !matches!(self, Self::Refused { .. })
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { code, words } => {
                let meaning = match code {
                    Code::NoSuchFile => "no such file",
                    Code::PermissionDenied => "permission denied",
                    Code::Failure => "failure",
                    Code::Unsupported => "unsupported operation",
                    Code::Other => "a code that SFTP version 3 does not have",
                };
                if words.is_empty() || words.eq_ignore_ascii_case(meaning) {
                    write!(f, "the server said: {meaning}")
                } else {
                    write!(f, "the server said: {words} ({meaning})")
                }
            }
            Self::Ended(why) => write!(f, "the connection ended: {why}"),
            Self::Silent(time) => write!(f, "no answer within {} s", time.as_secs()),
        }
    }
}
