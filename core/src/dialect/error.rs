use core::fmt;

use crate::parse_error::ParseError;

/// Why a text cannot stand in an assertion or a token request. Every case is the caller's to fix.
///
/// Holds no byte of the text: it may be about a person.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DialectError {
    /// The claims or header members are no JSON object.
    Json(ParseError),
    /// This name is written from what the credential says, or would change what the signature means.
    Reserved(&'static str),
    /// A name comes twice.
    Duplicate {
        /// Where the second begins, in bytes.
        at: usize,
    },
    /// A name is empty, or spelled with an escape.
    Name {
        /// Where, in bytes.
        at: usize,
    },
    /// The fields are not `name=value` joined by `&`, with every other character than letters, digits, `*`, `-`, `.` and
    /// `_` encoded as `application/x-www-form-urlencoded`.
    Form {
        /// Where, in bytes.
        at: usize,
    },
}

impl fmt::Display for DialectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(error) => error.fmt(f),
            Self::Reserved(name) => write!(
                f,
                "expected other names than those that have a setting of their own or change what is signed, found `{name}`"
            ),
            Self::Duplicate { at } => {
                write!(f, "expected each name once, found one again at byte {at}")
            }
            Self::Name { at } => write!(
                f,
                "expected a name without escapes, found an escape or nothing at byte {at}"
            ),
            Self::Form { at } => write!(
                f,
                "expected `name=value` joined by `&`, encoded as a form, found something else at byte {at}"
            ),
        }
    }
}

impl core::error::Error for DialectError {}
