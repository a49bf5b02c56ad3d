use core::fmt;

/// The peer sent something that the protocol does not allow.
///
/// Holds no byte of the body, because a body may hold secrets.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ParseError {
    /// The kind of error.
    pub kind: ParseErrorKind,
    /// The place of the error, in bytes from the start.
    pub at: usize,
}

/// The kinds of [`ParseError`].
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ParseErrorKind {
    /// Only white space.
    Empty,
    /// A web page. Proxies and captive portals send one with status 200.
    Html,
    /// Text or JSON, but no JSON object.
    NotAnObject,
    /// Bytes that are not UTF-8.
    NotUtf8,
    /// The JSON ends too early.
    Truncated,
    /// A syntax error in the JSON.
    Syntax,
    /// Arrays and objects nested deeper than 64.
    TooDeep,
    /// The member of this name is absent.
    Missing(&'static str),
    /// The member of this name comes twice.
    Duplicate(&'static str),
    /// The member of this name has another type.
    WrongType {
        /// Its name.
        member: &'static str,
        /// The type that it should have.
        expected: &'static str,
    },
    /// `expires_in` is no positive number of seconds.
    Lifetime,
    /// The member of this name is not a time, or lies before 1970.
    Time(&'static str),
    /// The token of this name is empty, or has a character that an `Authorization` header cannot carry.
    UnusableToken(&'static str),
    /// `token_type` is not `Bearer`.
    TokenType,
    /// `token_type` is not `DPoP`, though the request had a proof: the server has not bound the token to the key (RFC
    /// 9449 §5).
    NotDpop,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            ParseErrorKind::Empty => f.write_str("expected a JSON object, found nothing"),
            ParseErrorKind::Html => f.write_str("expected a JSON object, found HTML"),
            ParseErrorKind::NotAnObject => {
                f.write_str("expected a JSON object, found something else")
            }
            ParseErrorKind::NotUtf8 => f.write_str("expected JSON in UTF-8, found other bytes"),
            ParseErrorKind::Truncated => {
                f.write_str("expected a JSON object, found an early end")
            }
            ParseErrorKind::Syntax => f.write_str("expected JSON, found a syntax error"),
            ParseErrorKind::TooDeep => {
                f.write_str("expected JSON nested at most 64 deep, found more")
            }
            ParseErrorKind::Missing(member) => {
                write!(f, "expected the member `{member}`, found none")
            }
            ParseErrorKind::Duplicate(member) => {
                write!(f, "expected one member `{member}`, found two")
            }
            ParseErrorKind::WrongType { member, expected } => {
                write!(
                    f,
                    "expected `{member}` to be {expected}, found another type"
                )
            }
            ParseErrorKind::Lifetime => f.write_str(
                "expected `expires_in` to be a positive number of seconds, found another value",
            ),
            ParseErrorKind::Time(member) => {
                write!(
                    f,
                    "expected `{member}` to be a time as in RFC 3339, found another value"
                )
            }
            ParseErrorKind::UnusableToken(member) => write!(
                f,
                "expected `{member}` to be printable ASCII without spaces, found another character or nothing"
            ),
            ParseErrorKind::TokenType => {
                f.write_str("expected `token_type` to be Bearer, found another")
            }
            ParseErrorKind::NotDpop => f.write_str(
                "expected `token_type` to be DPoP, found another: the server has not bound the token to the key",
            ),
        }?;
        write!(f, ", at byte {}", self.at)
    }
}

impl core::error::Error for ParseError {}
