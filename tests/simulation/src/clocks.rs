use redox_auth_core::{Instant, Now, UnixTime};

use crate::random::Random;

/// The clocks of one device, as functions of the true time, which the server's clock shows.
///
/// One crystal drives both, so both drift alike.
#[derive(Clone, Debug)]
pub(crate) struct Clocks {
    /// Millionths by which the crystal is too fast, or too slow.
    ppm: i64,
    booted_at_ms: u64,
    /// What the steady clock showed then.
    steady_ms: u64,
    wall: Wall,
}

/// What the wall clock does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wall {
    /// There is none, or nobody has set it.
    Unknown,
    /// It shows `reads_ms` at the true time `at_ms` and runs on from there.
    Running { at_ms: u64, reads_ms: u64 },
    /// It stands still.
    Still { reads_ms: u64 },
}

impl Clocks {
    pub(crate) fn new(random: &mut Random, now_ms: u64) -> Self {
        let mut clocks = Self {
            ppm: random.around_zero(MAX_PPM),
            booted_at_ms: now_ms,
            steady_ms: random.below(1 << 40),
            wall: Wall::Unknown,
        };
        clocks.wall = clocks.some_wall(random, now_ms);
        clocks
    }

    /// The steady clock begins anew.
    pub(crate) fn reboot(&mut self, random: &mut Random, now_ms: u64) {
        self.booted_at_ms = now_ms;
        self.steady_ms = random.below(60_000);
    }

    /// Sets the wall clock to something, right or wrong.
    pub(crate) fn set_wall(&mut self, random: &mut Random, now_ms: u64) {
        self.wall = self.some_wall(random, now_ms);
    }

    fn some_wall(&self, random: &mut Random, now_ms: u64) -> Wall {
        let off_by = |off_ms: i64| Wall::Running {
            at_ms: now_ms,
            reads_ms: now_ms.saturating_add_signed(off_ms),
        };
        match random.below(100) {
            0..35 => off_by(random.around_zero(500)),
            35..50 => off_by(random.around_zero(20_000)),
            50..60 => off_by(random.around_zero(600_000)),
            60..75 => off_by(random.around_zero(DAY_MS)),
            75..80 => off_by(random.pick(&[DAY_MS.cast_signed(), -DAY_MS.cast_signed()])),
            80..90 => Wall::Unknown,
            // Like after a boot without a battery: the clock runs from 1970.
            90..94 => Wall::Running {
                at_ms: now_ms,
                reads_ms: 0,
            },
            _ => Wall::Still {
                reads_ms: now_ms.saturating_add_signed(random.around_zero(DAY_MS)),
            },
        }
    }

    pub(crate) const fn ppm(&self) -> i64 {
        self.ppm
    }

    pub(crate) const fn wall(&self) -> Wall {
        self.wall
    }

    /// Whether the wall clock measures the passed time, even if it shows a wrong time.
    pub(crate) const fn wall_runs(&self) -> bool {
        matches!(self.wall, Wall::Running { .. })
    }

    pub(crate) fn now(&self, now_ms: u64) -> Now {
        Now {
            instant: self.steady(now_ms),
            unix: self
                .wall_ms(now_ms)
                .map(|ms| UnixTime::from_secs(ms / 1_000)),
        }
    }

    pub(crate) fn steady(&self, now_ms: u64) -> Instant {
        let passed = self.passed_ms(self.booted_at_ms, now_ms);
        Instant::from_millis(self.steady_ms.saturating_add(passed))
    }

    /// The first true time at which the steady clock shows `instant`.
    pub(crate) fn true_time_of(&self, instant: Instant) -> u64 {
        let wanted_ms = instant.as_millis().saturating_sub(self.steady_ms);
        let scaled = u128::from(wanted_ms) * 1_000_000 / u128::from(self.rate());
        let mut true_ms = self
            .booted_at_ms
            .saturating_add(u64::try_from(scaled).unwrap_or(u64::MAX));
        // Both divisions cut off; this is at most two milliseconds further.
        while self.steady(true_ms) < instant && true_ms < u64::MAX {
            true_ms += 1;
        }
        true_ms
    }

    fn wall_ms(&self, now_ms: u64) -> Option<u64> {
        match self.wall {
            Wall::Unknown => None,
            Wall::Running { at_ms, reads_ms } => Some(reads_ms + self.passed_ms(at_ms, now_ms)),
            Wall::Still { reads_ms } => Some(reads_ms),
        }
    }

    /// How long the crystal takes the time between two true times to be.
    fn passed_ms(&self, from_ms: u64, to_ms: u64) -> u64 {
        let passed = u128::from(to_ms.saturating_sub(from_ms));
        u64::try_from(passed * u128::from(self.rate()) / 1_000_000).unwrap_or(u64::MAX)
    }

    const fn rate(&self) -> u64 {
        1_000_000_u64.saturating_add_signed(self.ppm)
    }
}

/// A cheap crystal over its whole range of temperature.
const MAX_PPM: u64 = 200;

pub(crate) const DAY_MS: u64 = 86_400_000;
