use core::fmt;

use super::dialect::{BACKDATE, CLAIMS, FIELDS, HEADER, LIFETIME};
use super::{
    AUDIENCE, BASE_URL, CA_FILE, CLIENT_ID, KEY_ID, LEGACY_API_KEY, SOURCE_ID, TOKEN_URL,
    UPLOAD_URL,
};
use crate::error::build::{Addition, BuildError};
use crate::error::certificate::CertificateError;
use crate::error::discovery::DiscoveryError;
use crate::keys::file::FileError;
use crate::keys::unusable::UnusableKey;

/// Why the environment yields no client. It names the variable, and shows no key and no secret.
#[derive(Debug)]
#[non_exhaustive]
pub enum EnvError {
    /// None of these variables is set, or all are empty.
    Missing {
        /// The setting.
        expected: &'static str,
        /// The variables that may hold it.
        variables: &'static [&'static str],
    },
    /// The variable holds bytes that are no UTF-8.
    NotText {
        /// The variable.
        variable: &'static str,
    },
    /// The variable holds a name that is not allowed.
    Value {
        /// The variable.
        variable: &'static str,
        /// The allowed names.
        expected: Vec<&'static str>,
        /// The name that was found.
        found: String,
    },
    /// The variable holds no usable private key.
    Key {
        /// The variable.
        variable: &'static str,
        /// The fault of the key.
        error: UnusableKey,
    },
    /// The variable names a file that cannot be used.
    File {
        /// The variable.
        variable: &'static str,
        /// The file, and the problem with it.
        error: FileError,
    },
    /// The certificates in the file that this variable names are not those of the key.
    Certificate {
        /// The variable.
        variable: &'static str,
        /// The problem with them.
        error: CertificateError,
    },
    /// The variable asks for a feature that this build of the crate lacks.
    Feature {
        /// The variable.
        variable: &'static str,
        /// The feature of this crate that adds it.
        feature: &'static str,
    },
    /// Both are set, and only one can be used.
    Conflict {
        /// The two variables.
        variables: [&'static str; 2],
    },
    /// The variable names a server that [`Builder::discover_from_env`](crate::Builder::discover_from_env) must find first.
    NeedsDiscovery {
        /// The variable.
        variable: &'static str,
    },
    /// The server was not found.
    Discovery {
        /// The variable that names it.
        variable: &'static str,
        /// The reason.
        error: DiscoveryError,
    },
    /// The operating system gave no random bytes for a new key.
    Random,
    /// All variables are readable, but together they make no client.
    Build(BuildError),
}

impl fmt::Display for EnvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing {
                expected,
                variables,
            } => write!(
                f,
                "expected {expected} ({}), found none",
                variables.join(" or ")
            ),
            Self::NotText { variable } => {
                write!(f, "{variable}: expected text in UTF-8, found other bytes")
            }
            Self::Value {
                variable,
                expected,
                found,
            } => {
                let expected = expected.join(" or ");
                write!(f, "{variable}: expected {expected}, found {found:?}")
            }
            Self::Key { variable, error } => write!(f, "{variable}: {error}"),
            Self::File { variable, error } => write!(f, "{variable}: {error}"),
            Self::Certificate { variable, error } => write!(f, "{variable}: {error}"),
            Self::Feature { variable, feature } => write!(
                f,
                "{variable}: this program was built without the feature `{feature}` of redox-auth-reqwest; switch it on, or unset the variable"
            ),
            Self::Conflict { variables } => {
                write!(
                    f,
                    "set only one of {}; both are set",
                    variables.join(" and ")
                )
            }
            Self::NeedsDiscovery { variable } => write!(
                f,
                "{variable}: discovery has to find the server first; use `Builder::discover_from_env`, or set {TOKEN_URL}"
            ),
            Self::Discovery { variable, error } => write!(f, "{variable}: {error}"),
            Self::Random => {
                f.write_str("REDOX_DPOP: the operating system gave no random bytes for a new key")
            }
            Self::Build(error) => match error.variable() {
                Some(variable) => write!(f, "{variable}: {error}"),
                None => error.fmt(f),
            },
        }
    }
}

impl core::error::Error for EnvError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Discovery { error, .. } => error.source(),
            Self::Build(error) => error.source(),
            _ => None,
        }
    }
}

impl BuildError {
    /// The variable with the wrong setting, which [`Builder::from_env`](crate::Builder::from_env) and the command
    /// `redox-auth` read, if the error is about a setting of one variable.
    #[must_use]
    pub fn variable(&self) -> Option<&'static str> {
        Some(match self {
            Self::Url {
                name: "base URL", ..
            } => BASE_URL,
            Self::Url {
                name: "upload URL", ..
            } => UPLOAD_URL,
            Self::Url {
                name: "token URL", ..
            } => TOKEN_URL,
            Self::Id { name, .. } => match *name {
                "client ID" => CLIENT_ID,
                "key ID" => KEY_ID,
                _ => LEGACY_API_KEY,
            },
            Self::Audience { .. } => AUDIENCE,
            Self::CaFile(_) => CA_FILE,
            Self::SourceId => SOURCE_ID,
            Self::Addition { kind, .. } => match kind {
                Addition::Claim => CLAIMS,
                Addition::Header => HEADER,
                Addition::Field => FIELDS,
            },
            Self::Lifetime { .. } => LIFETIME,
            Self::Backdate { .. } => BACKDATE,
            _ => return None,
        })
    }
}
