//! Every variant of the errors of rustls and webpki, as the locked versions have them, has its sentence.

use core::fmt::Debug;
use core::ptr;
use core::time::Duration;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use rustls::pki_types::{ServerName, UnixTime};
use rustls::{CertificateError, ExtendedKeyPurpose, OtherError};
use webpki::{DerTypeId, InvalidNameContext, KeyUsage};

use super::*;

#[test]
fn each_certificate_error_of_rustls_has_a_sentence() {
    let all = certificate_errors();
    assert_eq!(names(&all), variants("rustls", "CertificateError"));
    for error in all {
        let other = matches!(error, CertificateError::Other(_));
        let failure = TlsFailure::of(&Error::InvalidCertificate(error.clone())).unwrap();
        expect_sentence(&failure, other, &error);
    }
}

#[test]
fn each_error_of_webpki_has_a_sentence() {
    let all = path_errors();
    assert_eq!(names(&all), variants("rustls-webpki", "Error"));
    for error in all {
        let passed_on = CertificateError::Other(OtherError(Arc::new(error.clone())));
        let failure = TlsFailure::of(&Error::InvalidCertificate(passed_on)).unwrap();
        expect_sentence(&failure, false, &error);
    }
}

/// What is wrong, what to do, and in the words of this crate.
fn expect_sentence(failure: &TlsFailure, is_foreign: bool, error: &dyn Debug) {
    let shown = failure.to_string();
    assert_eq!(
        shown.contains("is not accepted: "),
        is_foreign,
        "{error:?}: {shown}"
    );
    assert!(failure.problem().len() > 20, "{error:?}: {shown}");
    assert!(failure.remedy().len() > 20, "{error:?}: {shown}");
    assert!(!shown.contains("{ "), "{error:?}: {shown}");
}

#[test]
fn causes_are_found_wherever_they_are() {
    let inner = || Error::InvalidCertificate(CertificateError::Revoked);
    let expected = "the authority has revoked the server's certificate; the server's operator has to replace it";
    let io = io::Error::other(io::Error::new(io::ErrorKind::InvalidData, inner()));
    let wrapped = Error::Other(OtherError(Arc::new(io)));
    assert!(find::<Error>(&wrapped).is_some_and(|it| ptr::eq(it, &wrapped)));
    let io = io::Error::other(io::Error::new(io::ErrorKind::InvalidData, inner()));
    assert_eq!(TlsFailure::of(&io).unwrap().to_string(), expected);
    assert_eq!(TlsFailure::of(&inner()).unwrap().to_string(), expected);
    assert_eq!(TlsFailure::of(&io::Error::other("else")), None);
    assert_eq!(TlsFailure::of(&Error::DecryptError), None);
}

#[test]
fn each_alert_about_the_client_has_a_sentence() {
    for (alert, part) in [
        (AlertDescription::CertificateRequired, "--client-cert"),
        (AlertDescription::UnknownCA, "does not trust the authority"),
        (
            AlertDescription::BadCertificate,
            "does not accept the client",
        ),
        (AlertDescription::CertificateExpired, "has expired"),
        (AlertDescription::CertificateRevoked, "has been revoked"),
        (
            AlertDescription::HandshakeFailure,
            "may require a client certificate",
        ),
        (AlertDescription::ProtocolVersion, "TLS 1.2"),
        (AlertDescription::UnrecognisedName, "for this name"),
    ] {
        let failure = TlsFailure::of(&Error::AlertReceived(alert)).unwrap();
        assert!(failure.to_string().contains(part), "{alert:?}: {failure}");
    }
}

fn certificate_errors() -> Vec<CertificateError> {
    use CertificateError::*;
    let (time, not_after) = (at(2_000_000_000), at(1_900_000_000));
    #[expect(deprecated, reason = "rustls still has it")]
    let all = vec![
        BadEncoding,
        Expired,
        ExpiredContext { time, not_after },
        NotValidYet,
        NotValidYetContext {
            time: not_after,
            not_before: time,
        },
        Revoked,
        UnhandledCriticalExtension,
        UnknownIssuer,
        UnknownRevocationStatus,
        ExpiredRevocationList,
        ExpiredRevocationListContext {
            time,
            next_update: not_after,
        },
        BadSignature,
        UnsupportedSignatureAlgorithm,
        UnsupportedSignatureAlgorithmContext {
            signature_algorithm_id: SHA1.to_vec(),
            supported_algorithms: Vec::new(),
        },
        UnsupportedSignatureAlgorithmForPublicKeyContext {
            signature_algorithm_id: SHA1.to_vec(),
            public_key_algorithm_id: SHA1.to_vec(),
        },
        NotValidForName,
        NotValidForNameContext {
            expected: name(),
            presented: vec!["DnsName(\"a.example\")".to_owned()],
        },
        InvalidPurpose,
        InvalidPurposeContext {
            required: ExtendedKeyPurpose::ServerAuth,
            presented: vec![ExtendedKeyPurpose::Other(vec![1, 3, 6])],
        },
        InvalidOcspResponse,
        ApplicationVerificationFailure,
        Other(OtherError(Arc::new(io::Error::other("something else")))),
    ];
    all
}

