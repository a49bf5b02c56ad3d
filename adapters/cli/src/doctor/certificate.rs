use std::time::{SystemTime, UNIX_EPOCH};

use redox_auth_core::UnixTime;
use redox_auth_reqwest::{CertificateChain, Key};

use super::report::Report;
use crate::args::CertificateArgs;
use crate::certificate::{Certificate, expect_at_most, shown_time};
use crate::failure::Failure;

/// Says when certificates and keys do not go together by number.
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

/// Looks at the certificate of the key of this number, if it has one, and puts it on the key; `None` when it cannot be used.
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

/// Whose it is, and how long it is valid.
fn says(report: &mut Report, certificate: &Certificate) -> Result<(), Failure> {
    let Certificate { name, chain, .. } = certificate;
    let found = format!("{name}: {}, of this key", chain.subject());
    let found = match chain.count().saturating_sub(1) {
        0 => found,
        issuers => format!("{found}, with issuers: {issuers}"),
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = UnixTime::from_secs(now.map_or(0, |now| now.as_secs()));
    let from = shown_time(chain.not_before());
    let until = shown_time(chain.not_after());
    match Validity::of(chain, now) {
        Validity::Later => report.warn(
            CHECK,
            format_args!("{found}, not valid before {from}"),
            "look at this machine's clock, or wait",
        ),
        Validity::Over => report.warn(
            CHECK,
            format_args!("{found}, not valid after {until}"),
            RENEW,
        ),
        Validity::Now { days } if days < DAYS_FOR_RENEWAL => report.warn(
            CHECK,
            format_args!("{found}, until {until} (days left: {days})"),
            RENEW,
        ),
        Validity::Now { days } => report.ok(
            CHECK,
            format_args!("{found}, until {until} (days left: {days})"),
        ),
    }
}

/// When a certificate is valid.
#[derive(Debug, Eq, PartialEq)]
enum Validity {
    Later,
    Now {
        /// Whole days that are left.
        days: u64,
    },
    Over,
}

impl Validity {
    fn of(chain: &CertificateChain, now: UnixTime) -> Self {
        Self::between(chain.not_before(), chain.not_after(), now)
    }

    /// Both ends belong to it (RFC 5280 section 4.1.2.5).
    fn between(from: UnixTime, until: UnixTime, now: UnixTime) -> Self {
        if now < from {
            return Self::Later;
        }
        match until.as_secs().checked_sub(now.as_secs()) {
            Some(secs) => Self::Now {
                days: secs / SECS_IN_A_DAY,
            },
            None => Self::Over,
        }
    }
}

const CHECK: &str = "certificate";

const RENEW: &str = "register the next certificate with the server, and use it from then on";

/// Somebody has to renew and register it by hand.
const DAYS_FOR_RENEWAL: u64 = 30;

const SECS_IN_A_DAY: u64 = 24 * 60 * 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_valid_from_its_first_second_to_its_last() {
        let [from, until] = [1_000_000, 1_000_000 + 2 * SECS_IN_A_DAY].map(UnixTime::from_secs);
        for (now, expected) in [
            (999_999, Validity::Later),
            (1_000_000, Validity::Now { days: 2 }),
            (1_000_001, Validity::Now { days: 1 }),
            (1_000_000 + SECS_IN_A_DAY, Validity::Now { days: 1 }),
            (1_000_001 + SECS_IN_A_DAY, Validity::Now { days: 0 }),
            (1_000_000 + 2 * SECS_IN_A_DAY, Validity::Now { days: 0 }),
            (1_000_001 + 2 * SECS_IN_A_DAY, Validity::Over),
        ] {
            let found = Validity::between(from, until, UnixTime::from_secs(now));
            assert_eq!(found, expected, "{now}");
        }
    }
}
