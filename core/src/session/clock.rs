use crate::time::{Instant, Now, UnixTime};

/// An estimate of the server's time.
///
/// At first it is the device's own clock. After the server has shown another time, it is that time plus the time that
/// has passed since on the steady clock. The device's own clock is then ignored.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Clock {
    anchor: Option<Anchor>,
}

#[derive(Clone, Copy, Debug)]
struct Anchor {
    at: Instant,
    unix: UnixTime,
    uncertain_secs: u64,
    /// The server accepted an assertion dated with this clock.
    proven: bool,
}

impl Clock {
    /// The time of the server, unless both clocks must be wrong.
    pub(super) fn time(&self, now: Now, earliest: UnixTime) -> Option<UnixTime> {
        match self.anchor {
            Some(anchor) => Some(
                anchor
                    .unix
                    .saturating_add(now.instant.secs_since(anchor.at)),
            ),
            None => now.unix.filter(|&time| time >= earliest),
        }
    }

    /// Sets the clock to `date`, the server's time at the moment `at`.
    pub(super) fn learn(&mut self, date: ServerDate) {
        self.anchor = Some(Anchor {
            at: date.at,
            unix: date.unix,
            uncertain_secs: date.uncertain_secs,
            proven: self.is_proven(),
        });
    }

    /// The earliest and the latest possible time at the server.
    pub(super) fn bounds(&self, now: Now, earliest: UnixTime) -> Option<(UnixTime, UnixTime)> {
        let time = self.time(now, earliest)?;
        let uncertain = self.anchor.map_or(0, |anchor| anchor.uncertain_secs);
        // Both clocks lack fractions of a second.
        let later = uncertain.saturating_add(1);
        Some((time.saturating_sub(uncertain), time.saturating_add(later)))
    }

    /// Records that the server accepted an assertion. Its `date` keeps a learned time from drifting.
    pub(super) fn accepted(&mut self, date: Option<ServerDate>) {
        if let Some(anchor) = &mut self.anchor {
            anchor.proven = true;
            if let Some(date) = date {
                self.learn(date);
            }
        }
    }

    /// Returns to the device's own clock if the server's `Date` has not helped. Some `Date` headers are wrong, because
    /// another machine wrote them.
    pub(super) fn give_up(&mut self, now: Now, earliest: UnixTime) {
        if !self.is_proven() && now.unix.is_some_and(|time| time >= earliest) {
            self.anchor = None;
        }
    }

    pub(super) const fn is_learned(&self) -> bool {
        self.anchor.is_some()
    }

    fn is_proven(&self) -> bool {
        self.anchor.is_some_and(|anchor| anchor.proven)
    }
}

/// A server's time in an answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct ServerDate {
    pub(super) unix: UnixTime,
    /// The moment of that time on the steady clock: half way between sending and receiving.
    pub(super) at: Instant,
    /// The greatest error in either direction: half of the round trip.
    pub(super) uncertain_secs: u64,
}

impl ServerDate {
    /// Whether `ours`, the client's time at the same moment, differs by more than the greatest error.
    pub(super) fn deviates(self, ours: UnixTime) -> bool {
        let off_secs = ours.as_secs().abs_diff(self.unix.as_secs());
        off_secs >= NOTICED_SECS.saturating_add(self.uncertain_secs)
    }
}

/// Neither `Date` nor the client's time has fractions of a second.
const NOTICED_SECS: u64 = 2;
