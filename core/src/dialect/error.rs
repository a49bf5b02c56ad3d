use core::fmt;

use crate::parse_error::ParseError;

/// Why a text cannot be part of an assertion or a token request. The caller can fix every case.
///
/// Holds no byte of the text, because the text may be about a person.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DialectError {
    /// The claims or header members are not a JSON object.
    Json(ParseError),
    /// The credential sets the member or field of this name, or this name would change the meaning of the signature.
    Reserved(&'static str),
    /// A name comes twice.
    Duplicate {
        /// The start of the second one, in bytes.
        at: usize,
    },
    /// A name is empty or has an escape.
    Name {
        /// The place of the name, in bytes.
        at: usize,
    },
    /// The fields are not `name=value` joined by `&`. Every character other than letters, digits, `*`, `-`, `.` and `_`
    /// must be encoded as `application/x-www-form-urlencoded`.
    Form {
        /// The place of the error, in bytes.
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
