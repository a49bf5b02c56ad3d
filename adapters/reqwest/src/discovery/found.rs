use core::fmt;
use std::sync::Arc;

use redox_auth_core::{Algorithm, MetadataError, MetadataKind, MetadataUrl, ServerMetadata};

use crate::error::discovery::DiscoveryError;

/// A document that a server published about itself, as it came: well-formed, but not verified.
#[derive(Clone)]
pub struct Metadata(Arc<Document>);

pub(super) struct Document {
    pub(super) kind: MetadataKind,
    /// The issuer or the FHIR base URL of the request.
    pub(super) base_url: String,
    pub(super) url: String,
    pub(super) body: Vec<u8>,
}

impl Metadata {
    /// # Errors
    /// [`DiscoveryError::Document`].
    pub(super) fn new(document: Document) -> Result<Self, DiscoveryError> {
        if let Err(error) = ServerMetadata::parse(&mut document.body.clone()) {
            let url = document.url;
            return Err(DiscoveryError::Document { url, error });
        }
        Ok(Self(Arc::new(document)))
    }

    /// The URL of the document.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.0.url
    }

    /// Calls a function with the content.
    pub fn read<R>(&self, look: impl FnOnce(&ServerMetadata<'_>) -> R) -> R {
        // Reading replaces escapes in place.
        let mut body = self.0.body.clone();
        let metadata = ServerMetadata::parse(&mut body).expect("it was read before");
        look(&metadata)
    }
}

impl fmt::Debug for Metadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metadata")
            .field("url", &self.url())
            .finish_non_exhaustive()
    }
}

/// A server that discovery found in metadata and compared with the request, for
/// [`Builder::discovered`](crate::Builder::discovered).
#[derive(Clone, Debug)]
pub struct Discovered {
    metadata: Metadata,
    token_url: String,
    issuer: Option<String>,
    algorithms: Vec<String>,
}

impl Discovered {
    pub(super) fn read(metadata: &Metadata, confirmed: &[&str]) -> Result<Self, DiscoveryError> {
        let document = &*metadata.0;
        let asked = MetadataUrl::new(document.kind, &document.base_url);
        let asked = asked.map_err(DiscoveryError::Url)?;
        metadata.read(|read| {
            let server = read.verify(&asked, confirmed).map_err(|error| {
                let found = match error {
                    MetadataError::IssuerSlash | MetadataError::OtherIssuer => read.issuer(),
                    _ => read.token_endpoint(),
                };
                DiscoveryError::untrusted(&document.url, error, found)
            })?;
            let algorithms = read.algorithms().into_iter().flatten();
            Ok(Self {
                metadata: metadata.clone(),
                token_url: server.token_url.as_str().to_owned(),
                issuer: server.issuer.map(str::to_owned),
                algorithms: algorithms.map(|name| name.to_string()).collect(),
            })
        })
    }

    /// The URL of the document.
    #[must_use]
    pub const fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// The token endpoint.
    #[must_use]
    pub fn token_url(&self) -> &str {
        &self.token_url
    }

    /// The issuer, if the document names one on a host that was asked or confirmed.
    #[must_use]
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    /// The base URL of the FHIR server, if the request was about one.
    pub(crate) fn fhir_url(&self) -> Option<&str> {
        let Document { kind, base_url, .. } = &*self.metadata.0;
        (!kind.names_issuer()).then_some(base_url)
    }

    /// The algorithms in the document, if it lists some and not this one.
    pub(crate) fn objection(&self, algorithm: Algorithm) -> Option<String> {
        let is_listed = |name: &String| name == algorithm.as_str();
        let is_fine = self.algorithms.is_empty() || self.algorithms.iter().any(is_listed);
        (!is_fine).then(|| self.algorithms.join(", "))
    }
}
