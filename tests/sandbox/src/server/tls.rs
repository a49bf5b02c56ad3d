use core::net::SocketAddr;
use std::io;
use std::sync::Arc;

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, Error, ServerConfig, SignatureScheme};
use tokio_rustls::TlsAcceptor;
use url::{Host, Url};

use super::options::reachable;
use crate::certificate::Identity;

/// The accepted clients.
#[derive(Clone, Copy)]
pub(super) enum Clients {
    Any,
    /// Clients with a certificate of any issuer, and its key.
    Certified,
}

/// Accepts TLS 1.3 and 1.2 connections with this server's certificate.
pub(super) fn acceptor(identity: Identity, clients: Clients) -> io::Result<TlsAcceptor> {
    let Identity {
        certificate, key, ..
    } = identity;
    // Named, because a program with two providers has no default one.
    let provider = Arc::new(default_provider());
    let mut config = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .and_then(|config| {
            let config = match clients {
                Clients::Any => config.with_no_client_auth(),
                Clients::Certified => {
                    config.with_client_cert_verifier(Arc::new(AnyCertificate(provider)))
                }
            };
            config.with_single_cert(vec![certificate], key)
        })
        .map_err(io::Error::other)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Accepts every certificate, and checks that the client has its key.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ClientCertVerifier for AnyCertificate {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let known = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let known = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// The names that a client may use for a server that listens at `address`.
pub(super) fn names(base_url: &str, address: SocketAddr) -> Vec<String> {
    let mut names = vec!["localhost".to_owned(), reachable(address).ip().to_string()];
    let url = Url::parse(base_url).ok();
    let host = url.as_ref().and_then(Url::host).map(|host| match host {
        Host::Domain(name) => name.to_owned(),
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    });
    names.extend(host.filter(|host| !names.contains(host)));
    names
}
