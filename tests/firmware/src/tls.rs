mod awaited;

pub use awaited::AwaitedTlsStream;

use core::cell::Cell;

use cortex_m::interrupt::{self, Mutex};
use embedded_io::{ErrorType, Read, Write};
use embedded_tls::CryptoRngCore;
use embedded_tls::blocking::{
    Aes128GcmSha256, Certificate, CertificateRef, CertificateVerifyRef, CryptoProvider, TlsClock,
    TlsConfig, TlsConnection, TlsContext, TlsError, TlsVerifier,
};
use embedded_tls::pki::CertVerifier;
use redox_auth_core::UnixTime;

use crate::room::{Guest, Room};
use crate::{HostRandom, TcpStream};

/// A TLS 1.3 connection to a server that proved its name with a certificate by the one authority that we trust.
pub struct TlsStream {
    tls: Guest<Connection>,
    dates_checked: bool,
    ended: bool,
}

type Connection = TlsConnection<'static, TcpStream, Suite>;

static ROOM: Room<Connection> = Room::new();

impl TlsStream {
    /// Greets the server as `host`.
    ///
    /// # Errors
    ///
    /// [`TlsError`]; [`TlsError::OutOfMemory`] while there is another connection.
    pub fn open(
        stream: TcpStream,
        host: &str,
        authority: &[u8],
        time: Option<UnixTime>,
    ) -> Result<Self, TlsError> {
        // SAFETY: the buffers are the connection's alone.
        let tls = unsafe { ROOM.take(|read, write| TlsConnection::new(stream, read, write)) };
        let mut tls = tls.ok_or(TlsError::OutOfMemory)?;
        ServerTime::set(time);
        let config = TlsConfig::new().with_server_name(host);
        let mut provider = Provider::new(authority);
        tls.open(TlsContext::new(&config, &mut provider))?;
        Ok(Self {
            tls,
            dates_checked: time.is_some(),
            ended: false,
        })
    }

    /// Whether the server's certificate was in date; false where the time was unknown.
    #[must_use]
    pub const fn dates_checked(&self) -> bool {
        self.dates_checked
    }
}

impl ErrorType for TlsStream {
    type Error = TlsError;
}

impl Read for TlsStream {
    /// Only an end that the server announced is one; any other is an error (RFC 8446 §6.1).
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, TlsError> {
        if self.ended {
            return Ok(0);
        }
        match self.tls.read(buffer) {
            Err(TlsError::ConnectionClosed) => {
                self.ended = true;
                Ok(0)
            }
            read => read,
        }
    }
}

impl Write for TlsStream {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, TlsError> {
        self.tls.write(bytes)
    }

    fn flush(&mut self) -> Result<(), TlsError> {
        self.tls.flush()
    }
}

/// What a TLS connection of ours is made with.
pub(crate) struct Provider<'a> {
    random: HostRandom,
    verifier: Verifier<'a>,
}

impl<'a> Provider<'a> {
    pub(crate) fn new(authority: &'a [u8]) -> Self {
        Self {
            random: HostRandom::open(),
            verifier: Verifier(CertVerifier::new(Certificate::X509(authority))),
        }
    }
}

impl CryptoProvider for Provider<'_> {
    type CipherSuite = Suite;
    /// We have no certificate and sign nothing.
    type Signature = [u8; 0];

    fn rng(&mut self) -> impl CryptoRngCore {
        &mut self.random
    }

    fn verifier(&mut self) -> Result<&mut impl TlsVerifier<Suite>, TlsError> {
        Ok(&mut self.verifier)
    }
}

/// Takes certificates that the authority itself gave out.
///
/// `embedded-tls` does not ask whether a certificate in the middle of a chain may give out others: with a longer chain
/// anybody with any certificate of the authority could be any server.
struct Verifier<'a>(CertVerifier<'a, Suite, ServerTime, MAX_CERTIFICATE_LEN>);

impl TlsVerifier<Suite> for Verifier<'_> {
    fn set_hostname_verification(&mut self, host: &str) -> Result<(), TlsError> {
        self.0.set_hostname_verification(host)
    }

    fn verify_certificate(
        &mut self,
        transcript: &<Suite as embedded_tls::blocking::TlsCipherSuite>::Hash,
        chain: CertificateRef<'_>,
    ) -> Result<(), TlsError> {
        if chain.entries.len() != 1 {
            return Err(TlsError::InvalidCertificate);
        }
        self.0.verify_certificate(transcript, chain)
    }

    fn verify_signature(&mut self, verify: CertificateVerifyRef<'_>) -> Result<(), TlsError> {
        self.0.verify_signature(verify)
    }
}

/// The time that certificates are held against: what the session knows of the server's. The TLS library asks for it
/// without an argument, so it lies in a place of its own.
pub(crate) struct ServerTime;

impl ServerTime {
    pub(crate) fn set(time: Option<UnixTime>) {
        interrupt::free(|section| TIME.borrow(section).set(time.map(UnixTime::as_secs)));
    }
}

impl TlsClock for ServerTime {
    fn now() -> Option<u64> {
        interrupt::free(|section| TIME.borrow(section).get())
    }
}

static TIME: Mutex<Cell<Option<u64>>> = Mutex::new(Cell::new(None));

/// The one that every TLS 1.3 server has to have (RFC 8446 §9.1).
pub(crate) type Suite = Aes128GcmSha256;

/// In bytes; a certificate on P-256 takes about 500.
const MAX_CERTIFICATE_LEN: usize = 768;
