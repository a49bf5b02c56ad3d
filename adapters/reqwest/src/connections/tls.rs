use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use reqwest::ClientBuilder;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use rustls_platform_verifier::Verifier;

/// One TLS configuration for all pools: they share root certificates and sessions to resume.
#[derive(Debug, Default)]
pub(crate) struct Tls(OnceLock<ClientConfig>);

impl Tls {
    pub(crate) fn set_up(&self, builder: ClientBuilder) -> ClientBuilder {
        let config = self.0.get_or_init(config);
        builder.tls_backend_preconfigured(config.clone())
    }
}

/// What reqwest sets up for itself, but for the moment at which the root certificates are read.
fn config() -> ClientConfig {
    let provider = match CryptoProvider::get_default() {
        Some(provider) => Arc::clone(provider),
        None => Arc::new(aws_lc_rs::default_provider()),
    };
    let mut config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .expect("the provider has a cipher suite for each version")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(SystemVerifier::new(provider)))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config
}

/// The verifier of the system, made when the first certificate is to be verified: reading the root certificates takes
/// longer than everything else that a client does before its first request.
#[derive(Debug)]
struct SystemVerifier {
    provider: Arc<CryptoProvider>,
    made: OnceLock<Verifier>,
    making: Mutex<()>,
}

impl SystemVerifier {
    const fn new(provider: Arc<CryptoProvider>) -> Self {
        Self {
            provider,
            made: OnceLock::new(),
            making: Mutex::new(()),
        }
    }

    fn get(&self) -> Result<&Verifier, Error> {
        if let Some(verifier) = self.made.get() {
            return Ok(verifier);
        }
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        match self.made.get() {
            Some(verifier) => Ok(verifier),
            None => {
                let verifier = Verifier::new(Arc::clone(&self.provider))?;
                Ok(self.made.get_or_init(|| verifier))
            }
        }
    }
}

impl ServerCertVerifier for SystemVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verifier = self.get()?;
        verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.get()?.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.get()?.verify_tls13_signature(message, cert, dss)
    }

    /// Those of the provider, which every platform's [`Verifier`] names as well.
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = self.provider.signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}
