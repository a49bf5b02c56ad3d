use core::fmt;
use std::borrow::Cow;
use std::sync::Arc;

use redox_auth_core::{MetadataError, ParseError, ParseErrorKind, Url, UrlError};

use super::no_answer::{NoAnswer, Setup};
use super::proxy::ProxyError;

/// Why discovery did not find a server in its metadata. The client signed nothing, and sent no secret.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum DiscoveryError {
    /// The issuer or the base URL of the FHIR server is not a URL that can be fetched.
    Url(UrlError),
    /// The argument of [`Discovery::confirm_host`](crate::Discovery::confirm_host) is not a host.
    Host {
        /// The argument.
        found: String,
    },
    /// TLS could not be set up.
    Http(Arc<reqwest::Error>),
    /// No answer: DNS, TCP, TLS or HTTP failed, or the timeout passed.
    Transport {
        /// The URL of the request.
        url: String,
        /// The reason.
        error: Arc<reqwest::Error>,
    },
    /// The proxy on the way let no connection through, or a variable names no usable proxy.
    Proxy {
        /// The URL of the request.
        url: String,
        /// The fault.
        error: Arc<ProxyError>,
    },
    /// The answer is a redirect, which the client does not follow.
    Redirect {
        /// The URL of the request.
        url: String,
        /// The status of the answer.
        status: u16,
        /// The target, if it is a URL that can be fetched.
        location: Option<String>,
    },
    /// There is no document, or none that this client may read.
    Status {
        /// The URL of the request.
        url: String,
        /// The status of the answer.
        status: u16,
    },
    /// The document is longer than the limit.
    TooLong {
        /// The URL of the request.
        url: String,
        /// The longest document that the client reads, in bytes.
        limit: usize,
        /// The length that the server names, in bytes, if it does.
        length: Option<u64>,
    },
    /// The document does not follow its specification.
    Document {
        /// Its URL.
        url: String,
        /// Its fault.
        error: ParseError,
    },
    /// The server has neither of the two documents of an issuer, or of a FHIR server.
    Neither(Arc<[Self; 2]>),
    /// The token endpoint is on a host that was neither asked nor confirmed.
    OtherHost {
        /// The URL of the document.
        url: String,
        /// The host to confirm, with its port if that is not the usual one.
        host: String,
        /// The token endpoint.
        found: String,
    },
    /// The document must not be used for another reason.
    Untrusted {
        /// Its URL.
        url: String,
        /// The reason.
        error: MetadataError,
        /// The wrong value in it: the issuer or the token endpoint.
        found: Option<String>,
    },
}

impl DiscoveryError {
    pub(crate) const fn too_long(url: String, limit: usize, length: Option<u64>) -> Self {
        Self::TooLong { url, limit, length }
    }

    pub(crate) fn untrusted(url: &str, error: MetadataError, found: Option<&str>) -> Self {
        let url = url.to_owned();
        let shown = |found| without_user(found).chars().take(SHOWN_CHARS).collect();
        let endpoint = found.and_then(|found| Some((Url::parse(found).ok()?, found)));
        match (error, endpoint) {
            (MetadataError::OtherHost, Some((endpoint, found))) => Self::OtherHost {
                url,
                host: host(endpoint),
                found: shown(found),
            },
            _ => Self::Untrusted {
                url,
                error,
                found: found.map(shown),
            },
        }
    }

    /// Whether the server has no such document: it answers so, or shows a web page in its place.
    #[must_use]
    pub fn is_absence(&self) -> bool {
        match self {
            // Too Many Requests is no answer to the question.
            Self::Status { status, .. } => (400..500).contains(status) && *status != 429,
            Self::Document { error, .. } => error.kind == ParseErrorKind::Html,
            Self::Neither(_) => true,
            _ => false,
        }
    }
}

/// The host of a URL, with its port where that is not the usual one.
fn host(url: Url<'_>) -> String {
    let usual = if url.is_https() { 443 } else { 80 };
    match url.port() {
        port if port == usual => url.host().to_owned(),
        port => format!("{}:{port}", url.host()),
    }
}

impl fmt::Display for DiscoveryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(error) => write!(f, "the URL to discover the server by: {error}"),
            Self::Host { found } => write!(
                f,
                "a confirmed host is a name or an address, with a port where that is not the usual one (login.example:8443); found {found:?}"
            ),
            Self::Http(error) => write!(f, "HTTP could not be set up: {}", Setup(error)),
            Self::Transport { url, error } => write!(f, "{url}: {}", NoAnswer(error)),
            Self::Proxy { url, error } => write!(f, "{url}: {error}"),
            Self::Redirect {
                url,
                status,
                location,
            } => {
                write!(f, "{url}: a redirect with status {status}")?;
                if let Some(location) = location {
                    write!(f, " to {location:?}")?;
                }
                f.write_str("; redirects are not followed, ask for the URL that it leads to if the server is yours")
            }
            Self::Status { url, status } => {
                write!(f, "{url}: no document, but an answer with status {status}")
            }
            Self::TooLong { url, limit, length } => {
                write!(f, "{url}: the document may have {limit} bytes, found ")?;
                match length {
                    Some(length) => write!(f, "{length}"),
                    None => f.write_str("more"),
                }
            }
            Self::Document { url, error } => write!(f, "{url}: {error}"),
            Self::Neither(both) => {
                let [first, second] = &**both;
                write!(f, "{first}; {second}")
            }
            Self::OtherHost { url, host, found } => write!(
                f,
                "{url}: `token_endpoint` is {found:?}, on the host {host}, which was not asked; if that host belongs to the server, confirm it (`Discovery::confirm_host`, --confirm-host {host}), or {BY_HAND}"
            ),
            Self::Untrusted { url, error, found } => {
                write!(f, "{url}: {error}")?;
                if let Some(found) = found {
                    let name = match error {
                        MetadataError::IssuerSlash | MetadataError::OtherIssuer => "issuer",
                        _ => "token_endpoint",
                    };
                    write!(f, "; `{name}` is {found:?}")?;
                }
                match error {
                    MetadataError::OtherIssuer => {
                        write!(
                            f,
                            "; ask for that issuer if it is the right one, or {BY_HAND}"
                        )
                    }
                    // These errors contain their remedy.
                    MetadataError::IssuerSlash | MetadataError::Redox => Ok(()),
                    _ => write!(f, "; {BY_HAND}"),
                }
            }
        }
    }
}

/// A URL without its user name and password, which errors must not show.
fn without_user(url: &str) -> Cow<'_, str> {
    let parts = url.split_once("://").and_then(|(scheme, rest)| {
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(end)?;
        let (_, host) = authority.rsplit_once('@')?;
        Some(format!("{scheme}://[redacted]@{host}{path}"))
    });
    parts.map_or(Cow::Borrowed(url), Cow::Owned)
}

impl core::error::Error for DiscoveryError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Transport { error, .. } => Some(&**error),
            Self::Proxy { error, .. } => error.source(),
            _ => None,
        }
    }
}

/// The settings that make discovery unnecessary.
const BY_HAND: &str = "name the token endpoint without discovery (`Builder::token_url`, --token-url), and the audience where the server wants another (`Builder::audience`, --audience)";

/// How much of a document's text an error shows.
const SHOWN_CHARS: usize = 200;
