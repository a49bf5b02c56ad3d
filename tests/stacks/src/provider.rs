use std::sync::atomic::{AtomicU64, Ordering};

use embedded_tls::pki::CertVerifier;
use embedded_tls::{
    Aes128GcmSha256, Certificate, CertificateRef, CertificateVerifyRef, CryptoProvider,
    CryptoRngCore, TlsCipherSuite, TlsClock, TlsError, TlsVerifier,
};
use rand_core::OsRng;
use redox_auth_core::UnixTime;

/// What the handshakes of embedded-tls are made with: one authority, whose certificates alone are believed.
pub struct Provider<'a>(Verifier<'a>);

impl<'a> Provider<'a> {
    /// Believes certificates by this authority, in DER.
    #[must_use]
    pub fn new(authority: &'a [u8]) -> Self {
        Self(Verifier(CertVerifier::new(Certificate::X509(authority))))
    }
}

impl CryptoProvider for Provider<'_> {
    type CipherSuite = Aes128GcmSha256;
    /// It has no certificate of its own and signs nothing.
    type Signature = [u8; 0];

    fn rng(&mut self) -> impl CryptoRngCore {
        OsRng
    }

    fn verifier(&mut self) -> Result<&mut impl TlsVerifier<Aes128GcmSha256>, TlsError> {
        Ok(&mut self.0)
    }
}

/// Takes a chain of one certificate only: embedded-tls does not ask whether one in the middle of a chain may issue others.
struct Verifier<'a>(CertVerifier<'a, Aes128GcmSha256, SessionTime, 1024>);

impl TlsVerifier<Aes128GcmSha256> for Verifier<'_> {
    fn set_hostname_verification(&mut self, host: &str) -> Result<(), TlsError> {
        self.0.set_hostname_verification(host)
    }

    fn verify_certificate(
        &mut self,
        transcript: &<Aes128GcmSha256 as TlsCipherSuite>::Hash,
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

/// The time that certificates are held against: what the session knows of the server's.
#[derive(Clone, Copy, Debug)]
pub struct SessionTime;

/// In seconds; 0 while it is unknown.
static TIME: AtomicU64 = AtomicU64::new(0);

impl SessionTime {
    /// For `on_handshake`.
    pub fn set(time: Option<UnixTime>) {
        TIME.store(time.map_or(0, UnixTime::as_secs), Ordering::Relaxed);
    }
}

impl TlsClock for SessionTime {
    fn now() -> Option<u64> {
        Some(TIME.load(Ordering::Relaxed)).filter(|time| *time > 0)
    }
}
