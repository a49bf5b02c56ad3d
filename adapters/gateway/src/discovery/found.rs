use redox_auth_core::{
    Algorithm, DiscoveredServer, JwtType, MetadataUrl, Server, ServerMetadata, Url, UrlError,
};

use crate::DiscoveryError;

/// A server found through its metadata, whose document was verified. It borrows from the document.
#[derive(Clone, Copy, Debug)]
pub struct Discovered<'m> {
    metadata: ServerMetadata<'m>,
    server: DiscoveredServer<'m>,
}

impl<'m> Discovered<'m> {
    pub(super) fn new(
        metadata: ServerMetadata<'m>,
        asked: &MetadataUrl<'_>,
        confirmed: &[&str],
    ) -> Result<Self, DiscoveryError> {
        let server = metadata.verify(asked, confirmed);
        let server = server.map_err(DiscoveryError::Untrusted)?;
        Ok(Self { metadata, server })
    }

    /// The whole document, such as its scopes.
    #[must_use]
    pub const fn metadata(&self) -> &ServerMetadata<'m> {
        &self.metadata
    }

    /// The token endpoint, on a host that was asked or confirmed.
    #[must_use]
    pub const fn token_url(&self) -> Url<'m> {
        self.server.token_url
    }

    /// The issuer, if the document names one on a host that was asked or confirmed.
    #[must_use]
    pub const fn issuer(&self) -> Option<&'m str> {
        self.server.issuer
    }

    /// The `aud` of assertions with this type: the URL of the token endpoint, which most servers require. For
    /// [`JwtType::ClientAuthentication`] it is the issuer, if the document names one.
    #[must_use]
    pub fn audience(&self, typ: JwtType) -> &'m str {
        match self.issuer() {
            Some(issuer) if typ == JwtType::ClientAuthentication => issuer,
            _ => self.token_url().as_str(),
        }
    }

    /// Whether the server accepts assertions signed with this algorithm, according to its document. A document without
    /// a list excludes none.
    #[must_use]
    pub fn takes(&self, algorithm: Algorithm) -> bool {
        let mut listed = self.metadata.algorithms().into_iter().flatten().peekable();
        listed.peek().is_none() || listed.any(|name| name == algorithm.as_str())
    }

    /// The server for a session, with its API below `base_url`. For a FHIR server that is usually the URL that was
    /// asked.
    ///
    /// # Errors
    /// [`UrlError`] of the base URL.
    pub fn server(&self, base_url: &'m str, typ: JwtType) -> Result<Server<'m>, UrlError> {
        let server = Server::new(base_url, self.token_url().as_str())?;
        Ok(server.with_typ(typ).with_audience(self.audience(typ)))
    }
}
