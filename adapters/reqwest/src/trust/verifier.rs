use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, Error, OtherError, SignatureScheme};

use super::authorities::Authorities;
use super::bundle::CaFile;
use super::{presented, system};

/// Verifies servers' certificates. It reads the authorities at the first verification, because that takes longer than
/// everything else before the first request of a client.
#[derive(Debug)]
pub(crate) struct Verifier {
    provider: Arc<CryptoProvider>,
    ca_file: Option<CaFile>,
    trust: OnceLock<Trust>,
    making: Mutex<()>,
}

/// The verifiers of a certificate.
#[derive(Debug)]
struct Trust {
    /// At least one, any of which may accept a certificate.
    verifiers: Vec<Arc<dyn ServerCertVerifier>>,
    /// The places of the authorities, for errors.
    authorities: String,
}

impl Verifier {
    pub(crate) const fn new(provider: Arc<CryptoProvider>, ca_file: Option<CaFile>) -> Self {
        Self {
            provider,
            ca_file,
            trust: OnceLock::new(),
            making: Mutex::new(()),
        }
    }

    fn trust(&self) -> Result<&Trust, Error> {
        if let Some(trust) = self.trust.get() {
            return Ok(trust);
        }
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        match self.trust.get() {
            Some(trust) => Ok(trust),
            None => {
                let trust = Trust::read(&self.provider, self.ca_file.as_ref())?;
                Ok(self.trust.get_or_init(|| trust))
            }
        }
    }
}

impl Trust {
    /// # Errors
    /// [`AuthoritiesError`](crate::AuthoritiesError), within [`Error::Other`].
    fn read(provider: &Arc<CryptoProvider>, ca_file: Option<&CaFile>) -> Result<Self, Error> {
        let authorities = Authorities::read(ca_file).map_err(other)?;
        let mut verifiers: Vec<_> = system::verifier(provider)?.into_iter().collect();
        let roots = authorities.roots();
        if !roots.is_empty() {
            let provider = Arc::clone(provider);
            let own = WebPkiServerVerifier::builder_with_provider(roots.into(), provider).build();
            verifiers.push(own.map_err(other)?);
        }
        Ok(Self {
            verifiers,
            authorities: authorities.to_string(),
        })
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let trust = self.trust()?;
        let mut first = None;
        for verifier in &trust.verifiers {
            match verifier.verify_server_cert(
                end_entity,
                intermediates,
                server_name,
                ocsp_response,
                now,
            ) {
                Ok(verified) => return Ok(verified),
                Err(error) => first = first.or(Some(error)),
            }
        }
        let error = first.unwrap_or(Error::General("nothing verifies certificates".to_owned()));
        Err(presented::explained(
            error,
            end_entity,
            intermediates,
            &trust.authorities,
        ))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, cert, dss, algorithms)
            .map_err(|error| presented::explained(error, cert, &[], ""))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, dss, algorithms)
            .map_err(|error| presented::explained(error, cert, &[], ""))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = self.provider.signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}

fn other(error: impl core::error::Error + Send + Sync + 'static) -> Error {
    Error::Other(OtherError(Arc::new(error)))
}
