use base64ct::{Base64, Encoding as _};
use redox_auth_core::UnixTime;
use x509_cert::der::{Decode as _, Header, Reader as _, SliceReader};
use x509_cert::time::Time;

use crate::error::certificate::{CertificateError, NOTHING, ONLY_A_KEY};

/// A certificate (RFC 5280 §4.1): its bytes, and its content.
#[derive(Clone, Eq, PartialEq)]
pub(super) struct Certificate {
    der: Vec<u8>,
    parsed: x509_cert::Certificate,
}

impl Certificate {
    fn read(der: Vec<u8>, position: usize) -> Result<Self, CertificateError> {
        let parsed = x509_cert::Certificate::from_der(&der).ok();
        // The algorithm appears twice, and must be the same (RFC 5280 §4.1.1.2).
        let parsed =
            parsed.filter(|it| it.signature_algorithm() == it.tbs_certificate().signature());
        match parsed {
            Some(parsed) => Ok(Self { der, parsed }),
            None => Err(CertificateError::Malformed { position }),
        }
    }

    pub(super) fn der(&self) -> &[u8] {
        &self.der
    }

    pub(super) const fn parsed(&self) -> &x509_cert::Certificate {
        &self.parsed
    }

    /// The bytes that its issuer has signed.
    pub(super) fn signed_part(&self) -> &[u8] {
        let part = SliceReader::new(&self.der).and_then(|mut reader| {
            Header::decode(&mut reader)?;
            reader.tlv_bytes()
        });
        part.expect("`read` has decoded it")
    }

    pub(super) fn subject(&self) -> String {
        self.parsed.tbs_certificate().subject().to_string()
    }

    pub(super) fn issuer(&self) -> String {
        self.parsed.tbs_certificate().issuer().to_string()
    }

    pub(super) fn not_before(&self) -> UnixTime {
        unix_time(self.parsed.tbs_certificate().validity().not_before)
    }

    pub(super) fn not_after(&self) -> UnixTime {
        unix_time(self.parsed.tbs_certificate().validity().not_after)
    }
}

fn unix_time(time: Time) -> UnixTime {
    UnixTime::from_secs(time.to_unix_duration().as_secs())
}

/// The certificates in PEM or DER, at least one.
pub(super) fn certificates(input: &[u8]) -> Result<Vec<Certificate>, CertificateError> {
    if input.len() > MAX_LEN {
        return Err(CertificateError::TooLong { limit: MAX_LEN });
    }
    if split_once(input, BEGIN).is_some() {
        return pem(input);
    }
    if input.trim_ascii().is_empty() {
        return Err(CertificateError::Missing { found: NOTHING });
    }
    match input.first() {
        Some(&SEQUENCE) => der(input),
        _ => Err(CertificateError::Missing {
            found: "something else",
        }),
    }
}

fn der(input: &[u8]) -> Result<Vec<Certificate>, CertificateError> {
    let malformed = |position| move |_| CertificateError::Malformed { position };
    let mut reader = SliceReader::new(input).map_err(malformed(1))?;
    let mut certificates = Vec::new();
    while !reader.is_finished() {
        let position = next_position(&certificates)?;
        let der = reader.tlv_bytes().map_err(malformed(position))?;
        certificates.push(Certificate::read(der.to_owned(), position)?);
    }
    Ok(certificates)
}

fn pem(input: &[u8]) -> Result<Vec<Certificate>, CertificateError> {
    let mut certificates = Vec::new();
    let mut rest = input;
    while let Some((_, from_label)) = split_once(rest, BEGIN) {
        let position = next_position(&certificates)?;
        let damaged = CertificateError::Pem { position };
        let (label, body, after) = block(from_label).ok_or(damaged.clone())?;
        rest = after;
        match Block::of(label) {
            Block::Certificate => {
                let der = decode(body).ok_or(damaged)?;
                certificates.push(Certificate::read(der, position)?);
            }
            Block::PrivateKey => {}
            Block::Other(found) => return Err(CertificateError::OtherPem { found }),
        }
    }
    match certificates.is_empty() {
        false => Ok(certificates),
        true => Err(CertificateError::Missing { found: ONLY_A_KEY }),
    }
}

/// Label and body of the PEM block that begins before `from_label`, and the rest.
fn block(from_label: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let (label, from_body) = split_once(from_label, DASHES)?;
    let (body, from_end) = split_once(from_body, END)?;
    let (end_label, after) = split_once(from_end, DASHES)?;
    (end_label == label).then_some((label, body, after))
}

/// The content of a PEM block (RFC 7468).
enum Block {
    Certificate,
    /// A private key, or the parameters that OpenSSL writes before one.
    PrivateKey,
    Other(&'static str),
}

impl Block {
    fn of(label: &[u8]) -> Self {
        match label {
            b"CERTIFICATE" | b"X509 CERTIFICATE" => Self::Certificate,
            b"PRIVATE KEY"
            | b"EC PRIVATE KEY"
            | b"RSA PRIVATE KEY"
            | b"ENCRYPTED PRIVATE KEY"
            | b"EC PARAMETERS" => Self::PrivateKey,
            b"CERTIFICATE REQUEST" | b"NEW CERTIFICATE REQUEST" => {
                Self::Other("a certificate request")
            }
            b"PUBLIC KEY" | b"RSA PUBLIC KEY" | b"EC PUBLIC KEY" => Self::Other("a public key"),
            b"PKCS7" | b"CMS" => Self::Other("PKCS#7"),
            b"TRUSTED CERTIFICATE" => Self::Other("a certificate with OpenSSL's trust settings"),
            b"X509 CRL" => Self::Other("a revocation list"),
            _ => Self::Other("a PEM block of another kind"),
        }
    }
}

fn decode(body: &[u8]) -> Option<Vec<u8>> {
    let digits = body.iter().filter(|byte| !byte.is_ascii_whitespace());
    let digits: String = digits.map(|&byte| char::from(byte)).collect();
    Base64::decode_vec(&digits).ok()
}

/// The bytes before the first `mark` and after it. Not text: the surroundings of the blocks may be in any encoding, and the
/// function makes no copy of a private key.
fn split_once<'i>(input: &'i [u8], mark: &[u8]) -> Option<(&'i [u8], &'i [u8])> {
    let at = input.windows(mark.len()).position(|it| it == mark)?;
    let (before, from_mark) = input.split_at_checked(at)?;
    Some((before, from_mark.get(mark.len()..)?))
}

/// Of the certificate after these.
fn next_position(certificates: &[Certificate]) -> Result<usize, CertificateError> {
    match certificates.len() {
        MAX_COUNT.. => Err(CertificateError::TooMany { limit: MAX_COUNT }),
        count => Ok(count.saturating_add(1)),
    }
}

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";

/// The first bytes of every certificate in DER.
const SEQUENCE: u8 = 0x30;

/// More than any public authority's; a server refuses longer ones.
const MAX_COUNT: usize = 10;

/// In bytes, as for the files of keys.
const MAX_LEN: usize = 64 * 1024;
