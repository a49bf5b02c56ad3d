use core::fmt;

/// Why there are no rules to go by.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum RulesError {
    /// There is no server of this name.
    Unknown(String),
    /// The file is no TOML, or does not say what it has to.
    Invalid(String),
}

impl RulesError {
    pub(super) fn invalid(error: impl fmt::Display) -> Self {
        Self::Invalid(error.to_string())
    }
}

impl fmt::Display for RulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(name) => write!(f, "there are no rules of a server called {name:?}"),
            Self::Invalid(error) => write!(f, "rules of a server: {error}"),
        }
    }
}

impl core::error::Error for RulesError {}
