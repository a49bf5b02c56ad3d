use std::path::PathBuf;

use super::Builder;
use crate::error::build::BuildError;
use crate::trust::{CaFile, ClientCertificate};

/// Certificates of TLS: the trusted ones, and the client's own.
impl Builder {
    /// Trusts the authorities in this file as well as those of the system, for a server with an authority of its own, and
    /// for a network that inspects connections. The file holds any number of certificates in PEM, up to 64 MiB.
    ///
    /// [`Builder::build`] reads the file once, which blocks. To trust nothing else, set `SSL_CERT_FILE` where
    /// [`Authorities`](crate::Authorities) reads it, or use [`Builder::http`] with
    /// [`tls_certs_only`](reqwest::ClientBuilder::tls_certs_only).
    pub fn ca_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.ca_file = Some(path.into());
        self
    }

    /// Shows this certificate to servers that ask for one (mutual TLS, RFC 8705): the token endpoint's and the API's.
    pub fn client_certificate(mut self, certificate: ClientCertificate) -> Self {
        self.own_settings.client_certificate = Some(certificate);
        self
    }

    /// # Errors
    /// [`BuildError::CaFile`].
    pub(super) fn read_ca_file(&mut self) -> Result<(), BuildError> {
        if let Some(path) = self.ca_file.take() {
            let file = CaFile::read(&path).map_err(|error| BuildError::CaFile(Box::new(error)))?;
            self.own_settings.ca_file = Some(file);
        }
        Ok(())
    }
}
