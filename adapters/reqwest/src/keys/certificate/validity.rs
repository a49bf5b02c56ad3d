use redox_auth_core::UnixTime;

/// Whether a certificate is valid, at one time.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum CertificateValidity {
    /// Not before a later time.
    NotYet,
    /// It is.
    Valid {
        /// For how long after this second, in seconds.
        secs_left: u64,
    },
    /// Not any more.
    Expired,
}

impl CertificateValidity {
    /// Both ends belong to it (RFC 5280 §4.1.2.5).
    pub(super) fn between(from: UnixTime, until: UnixTime, now: UnixTime) -> Self {
        if now < from {
            return Self::NotYet;
        }
        match until.as_secs().checked_sub(now.as_secs()) {
            Some(secs_left) => Self::Valid { secs_left },
            None => Self::Expired,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_valid_from_its_first_second_to_its_last() {
        let [from, until] = [1_000_000, 1_000_010].map(UnixTime::from_secs);
        for (now, expected) in [
            (999_999, CertificateValidity::NotYet),
            (1_000_000, CertificateValidity::Valid { secs_left: 10 }),
            (1_000_010, CertificateValidity::Valid { secs_left: 0 }),
            (1_000_011, CertificateValidity::Expired),
        ] {
            let found = CertificateValidity::between(from, until, UnixTime::from_secs(now));
            assert_eq!(found, expected, "{now}");
        }
    }
}
