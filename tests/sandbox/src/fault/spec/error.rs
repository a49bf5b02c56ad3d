use core::fmt;

/// Why a text is no [`FaultOrder`](crate::FaultOrder): the wrong part, and the expected one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ParseFaultError {
    found: String,
    expected: &'static str,
}

impl ParseFaultError {
    pub(crate) fn new(found: &str, expected: &'static str) -> Self {
        let found = found.to_owned();
        Self { found, expected }
    }
}

impl fmt::Display for ParseFaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "found '{}', expected {}", self.found, self.expected)
    }
}

impl core::error::Error for ParseFaultError {}
