//! The way through a proxy to a server: `CONNECT` (RFC 9110 §9.3.6).

use std::io;
use std::sync::Arc;

use base64ct::{Base64, Encoding as _};
use percent_encoding::percent_decode_str;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use zeroize::Zeroizing;

use super::proxy::Proxy;
use crate::error::proxy::ProxyProblem;

/// A connection, over any transport.
pub trait Tunnel: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Tunnel for S {}

impl Proxy {
    /// Asks for a connection to a server over `stream`, which leads to this proxy: over TLS with this configuration if
    /// [`is_over_tls`](Self::is_over_tls) is true. Bytes that the caller writes to the tunnel go to the server. Not for
    /// SOCKS.
    ///
    /// # Errors
    /// [`ProxyProblem`], with the status line of the answer if there is one.
    pub async fn open_tunnel(
        &self,
        stream: TcpStream,
        tls: &Arc<ClientConfig>,
        host: &str,
        port: u16,
    ) -> Result<Box<dyn Tunnel>, ProxyProblem> {
        let mut stream: Box<dyn Tunnel> = Box::new(stream);
        if self.is_over_tls() {
            let name = ServerName::try_from(self.host().to_owned());
            let name = name.map_err(|error| ProxyProblem::Tls(io::Error::other(error)))?;
            let secured = TlsConnector::from(Arc::clone(tls)).connect(name, stream);
            stream = Box::new(secured.await.map_err(ProxyProblem::Tls)?);
        }
        self.connect_through(&mut stream, host, port).await?;
        Ok(stream)
    }

    /// Sends `CONNECT`.
    async fn connect_through(
        &self,
        stream: &mut Box<dyn Tunnel>,
        host: &str,
        port: u16,
    ) -> Result<(), ProxyProblem> {
        let host = match host.contains(':') && !host.starts_with('[') {
            true => format!("[{host}]"),
            false => host.to_owned(),
        };
        let mut request = Zeroizing::new(format!(
            "CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n"
        ));
        if let Some(credentials) = self.credentials() {
            request.push_str("Proxy-Authorization: Basic ");
            request.push_str(&credentials);
            request.push_str("\r\n");
        }
        request.push_str("\r\n");
        stream.write_all(request.as_bytes()).await?;
        stream.flush().await?;
        let head = read_head(stream).await?;
        Answer::parse(&head)?.check(self.has_user())
    }

    /// User name and password in the form of `Basic` (RFC 7617 §2).
    fn credentials(&self) -> Option<Zeroizing<String>> {
        if !self.has_user() {
            return None;
        }
        let decoded = |text| percent_decode_str(text).collect::<Vec<u8>>();
        let mut pair = Zeroizing::new(decoded(self.url().username()));
        pair.push(b':');
        let password = Zeroizing::new(decoded(self.url().password().unwrap_or_default()));
        pair.extend_from_slice(&password);
        Some(Zeroizing::new(Base64::encode_string(&pair)))
    }
}

/// The head of an answer, and nothing beyond, because the server's bytes come next.
async fn read_head<S: AsyncRead + Unpin>(stream: &mut S) -> Result<Vec<u8>, ProxyProblem> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && !head.ends_with(b"\n\n") {
        let mut byte = [0];
        if stream.read(&mut byte).await? == 0 {
            return match head.is_empty() {
                true => Err(ProxyProblem::Closed),
                false => Ok(head),
            };
        }
        head.extend_from_slice(&byte);
        if !head.starts_with(START.get(..head.len()).unwrap_or(START)) {
            return Err(ProxyProblem::NotHttp {
                is_tls: matches!(head.as_slice(), [0x15 | 0x16, ..]),
            });
        }
        if head.len() > LONGEST_HEAD {
            return Err(ProxyProblem::TooLong {
                limit: LONGEST_HEAD,
            });
        }
    }
    Ok(head)
}

/// The parts of an answer that matter.
struct Answer {
    status: u16,
    reason: String,
    /// The authentication schemes that the proxy accepts.
    schemes: Vec<String>,
}

impl Answer {
    fn parse(head: &[u8]) -> Result<Self, ProxyProblem> {
        let head = String::from_utf8_lossy(head);
        let mut lines = head.lines();
        let mut words = lines.next().unwrap_or_default().splitn(3, ' ').skip(1);
        let status = words.next().and_then(|it| it.parse().ok());
        let status = status.ok_or(ProxyProblem::NotHttp { is_tls: false })?;
        let reason = words.next().unwrap_or_default().trim();
        let is_shown = |c: &char| !c.is_control();
        let reason = reason.chars().filter(is_shown).take(LONGEST_REASON);
        let schemes = lines.filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            let is_it = name.trim().eq_ignore_ascii_case("Proxy-Authenticate");
            let scheme = value.split_whitespace().next()?;
            let scheme = scheme.chars().filter(char::is_ascii_alphanumeric);
            is_it.then(|| scheme.take(LONGEST_REASON).collect())
        });
        Ok(Self {
            status,
            reason: reason.collect(),
            schemes: schemes.collect(),
        })
    }

    fn check(self, has_user: bool) -> Result<(), ProxyProblem> {
        match self.status {
            // reqwest accepts no other success.
            200 => Ok(()),
            status => Err(ProxyProblem::Status {
                status,
                reason: self.reason,
                has_user,
                schemes: self.schemes,
            }),
        }
    }
}

const START: &[u8] = b"HTTP/1.";

/// In bytes, as reqwest reads it.
const LONGEST_HEAD: usize = 8192;

/// In characters.
const LONGEST_REASON: usize = 60;
