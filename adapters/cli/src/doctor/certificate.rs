use redox_auth_reqwest::{CertificateValidity, Key};

use super::report::Report;
use crate::args::CertificateArgs;
use crate::certificate::{self, Certificate, expect_at_most, shown_time};
use crate::failure::Failure;

/// Reports a failure if there are more certificates than keys.
pub(super) fn expect_fit(
    report: &mut Report,
    args: &CertificateArgs,
    keys: usize,
) -> Result<(), Failure> {
    match expect_at_most(args, keys) {
        Ok(()) => Ok(()),
        Err(failure) => report.fail(CHECK, &failure, None),
    }
}

/// Checks the certificate of the key of this number, if it has one, and adds it to the key; `None` for an unusable
/// certificate.
pub(super) fn check(
    report: &mut Report,
    args: &CertificateArgs,
    number: usize,
    key: Key,
) -> Result<Option<Key>, Failure> {
    let certificate = match Certificate::of_key(args, number) {
        Ok(Some(certificate)) => certificate,
        Ok(None) => return Ok(Some(key)),
        Err(failure) => {
            report.fail(CHECK, &failure, None)?;
            return Ok(None);
        }
    };
    match certificate.put_on(key) {
        Ok(key) => {
            says(report, &certificate)?;
            Ok(Some(key))
        }
        Err(failure) => {
            let advice = "give each key its own certificate, in the order of the keys";
            report.fail(CHECK, &failure, Some(advice))?;
            Ok(None)
        }
    }
}

/// Reports the subject and the validity.
fn says(report: &mut Report, certificate: &Certificate) -> Result<(), Failure> {
    let Certificate { name, chain, .. } = certificate;
    let found = format!("{name}: {}, of this key", chain.subject());
    let found = match chain.count().saturating_sub(1) {
        0 => found,
        issuers => format!("{found}, with issuers: {issuers}"),
    };
    let from = shown_time(chain.not_before());
    let until = shown_time(chain.not_after());
    let secs_left = match chain.validity(certificate::now()) {
        CertificateValidity::NotYet => {
            return report.warn(
                CHECK,
                format_args!("{found}, not valid before {from}"),
                "check this machine's clock, or wait",
            );
        }
        CertificateValidity::Expired => {
            return report.warn(CHECK, format_args!("{found}, expired at {until}"), RENEW);
        }
        CertificateValidity::Valid { secs_left } => secs_left,
    };
    let days = secs_left / SECS_IN_A_DAY;
    let found = format!("{found}, until {until} (days left: {days})");
    match days {
        0..DAYS_FOR_RENEWAL => report.warn(CHECK, found, RENEW),
        _ => report.ok(CHECK, found),
    }
}

const CHECK: &str = "certificate";

const RENEW: &str = "register a new certificate with the server, and then use it";

/// People renew and register these certificates by hand.
const DAYS_FOR_RENEWAL: u64 = 30;

const SECS_IN_A_DAY: u64 = 24 * 60 * 60;
