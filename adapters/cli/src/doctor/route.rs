use core::net::SocketAddr;
use std::io;
use std::sync::Arc;

use redox_auth_core::Url;
use redox_auth_reqwest::{Proxy, ProxyError, ProxyProblem};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::patience::{PATIENCE, within};

/// The way to a server: at once, or through a proxy.
pub(super) struct Route<'r> {
    pub(super) host: &'r str,
    pub(super) port: u16,
    pub(super) proxy: Option<Proxy>,
    /// The configuration of all connections.
    pub(super) tls: Arc<ClientConfig>,
}

/// A connection, whatever it goes through.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

impl<'r> Route<'r> {
    pub(super) fn new(url: Url<'r>, proxy: Option<Proxy>, tls: ClientConfig) -> Self {
        Self {
            // The brackets of an IPv6 address are the URL's.
            host: url.host().trim_matches(['[', ']']),
            port: url.port(),
            proxy,
            tls: Arc::new(tls),
        }
    }

    /// The addresses of the first machine on the way.
    pub(super) async fn addresses(&self) -> io::Result<Vec<SocketAddr>> {
        let (host, port) = match &self.proxy {
            Some(proxy) => (proxy.host(), proxy.port()),
            None => (self.host, self.port),
        };
        Ok(within(lookup_host((host, port))).await?.collect())
    }

    /// A connection to it.
    pub(super) async fn connect(addresses: &[SocketAddr]) -> io::Result<TcpStream> {
        within(TcpStream::connect(addresses)).await
    }

    /// The connection to the server over that one.
    pub(super) async fn go_through(
        &self,
        proxy: &Proxy,
        stream: TcpStream,
    ) -> Result<Box<dyn Stream>, ProxyError> {
        let failed = |problem| proxy.failed(problem, self.host, self.port);
        let mut stream: Box<dyn Stream> = Box::new(stream);
        if proxy.is_over_tls() {
            let name = ServerName::try_from(proxy.host().to_owned());
            let name = name.map_err(|error| failed(ProxyProblem::Tls(io::Error::other(error))))?;
            let connector = TlsConnector::from(Arc::clone(&self.tls));
            let secured = within(connector.connect(name, stream)).await;
            stream = Box::new(secured.map_err(|error| failed(ProxyProblem::Tls(error)))?);
        }
        let opening = proxy.open_tunnel(&mut stream, self.host, self.port);
        match timeout(PATIENCE, opening).await {
            Ok(opened) => opened.map_err(failed)?,
            Err(_) => return Err(failed(ProxyProblem::Silent)),
        }
        Ok(stream)
    }

    /// Another connection to the server, of which nothing is reported.
    pub(super) async fn open(&self) -> Option<Box<dyn Stream>> {
        let addresses = self.addresses().await.ok()?;
        let stream = Self::connect(&addresses).await.ok()?;
        match &self.proxy {
            Some(proxy) => self.go_through(proxy, stream).await.ok(),
            None => Some(Box::new(stream)),
        }
    }
}
