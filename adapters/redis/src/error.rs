use core::fmt;
use core::time::Duration;

use redis::{ErrorKind, RedisError, ServerErrorKind};

/// Why a call to Redis failed. It holds no secret, and no text of the server's, which may repeat parts of the command.
#[non_exhaustive]
#[derive(Debug)]
pub enum Error {
    /// The text is not the URL of a Redis server.
    Url,
    /// There is no connection: DNS, TCP, TLS or the server failed.
    NoConnection(RedisError),
    /// Redis rejects the user or the password.
    LogIn,
    /// Redis did not answer in time.
    TimedOut {
        /// The duration of the call.
        after: Duration,
    },
    /// Redis has no memory left for the token.
    Full,
    /// This Redis is a replica, or became one.
    ReadOnly,
    /// Redis refused for another reason.
    Refused {
        /// The first word of its answer, such as `NOAUTH`, `NOPERM` or `LOADING`.
        code: String,
    },
    /// The answer of Redis does not fit the command.
    Answer,
    /// The value in Redis is shorter than any sealed token.
    TooShort {
        /// Its length, in bytes.
        found: usize,
        /// The minimum length of a sealed token, in bytes.
        expected: usize,
    },
    /// The value in Redis was sealed in another format.
    Version {
        /// Its first byte, which names the format.
        found: u8,
        /// The only known format.
        expected: u8,
    },
    /// The value in Redis does not open: it is damaged, or was sealed with another key or under another name.
    NotOpened {
        /// The number of keys that were tried.
        keys: usize,
    },
    /// The value in Redis has no expiry, therefore this crate did not store it.
    NoEnd,
    /// The token was not sealed: the operating system gave no random bytes.
    Random,
}

impl Error {
    pub(crate) fn of(error: RedisError) -> Self {
        match error.kind() {
            ErrorKind::Server(ServerErrorKind::ReadOnly) => Self::ReadOnly,
            ErrorKind::Server(_) | ErrorKind::Extension => match error.code() {
                Some("OOM") => Self::Full,
                Some(code) if is_code(code) => Self::Refused {
                    code: code.to_owned(),
                },
                _ => Self::Answer,
            },
            ErrorKind::AuthenticationFailed => Self::LogIn,
            ErrorKind::Parse | ErrorKind::UnexpectedReturnType => Self::Answer,
            _ => Self::NoConnection(error),
        }
    }
}

/// An error of Redis begins with one word in capitals; any other word may have any content.
fn is_code(word: &str) -> bool {
    word.len() <= 20 && word.bytes().all(|byte| byte.is_ascii_uppercase())
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url => f.write_str(
                "expected the URL of a Redis server, such as rediss://user:password@host:6379/0, found something else",
            ),
            Self::NoConnection(error) => write!(f, "no connection to Redis: {error}"),
            Self::LogIn => f.write_str("Redis rejects the user or the password"),
            Self::TimedOut { after } => {
                write!(f, "Redis did not answer within {} ms", after.as_millis())
            }
            Self::Full => f.write_str("Redis has no memory left"),
            Self::ReadOnly => f.write_str("this Redis is a read-only replica; use the address of the master"),
            Self::Refused { code } => write!(f, "Redis refused: {code}"),
            Self::Answer => f.write_str("the answer of Redis does not fit the command"),
            Self::TooShort { found, expected } => write!(
                f,
                "expected a sealed token of at least {expected} bytes in Redis, found {found} bytes"
            ),
            Self::Version { found, expected } => write!(
                f,
                "expected a token sealed in format {expected} in Redis, found format {found}"
            ),
            Self::NotOpened { keys } => write!(
                f,
                "the token in Redis opens with none of {keys} sealing keys: it is damaged, or was sealed with another key or under another name"
            ),
            Self::NoEnd => f.write_str("the token in Redis has no expiry, therefore another program stored it"),
            Self::Random => f.write_str("the operating system gave no random bytes"),
        }
    }
}

impl core::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_holds_no_part_of_the_command() {
        for (code, shown) in [
            ("NOPERM", "Redis refused: NOPERM"),
            ("hunter2", "the answer of Redis does not fit the command"),
            (
                "AVERYLONGWORDINCAPITALS",
                "the answer of Redis does not fit the command",
            ),
        ] {
            let said = Some(String::from("with args beginning with: 'hunter2'"));
            let error = Error::of(redis::make_extension_error(code.to_owned(), said));
            assert_eq!(error.to_string(), shown);
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        }
    }
}
