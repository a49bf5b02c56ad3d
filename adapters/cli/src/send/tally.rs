use core::fmt;

use super::outcome::Verdict;
use crate::failure::Kind;

/// The number of items for each outcome.
#[derive(Default)]
pub(super) struct Tally {
    ok: u64,
    refused: u64,
    not_sent: u64,
    pub(super) unknown: u64,
    /// Items that an earlier run finished.
    pub(super) before: u64,
}

impl Tally {
    pub(super) const fn count(&mut self, verdict: Verdict) {
        let counter = match verdict {
            Verdict::Ok => &mut self.ok,
            Verdict::Refused => &mut self.refused,
            Verdict::NotSent => &mut self.not_sent,
            Verdict::Unknown => &mut self.unknown,
        };
        *counter = counter.saturating_add(1);
    }

    /// The kind of failure for the worst outcome; none when all items are done.
    pub(super) const fn worst(&self) -> Option<Kind> {
        match self {
            Self { unknown: 1.., .. } => Some(Kind::NoAnswer),
            Self { not_sent: 1.., .. } => Some(Kind::Usage),
            Self { refused: 1.., .. } => Some(Kind::Refused),
            _ => None,
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ok", self.ok)?;
        for (count, what) in [
            (self.before, "done before"),
            (self.refused, "refused"),
            (self.not_sent, "not sent"),
            (self.unknown, "unknown (may have been processed)"),
        ] {
            if count > 0 {
                write!(f, ", {count} {what}")?;
            }
        }
        Ok(())
    }
}
