use super::Rate;
use crate::time::Instant;

/// Finds the rate at which a server lets requests through. The documentation of [`Pace`](super::Pace) has the rules.
#[derive(Clone, Copy, Debug)]
pub(super) struct Finder {
    ceiling: Option<Rate>,
    rate: Option<Rate>,
    /// The rate after the last refusal, after the level was found.
    base: Option<Rate>,
    /// The time for which the rate has grown since then.
    grown_ms: u64,
    answered_at: Instant,
    counted_from: Option<Instant>,
    /// The number of requests let through since then.
    count: u32,
    use_from: Instant,
    /// The number of requests let through since then, up to [`USE_COUNT`].
    use_count: u32,
    /// The part of the rate that the program uses.
    used: Option<Rate>,
}

impl Finder {
    pub(super) const fn new() -> Self {
        Self {
            ceiling: None,
            rate: None,
            base: None,
            grown_ms: 0,
            answered_at: Instant::from_millis(0),
            counted_from: None,
            count: 0,
            use_from: Instant::from_millis(0),
            use_count: 0,
            used: None,
        }
    }

    pub(super) const fn at_most(ceiling: Rate) -> Self {
        Self {
            ceiling: Some(ceiling),
            rate: Some(ceiling),
            ..Self::new()
        }
    }

    pub(super) const fn rate(&self) -> Option<Rate> {
        self.rate
    }

    /// Records that a request begins.
    pub(super) fn begin(&mut self, now: Instant) {
        self.counted_from.get_or_insert(now);
    }

    /// Records that the server let a request through that began after the last refusal.
    pub(super) fn let_through(&mut self, now: Instant) {
        self.count = self.count.saturating_add(1);
        let Some(rate) = self.rate else {
            return;
        };
        let since_ms = now.millis_since(self.answered_at).min(GROWTH_MAX_MS);
        self.answered_at = now;
        self.measure_use(now);
        if self.used.is_some_and(|used| used.times(2, 1) <= rate) {
            return;
        }
        let more = match self.base {
            Some(base) => {
                self.grown_ms = self.grown_ms.saturating_add(since_ms);
                let tenths = self.grown_ms / 100;
                let cube = tenths.saturating_mul(tenths).saturating_mul(tenths);
                base.plus(base.share(cube, GROWTH_CUBE))
            }
            None => rate.plus(rate.share(1, SEARCH_SHARE)),
        };
        let most = self.ceiling.unwrap_or(Rate::MAX);
        self.rate = Some(more.min(most).max(rate));
    }

    /// Records that the server refused a request. `resumed_at` is the time when requests continued after the last
    /// pause. Returns `true` for the first refusal.
    pub(super) fn refused(&mut self, now: Instant, resumed_at: Instant) -> bool {
        let is_found = self.base.is_some();
        let measured = self.measured(now, resumed_at);
        let reached = match (self.rate, measured) {
            (Some(rate), Some(measured)) if !is_found || measured < rate.times(7, 8) => {
                Some(measured.min(rate))
            }
            (rate, _) => rate.filter(|_| is_found),
        };
        let lower = match (reached, self.rate) {
            (Some(reached), _) => reached.times(15, 16),
            (None, Some(rate)) => rate.times(1, 2),
            (None, None) => SEARCH_FROM,
        };
        let is_first = self.rate.replace(lower).is_none();
        if is_first || measured.is_some() {
            self.counted_from = Some(now);
            self.count = 0;
        }
        // The measurement in the search includes its slow start, and the level is therefore rather higher.
        self.grown_ms = if is_found { 0 } else { GROWN_BY_SEARCH_MS };
        self.base = reached.map(|_| lower);
        self.answered_at = now;
        self.use_count = 0;
        self.used = None;
        is_first
    }

    /// The rate of requests let through since the last refusal, if there were enough to measure.
    fn measured(&self, now: Instant, resumed_at: Instant) -> Option<Rate> {
        let from = self.counted_from?;
        match self.base {
            None if self.count >= COUNT_IN_SEARCH => Some(Rate::measured(self.count, from, now)),
            // The pause is left out, because it may have been longer than the limit takes to recover.
            Some(_) if self.count >= COUNT => {
                Some(Rate::measured(self.count, from.max(resumed_at), now))
            }
            _ => None,
        }
    }

    fn measure_use(&mut self, now: Instant) {
        if self.use_count == 0 {
            self.use_from = now;
        } else if self.use_count == USE_COUNT {
            self.used = Some(Rate::measured(USE_COUNT, self.use_from, now));
            self.use_from = now;
            self.use_count = 0;
        }
        self.use_count = self.use_count.saturating_add(1);
    }
}

/// The rate after the first refusal.
const SEARCH_FROM: Rate = Rate::per_sec(32);

/// Before the level is found, each answer adds this part of the rate.
const SEARCH_SHARE: u64 = 16;

/// The number of answers that measure a level: at least this many in the search, and more to detect that the level
/// fell.
const COUNT_IN_SEARCH: u32 = 8;
const COUNT: u32 = 16;

/// The number of answers that measure the use of the rate.
const USE_COUNT: u32 = 16;

/// The greatest part of the time between two answers that counts as growth.
const GROWTH_MAX_MS: u64 = 2_000;

/// A fifteenth in six seconds, growing with the cube of the time in tenths of a second.
const GROWTH_CUBE: u64 = 15 * 60 * 60 * 60;

const GROWN_BY_SEARCH_MS: u64 = 3_000;
