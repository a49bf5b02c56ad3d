use std::sync::{Arc, OnceLock};

use reqwest::ClientBuilder;
use rustls::ClientConfig;
use rustls::crypto::{CryptoProvider, aws_lc_rs};

use super::settings::Settings;
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

    /// The TLS setup that reqwest would make, except for the verification of certificates and the protocols (ALPN).
    pub(crate) fn config(&self, settings: &Settings) -> ClientConfig {
        self.0.get_or_init(|| config(settings)).clone()
    }
}

fn config(settings: &Settings) -> ClientConfig {
    let provider = match CryptoProvider::get_default() {
        Some(provider) => Arc::clone(provider),
        None => Arc::new(aws_lc_rs::default_provider()),
    };
    let verifier = Verifier::new(Arc::clone(&provider), settings.ca_file.clone());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider has a cipher suite for each version")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    match &settings.client_certificate {
        Some(certificate) => config.with_client_cert_resolver(certificate.resolver()),
        None => config.with_no_client_auth(),
    }
}
