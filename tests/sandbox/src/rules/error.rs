use core::fmt;

/// Why the rules of a server are not available.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum RulesError {
    /// No known server has this name.
    Unknown(String),
    /// The file is no TOML, or lacks required entries. The text names the file, the key and the found value.
    Invalid(String),
}

impl RulesError {
    pub(super) fn invalid(error: impl fmt::Display) -> Self {
        Self::Invalid(error.to_string())
    }

    /// The same, with the name of the file.
    pub(super) fn of_file(self, name: &str) -> Self {
        match self {
            Self::Invalid(error) => Self::Invalid(format!("{name}: {error}")),
            unknown @ Self::Unknown(_) => unknown,
        }
    }
}

impl fmt::Display for RulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(name) => write!(f, "no server with the name {name:?} is known"),
            Self::Invalid(error) => write!(f, "rules of the server {error}"),
        }
    }
}

impl core::error::Error for RulesError {}
