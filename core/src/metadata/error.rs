use core::fmt;

use crate::server::UrlError;

/// Why a metadata document must not be used.
///
/// Holds no part of the document. [`ServerMetadata`](crate::ServerMetadata) shows the document's values.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MetadataError {
    /// The member of this name is absent or `null`.
    Missing(&'static str),
    /// `issuer` differs from the issuer that was asked only in a slash at its end.
    IssuerSlash,
    /// `issuer` is not the issuer that was asked.
    OtherIssuer,
    /// `token_endpoint` is not a URL that secrets may be sent to.
    TokenEndpoint(UrlError),
    /// `token_endpoint` is on a host, or at a port, that the user neither asked nor confirmed.
    OtherHost,
    /// The document is Redox's. It describes the server for people, without the token endpoint for machines.
    Redox,
}

impl fmt::Display for MetadataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing(name) => return write!(f, "the member `{name}` is missing"),
            Self::IssuerSlash => {
                "`issuer` has a slash at its end where the URL that was asked has none, or the reverse; ask for the issuer as the server writes it"
            }
            Self::OtherIssuer => {
                "`issuer` is not the URL that was asked, and such a document must not be used (RFC 8414 section 3.3)"
            }
            Self::TokenEndpoint(error) => return write!(f, "`token_endpoint`: {error}"),
            Self::OtherHost => {
                "`token_endpoint` is on another host than the one that was asked; confirm that host if it belongs to the server"
            }
            Self::Redox => {
                "Redox's metadata describes its server for people and leaves out the token endpoint for machines; ask without discovery"
            }
        })
    }
}

impl core::error::Error for MetadataError {}
