use core::fmt;
use core::time::Duration;

use redis::{ErrorKind, RedisError, ServerErrorKind};

/// Why Redis was of no use. It holds no secret, and no text of the server's, which may repeat what was sent to it.
#[non_exhaustive]
#[derive(Debug)]
pub enum Error {
    /// That is no URL of a Redis server.
    Url,
    /// There is no connection: DNS, TCP, TLS or the server failed.
    NoConnection(RedisError),
    /// Redis does not take the user or the password.
    LogIn,
    /// Nothing was heard in time.
    TimedOut {
        /// How long the call took.
        after: Duration,
    },
    /// Redis has no memory left for the token.
    Full,
    /// This Redis is a replica, or became one.
    ReadOnly,
    /// Redis said no for another reason.
    Refused {
        /// The first word of what it said, such as `NOAUTH`, `NOPERM` or `LOADING`.
        code: String,
    },
    /// Redis answered, but not what the command is answered with.
    Answer,
    /// What is in Redis is shorter than any sealed token.
    TooShort {
        /// Its length, in bytes.
        found: usize,
        /// The least length of a sealed token, in bytes.
        expected: usize,
    },
    /// What is in Redis was sealed in another format.
    Version {
        /// Its first byte, which tells the format.
        found: u8,
        /// The only format that is known.
        expected: u8,
    },
    /// What is in Redis does not open: it is damaged, or was sealed with another key or under another name.
    NotOpened {
        /// How many keys were tried.
        keys: usize,
    },
    /// What is in Redis has no end of its life, so it was not stored by us.
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

/// What Redis begins its errors with is one word in capitals; a word of any other kind may be anything.
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
            Self::LogIn => f.write_str("Redis does not take the user or the password"),
            Self::TimedOut { after } => {
                write!(f, "nothing was heard of Redis in {} ms", after.as_millis())
            }
            Self::Full => f.write_str("Redis has no memory left"),
            Self::ReadOnly => f.write_str("expected a Redis that can be written to, found a replica"),
            Self::Refused { code } => write!(f, "Redis said no: {code}"),
            Self::Answer => f.write_str("Redis sent another kind of answer than the command has"),
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
                "what is in Redis opens with none of {keys} sealing keys: it is damaged, or was sealed with another key or under another name"
            ),
            Self::NoEnd => f.write_str("expected a token in Redis that expires, found one that does not"),
            Self::Random => f.write_str("the operating system gave no random bytes"),
        }
    }
}

impl core::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_repeats_of_a_command_is_not_passed_on() {
        for (code, shown) in [
            ("NOPERM", "Redis said no: NOPERM"),
            (
                "hunter2",
                "Redis sent another kind of answer than the command has",
            ),
            (
                "AVERYLONGWORDINCAPITALS",
                "Redis sent another kind of answer than the command has",
            ),
        ] {
            let said = Some(String::from("with args beginning with: 'hunter2'"));
            let error = Error::of(redis::make_extension_error(code.to_owned(), said));
            assert_eq!(error.to_string(), shown);
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        }
    }
}
