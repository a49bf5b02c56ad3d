use std::io;

use jiff::{SignedDuration, Timestamp, tz::Offset};
use pem_rfc7468::LineEnding;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::clock::plus;

/// The certificate of a [`Server`](crate::Server)'s own authority.
///
/// A client that trusts only this certificate can connect to that server only. The authority deletes its private key
/// after signing the server's certificate.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CaCertificate {
    der: Vec<u8>,
}

impl CaCertificate {
    /// In DER (X.509, RFC 5280).
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// In PEM, for `SSL_CERT_FILE` and most programs.
    #[must_use]
    pub fn pem(&self) -> String {
        let text = pem_rfc7468::encode_string("CERTIFICATE", LineEnding::LF, &self.der);
        // It fails only for a label that is none, or beyond the end of all memory.
        text.unwrap_or_default()
    }
}

/// A server's certificate for its clients, and its key.
pub(crate) struct Identity {
    pub(crate) authority: CaCertificate,
    pub(crate) certificate: CertificateDer<'static>,
    pub(crate) key: PrivateKeyDer<'static>,
}

impl Identity {
    /// A new authority and a server with these `names`: DNS names, or addresses.
    ///
    /// Both keys are on P-256, which clients for the smallest devices know. Some clients use the sandbox's clock and
    /// some the machine's. Therefore the certificates are valid at both times and for a year after; the server's until
    /// `end`, if given.
    pub(crate) fn new(
        names: Vec<String>,
        clocks: [Timestamp; 2],
        end: Option<Timestamp>,
    ) -> io::Result<Self> {
        let [one, other] = clocks;
        let from = plus(one.min(other), -DAY).max(Timestamp::UNIX_EPOCH);
        let until = plus(one.max(other), YEAR);

        let authority_key = KeyPair::generate().map_err(io::Error::other)?;
        let mut authority = named("redox-auth-sandbox authority", Vec::new(), from, until)?;
        authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let root = authority.self_signed(&authority_key);
        let root = root.map_err(io::Error::other)?;

        let key = KeyPair::generate().map_err(io::Error::other)?;
        let until = end.unwrap_or(until);
        let from = from.min(plus(until, -DAY));
        let mut server = named("redox-auth-sandbox server", names, from, until)?;
        server.use_authority_key_identifier_extension = true;
        server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let issuer = Issuer::from_params(&authority, authority_key);
        let certificate = server.signed_by(&key, &issuer);
        Ok(Self {
            authority: CaCertificate {
                der: root.der().to_vec(),
            },
            certificate: certificate.map_err(io::Error::other)?.der().clone(),
            key: PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        })
    }
}

fn named(
    common_name: &str,
    names: Vec<String>,
    from: Timestamp,
    until: Timestamp,
) -> io::Result<CertificateParams> {
    let mut params = CertificateParams::new(names).map_err(io::Error::other)?;
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    let midnight = |time| {
        let day = Offset::UTC.to_datetime(time);
        let (month, day_of_month) = (day.month().unsigned_abs(), day.day().unsigned_abs());
        rcgen::date_time_ymd(day.year().into(), month, day_of_month)
    };
    params.not_before = midnight(from);
    params.not_after = midnight(until);
    Ok(params)
}

const DAY: SignedDuration = SignedDuration::from_hours(24);
const YEAR: SignedDuration = SignedDuration::from_hours(366 * 24);
