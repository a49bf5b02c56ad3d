use core::net::SocketAddr;
use std::io;
use std::sync::Arc;

use redox_auth_core::Url;
use redox_auth_reqwest::{Connections, Proxy, ProxyError, ProxyProblem, Tunnel};
use rustls::ClientConfig;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::patience::{PATIENCE, within};

/// The route to a server: direct, or through a proxy.
pub(super) struct Route<'r> {
    pub(super) host: &'r str,
    pub(super) port: u16,
    pub(super) proxy: Option<Proxy>,
    /// The configuration of all connections.
    pub(super) tls: Arc<ClientConfig>,
}

impl<'r> Route<'r> {
    pub(super) fn new(url: Url<'r>, proxy: Option<Proxy>, connections: &Connections) -> Self {
        Self {
            // The brackets of an IPv6 address belong to the URL.
            host: url.host().trim_matches(['[', ']']),
            port: url.port(),
            proxy,
            tls: Arc::new(connections.tls_config()),
        }
    }

    /// The addresses of the first machine on the route.
    pub(super) async fn addresses(&self) -> io::Result<Vec<SocketAddr>> {
        let (host, port) = match &self.proxy {
            Some(proxy) => (proxy.host(), proxy.port()),
            None => (self.host, self.port),
        };
        Ok(within(lookup_host((host, port))).await?.collect())
    }

    /// Connects to this machine.
    pub(super) async fn connect(addresses: &[SocketAddr]) -> io::Result<TcpStream> {
        within(TcpStream::connect(addresses)).await
    }

    /// Connects to the server over this connection.
    pub(super) async fn go_through(
        &self,
        proxy: &Proxy,
        stream: TcpStream,
    ) -> Result<Box<dyn Tunnel>, ProxyError> {
        let opening = proxy.open_tunnel(stream, &self.tls, self.host, self.port);
        let opened = timeout(PATIENCE, opening).await;
        let opened = opened.unwrap_or(Err(ProxyProblem::Silent));
        opened.map_err(|problem| proxy.failed(problem, self.host, self.port))
    }

    /// Makes another connection to the server without reporting it.
    pub(super) async fn open(&self) -> Option<Box<dyn Tunnel>> {
        let addresses = self.addresses().await.ok()?;
        let stream = Self::connect(&addresses).await.ok()?;
        match &self.proxy {
            Some(proxy) => self.go_through(proxy, stream).await.ok(),
            None => Some(Box::new(stream)),
        }
    }
}
