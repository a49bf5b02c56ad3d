//! One sentence for each way in which rustls refuses a certificate.

use rustls::CertificateError;
use rustls::pki_types::UnixTime;
use sec1::der::DateTime;

use super::untrusted::Untrusted;
use super::{TlsFailure, find, names, path};
use crate::error::authorities::AuthoritiesError;

/// The table: the fault, and the remedy.
pub(super) fn explained(error: &CertificateError) -> TlsFailure {
    match error {
        CertificateError::BadEncoding => {
            TlsFailure::new("a certificate of the server is damaged", REPLACE)
        }
        CertificateError::Expired => TlsFailure::new(
            "a certificate of the server has expired, or ends before it begins",
            RENEW,
        ),
        CertificateError::ExpiredContext { time, not_after } => TlsFailure::new(
            format!(
                "the server's certificate, or its issuer's, expired at {}; the clock here shows {}",
                shown(*not_after),
                shown(*time)
            ),
            RENEW,
        ),
        CertificateError::NotValidYet => {
            TlsFailure::new("a certificate of the server is not valid yet", WAIT)
        }
        CertificateError::NotValidYetContext { time, not_before } => TlsFailure::new(
            format!(
                "the server's certificate, or its issuer's, is not valid before {}; the clock here shows {}",
                shown(*not_before),
                shown(*time)
            ),
            WAIT,
        ),
        CertificateError::Revoked => TlsFailure::new(
            "the authority has revoked the server's certificate",
            REPLACE,
        ),
        CertificateError::UnhandledCriticalExtension => TlsFailure::new(
            "a certificate of the server has a critical extension that is not known here",
            REPLACE,
        ),
        CertificateError::UnknownIssuer => TlsFailure::new(
            "no trusted authority issued the server's certificate",
            TRUST,
        )
        .untrusted(),
        CertificateError::UnknownRevocationStatus => TlsFailure::new(
            "whether the server's certificate is revoked cannot be found out",
            "let this machine reach the authority's revocation service",
        ),
        CertificateError::ExpiredRevocationList => {
            TlsFailure::new("the authority's revocation list has expired", REFRESH_LIST)
        }
        CertificateError::ExpiredRevocationListContext { next_update, .. } => TlsFailure::new(
            format!(
                "the authority's revocation list expired at {}",
                shown(*next_update)
            ),
            REFRESH_LIST,
        ),
        CertificateError::BadSignature => TlsFailure::new(
            "a signature of the server's certificates does not verify: one is damaged, or another authority has the same name",
            REPLACE,
        ),
        CertificateError::UnsupportedSignatureAlgorithmContext {
            signature_algorithm_id,
            ..
        } => TlsFailure::new(
            format!(
                "a certificate of the server is signed with {}, which is not accepted",
                names::algorithm(signature_algorithm_id)
            ),
            SIGN_AGAIN,
        ),
        CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext {
            signature_algorithm_id,
            public_key_algorithm_id,
        } => TlsFailure::new(
            format!(
                "a certificate of the server is signed with {}, and the key of its issuer is for {} or of a kind that is not accepted",
                names::algorithm(signature_algorithm_id),
                names::algorithm(public_key_algorithm_id)
            ),
            SIGN_AGAIN,
        ),
        CertificateError::NotValidForName => TlsFailure::new(
            "the server's certificate is for another name than the URL's",
            RENAME,
        ),
        CertificateError::NotValidForNameContext {
            expected,
            presented,
        } => TlsFailure::new(
            format!(
                "the server's certificate is not for {}: it is for {}",
                expected.to_str(),
                names::presented(presented)
            ),
            RENAME,
        ),
        CertificateError::InvalidPurpose => TlsFailure::new(NOT_FOR_SERVERS, FOR_SERVERS),
        CertificateError::InvalidPurposeContext { presented, .. } => TlsFailure::new(
            format!(
                "{NOT_FOR_SERVERS}: its extended key usage is {}",
                names::purposes(presented)
            ),
            FOR_SERVERS,
        ),
        CertificateError::InvalidOcspResponse => TlsFailure::new(
            "the server's proof that its certificate is not revoked (OCSP) is invalid",
            "the server's operator has to renew it",
        ),
        CertificateError::ApplicationVerificationFailure => TlsFailure::new(
            "this system accepts the server's certificate for no server",
            REPLACE,
        ),
        CertificateError::Other(error) => of_other(error.0.as_ref()),
        _ => of_deprecated(error),
    }
}

/// A stand-in for an error of another library.
fn of_other(error: &(dyn core::error::Error + Send + Sync + 'static)) -> TlsFailure {
    let error: &(dyn core::error::Error + 'static) = error;
    if let Some(untrusted) = find::<Untrusted>(error) {
        untrusted.explained()
    } else if let Some(error) = find::<AuthoritiesError>(error) {
        TlsFailure::of_authorities(error)
    } else if let Some(error) = find::<webpki::Error>(error) {
        path::explained(error)
    } else {
        unknown(error)
    }
}

/// The variant that rustls deprecated, which other verifiers may still return; and those of a later rustls.
fn of_deprecated(error: &CertificateError) -> TlsFailure {
    #[expect(deprecated, reason = "other verifiers may return it")]
    match error {
        CertificateError::UnsupportedSignatureAlgorithm => TlsFailure::new(
            "a certificate of the server is signed with an algorithm that is not accepted",
            SIGN_AGAIN,
        ),
        error => unknown(error),
    }
}

/// The library's own words.
pub(super) fn unknown(error: &dyn core::fmt::Display) -> TlsFailure {
    TlsFailure::new(
        format!("the server's certificate is not accepted: {error}"),
        REPLACE,
    )
}

/// As RFC 3339 writes times.
fn shown(time: UnixTime) -> String {
    let since = core::time::Duration::from_secs(time.as_secs());
    match DateTime::from_unix_duration(since) {
        Ok(time) => time.to_string(),
        Err(_) => "a time beyond the year 9999".to_owned(),
    }
}

pub(super) const REPLACE: &str = "the server's operator has to replace it";
pub(super) const SIGN_AGAIN: &str = "the server's operator has to have it signed with ECDSA, Ed25519 or RSA (2048 bits or more), and SHA-256 or better";
pub(super) const TRUST: &str = "if the server has an authority of its own, trust that (`Builder::ca_file`, --ca-file, SSL_CERT_FILE); otherwise the server has to send the certificates of its issuers, or the connection is intercepted";
pub(super) const RENAME: &str = "give the URL with one of the certificate's names, or the server's operator has to add this name (subjectAltName)";
pub(super) const NOT_FOR_SERVERS: &str = "the server's certificate is not for servers";
pub(super) const FOR_SERVERS: &str = "the server's operator has to have one issued for serverAuth";
pub(super) const RENEW: &str =
    "the server's operator has to renew it; if the clock here is wrong, set it";
pub(super) const WAIT: &str = "set the clock here if it is wrong; otherwise wait, or the server's operator has to replace the certificate";
pub(super) const REFRESH_LIST: &str =
    "the authority's operator has to publish a new one, or update the one on this machine";
