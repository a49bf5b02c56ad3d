use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_name;
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use tokio_rustls::TlsConnector;

use super::patience::within;
use super::route::Route;

/// Whether something between this machine and the server makes certificates for any requested name: a real server has
/// none for a name that no server can have (RFC 6761 section 6.4). Sends nothing over the connection.
pub(super) async fn is_there(route: &Route<'_>) -> bool {
    let Some(stream) = route.open().await else {
        return false;
    };
    let provider = Arc::new(aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider));
    let Ok(builder) = builder.with_safe_default_protocol_versions() else {
        return false;
    };
    let config = builder
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(OnlyName(provider)))
        .with_no_client_auth();
    let connector = TlsConnector::from(Arc::new(config));
    let Ok(name) = ServerName::try_from(NAME) else {
        return false;
    };
    within(connector.connect(name, stream)).await.is_ok()
}

/// Accepts a certificate of any issuer for the right name. Only this check uses it, and the library offers no such verifier.
#[derive(Debug)]
struct OnlyName(Arc<CryptoProvider>);

impl ServerCertVerifier for OnlyName {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// A name that no server can have.
const NAME: &str = "redox-auth-doctor.invalid";
