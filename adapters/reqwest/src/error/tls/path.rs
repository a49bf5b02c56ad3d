//! One sentence for each reason of webpki to refuse a chain of certificates. rustls passes some of them on as they are.

use rustls::CertificateError;
use webpki::Error;

use super::TlsFailure;
use super::certificate::{
    self, FOR_SERVERS, NOT_FOR_SERVERS, REFRESH_LIST, RENAME, RENEW, REPLACE, SIGN_AGAIN, unknown,
};

/// The table: the fault, and the remedy.
pub(super) fn explained(error: &Error) -> TlsFailure {
    let (problem, remedy) = match error {
        Error::CertExpired { time, not_after } => {
            return certificate::explained(&CertificateError::ExpiredContext {
                time: *time,
                not_after: *not_after,
            });
        }
        Error::CertNotValidYet { time, not_before } => {
            return certificate::explained(&CertificateError::NotValidYetContext {
                time: *time,
                not_before: *not_before,
            });
        }
        Error::CertNotValidForName(context) => {
            return certificate::explained(&CertificateError::NotValidForNameContext {
                expected: context.expected.clone(),
                presented: context.presented.clone(),
            });
        }
        Error::UnsupportedSignatureAlgorithmContext(context) => {
            return certificate::explained(
                &CertificateError::UnsupportedSignatureAlgorithmContext {
                    signature_algorithm_id: context.signature_algorithm_id.clone(),
                    supported_algorithms: Vec::new(),
                },
            );
        }
        Error::UnsupportedSignatureAlgorithmForPublicKeyContext(context) => {
            return certificate::explained(
                &CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext {
                    signature_algorithm_id: context.signature_algorithm_id.clone(),
                    public_key_algorithm_id: context.public_key_algorithm_id.clone(),
                },
            );
        }
        Error::UnknownIssuer => return certificate::explained(&CertificateError::UnknownIssuer),
        Error::CertRevoked => return certificate::explained(&CertificateError::Revoked),
        Error::InvalidSignatureForPublicKey => {
            return certificate::explained(&CertificateError::BadSignature);
        }
        Error::CaUsedAsEndEntity => (
            "the server shows the certificate of an authority (CA:TRUE) as its own",
            "the server's operator has to have a certificate issued for the server; a self-signed one needs basicConstraints CA:FALSE, as in `openssl req -x509 -addext basicConstraints=critical,CA:FALSE`",
        ),
        Error::EndEntityUsedAsCa => (
            "a certificate of the server was issued by one that is no authority's (CA:FALSE)",
            "the server's operator has to have it issued by an authority",
        ),
        Error::UnsupportedCertVersion => (
            "a certificate of the server is of X.509 version 1 or 2; version 3 is required",
            "the server's operator has to have it issued again with extensions (subjectAltName); `openssl x509 -req` needs -extfile for that, or -copy_extensions",
        ),
        Error::RequiredEkuNotFoundContext(_) | Error::EmptyEkuExtension => {
            (NOT_FOR_SERVERS, FOR_SERVERS)
        }
        Error::NameConstraintViolation => (
            "the server's name is one that its authority may not issue certificates for",
            RENAME,
        ),
        Error::MalformedNameConstraint | Error::InvalidNetworkMaskConstraint => (
            "the names that the server's authority may issue certificates for are written wrongly",
            "the authority's operator has to replace its certificate",
        ),
        Error::MaximumNameConstraintComparisonsExceeded
        | Error::MaximumPathBuildCallsExceeded
        | Error::MaximumSignatureChecksExceeded
        | Error::MaximumPathDepthExceeded => (
            "the server's certificates lead to an authority by too many ways, or by one too long",
            "the server's operator has to send its own certificate, and each issuer's once",
        ),
        Error::PathLenConstraintViolated => (
            "an authority of the server's certificate may not issue for further authorities",
            "the server's operator has to have it issued by another authority",
        ),
        Error::MalformedDnsIdentifier => (
            "a name in the server's certificate, or the URL's, is no host name",
            RENAME,
        ),
        Error::UnsupportedNameType => (
            "the URL's host is of a kind that no certificate has",
            RENAME,
        ),
        Error::InvalidCertValidity => ("a certificate of the server ends before it begins", RENEW),
        Error::CertDistrusted => ("the key of the server's certificate is distrusted", REPLACE),
        Error::SignatureAlgorithmMismatch => (
            "a certificate of the server names two algorithms for its signature",
            REPLACE,
        ),
        Error::UnsupportedCriticalExtension => (
            "a certificate of the server has a critical extension that is not known here",
            REPLACE,
        ),
        Error::BadDer
        | Error::BadDerTime
        | Error::ExtensionValueInvalid
        | Error::InvalidSerialNumber
        | Error::MalformedExtensions
        | Error::TrailingData(_) => ("a certificate of the server is damaged", REPLACE),
        Error::CrlExpired { .. } => ("the authority's revocation list has expired", REFRESH_LIST),
        Error::UnknownRevocationStatus => (
            "whether the server's certificate is revoked cannot be found out",
            "let this machine reach the authority's revocation service",
        ),
        Error::InvalidCrlNumber
        | Error::InvalidCrlSignatureForPublicKey
        | Error::IssuerNotCrlSigner
        | Error::UnsupportedCrlIssuingDistributionPoint
        | Error::UnsupportedCrlVersion
        | Error::UnsupportedDeltaCrl
        | Error::UnsupportedIndirectCrl
        | Error::UnsupportedRevocationReason
        | Error::UnsupportedRevocationReasonsPartitioning
        | Error::UnsupportedCrlSignatureAlgorithmContext(_)
        | Error::UnsupportedCrlSignatureAlgorithmForPublicKeyContext(_) => (
            "the authority's revocation list cannot be used",
            REFRESH_LIST,
        ),
        error => return of_deprecated(error),
    };
    TlsFailure::new(problem, remedy)
}

/// The variants that webpki deprecated, which other verifiers may still return; and those of a later webpki.
fn of_deprecated(error: &Error) -> TlsFailure {
    #[expect(deprecated, reason = "other verifiers may return them")]
    let (problem, remedy) = match error {
        Error::RequiredEkuNotFound => (NOT_FOR_SERVERS, FOR_SERVERS),
        Error::UnsupportedSignatureAlgorithm | Error::UnsupportedSignatureAlgorithmForPublicKey => {
            (
                "a certificate of the server is signed with an algorithm that is not accepted",
                SIGN_AGAIN,
            )
        }
        Error::UnsupportedCrlSignatureAlgorithm
        | Error::UnsupportedCrlSignatureAlgorithmForPublicKey => (
            "the authority's revocation list cannot be used",
            REFRESH_LIST,
        ),
        error => return unknown(error),
    };
    TlsFailure::new(problem, remedy)
}
