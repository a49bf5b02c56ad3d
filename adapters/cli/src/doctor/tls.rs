use core::time::Duration;
use std::io;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use redox_auth_reqwest::{ProxyProblem, TlsFailure, Tunnel};
use rustls::pki_types::ServerName;
use rustls::{ClientConnection, ProtocolVersion};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use x509_cert::Certificate;
use x509_cert::der::{DateTime, Decode};

use super::interception;
use super::patience::within;
use super::report::Report;
use super::route::Route;
use crate::failure::Failure;

/// Makes a TLS handshake with the verification of a token request, and reports the end of the certificate.
pub(super) async fn check(
    report: &mut Report,
    route: &Route<'_>,
    stream: Box<dyn Tunnel>,
) -> Result<(), Failure> {
    match handshake(route, stream).await {
        Ok(stream) => accepted(report, route, stream.get_ref().1),
        Err(error) => refused(report, route, &error).await,
    }
}

async fn handshake(
    route: &Route<'_>,
    stream: Box<dyn Tunnel>,
) -> io::Result<TlsStream<Box<dyn Tunnel>>> {
    let name = ServerName::try_from(route.host.to_owned()).map_err(io::Error::other)?;
    let connector = TlsConnector::from(Arc::clone(&route.tls));
    within(connector.connect(name, stream)).await
}

fn accepted(
    report: &mut Report,
    route: &Route<'_>,
    connection: &ClientConnection,
) -> Result<(), Failure> {
    let version = match connection.protocol_version() {
        Some(ProtocolVersion::TLSv1_3) => "TLS 1.3",
        _ => "TLS 1.2",
    };
    let accepted = format!("{}, {version}, certificate accepted", way(route));
    // The server's own certificate comes first (RFC 8446 section 4.4.2).
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
        let advice = "ask the operator of the server, or of its proxy, to renew it before that date: afterwards no client can obtain a token";
        return report.warn("connection", found, advice);
    }
    report.ok("connection", found)
}

async fn refused(report: &mut Report, route: &Route<'_>, error: &io::Error) -> Result<(), Failure> {
    if let Some(proxy) = &route.proxy
        && let Some(problem) = ProxyProblem::of_handshake(error)
    {
        let error = proxy.failed(problem, route.host, route.port);
        return report.fail("proxy", &Failure::from(&error), None);
    }
    let failure = TlsFailure::of(error);
    let is_untrusted = failure.as_ref().is_some_and(TlsFailure::is_untrusted);
    let (problem, advice) = if is_untrusted && interception::is_there(route).await {
        let issuer = failure.as_ref().map_or("", TlsFailure::problem);
        (
            format!(
                "something between this machine and the server intercepts the connection: it presents a certificate for any requested name; {issuer}"
            ),
            Some(TRUST_INTERCEPTOR),
        )
    } else {
        match &failure {
            Some(failure) => (failure.problem().to_owned(), Some(failure.remedy())),
            None => (error.to_string(), None),
        }
    };
    let failure = Failure::no_answer(format!("{}, TLS: {problem}", way(route)));
    report.fail("connection", &failure, advice)
}

/// Where the connection leads.
fn way(route: &Route<'_>) -> String {
    match &route.proxy {
        Some(proxy) => format!("port {} through the proxy {proxy}", route.port),
        None => format!("port {}", route.port),
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

const TRUST_INTERCEPTOR: &str = "if your network does that on purpose, trust its authority with --ca-file; ask your network's operator for the file";

/// Automatic renewal happens earlier than this.
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
