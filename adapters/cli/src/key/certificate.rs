mod signer;
mod subject;

use core::fmt::Display;
use core::time::Duration;

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use jiff::Timestamp;
use pem_rfc7468::LineEnding;
use rcgen::{CertificateParams, IsCa, KeyUsagePurpose, SerialNumber};
use redox_auth_core::Algorithm;
use redox_auth_reqwest::{CertificateChain, CertificateMember, Key};

use super::{expect_new, write_new};
use crate::args::CertifyArgs;
use crate::certificate::shown_time;
use crate::connect::{KeySource, parse_key};
use crate::failure::Failure;
use signer::CertificateSigner;

/// Makes a self-signed certificate, writes it to its file, and returns the values that a server's settings show.
pub(crate) fn make(args: &CertifyArgs) -> Result<String, Failure> {
    expect_new(&args.out)?;
    let key = signing_key(args)?;
    let der = self_signed(&key, args)?;
    let chain = CertificateChain::parse(&der).map_err(not_made)?;
    let pem = pem_rfc7468::encode_string("CERTIFICATE", LineEnding::LF, &der).map_err(not_made)?;
    write_new(&args.out, pem.as_bytes(), 0o644)?;
    Ok(described(&chain))
}

/// The key; for RSA, if it has the choice, with the algorithm that every server knows in certificates.
fn signing_key(args: &CertifyArgs) -> Result<Key, Failure> {
    let read = |algorithm| KeySource::read_or_open(&args.key, None, algorithm, &args.pkcs11);
    let source = read(None)?;
    let key = source.key()?;
    if !key.algorithm().is_rsa() {
        return Ok(key);
    }
    let usual = Some(Algorithm::Rs256);
    let of_usual = match source.token {
        Some(_) => read(usual).and_then(|source| source.key()),
        None => parse_key(&source.name, &source.content, None, usual),
    };
    Ok(of_usual.unwrap_or(key))
}

fn self_signed(key: &Key, args: &CertifyArgs) -> Result<Vec<u8>, Failure> {
    let signer = CertificateSigner::new(key)?;
    let now = u64::try_from(Timestamp::now().as_second()).map_err(not_made)?;
    let days = u64::from(args.days);
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "ten years from now is far before the last time that the type can hold"
    )]
    let time = |secs| rcgen::date_time_ymd(1970, 1, 1) + Duration::from_secs(secs);
    let mut params = CertificateParams::default();
    params.distinguished_name = subject::parse(&args.subject)?;
    params.serial_number = Some(serial_number()?);
    params.not_before = time(now.saturating_sub(BACKDATE_SECS));
    params.not_after = time(now.saturating_add(days.saturating_mul(SECS_IN_A_DAY)));
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    let certificate = params.self_signed(&signer).map_err(not_made)?;
    Ok(certificate.der().to_vec())
}

/// A random serial number of 16 bytes, positive and without leading zeros (RFC 5280 section 4.1.2.2).
fn serial_number() -> Result<SerialNumber, Failure> {
    let mut number = [0; 16];
    let filled = SystemRandom::new().fill(&mut number);
    filled.map_err(|_| not_made("no random bytes"))?;
    let [first, ..] = &mut number;
    *first = *first & 0x7f | 0x40;
    Ok(SerialNumber::from_slice(&number))
}

/// The values of a certificate in the settings of servers and in headers.
fn described(chain: &CertificateChain) -> String {
    let (sha1, sha256) = (chain.sha1(), chain.sha256());
    let lines = [
        ("subject", chain.subject()),
        ("valid from", shown_time(chain.not_before())),
        ("valid until", shown_time(chain.not_after())),
        ("SHA-1", hex(&sha1)),
        ("SHA-256", hex(&sha256)),
        (
            CertificateMember::X5t.as_str(),
            Base64UrlUnpadded::encode_string(&sha1),
        ),
        (
            CertificateMember::X5tS256.as_str(),
            Base64UrlUnpadded::encode_string(&sha256),
        ),
    ];
    let lines = lines.map(|(name, value)| format!("{:12} {value}", format!("{name}:")));
    lines.join("\n")
}

fn hex(hash: &[u8]) -> String {
    hash.iter().map(|byte| format!("{byte:02X}")).collect()
}

fn not_made(why: impl Display) -> Failure {
    Failure::usage(format!("the certificate could not be made: {why}"))
}

/// For servers whose clocks are a little behind.
const BACKDATE_SECS: u64 = 5 * 60;

const SECS_IN_A_DAY: u64 = 24 * 60 * 60;
