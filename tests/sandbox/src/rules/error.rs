use core::fmt;

/// Why there are no rules to go by.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum RulesError {
    /// There is no server of this name.
    Unknown(String),
    /// The file is no TOML, or does not say what it has to. The text names the file, the key in it and what was found.
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
            Self::Unknown(name) => write!(f, "there are no rules of a server called {name:?}"),
            Self::Invalid(error) => write!(f, "rules of the server {error}"),
        }
    }
}

impl core::error::Error for RulesError {}
