use crate::time::{Instant, Now, UnixTime};

/// What time it is at the server, as far as we know.
///
/// At first that is what our own clock says. Once the server showed another time, it is that time plus what has passed
/// since on the clock that does not jump, and our own clock is not looked at any more.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Clock {
    anchor: Option<Anchor>,
}

#[derive(Clone, Copy, Debug)]
struct Anchor {
    at: Instant,
    unix: UnixTime,
    uncertain_secs: u64,
    /// The server accepted an assertion that was dated by it.
    proven: bool,
}

impl Clock {
    /// The time of the server, unless neither clock can be right.
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

    /// Believes `date`, shown by the server at the moment `at`.
    pub(super) fn learn(&mut self, date: ServerDate) {
        self.anchor = Some(Anchor {
            at: date.at,
            unix: date.unix,
            uncertain_secs: date.uncertain_secs,
            proven: self.is_proven(),
        });
    }

    /// The earliest and the latest time that it can be at the server.
    pub(super) fn bounds(&self, now: Now, earliest: UnixTime) -> Option<(UnixTime, UnixTime)> {
        let time = self.time(now, earliest)?;
        let uncertain = self.anchor.map_or(0, |anchor| anchor.uncertain_secs);
        // Neither clock shows fractions of a second.
        let later = uncertain.saturating_add(1);
        Some((time.saturating_sub(uncertain), time.saturating_add(later)))
    }

    /// The server accepted what we dated; its `date` keeps a learned time from drifting away.
    pub(super) fn accepted(&mut self, date: Option<ServerDate>) {
        if let Some(anchor) = &mut self.anchor {
            anchor.proven = true;
            if let Some(date) = date {
                self.learn(date);
            }
        }
    }

    /// Goes back to our own clock when believing the server's `Date` has not helped. Not every `Date` is right: some
    /// come from a machine in between.
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

/// A server's time as its answer showed it.
#[derive(Clone, Copy, Debug)]
pub(super) struct ServerDate {
    pub(super) unix: UnixTime,
    /// When that was on our own steady clock: half way between sending and receiving.
    pub(super) at: Instant,
    /// How much earlier or later it may have been: half of the way there and back.
    pub(super) uncertain_secs: u64,
}

impl ServerDate {
    /// Whether `ours`, our time at the same moment, is off by more than this estimate can be.
    pub(super) fn deviates(self, ours: UnixTime) -> bool {
        let off_secs = ours.as_secs().abs_diff(self.unix.as_secs());
        off_secs >= NOTICED_SECS.saturating_add(self.uncertain_secs)
    }
}

/// Neither `Date` nor our time has fractions of a second.
const NOTICED_SECS: u64 = 2;
