use redox_auth_core::Instant;

use super::{Purpose, Way};
use crate::violation::{Broken, Rule};

/// How an attempt ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Answered {
    /// With a token.
    Success,
    /// With a temporary failure; the server may have named its end.
    Transient { retry_after_secs: Option<u32> },
    /// With a refusal, or with a permanent failure.
    Refusal,
}

/// When a session may send its next request, by credential.
///
/// Each credential asks for the time on its own account, and the request does not tell on whose.
#[derive(Debug)]
pub(crate) struct Slots {
    time: Vec<Slot>,
    /// The slot of the last request for the time.
    time_at: usize,
    oauth: Slot,
    legacy: Slot,
}

impl Slots {
    /// For a session with so many OAuth keys, and a legacy key or none.
    pub(super) fn new(keys: usize, has_legacy: bool) -> Self {
        let credentials = usize::from(keys > 0) + usize::from(has_legacy);
        let keys = u32::try_from(keys).unwrap_or(u32::MAX);
        Self {
            time: (0..credentials).map(|_| Slot::new(0)).collect(),
            time_at: 0,
            // The clock corrected once, and every other key.
            oauth: Slot::new(keys),
            // The secret after the refresh token.
            legacy: Slot::new(1),
        }
    }

    pub(super) fn check(&mut self, purpose: Purpose, at: Instant) -> Result<(), Broken> {
        let checked = match purpose {
            Purpose::Time => self.check_time(at),
            Purpose::Token => self.oauth.check(at),
            Purpose::Secret | Purpose::Refresh => self.legacy.check(at),
        };
        checked.map_err(|what| Broken::new(Rule::BackOff, format!("{purpose:?}: {what}")))
    }

    fn check_time(&mut self, at: Instant) -> Result<(), String> {
        let mut refused = Err("no credential that needs it".to_owned());
        for (index, slot) in self.time.iter_mut().enumerate() {
            refused = slot.check(at);
            if refused.is_ok() {
                self.time_at = index;
                break;
            }
        }
        refused
    }

    pub(super) fn answered(&mut self, purpose: Purpose, at: Instant, answered: Answered) {
        if (purpose, answered) == (Purpose::Time, Answered::Refusal) {
            // Whichever credential it was for, its failures in a row are over.
            self.oauth.failures = 0;
            self.legacy.failures = 0;
        }
        if let Some(slot) = self.slot(purpose) {
            slot.answered(at, answered);
        }
    }

    /// What was begun at once and given up may be begun at once again.
    pub(super) fn abandoned(&mut self, purpose: Purpose) {
        if let Some(slot) = self.slot(purpose) {
            slot.mended = slot.mended.saturating_sub(1);
        }
    }

    /// There is another refresh token than the one that was refused.
    pub(super) const fn restored(&mut self) {
        self.legacy.refused_at = None;
        self.legacy.mended = 0;
    }

    fn slot(&mut self, purpose: Purpose) -> Option<&mut Slot> {
        match purpose {
            Purpose::Time => self.time.get_mut(self.time_at),
            Purpose::Token => Some(&mut self.oauth),
            Purpose::Secret | Purpose::Refresh => Some(&mut self.legacy),
        }
    }
}

/// The least that any session has to wait: its own slots are longer by what it leaves to chance.
#[derive(Debug)]
struct Slot {
    /// Transient failures in a row.
    failures: u32,
    /// Nothing is sent before.
    not_before: Instant,
    /// The last refusal: a client that cannot remove its cause waits for a minute.
    refused_at: Option<Instant>,
    /// The number of refusals whose cause the client can remove and that it retries at once.
    mendable: u32,
    mended: u32,
}

impl Slot {
    const fn new(mendable: u32) -> Self {
        Self {
            failures: 0,
            not_before: Instant::from_millis(0),
            refused_at: None,
            mendable,
            mended: 0,
        }
    }

    fn check(&mut self, at: Instant) -> Result<(), String> {
        if at < self.not_before {
            let early_ms = self.not_before.as_millis() - at.as_millis();
            return Err(format!(
                "{early_ms} ms early, after {} failures in a row",
                self.failures
            ));
        }
        if let Some(refused_at) = self.refused_at {
            if at >= refused_at.saturating_add_secs(REFUSAL_SECS) {
                self.mended = 0;
            } else if self.mended < self.mendable {
                self.mended += 1;
            } else {
                let after_ms = at.as_millis() - refused_at.as_millis();
                return Err(format!(
                    "{after_ms} ms after a refusal, with nothing left to mend"
                ));
            }
        }
        Ok(())
    }

    fn answered(&mut self, at: Instant, answered: Answered) {
        match answered {
            Answered::Success => *self = Self::new(self.mendable),
            Answered::Transient { retry_after_secs } => {
                let slot_ms = TRANSIENT_MS << self.failures.min(16);
                let named_ms = u64::from(retry_after_secs.unwrap_or(0).min(HOUR_SECS)) * 1_000;
                let wait_ms = slot_ms.min(TRANSIENT_MAX_MS).max(named_ms);
                self.not_before = at.saturating_add_millis(wait_ms);
                self.failures += 1;
                self.refused_at = None;
            }
            Answered::Refusal => {
                self.failures = 0;
                self.not_before = at;
                self.refused_at = Some(at);
            }
        }
    }
}

/// The first slot is a second, of which half is left to chance.
const TRANSIENT_MS: u64 = 500;

/// The longest is a minute.
const TRANSIENT_MAX_MS: u64 = 30_000;

/// A minute, of which a tenth is left to chance.
const REFUSAL_SECS: u32 = 54;

/// The longest `Retry-After` that has to be honoured.
const HOUR_SECS: u32 = 3_600;

impl Way {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::OAuth => "oauth",
            Self::Legacy => "legacy",
        }
    }
}
