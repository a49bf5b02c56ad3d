//! The cause of a failed connection through a proxy. The HTTP library reports the failure without the proxy's answer.
//! Therefore this asks the proxy once more.

use core::time::Duration;
use std::sync::Arc;

use redox_auth_core::Url;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::{TcpStream, lookup_host};
use tokio::sync::Semaphore;
use tokio_rustls::TlsConnector;

use crate::error::proxy::{ProxyError, ProxyProblem};
use crate::error::tls::find;
use crate::proxies::{Proxies, Proxy};
use crate::sync::timeout;

/// The proxy that requests to a URL go through.
///
/// # Errors
/// [`ProxyError`] if a variable names no proxy.
pub(super) fn proxy(url: Url<'_>) -> Result<Option<Proxy>, ProxyError> {
    match url.is_loopback() {
        true => Ok(None),
        false => Ok(Proxies::from_env()?.to_url(url).cloned()),
    }
}

/// Asks a proxy.
pub(super) struct Asking<'a> {
    /// For one question at a time.
    pub(super) turn: &'a Semaphore,
    pub(super) tls: ClientConfig,
    /// How long an answer may take.
    pub(super) patience: Duration,
}

impl Asking<'_> {
    /// The proxy's answer about a connection that failed.
    ///
    /// # Errors
    /// The same error, if its cause is another.
    pub(super) async fn about(self, error: reqwest::Error) -> Result<ProxyError, reqwest::Error> {
        let Some(server) = error.url().filter(|_| error.is_connect()).cloned() else {
            return Err(error);
        };
        let proxy = Url::parse(server.as_str()).ok().map(proxy);
        let host = server.host_str().unwrap_or_default();
        let (Some(Ok(Some(proxy))), Some(port)) = (proxy, server.port_or_known_default()) else {
            return Err(error);
        };
        // It may be the certificate of a proxy that the client reaches over TLS.
        let is_of_server = !proxy.is_over_tls() && is_of_certificate(&error);
        let is_answered = error.is_timeout() || is_of_server;
        let problem = match self.turn.try_acquire() {
            Ok(_turn) if !is_answered => {
                ask(&proxy, host, port, self.tls.into(), self.patience).await
            }
            // Another request asks already, or there is nothing to ask.
            _ => None,
        };
        let problem = problem.unwrap_or_else(|| ProxyProblem::Through(Box::new(error)));
        Ok(proxy.failed(problem, host, port))
    }
}

/// The proxy's answer, if that is the reason for the failure.
async fn ask(
    proxy: &Proxy,
    host: &str,
    port: u16,
    config: Arc<ClientConfig>,
    patience: Duration,
) -> Option<ProxyProblem> {
    let connecting = connect(proxy, host, port, config);
    match timeout(patience, connecting).await {
        Ok(result) => result.err(),
        Err(_) => Some(ProxyProblem::Silent),
    }
}

async fn connect(
    proxy: &Proxy,
    host: &str,
    port: u16,
    config: Arc<ClientConfig>,
) -> Result<(), ProxyProblem> {
    let addresses = lookup_host((proxy.host(), proxy.port())).await;
    let addresses: Vec<_> = addresses.map_err(ProxyProblem::NoAddress)?.collect();
    let stream = TcpStream::connect(addresses.as_slice()).await;
    let stream = stream.map_err(ProxyProblem::NoConnection)?;
    if proxy.is_socks() {
        return Ok(());
    }
    let stream = proxy.open_tunnel(stream, &config, host, port).await?;
    let Ok(name) = ServerName::try_from(host.trim_matches(['[', ']']).to_owned()) else {
        return Ok(());
    };
    match TlsConnector::from(config).connect(name, stream).await {
        // The first error describes any other fault behind the proxy.
        Err(error) => ProxyProblem::of_handshake(&error).map_or(Ok(()), Err),
        Ok(_) => Ok(()),
    }
}

/// Whether a peer showed a certificate or asked for one. If the way to the proxy has no TLS of its own, the peer was the
/// server, and the proxy has let the connection through.
fn is_of_certificate(error: &reqwest::Error) -> bool {
    let error = find::<rustls::Error>(error);
    matches!(
        error,
        Some(rustls::Error::InvalidCertificate(_) | rustls::Error::AlertReceived(_))
    )
}
