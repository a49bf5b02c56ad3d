use core::fmt;

use redox_auth_core::{Algorithm, DialectError, MAX_LIFETIME_SECS, UrlError};

use super::authorities::AuthoritiesError;
use super::no_answer::Setup;

/// Why a [`Redox`](crate::Redox) cannot be built. The caller can fix every case.
#[non_exhaustive]
#[derive(Debug)]
pub enum BuildError {
    /// This setting is missing.
    Missing(&'static str),
    /// This setting is empty.
    Empty(&'static str),
    /// This ID has white space or another invisible character around it.
    Id {
        /// Which of the IDs.
        name: &'static str,
        /// The character, and its place.
        problem: String,
    },
    /// The client does not send secrets to this URL.
    Url {
        /// Which of the URLs.
        name: &'static str,
        /// Its fault.
        error: UrlError,
    },
    /// The audience is neither a URL nor a name with a dot in it.
    Audience {
        /// The value that was found.
        found: String,
    },
    /// The server's metadata do not list the algorithm of a key.
    Algorithm {
        /// The key's algorithm.
        key: Algorithm,
        /// The server's algorithms.
        listed: String,
    },
    /// The source ID has characters that a header cannot hold.
    SourceId,
    /// Tokens that are bound to a key cannot be shared with processes that have another key.
    SharedDpop,
    /// This addition to assertions or token requests is not allowed.
    Addition {
        /// The kind of addition.
        kind: Addition,
        /// Its name; empty for a text that has none.
        name: String,
        /// The reason.
        problem: AdditionProblem,
    },
    /// The lifetime of assertions must be 1 to 300 seconds (SMART App Launch, "Asymmetric Authentication").
    Lifetime {
        /// The lifetime that was found, in seconds.
        found: u32,
    },
    /// Assertions would expire before the client sends them.
    Backdate {
        /// How far `iat` would lie before the time, in seconds.
        found: u64,
        /// The lifetime of an assertion from `iat`, in seconds.
        lifetime_secs: u32,
    },
    /// A file with a private key or a secret cannot be used, which is a [`FileError`](crate::FileError).
    File(Box<dyn core::error::Error + Send + Sync>),
    /// The file of [`Builder::ca_file`](crate::Builder::ca_file) cannot be used.
    CaFile(Box<AuthoritiesError>),
    /// TLS could not be set up.
    Http(reqwest::Error),
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(what) => write!(f, "expected {what}, found none"),
            Self::Empty(what) => write!(f, "the {what} is empty"),
            Self::Id { name, problem } => write!(f, "{name}: {problem}"),
            Self::Url { name, error } => write!(f, "{name}: {error}"),
            Self::Audience { found } => write!(
                f,
                "audience: expected a URL, such as that of the token endpoint or of the issuer, or a name with a dot, such as account-d.docusign.com; found {found:?}"
            ),
            Self::Algorithm { key, listed } => write!(
                f,
                "the key signs with {key}, but the server's metadata list {listed}: use a key for one of these, choose another algorithm of an RSA key, or name the token endpoint without discovery where the list is wrong"
            ),
            Self::SourceId => {
                f.write_str("source ID: expected visible ASCII, found another character or nothing")
            }
            Self::Addition {
                kind,
                name,
                problem,
            } if name.is_empty() => write!(f, "{kind}: {problem}"),
            Self::Addition {
                kind,
                name,
                problem,
            } => write!(f, "{kind} {name:?}: {problem}"),
            Self::Lifetime { found } => write!(
                f,
                "lifetime of assertions: expected 1 to {MAX_LIFETIME_SECS} seconds, found {found}"
            ),
            Self::SharedDpop => f.write_str(
                "other processes cannot use tokens that are bound to a DPoP key: leave out either the DPoP key or the shared tokens",
            ),
            Self::Backdate {
                found,
                lifetime_secs,
            } => write!(
                f,
                "assertions: expected `iat` to be set back by less than their lifetime of {lifetime_secs} seconds, found {found}: set it back by less, or give them a longer lifetime"
            ),
            Self::File(error) => error.fmt(f),
            Self::CaFile(error) => error.fmt(f),
            Self::Http(error) => write!(f, "HTTP could not be set up: {}", Setup(error)),
        }
    }
}

impl core::error::Error for BuildError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::File(error) => error.source(),
            _ => None,
        }
    }
}

/// An addition to assertions and token requests.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Addition {
    /// A claim of the assertion: [`Builder::claim`](crate::Builder::claim).
    Claim,
    /// A member of the assertion's header: [`Builder::header`](crate::Builder::header).
    Header,
    /// A field of the form: [`Builder::field`](crate::Builder::field).
    Field,
}

impl fmt::Display for Addition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Claim => "claim",
            Self::Header => "header member",
            Self::Field => "form field",
        })
    }
}

/// Why an addition is not allowed. It shows no value, which may be about a person.
#[non_exhaustive]
#[derive(Debug)]
pub enum AdditionProblem {
    /// The text is neither `name=value` nor a JSON object.
    NoEquals,
    /// The value is not JSON.
    NotJson(serde_json::Error),
    /// The value of a form field is not a JSON string, in an object of several.
    NotText,
    /// The name comes twice.
    Twice,
    /// The header `jwk` is not a public key.
    NotPublic,
    /// Core rejects it.
    NotAllowed(DialectError),
}

impl fmt::Display for AdditionProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoEquals => f.write_str("expected NAME=VALUE or a JSON object, found no `=`"),
            Self::NotJson(error) => {
                write!(
                    f,
                    "expected JSON, where a text has double quotes: {error}"
                )
            }
            Self::NotText => f.write_str("expected a JSON string, found another value"),
            Self::NotPublic => f.write_str(
                "expected a public key as a JSON object, found a private member or another value; `redox-auth key jwks` prints public keys",
            ),
            Self::Twice => f.write_str("expected each name once, found it again"),
            Self::NotAllowed(DialectError::Reserved(name)) => {
                write!(f, "it cannot be added: {}", remedy(name))
            }
            Self::NotAllowed(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for AdditionProblem {}

/// The name of the setting that decides, or the reason why there is none.
fn remedy(name: &str) -> &'static str {
    match name {
        "iss" => "set the client ID (`Builder::oauth_key`, --client-id)",
        "sub" => "set the subject (`Builder::subject`, --subject)",
        "aud" => "set the audience (`Builder::audience`, --audience)",
        "exp" => "set the lifetime (`Builder::lifetime_secs`, --lifetime)",
        "iat" => "set how far it lies before the time (`Builder::backdate_secs`, --backdate)",
        "nbf" => "switch it on (`Builder::not_before`, --nbf)",
        "jti" => "every assertion gets a new one",
        "typ" => "set the type (`Builder::typ`, --typ)",
        "kid" => "set the key ID (`Key::parse_with_key_id`, --key-id)",
        "alg" => "set the algorithm of the key (`Key::with_algorithm`, --alg)",
        "scope" => "set the scope (`Builder::scope`, --scope)",
        "client_id" => "switch it on (`Builder::send_client_id`, --send-client-id)",
        "grant_type" => "set the grant (`Builder::grant`, --grant)",
        "crit" | "b64" => "it would change what the signature means",
        _ => "the assertion has this place",
    }
}
