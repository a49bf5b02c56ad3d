//! The meaning of a failed TLS handshake, and its remedy: one sentence for each error of rustls and webpki.

mod certificate;
mod names;
mod path;
pub(crate) mod untrusted;

use core::error::Error as StdError;
use core::fmt;
use std::borrow::Cow;
use std::io;

use rustls::{AlertDescription, Error, InvalidMessage};

use super::authorities::AuthoritiesError;

/// Why a TLS handshake failed, and the remedy.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TlsFailure {
    problem: Cow<'static, str>,
    remedy: Cow<'static, str>,
    is_untrusted: bool,
}

impl TlsFailure {
    /// The explanation of an error of this crate, of reqwest or of an I/O stream, if TLS caused the error and an explanation
    /// exists.
    #[must_use]
    pub fn of(error: &(dyn StdError + 'static)) -> Option<Self> {
        if let Some(error) = find::<AuthoritiesError>(error) {
            return Some(Self::of_authorities(error));
        }
        find::<Error>(error).and_then(Self::of_handshake)
    }

    /// The fault.
    #[must_use]
    pub fn problem(&self) -> &str {
        &self.problem
    }

    /// The remedy.
    #[must_use]
    pub fn remedy(&self) -> &str {
        &self.remedy
    }

    /// Whether the certificate may be right, although no trusted authority issued it: another authority may have issued it,
    /// or a device on the way that intercepts the connection under an unknown name.
    #[must_use]
    pub const fn is_untrusted(&self) -> bool {
        self.is_untrusted
    }

    fn untrusted(self) -> Self {
        Self {
            is_untrusted: true,
            ..self
        }
    }

    fn new(problem: impl Into<Cow<'static, str>>, remedy: impl Into<Cow<'static, str>>) -> Self {
        Self {
            problem: problem.into(),
            remedy: remedy.into(),
            is_untrusted: false,
        }
    }

    /// The error names both itself.
    fn of_authorities(error: &AuthoritiesError) -> Self {
        let text = error.to_string();
        match text.split_once("; ") {
            Some((problem, remedy)) => Self::new(problem.to_owned(), remedy.to_owned()),
            None => Self::new(text, "name a file with root certificates in PEM"),
        }
    }

    fn of_handshake(error: &Error) -> Option<Self> {
        Some(match error {
            Error::InvalidCertificate(error) => certificate::explained(error),
            Error::InvalidMessage(InvalidMessage::InvalidContentType) => Self::new(
                "there is no TLS at this port",
                "give the port for https, or http:// where plain HTTP is allowed",
            ),
            Error::NoCertificatesPresented => Self::new(
                "the server showed no certificate",
                "the server's operator has to give it one",
            ),
            Error::PeerIncompatible(_) => Self::new(
                format!("{error}"),
                "the server's operator has to allow TLS 1.2 or 1.3 with usual cipher suites",
            ),
            Error::AlertReceived(alert) => Self::of_alert(*alert)?,
            _ => return None,
        })
    }

    /// The alert that the other side sends when it ends a handshake (RFC 8446 §6.2).
    fn of_alert(alert: AlertDescription) -> Option<Self> {
        let (problem, remedy) = match alert {
            AlertDescription::CertificateRequired => (
                "the server requires a client certificate",
                "give one that the server knows (`Builder::client_certificate`, --client-cert)",
            ),
            AlertDescription::UnknownCA => (
                "the server does not trust the authority of the client certificate",
                "give the certificate that the server's operator issued or registered, with its issuers after it",
            ),
            AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateUnknown
            | AlertDescription::AccessDenied => (
                "the server does not accept the client certificate",
                "ask the server's operator which certificate to give (`Builder::client_certificate`, --client-cert)",
            ),
            AlertDescription::CertificateExpired => (
                "the server says that the client certificate has expired",
                "renew it, and register the new one with the server",
            ),
            AlertDescription::CertificateRevoked => (
                "the server says that the client certificate has been revoked",
                "have another one issued",
            ),
            AlertDescription::HandshakeFailure => (
                "the server ended the handshake without a reason",
                "it may require a client certificate (`Builder::client_certificate`, --client-cert), or other cipher suites",
            ),
            AlertDescription::ProtocolVersion => (
                "the server knows neither TLS 1.2 nor TLS 1.3",
                "the server's operator has to allow one of them",
            ),
            AlertDescription::UnrecognisedName => (
                "the server has no certificate for this name",
                "correct the name in the URL, or ask the server's operator for a certificate with it",
            ),
            _ => return None,
        };
        Some(Self::new(problem, remedy))
    }
}

impl fmt::Display for TlsFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.problem, self.remedy)
    }
}

/// The first error of a type among an error and its causes, including those in an [`io::Error`], which does not list itself
/// among them.
pub(crate) fn find<'e, T: StdError + 'static>(
    error: &'e (dyn StdError + 'static),
) -> Option<&'e T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        let inner = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        next = match inner {
            Some(inner) => Some(inner as &(dyn StdError + 'static)),
            None => error.source(),
        };
    }
    None
}

#[cfg(test)]
mod tests;
