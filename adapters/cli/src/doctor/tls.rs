use core::time::Duration;
use std::io;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::ServerName;
use rustls::{CertificateError, ClientConfig, ClientConnection, ProtocolVersion};
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use x509_cert::Certificate;
use x509_cert::der::{DateTime, Decode};

use super::patience::within;
use super::report::Report;
use crate::failure::Failure;

/// A handshake with the certificate verified as for a token, and when that certificate ends.
pub(super) async fn check(
    report: &mut Report,
    host: &str,
    port: u16,
    stream: TcpStream,
) -> Result<(), Failure> {
    match handshake(host, stream).await {
        Ok(stream) => accepted(report, port, stream.get_ref().1),
        Err(error) => refused(report, port, &error),
    }
}

async fn handshake(host: &str, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(io::Error::other)?
        .with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
    let connector = TlsConnector::from(Arc::new(config));
    within(connector.connect(name, stream)).await
}

fn accepted(report: &mut Report, port: u16, connection: &ClientConnection) -> Result<(), Failure> {
    let version = match connection.protocol_version() {
        Some(ProtocolVersion::TLSv1_3) => "TLS 1.3",
        _ => "TLS 1.2",
    };
    let accepted = format!("port {port}, {version}, certificate accepted");
    // The server's own comes first (RFC 8446 section 4.4.2).
    let certificate = connection.peer_certificates().and_then(<[_]>::first);
    let Some(end) = certificate.and_then(|it| end(it)) else {
        return report.ok(
            "connection",
            format_args!("{accepted}, until an unknown time"),
        );
    };
    let days = days_left(end, SystemTime::now());
    let found = format!("{accepted}, until {end} (days left: {days})");
    if days < DAYS_FOR_RENEWAL {
        let advice = "see that whoever runs the server, or its proxy, renews it before: no token can be got after that";
        return report.warn("connection", found, advice);
    }
    report.ok("connection", found)
}

fn refused(report: &mut Report, port: u16, error: &io::Error) -> Result<(), Failure> {
    let (problem, advice) = match end_in_the_past(error) {
        Some(end) => (
            format!("the server's certificate ended at {end}"),
            "whoever runs the server, or its proxy, has to renew it, unless this machine's clock is wrong",
        ),
        // The words of rustls-platform-verifier, whose error has no other mark.
        None if error.to_string().contains("No CA certificates") => (
            "this machine has no root certificates".to_owned(),
            "install the system's certificates, or name others by SSL_CERT_FILE",
        ),
        None => (
            error.to_string(),
            "an authority of your own is trusted by SSL_CERT_FILE",
        ),
    };
    let failure = Failure::no_answer(format!("port {port}, TLS: {problem}"));
    report.fail("connection", &failure, Some(advice))
}

/// When a certificate ended, if that is why it is refused.
fn end_in_the_past(error: &io::Error) -> Option<DateTime> {
    match error.get_ref()?.downcast_ref()? {
        rustls::Error::InvalidCertificate(CertificateError::ExpiredContext {
            not_after, ..
        }) => DateTime::from_unix_duration(Duration::from_secs(not_after.as_secs())).ok(),
        _ => None,
    }
}

/// `notAfter` of a certificate in DER (RFC 5280 section 4.1.2.5).
fn end(certificate: &[u8]) -> Option<DateTime> {
    let certificate = Certificate::from_der(certificate).ok()?;
    let validity = certificate.tbs_certificate().validity();
    Some(validity.not_after.to_date_time())
}

/// Whole days.
fn days_left(end: DateTime, now: SystemTime) -> u64 {
    let now = now.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    end.unix_duration().saturating_sub(now).as_secs() / SECS_IN_A_DAY
}

/// Certificates that are renewed by a machine are so earlier than this.
const DAYS_FOR_RENEWAL: u64 = 14;

const SECS_IN_A_DAY: u64 = 24 * 60 * 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_days_are_left() {
        let end = DateTime::new(2026, 12, 15, 0, 0, 0).unwrap();
        for (secs_before, expected) in [
            (14 * SECS_IN_A_DAY, 14),
            (14 * SECS_IN_A_DAY - 1, 13),
            (SECS_IN_A_DAY - 1, 0),
            (0, 0),
        ] {
            let now = UNIX_EPOCH + end.unix_duration() - Duration::from_secs(secs_before);
            assert_eq!(days_left(end, now), expected, "{secs_before} s before");
        }
        let after = UNIX_EPOCH + end.unix_duration() + Duration::from_secs(1);
        assert_eq!(days_left(end, after), 0);
    }

    #[test]
    fn what_is_no_certificate_has_no_end() {
        assert_eq!(end(b"\x30\x03\x02\x01\x00"), None);
    }
}