fn path_errors() -> Vec<webpki::Error> {
    use webpki::Error::*;
    let (time, not_after) = (at(2_000_000_000), at(1_900_000_000));
    let algorithm = || webpki::UnsupportedSignatureAlgorithmContext {
        signature_algorithm_id: SHA1.to_vec(),
        supported_algorithms: Vec::new(),
    };
    let algorithms = || webpki::UnsupportedSignatureAlgorithmForPublicKeyContext {
        signature_algorithm_id: SHA1.to_vec(),
        public_key_algorithm_id: SHA1.to_vec(),
    };
    let usage = webpki::RequiredEkuNotFoundContext {
        required: KeyUsage::server_auth(),
        present: Vec::new(),
    };
    #[expect(deprecated, reason = "webpki still has them")]
    let all = vec![
        BadDer,
        BadDerTime,
        CaUsedAsEndEntity,
        CertDistrusted,
        CertExpired { time, not_after },
        CertNotValidForName(InvalidNameContext {
            expected: name(),
            presented: Vec::new(),
        }),
        CertNotValidYet {
            time: not_after,
            not_before: time,
        },
        CertRevoked,
        CrlExpired {
            time,
            next_update: not_after,
        },
        EmptyEkuExtension,
        EndEntityUsedAsCa,
        ExtensionValueInvalid,
        InvalidCertValidity,
        InvalidCrlNumber,
        InvalidNetworkMaskConstraint,
        InvalidSerialNumber,
        InvalidCrlSignatureForPublicKey,
        InvalidSignatureForPublicKey,
        IssuerNotCrlSigner,
        MalformedDnsIdentifier,
        MalformedExtensions,
        MalformedNameConstraint,
        MaximumNameConstraintComparisonsExceeded,
        MaximumPathBuildCallsExceeded,
        MaximumPathDepthExceeded,
        MaximumSignatureChecksExceeded,
        NameConstraintViolation,
        PathLenConstraintViolated,
        RequiredEkuNotFound,
        RequiredEkuNotFoundContext(usage),
        SignatureAlgorithmMismatch,
        TrailingData(DerTypeId::Certificate),
        UnknownIssuer,
        UnknownRevocationStatus,
        UnsupportedCertVersion,
        UnsupportedCriticalExtension,
        UnsupportedCrlIssuingDistributionPoint,
        UnsupportedCrlVersion,
        UnsupportedDeltaCrl,
        UnsupportedIndirectCrl,
        UnsupportedNameType,
        UnsupportedRevocationReason,
        UnsupportedRevocationReasonsPartitioning,
        UnsupportedCrlSignatureAlgorithm,
        UnsupportedCrlSignatureAlgorithmContext(algorithm()),
        UnsupportedSignatureAlgorithm,
        UnsupportedSignatureAlgorithmContext(algorithm()),
        UnsupportedCrlSignatureAlgorithmForPublicKey,
        UnsupportedCrlSignatureAlgorithmForPublicKeyContext(algorithms()),
        UnsupportedSignatureAlgorithmForPublicKey,
        UnsupportedSignatureAlgorithmForPublicKeyContext(algorithms()),
    ];
    all
}

fn name() -> ServerName<'static> {
    ServerName::try_from("as.example").unwrap()
}

fn at(secs: u64) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(secs))
}

/// The names of these variants, in the order of the alphabet.
fn names(errors: &[impl Debug]) -> Vec<String> {
    let names = errors.iter().map(|error| {
        let shown = format!("{error:?}");
        let end = shown.find(|c: char| !c.is_ascii_alphanumeric());
        shown[..end.unwrap_or(shown.len())].to_owned()
    });
    sorted(names)
}

/// The names of all variants of an enum in `src/error.rs` of a library, in the version that is locked.
fn variants(library: &str, name: &str) -> Vec<String> {
    let source = std::fs::read_to_string(folder(library).join("src/error.rs")).unwrap();
    let (_, from) = source.split_once(&format!("pub enum {name} {{\n")).unwrap();
    let (inner, _) = from.split_once("\n}\n").unwrap();
    sorted(inner.lines().filter_map(|line| {
        let line = line.strip_prefix("    ")?;
        let is_variant = line.starts_with(|c: char| c.is_ascii_uppercase());
        let end = line.find(|c: char| !c.is_ascii_alphanumeric())?;
        is_variant.then(|| line[..end].to_owned())
    }))
}

fn folder(library: &str) -> PathBuf {
    let version = cargo(&["-vV"]);
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let metadata = cargo(&[
        "metadata",
        "--format-version=1",
        "--offline",
        "--filter-platform",
        host.unwrap(),
    ]);
    let metadata: serde_json::Value = serde_json::from_str(&metadata).unwrap();
    let mut packages = metadata["packages"].as_array().unwrap().iter();
    let package = packages.find(|it| it["name"] == library).unwrap();
    let manifest = PathBuf::from(package["manifest_path"].as_str().unwrap());
    manifest.parent().unwrap().to_owned()
}

fn cargo(args: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO"));
    command.args(args).current_dir(env!("CARGO_MANIFEST_DIR"));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    names
}

/// sha1WithRSAEncryption (RFC 8017 §A.2.4).
const SHA1: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05\x05\x00";
