use std::sync::{Arc, OnceLock};

use reqwest::ClientBuilder;
use rustls::client::WantsClientCert;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::{ClientConfig, ConfigBuilder};

use super::settings::Settings;
use crate::trust::any_issuer::AnyIssuer;
use crate::trust::verifier::Verifier;

/// One TLS configuration for all pools: they share root certificates and sessions to resume.
#[derive(Debug, Default)]
pub(crate) struct Tls(OnceLock<ClientConfig>);

impl Tls {
    pub(crate) fn set_up(&self, settings: &Settings, builder: ClientBuilder) -> ClientBuilder {
        let mut config = self.config(settings);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        builder.tls_backend_preconfigured(config)
    }

    /// What reqwest sets up for itself, but for the verification of certificates, and for the protocols (ALPN).
    pub(crate) fn config(&self, settings: &Settings) -> ClientConfig {
        self.0.get_or_init(|| config(settings)).clone()
    }
}

fn config(settings: &Settings) -> ClientConfig {
    let config = verified_by(|own| Arc::new(own), settings);
    match &settings.client_certificate {
        Some(certificate) => config.with_client_cert_resolver(certificate.resolver()),
        None => config.with_no_client_auth(),
    }
}

/// See [`Connections::tls_config_of_any_issuer`](crate::Connections::tls_config_of_any_issuer).
pub(super) fn of_any_issuer(settings: &Settings) -> ClientConfig {
    verified_by(|own| Arc::new(AnyIssuer(own)), settings).with_no_client_auth()
}

fn verified_by(
    verifier: impl FnOnce(Verifier) -> Arc<dyn ServerCertVerifier>,
    settings: &Settings,
) -> ConfigBuilder<ClientConfig, WantsClientCert> {
    let provider = match CryptoProvider::get_default() {
        Some(provider) => Arc::clone(provider),
        None => Arc::new(aws_lc_rs::default_provider()),
    };
    let own = Verifier::new(Arc::clone(&provider), settings.ca_file.clone());
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider has a cipher suite for each version")
        .dangerous()
        .with_custom_certificate_verifier(verifier(own))
}
