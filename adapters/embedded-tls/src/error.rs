use core::fmt;

use embedded_io::ErrorKind;
use embedded_tls::TlsError;

/// Why there is no connection.
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
pub enum ConnectError {
    /// The URL starts with http, and this connector makes TLS connections only.
    NoTls,
    /// Another connection uses the record buffers. Each [`Records`](crate::Records) serves one gateway.
    Busy,
    /// The inner connector did not connect, with the kind of its error.
    Transport(ErrorKind),
    /// The handshake failed, or the verifier rejected the server.
    Tls(TlsError),
}

impl From<TlsError> for ConnectError {
    fn from(error: TlsError) -> Self {
        Self::Tls(error)
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTls => f.write_str(
                "this connector makes TLS connections only: the URL must start with https://",
            ),
            Self::Busy => {
                f.write_str("another connection has the record buffers: give each gateway its own")
            }
            Self::Transport(kind) => write!(f, "no connection below TLS: {kind}"),
            Self::Tls(error) => write!(f, "TLS: {error}"),
        }
    }
}

impl core::error::Error for ConnectError {}

impl embedded_io::Error for ConnectError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NoTls => ErrorKind::Unsupported,
            Self::Busy => ErrorKind::AddrInUse,
            Self::Transport(kind) => *kind,
            Self::Tls(error) => embedded_io::Error::kind(error),
        }
    }
}
