use crate::out::Out;
use crate::server::{Url, UrlError};
use crate::write_error::WriteError;

/// The kind of a metadata document.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum MetadataKind {
    /// `.well-known/oauth-authorization-server` of an issuer (RFC 8414).
    OAuth,
    /// `.well-known/openid-configuration` of an issuer (OpenID Connect Discovery 1.0).
    OpenId,
    /// `.well-known/smart-configuration` of a FHIR server (SMART App Launch 2.2).
    Smart,
    /// `.well-known/udap` of a FHIR server (HL7 FAST Security).
    Udap,
}

impl MetadataKind {
    /// Whether such a document belongs to an issuer and must name the issuer.
    #[must_use]
    pub const fn names_issuer(self) -> bool {
        matches!(self, Self::OAuth | Self::OpenId)
    }

    const fn path(self) -> &'static str {
        match self {
            Self::OAuth => "/.well-known/oauth-authorization-server",
            Self::OpenId => "/.well-known/openid-configuration",
            Self::Smart => "/.well-known/smart-configuration",
            Self::Udap => "/.well-known/udap",
        }
    }
}

/// The address of a metadata document: its kind, and its issuer or FHIR base URL.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct MetadataUrl<'a> {
    kind: MetadataKind,
    base: Url<'a>,
}

impl<'a> MetadataUrl<'a> {
    /// Checks the URL of an issuer or the base URL of a FHIR server, as the user gave it.
    ///
    /// # Errors
    /// [`UrlError`]; [`UrlError::Query`] for a URL with a query.
    pub fn new(kind: MetadataKind, base: &'a str) -> Result<Self, UrlError> {
        let base = Url::parse(base)?;
        if base.path().contains('?') {
            return Err(UrlError::Query);
        }
        Ok(Self { kind, base })
    }

    /// The kind of the document.
    #[must_use]
    pub const fn kind(&self) -> MetadataKind {
        self.kind
    }

    /// The issuer or the FHIR server, as the user gave it.
    #[must_use]
    pub const fn base(&self) -> Url<'a> {
        self.base
    }

    /// Writes the URL for the `GET`.
    ///
    /// RFC 8414 §3.1 puts its path between the host and the path of the issuer. The others append their path. Slashes
    /// at the end of the base are dropped.
    ///
    /// # Errors
    /// [`WriteError::BufferTooSmall`] gives the exact length needed.
    pub fn write<'o>(&self, out: &'o mut [u8]) -> Result<&'o str, WriteError> {
        let base = self.base.as_str().trim_end_matches('/');
        let path = self.base.path().trim_end_matches('/');
        let origin = base.strip_suffix(path).unwrap_or(base);
        let parts = match self.kind {
            MetadataKind::OAuth => [origin, self.kind.path(), path],
            _ => [base, self.kind.path(), ""],
        };
        let mut out = Out::new(out);
        for part in parts {
            out.put_str(part);
        }
        out.finish()
    }
}
