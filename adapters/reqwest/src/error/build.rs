use core::fmt;

use redox_auth_core::{Algorithm, DialectError, MAX_LIFETIME_SECS, UrlError};

use super::authorities::AuthoritiesError;
use super::no_answer::Setup;

/// Why a [`Redox`](crate::Redox) cannot be made. Every case is the caller's to fix.
#[non_exhaustive]
#[derive(Debug)]
pub enum BuildError {
    /// This was not given.
    Missing(&'static str),
    /// This is empty.
    Empty(&'static str),
    /// This ID has white space or another invisible character around it.
    Id {
        /// Which of the IDs.
        name: &'static str,
        /// What was found, and where.
        problem: String,
    },
    /// Secrets will not be sent to this URL.
    Url {
        /// Which of the URLs.
        name: &'static str,
        /// What is wrong with it.
        error: UrlError,
    },
    /// The audience is neither a URL nor a name with a dot in it.
    Audience {
        /// What was given.
        found: String,
    },
    /// A key signs with an algorithm that the server's metadata does not list.
    Algorithm {
        /// The key's.
        key: Algorithm,
        /// Those that the server lists.
        listed: String,
    },
    /// The source ID cannot stand in a header.
    SourceId,
    /// Tokens that are bound to a key cannot be shared with processes that have another.
    SharedDpop,
    /// This cannot be added to assertions or token requests.
    Addition {
        /// What was to be added.
        kind: Addition,
        /// Its name; empty for a text that has none.
        name: String,
        /// Why it cannot.
        problem: AdditionProblem,
    },
    /// Assertions may live for 1 to 300 seconds (SMART App Launch, "Asymmetric Authentication").
    Lifetime {
        /// What was given, in seconds.
        found: u32,
    },
    /// Assertions would have expired before they are sent.
    Backdate {
        /// How far `iat` would lie before the time, in seconds.
        found: u64,
        /// How long an assertion lives from there, in seconds.
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
                "the key signs with {key}, and the server's metadata lists {listed}: use a key for one of these, choose another algorithm of an RSA key, or name the token endpoint without discovery where the list is wrong"
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
                "tokens bound to a DPoP key are of no use to other processes: leave out either the DPoP key or the shared tokens",
            ),
            Self::Backdate {
                found,
                lifetime_secs,
            } => write!(
                f,
                "assertions: expected `iat` to be set back by less than their lifetime of {lifetime_secs} seconds, found {found}"
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

/// What can be added to assertions and token requests.
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

/// Why something cannot be added. Shows no value: it may be about a person.
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
    /// Core does not take it.
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

/// The setting that decides what has this name, or why there is none.
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
        _ => "the assertion stands there",
    }
}
