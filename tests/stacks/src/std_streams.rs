use core::time::Duration;
use std::io::{self, ErrorKind};
use std::net::TcpStream;

use embedded_io_adapters::std::FromStd;
use redox_auth_core::Channel;
use redox_auth_gateway::{Connect, Connector, Endpoint};

/// Plain TCP of the standard library, as on Linux and on ESP-IDF.
#[derive(Clone, Copy, Debug)]
pub struct StdTcp;

impl Connector for StdTcp {
    type Connection = FromStd<TcpStream>;
    type Error = io::Error;

    /// Looks without waiting.
    fn is_alive(&mut self, connection: &mut Self::Connection, _: Endpoint<'_>) -> bool {
        let stream = connection.inner();
        let looked = stream
            .set_nonblocking(true)
            .and_then(|()| stream.peek(&mut [0]));
        let is_quiet = looked.is_err_and(|error| error.kind() == ErrorKind::WouldBlock);
        stream.set_nonblocking(false).is_ok() && is_quiet
    }
}

impl Connect for StdTcp {
    fn connect(&mut self, to: Endpoint<'_>) -> io::Result<(Self::Connection, Channel)> {
        if to.is_tls {
            let wrong = "this connector has no TLS: put one with TLS around it";
            return Err(io::Error::new(ErrorKind::Unsupported, wrong));
        }
        let host = to.host.trim_start_matches('[').trim_end_matches(']');
        let stream = TcpStream::connect((host, to.port))?;
        // A silent server must not hold up the device for ever.
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        stream.set_write_timeout(Some(Duration::from_secs(30)))?;
        stream.set_nodelay(true)?;
        let channel = if stream.peer_addr()?.ip().is_loopback() {
            Channel::Authenticated
        } else {
            Channel::Unauthenticated
        };
        Ok((FromStd::new(stream), channel))
    }
}
