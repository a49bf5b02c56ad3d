use core::net::SocketAddr;
use core::pin::Pin;
use core::sync::atomic::{AtomicU8, Ordering};
use core::task::{Context, Poll, ready};
use std::io;
use std::sync::Arc;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{Accept, TlsAcceptor, server::TlsStream};

/// Accepts connections, with or without TLS, which answers to their requests can end.
pub(super) struct Connections {
    pub(super) listener: TcpListener,
    pub(super) tls: Option<TlsAcceptor>,
}

impl Listener for Connections {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.listener).await;
        let stream = match &self.tls {
            Some(tls) => Stream::Greeting(Box::new(tls.accept(stream))),
            None => Stream::Plain(stream),
        };
        let line = Line::default();
        (Connection { stream, line }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// One connection. Its TLS handshake is part of the first read, therefore a slow client delays no other one.
pub(super) struct Connection {
    stream: Stream,
    line: Line,
}

enum Stream {
    Plain(TcpStream),
    Greeting(Box<Accept<TcpStream>>),
    Secret(Box<TlsStream<TcpStream>>),
}

/// How answers can end a connection.
#[derive(Clone, Debug, Default)]
pub(super) struct Line(Arc<AtomicU8>);

impl Line {
    /// Writes nothing more, not even the TLS closure alert (RFC 8446 §6.1).
    pub(super) fn cut(&self) {
        self.0.store(CUT, Ordering::Relaxed);
    }

    /// Writes the data under way, and reads no further request.
    pub(super) fn hang_up(&self) {
        self.0.store(HUNG_UP, Ordering::Relaxed);
    }

    fn state(&self) -> u8 {
        self.0.load(Ordering::Relaxed)
    }

    fn writable(&self) -> io::Result<()> {
        if self.state() == CUT {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        Ok(())
    }
}

impl Connected<IncomingStream<'_, Connections>> for Line {
    fn connect_info(stream: IncomingStream<'_, Connections>) -> Self {
        stream.io().line.clone()
    }
}

impl Connection {
    /// The stream, once the handshake is done.
    fn stream(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Pin<&mut dyn ReadWrite>>> {
        if let Stream::Greeting(accept) = &mut self.stream {
            let stream = ready!(Pin::new(&mut **accept).poll(context))?;
            self.stream = Stream::Secret(Box::new(stream));
        }
        Poll::Ready(match &mut self.stream {
            Stream::Plain(stream) => Ok(Pin::new(stream)),
            Stream::Secret(stream) => Ok(Pin::new(&mut **stream)),
            Stream::Greeting(_) => Err(io::ErrorKind::NotConnected.into()),
        })
    }

    const fn is_greeting(&self) -> bool {
        matches!(self.stream, Stream::Greeting(_))
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.line.state() == HUNG_UP {
            return Poll::Ready(Ok(()));
        }
        ready!(self.stream(context))?.poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.line.writable()?;
        ready!(self.stream(context))?.poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.line.writable()?;
        if self.is_greeting() {
            return Poll::Ready(Ok(()));
        }
        ready!(self.stream(context))?.poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.line.writable()?;
        // A silent client does not keep the server from stopping.
        if self.is_greeting() {
            return Poll::Ready(Ok(()));
        }
        ready!(self.stream(context))?.poll_shutdown(context)
    }
}

trait ReadWrite: AsyncRead + AsyncWrite + Unpin {}

impl<S: AsyncRead + AsyncWrite + Unpin> ReadWrite for S {}

const CUT: u8 = 1;
const HUNG_UP: u8 = 2;
