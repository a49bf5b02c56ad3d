//! TLS of Mbed TLS, by `mbedtls-rs`, around the connections of another connector. It needs an allocator.

use std::ffi::CString;

use embedded_io::{Error as _, ErrorKind};
use mbedtls_rs::{
    Certificate, ClientSessionConfig, SessionConfig, SessionError, TlsReference, TlsVersion,
};
use redox_auth_core::Channel;
use redox_auth_gateway::{AsyncConnect, Connect, Connector, Endpoint};

/// Puts TLS 1.2 or 1.3 around what another connector connects. Servers may have RSA certificates.
///
/// Mbed TLS checks chain and name. It looks at dates with feature `hook-wall-clock` of `mbedtls-rs` only, and a clock.
pub struct MbedTls<'a, C> {
    transport: C,
    tls: TlsReference<'a>,
    authority: Certificate<'a>,
    version: TlsVersion,
}

impl<'a, C> MbedTls<'a, C> {
    /// Believes certificates by this authority; speaks this version.
    pub const fn new(
        transport: C,
        tls: TlsReference<'a>,
        authority: Certificate<'a>,
        version: TlsVersion,
    ) -> Self {
        Self {
            transport,
            tls,
            authority,
            version,
        }
    }

    fn config(&self) -> SessionConfig<'a> {
        SessionConfig::Client(ClientSessionConfig {
            ca_chain: Some(self.authority.clone()),
            min_version: self.version,
            max_version: Some(self.version),
            ..ClientSessionConfig::new()
        })
    }
}

/// What the connector below connects to, and the host for the certificate.
fn below(to: Endpoint<'_>) -> Result<(Endpoint<'_>, CString), ErrorKind> {
    if !to.is_tls {
        return Err(ErrorKind::Unsupported);
    }
    let host = CString::new(to.host).map_err(|_| ErrorKind::InvalidInput)?;
    let mut below = to;
    below.is_tls = false;
    Ok((below, host))
}

fn kind(error: SessionError) -> ErrorKind {
    error.kind()
}

/// For calls that wait.
pub struct Blocking<'a, C>(pub MbedTls<'a, C>);

impl<'a, C: Connect> Connector for Blocking<'a, C> {
    type Connection = mbedtls_rs::blocking::Session<'a, C::Connection>;
    type Error = ErrorKind;

    fn is_alive(&mut self, connection: &mut Self::Connection, to: Endpoint<'_>) -> bool {
        self.0.transport.is_alive(connection.stream(), to)
    }
}

impl<C: Connect> Connect for Blocking<'_, C> {
    fn connect(&mut self, to: Endpoint<'_>) -> Result<(Self::Connection, Channel), ErrorKind> {
        let (below, host) = below(to)?;
        let connected = self.0.transport.connect(below);
        let (stream, _) = connected.map_err(|error| error.kind())?;
        let config = self.0.config();
        let mut session =
            mbedtls_rs::blocking::Session::new(self.0.tls, stream, &config).map_err(kind)?;
        session.set_server_name(&host).map_err(kind)?;
        session.connect().map_err(kind)?;
        Ok((session, Channel::Authenticated))
    }
}

/// For calls that are awaited.
pub struct Awaited<'a, C>(pub MbedTls<'a, C>);

impl<'a, C: AsyncConnect> Connector for Awaited<'a, C> {
    type Connection = mbedtls_rs::Session<'a, C::Connection>;
    type Error = ErrorKind;

    fn is_alive(&mut self, connection: &mut Self::Connection, to: Endpoint<'_>) -> bool {
        self.0.transport.is_alive(connection.stream(), to)
    }
}

impl<C: AsyncConnect> AsyncConnect for Awaited<'_, C> {
    async fn connect(
        &mut self,
        to: Endpoint<'_>,
    ) -> Result<(Self::Connection, Channel), ErrorKind> {
        let (below, host) = below(to)?;
        let connected = self.0.transport.connect(below).await;
        let (stream, _) = connected.map_err(|error| error.kind())?;
        let config = self.0.config();
        let mut session = mbedtls_rs::Session::new(self.0.tls, stream, &config).map_err(kind)?;
        session.set_server_name(&host).map_err(kind)?;
        session.connect().await.map_err(kind)?;
        Ok((session, Channel::Authenticated))
    }
}
