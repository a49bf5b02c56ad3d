//! The content of a file in place of root certificates in PEM, and the command that converts it.

use base64ct::{Base64, Encoding as _};
use rustls::pki_types::CertificateDer;
use webpki::anchor_from_trusted_cert;

use crate::error::authorities::AuthoritiesProblem;

/// Content that is certainly not PEM, or that must change before a program can read it.
pub(super) fn not_pem(content: &[u8]) -> Option<AuthoritiesProblem> {
    let (found, command) = match content {
        [0xef, 0xbb, 0xbf, ..] => ("a byte-order mark before them", WITHOUT_MARK),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => (UTF16, "iconv -f UTF-16 -t UTF-8 FILE > ca.pem"),
        [b'!'..=b'~', 0, b'!'..=b'~', 0, ..] => (UTF16, "iconv -f UTF-16LE -t UTF-8 FILE > ca.pem"),
        [0, b'!'..=b'~', 0, b'!'..=b'~', ..] => (UTF16, "iconv -f UTF-16BE -t UTF-8 FILE > ca.pem"),
        _ if content.trim_ascii().is_empty() => return Some(AuthoritiesProblem::Empty),
        _ => return None,
    };
    Some(other(found, Some(command)))
}

/// The content of a file without a certificate in PEM.
pub(super) fn of(content: &[u8]) -> AuthoritiesProblem {
    let (found, command) = binary(content).unwrap_or_else(|| text(content));
    other(found, command)
}

fn binary(content: &[u8]) -> Option<Form> {
    let starts_with = |starts: &[&[u8]]| starts.iter().any(|start| content.starts_with(start));
    Some(match content {
        [0xfe, 0xed, 0xfe, 0xed, ..] | [0xce, 0xce, 0xce, 0xce, ..] => (
            "a Java key store",
            Some("keytool -list -rfc -keystore FILE > ca.pem"),
        ),
        _ if is_pkcs12(content) => match has(content, RC2_40) {
            true => (
                "a PKCS#12 file with old encryption",
                Some("openssl pkcs12 -legacy -in FILE -nokeys -out ca.pem"),
            ),
            false => (
                "a PKCS#12 file",
                Some("openssl pkcs12 -in FILE -nokeys -out ca.pem"),
            ),
        },
        [0x30, 0x80..=0x84, ..] if has(content.get(..32).unwrap_or(content), SIGNED_DATA) => (
            "certificates in PKCS#7",
            Some("openssl pkcs7 -inform DER -in FILE -print_certs -out ca.pem"),
        ),
        [0x30, 0x80..=0x84, ..] => match is_certificate(content) {
            true => (
                "a certificate in DER",
                Some("openssl x509 -inform DER -in FILE -out ca.pem"),
            ),
            false => ("other or truncated DER", None),
        },
        _ if starts_with(&[b"\x1f\x8b"]) => {
            ("a file compressed by gzip", Some("gzip -dc FILE > ca.pem"))
        }
        _ if starts_with(&[b"PK\x03\x04"]) => ("a zip archive", Some("unzip -p FILE > ca.pem")),
        _ => return None,
    })
}

fn text(content: &[u8]) -> Form {
    if has(content, b"-----BEGIN PKCS7-----") || has(content, b"-----BEGIN CMS-----") {
        let command = "openssl pkcs7 -in FILE -print_certs -out ca.pem";
        ("certificates in PKCS#7", Some(command))
    } else if has(content, b"-----BEGIN TRUSTED CERTIFICATE-----") {
        let command = "openssl x509 -in FILE -out ca.pem";
        ("a certificate with OpenSSL's trust settings", Some(command))
    } else if has(content, b"PRIVATE KEY-----") {
        ("a private key", None)
    } else if has(content, b"CERTIFICATE REQUEST-----") {
        ("a certificate request", None)
    } else if has(content, b"-----BEGIN ") {
        ("a PEM block of another kind", None)
    } else if content.trim_ascii().starts_with(b"<") {
        ("XML or HTML", None)
    } else if is_in_base64(content) {
        let command = "base64 -d FILE | openssl x509 -inform DER -out ca.pem";
        (
            "a certificate in base64 without its PEM lines",
            Some(command),
        )
    } else {
        ("something else", None)
    }
}

/// `SEQUENCE { INTEGER 3`, with a length of any form (RFC 7292 §4).
pub(super) const fn is_pkcs12(content: &[u8]) -> bool {
    matches!(
        content,
        [0x30, 0x80, 2, 1, 3, ..]
            | [0x30, 0x82, _, _, 2, 1, 3, ..]
            | [0x30, 0x83, _, _, _, 2, 1, 3, ..]
    )
}

fn is_certificate(der: &[u8]) -> bool {
    anchor_from_trusted_cert(&CertificateDer::from(der)).is_ok()
}

fn is_in_base64(content: &[u8]) -> bool {
    let digits = content.iter().filter(|byte| !byte.is_ascii_whitespace());
    let digits: String = digits.map(|&byte| char::from(byte)).collect();
    Base64::decode_vec(&digits).is_ok_and(|der| is_certificate(&der))
}

fn has(content: &[u8], part: &[u8]) -> bool {
    content.windows(part.len()).any(|it| it == part)
}

const fn other(found: &'static str, command: Option<&'static str>) -> AuthoritiesProblem {
    AuthoritiesProblem::Other { found, command }
}

/// Its name, and the command.
type Form = (&'static str, Option<&'static str>);

const UTF16: &str = "text in UTF-16";

const WITHOUT_MARK: &str = r"sed '1s/^\xef\xbb\xbf//' FILE > ca.pem";

/// pbeWithSHA1And40BitRC2-CBC (RFC 7292 §C), which OpenSSL 3 reads only with an option.
const RC2_40: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01\x06";

/// The type of PKCS#7 (RFC 2315 §14), 1.2.840.113549.1.7.2, where a file begins with it.
const SIGNED_DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
