//! The facts about a rejected certificate that the library's error lacks.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::{CertificateError, Error, OtherError};

use super::x509;
use crate::error::tls::untrusted::{Stranger, Untrusted};

/// The error with the facts in the certificates, if they explain it.
pub(super) fn explained(
    error: Error,
    own: &CertificateDer<'_>,
    issuers: &[CertificateDer<'_>],
    authorities: &str,
) -> Error {
    let explanation = match error {
        Error::InvalidCertificate(CertificateError::UnknownIssuer) => Untrusted::Issuer(Stranger {
            issuer: issuers
                .last()
                .and_then(|last| x509::issuer(last))
                .or_else(|| x509::issuer(own)),
            is_self_issued: x509::is_self_issued(own),
            authorities: authorities.to_owned(),
        }),
        Error::InvalidCertificate(CertificateError::BadSignature) => {
            let all = core::iter::once(own).chain(issuers);
            match all.filter_map(|it| x509::rsa_bits(it)).min() {
                Some(bits) if bits < LEAST_RSA_BITS => Untrusted::SmallKey { bits },
                _ => return error,
            }
        }
        error => return error,
    };
    CertificateError::Other(OtherError(Arc::new(explanation))).into()
}

/// The shortest RSA key for verification.
const LEAST_RSA_BITS: usize = 2048;
