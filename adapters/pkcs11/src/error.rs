mod answer;
mod pin_problem;
mod shown;

pub use answer::Answer;
pub(crate) use answer::Remedy;
pub use pin_problem::PinProblem;
pub(crate) use shown::shown;

use core::fmt;
use core::time::Duration;
use std::path::PathBuf;

use redox_auth_reqwest::{Algorithm, KeyError};

/// Why a key in a token is unusable. No error contains a PIN.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Error {
    /// No module is named.
    NoModule,
    /// The module cannot be loaded.
    Module {
        /// Its path.
        path: PathBuf,
        /// The problem.
        problem: ModuleProblem,
    },
    /// A call of the module failed.
    Answer(Answer),
    /// Not exactly one token matches.
    Token {
        /// The wanted token, as a PKCS#11 URI.
        wanted: String,
        /// Those that fit: none, or more than one.
        found: Vec<String>,
        /// The others that the module has, by label and serial number.
        others: Vec<String>,
        /// Answers of slots without information about their tokens.
        silent: Vec<Answer>,
    },
    /// Not exactly one private key matches.
    Object {
        /// The label of the token.
        token: String,
        /// The wanted key, as a PKCS#11 URI.
        wanted: String,
        /// Those that fit: none, or more than one.
        found: Vec<String>,
        /// The other private keys in the token, by label and ID.
        others: Vec<String>,
    },
    /// The PIN is unreadable.
    Pin(PinProblem),
    /// The token asks for a PIN, and none was given.
    NoPin {
        /// The label of the token.
        token: String,
    },
    /// The token refuses the PIN. This process does not try the PIN again, because a few wrong PINs lock a token.
    PinRefused {
        /// What it answered.
        answer: Answer,
        /// The token's report on its tries, if it has one.
        tries: Option<&'static str>,
    },
    /// The token does not let this key sign: its `CKA_SIGN` is false.
    CannotSign {
        /// The label and the ID of the key.
        key: String,
    },
    /// The token has no mechanism for this algorithm and this key.
    NoMechanism {
        /// The algorithm.
        algorithm: Algorithm,
        /// The suitable mechanisms.
        looked_for: Vec<&'static str>,
        /// The results of those that the token lists.
        tried: Vec<String>,
    },
    /// The token shows no public key for this private key.
    NoPublicKey {
        /// The label and the ID of the key.
        key: String,
    },
    /// The key cannot sign assertions.
    Key(KeyError),
    /// The public key does not accept the signature: another key has replaced this one, or the token is faulty.
    WrongSignature {
        /// The mechanism that made it.
        mechanism: &'static str,
    },
    /// All sessions were in use for that long.
    Busy {
        /// The number of sessions.
        sessions: usize,
        /// The time of waiting for a session.
        waited: Duration,
    },
    /// The token has not answered for that long.
    Slow {
        /// The time of waiting for the answer.
        waited: Duration,
    },
    /// The thread that signed ended without an answer: it panicked, or the runtime ends.
    Ended,
}

/// The problem with a module.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ModuleProblem {
    /// The file does not exist.
    Missing,
    /// It is a folder.
    Folder,
    /// The system cannot load the library, for this reason.
    NotLoaded(String),
    /// It is a library, but not one of PKCS#11.
    NotPkcs11,
}

impl Error {
    pub(crate) const fn remedy(&self) -> Remedy {
        match self {
            Self::Answer(answer) => answer.remedy(),
            // Its daemon or its reader may be missing, which some modules notice only at initialisation.
            Self::Token {
                found,
                others,
                silent,
                ..
            } if found.is_empty() && (others.is_empty() || !silent.is_empty()) => Remedy::Restart,
            _ => Remedy::None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoModule => f.write_str(
                "no PKCS#11 module is named; its maker's documentation has the path, such as /usr/lib/softhsm/libsofthsm2.so",
            ),
            Self::Module { path, problem } => {
                write!(f, "PKCS#11 module {}: {problem}", shown(path))
            }
            Self::Answer(answer) => answer.fmt(f),
            Self::Token {
                wanted,
                found,
                others,
                silent,
            } => {
                one_of(f, "token", wanted, found, others)?;
                silent.iter().try_for_each(|answer| write!(f, "; {answer}"))
            }
            Self::Object {
                token,
                wanted,
                found,
                others,
            } => {
                write!(f, "token {token:?}: ")?;
                one_of(f, "private key", wanted, found, others)
            }
            Self::Pin(problem) => problem.fmt(f),
            Self::NoPin { token } => write!(
                f,
                "the token {token:?} requires a PIN, and none is given; name a file that holds it"
            ),
            Self::PinRefused { answer, tries } => {
                write!(
                    f,
                    "{answer}; the program does not try this PIN again before its next start"
                )?;
                match tries {
                    Some(tries) => write!(f, ", and {tries}"),
                    None => Ok(()),
                }
            }
            Self::CannotSign { key } => write!(
                f,
                "the private key {key} may not sign: its attribute CKA_SIGN is false; make a key with that usage"
            ),
            Self::NoMechanism {
                algorithm,
                looked_for,
                tried,
            } => {
                let looked_for = looked_for.join(", ");
                write!(
                    f,
                    "the token cannot sign {algorithm} with this key: it needs one of the mechanisms {looked_for}"
                )?;
                match tried.as_slice() {
                    [] => f.write_str(" and lists none of them"),
                    tried => write!(f, "; {}", tried.join("; ")),
                }
            }
            Self::NoPublicKey { key } => write!(
                f,
                "the token shows no public key for the private key {key}: neither a public key or a certificate with its ID or label, nor the numbers in the private key itself; import the public key under the same ID"
            ),
            Self::Key(error) => write!(f, "the key in the token: {error}"),
            Self::WrongSignature { mechanism } => write!(
                f,
                "the token made a signature with {mechanism} that the public key does not accept; the public key may belong to another private key of the same label or ID"
            ),
            Self::Busy { sessions, waited } => write!(
                f,
                "all sessions with the token ({sessions}) were in use for {} ms",
                waited.as_millis()
            ),
            Self::Slow { waited } => {
                write!(f, "the token gave no answer for {} ms", waited.as_millis())
            }
            Self::Ended => f.write_str("the thread that signs ended without an answer"),
        }
    }
}

impl fmt::Display for ModuleProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("the file does not exist"),
            Self::Folder => f.write_str("this is a folder; name the library in it"),
            Self::NotLoaded(why) => write!(f, "the system cannot load this library: {why}"),
            Self::NotPkcs11 => f.write_str(
                "this is a library, but not one of PKCS#11: it has no function C_GetFunctionList",
            ),
        }
    }
}

impl core::error::Error for Error {}

impl From<Answer> for Error {
    fn from(answer: Answer) -> Self {
        Self::Answer(answer)
    }
}

impl From<PinProblem> for Error {
    fn from(problem: PinProblem) -> Self {
        Self::Pin(problem)
    }
}

impl From<KeyError> for Error {
    fn from(error: KeyError) -> Self {
        Self::Key(error)
    }
}

/// The text for none or several matches.
fn one_of(
    f: &mut fmt::Formatter<'_>,
    kind: &str,
    wanted: &str,
    found: &[String],
    others: &[String],
) -> fmt::Result {
    match (found, others) {
        ([], []) => write!(f, "found no {kind} at all, looked for {wanted}"),
        ([], others) => write!(
            f,
            "found no {kind} for {wanted}; available: {}",
            others.join(", ")
        ),
        (found, _) => write!(
            f,
            "found more than one {kind} for {wanted}, choose one: {}",
            found.join(", ")
        ),
    }
}
