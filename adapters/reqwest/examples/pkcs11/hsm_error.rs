use core::fmt;

use cryptoki::error::{Error, RvError};
use redox_auth_reqwest::KeyError;

/// Why a key in an HSM cannot be used. None of them holds the PIN.
#[derive(Debug)]
pub(crate) enum HsmError {
    /// The module of the HSM's maker cannot be loaded, or a call of it failed.
    Module(Error),
    /// There is not exactly one token of this label.
    Token { label: String, found: usize },
    /// The token refuses the PIN. It is not tried again: a few wrong ones lock a token.
    PinRefused { code: RvError },
    /// There is not exactly one object of this kind and label in the token.
    Object {
        kind: &'static str,
        label: String,
        found: usize,
    },
    /// The key is none that signs assertions.
    Key(KeyError),
}

impl fmt::Display for HsmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // The texts of the codes are paragraphs of the specification; their names say as much.
            Self::Module(Error::Pkcs11(code, function)) => {
                write!(f, "the HSM answered {function:?} with {code:?}")
            }
            Self::Module(error) => write!(f, "the PKCS#11 module does not work: {error}"),
            Self::Token { label, found } => {
                write!(
                    f,
                    "expected one token with the label {label:?}, found {found}"
                )
            }
            Self::PinRefused { code } => write!(
                f,
                "the token refused the PIN ({code:?}); it is not tried again, since a few wrong ones lock a token"
            ),
            Self::Object { kind, label, found } => {
                write!(
                    f,
                    "expected one {kind} with the label {label:?}, found {found}"
                )
            }
            Self::Key(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for HsmError {}

impl From<Error> for HsmError {
    fn from(error: Error) -> Self {
        match error {
            Error::Pkcs11(
                code @ (RvError::PinIncorrect
                | RvError::PinInvalid
                | RvError::PinLenRange
                | RvError::PinExpired
                | RvError::PinLocked),
                _,
            ) => Self::PinRefused { code },
            other => Self::Module(other),
        }
    }
}

impl From<KeyError> for HsmError {
    fn from(error: KeyError) -> Self {
        Self::Key(error)
    }
}
