mod finder;
mod rate;
mod trouble;

pub use rate::Rate;
pub use trouble::{Paced, Trouble};

use crate::chance::scatter;
use crate::retry_after::RETRY_AFTER_MAX_SECS;
use crate::time::{Instant, Now};
use finder::Finder;

/// How fast requests to one host may begin: it finds the server's limit and keeps every pause that the server asks for.
///
/// One controller serves all connections of a program to one host. It does no I/O, has no clock and never waits: the
/// caller asks [`next`](Self::next) when a request may begin, says [`begin`](Self::begin) when one does, and hands each
/// answer to [`answered`](Self::answered).
///
/// ```
/// use redox_auth_core::{Instant, Now, Pace, Paced, Trouble, Turn};
///
/// let mut pace = Pace::new(7);
/// let at = |millis| Now { instant: Instant::from_millis(millis), unix: None };
/// assert_eq!(pace.next(at(0).instant), Turn::Begin);
/// let started = pace.begin(at(0).instant);
///
/// // The server's limit is reached, and it asks for half a minute.
/// let answer = Paced { retry_after: Some(b"30"), ..Paced::status(429) };
/// assert_eq!(pace.answered(started, at(20), &answer), Some(Trouble::TooManyRequests));
/// let until = Instant::from_millis(30_020);
/// assert_eq!(pace.next(at(20).instant), Turn::Wait { until });
/// ```
///
/// # The rate
/// Before the first 429 or 503 there is no rate, unless one was set. Such an answer is a *refusal*. Those to requests that began before it, or
/// that come within 0.3 s of it, belong to it.
///
/// - **Search**: the first refusal sets the rate to 32 a second. Each answer adds a sixteenth of the rate. The next refusal
///   measures the level: *n* requests were let through in *t* seconds, pauses included. The limit was empty at both ends of
///   that time, therefore *n / t* is its rate, whatever its burst. Fewer than 8 requests measure nothing; the rate is halved
///   then, and the search continues.
/// - **Decrease**: a refusal sets the rate to 15/16 of itself. When 16 requests or more were let through since the last
///   one, at less than 7/8 of the rate, the limit was lowered: the rate is 15/16 of what was let through.
/// - **Increase**: *t* seconds later the rate is *(1 + (t / 6)³ / 15)* times that. It is back after 6 s, and twice as high
///   after 15 s without a refusal, where the limit was raised. Refusals hit a faster client more often than a slow one, and
///   the slow one grows for longer: clients of one limit come to equal shares. Between two answers at most 2 s count, and
///   nothing is added for a program that uses less than half of the rate.
/// - **Schedule**: requests begin 1 / rate apart. A request that is late does not delay the next one, up to four intervals
///   and 4 ms, at most 0.1 s.
///
/// # Pauses
/// A refusal pauses all requests for its `Retry-After`, at most an hour. Without one (or with one that is past, negative or
/// no time) the first refusal pauses for 1 s, unless a rate was set. So does the third in a row without an answer to a message between them, which
/// leaves the rate alone, as those after it do. The time is doubled for each pause in a row, up to a minute, less up to a
/// quarter by chance, and a shorter `Retry-After` does not shorten it. Other [`Trouble`] pauses in the same way and leaves
/// the rate alone. After a pause requests begin at least 0.1 s apart until one
/// is let through. After 12 pauses in a row without one, or 5 for trouble of another kind than the rate's,
/// [`next`](Self::next) says [`Turn::Stop`].
///
/// What looks like trouble with the way is about the message where a request that began later was let through; so is a web
/// page (but 511) after any request that was let through. 408, 421 and 425 count as no answer.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    seed: u32,
    finder: Finder,
    /// When the next request may begin by the rate, in microseconds.
    next_at_micros: u64,
    /// The number of the next request.
    number: u32,
    /// Trouble with requests before this one is known.
    known_below: u32,
    /// So is trouble before this moment.
    known_until: Instant,
    /// Nothing begins before.
    paused_until: Instant,
    /// How many troubles there were since a message was answered.
    troubles: u8,
    /// How many of them paused.
    pauses: u8,
    /// More pauses would not help.
    stopped: Option<Trouble>,
    /// The number behind that of the last request that was let through, if one was.
    through_below: Option<u32>,
}

/// Whether a request may begin.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use = "the answer says what to do"]
pub enum Turn {
    /// Now: say so with [`Pace::begin`].
    Begin,
    /// Not before this moment. Ask again then: a pause may have begun meanwhile.
    Wait {
        /// When to ask again.
        until: Instant,
    },
    /// There were several pauses without one answer to a message, and more of them would not help.
    Stop {
        /// What the last answer was.
        trouble: Trouble,
        /// When requests may begin again, 0.1 s apart until one is answered, because somebody may have fixed the cause.
        until: Instant,
    },
}

/// That a request began, for [`Pace::answered`]. Drop it when there is no answer.
#[derive(Debug)]
#[must_use = "the answer belongs to it"]
pub struct Started(u32);

impl Pace {
    /// A controller that knows no limit yet. `seed` is any number that tells this program from its siblings: it keeps
    /// their pauses from ending together.
    #[must_use]
    pub const fn new(seed: u32) -> Self {
        Self {
            seed,
            finder: Finder::new(),
            next_at_micros: 0,
            number: 0,
            known_below: 0,
            known_until: Instant::from_millis(0),
            paused_until: Instant::from_millis(0),
            troubles: 0,
            pauses: 0,
            stopped: None,
            through_below: None,
        }
    }

    /// The same with a rate that is never exceeded, such as a limit that the server's operator names.
    #[must_use]
    pub const fn at_most(mut self, ceiling: Rate) -> Self {
        self.finder = Finder::at_most(ceiling);
        self
    }

    /// Whether a request may begin at the moment `now`. Asking changes nothing.
    pub fn next(&self, now: Instant) -> Turn {
        let until = self.paused_until;
        match self.stopped {
            Some(trouble) if now < until => return Turn::Stop { trouble, until },
            _ => (),
        }
        // The first millisecond that is not before it.
        let by_rate = Instant::from_millis(self.next_at_micros.div_ceil(MICROS_A_MILLI));
        let until = until.max(by_rate);
        if until <= now {
            Turn::Begin
        } else {
            Turn::Wait { until }
        }
    }

    /// The same for a request that goes ahead of the others, such as one for the token that they need: by up to one interval
    /// of the rate, and never within a pause.
    pub fn next_ahead(&self, now: Instant) -> Turn {
        let interval = self.finder.rate().map_or(0, Rate::interval_micros);
        let ahead = Self {
            next_at_micros: self.next_at_micros.saturating_sub(interval),
            ..*self
        };
        ahead.next(now)
    }

    /// The end of the last pause.
    #[must_use]
    pub const fn paused_until(&self) -> Instant {
        self.paused_until
    }

    /// A request begins at the moment `now`, whatever [`next`](Self::next) says.
    pub fn begin(&mut self, now: Instant) -> Started {
        self.finder.begin(now);
        let interval = self.finder.rate().map_or(0, Rate::interval_micros);
        let interval = match self.pauses {
            0 => interval,
            _ => interval.max(PROBE_MICROS),
        };
        let late = interval.saturating_mul(4).saturating_add(4_000);
        let earliest = micros(now).saturating_sub(late.min(LATE_MAX_MICROS));
        self.next_at_micros = self.next_at_micros.max(earliest).saturating_add(interval);
        let started = Started(self.number);
        self.number = self.number.wrapping_add(1);
        started
    }

    /// The server answered a request at the moment `now`. `None` when the answer is about the message. Otherwise it is what
    /// kept the server from looking at the message, which goes back into the queue.
    pub fn answered(&mut self, started: Started, now: Now, answer: &Paced<'_>) -> Option<Trouble> {
        let at = now.instant;
        // Numbers wrap around; no request is under way for two billion others.
        let is_older = started.0.wrapping_sub(self.known_below) >= HALF;
        if answer.is_of_connection() {
            return None;
        }
        let number = started.0;
        let trouble = answer.trouble();
        let trouble = trouble.filter(|trouble| !self.is_of_message(*trouble, answer, number));
        let Some(trouble) = trouble else {
            let is_newest = |below: u32| number.wrapping_sub(below) < HALF;
            if self.through_below.is_none_or(is_newest) {
                self.through_below = Some(number.wrapping_add(1));
            }
            if !is_older {
                self.finder.let_through(at);
                self.troubles = 0;
                self.pauses = 0;
                self.stopped = None;
            }
            return None;
        };
        let named_secs = answer.retry_after_secs(now).unwrap_or(0);
        let mut pause_ms = named_secs.min(RETRY_AFTER_MAX_SECS).saturating_mul(1_000);
        if !is_older && at >= self.known_until {
            self.known_below = self.number;
            self.known_until = at.saturating_add_millis(KNOWN_MS);
            self.troubles = self.troubles.saturating_add(1);
            let is_of_rate = trouble.is_of_rate();
            // Where nothing gets through, no lower rate would help, and where messages do, it is enough.
            let is_fruitless = self.troubles >= TROUBLES_TO_PAUSE;
            let is_first =
                is_of_rate && !is_fruitless && self.finder.refused(at, self.paused_until);
            if pause_ms > 0 || is_first || is_fruitless || !is_of_rate {
                pause_ms = pause_ms.max(self.own_pause_ms());
                if self.pauses >= trouble.most_pauses() {
                    self.stopped = Some(trouble);
                }
                self.pauses = self.pauses.saturating_add(1);
            }
        }
        if pause_ms > 0 {
            let until = at.saturating_add_millis(pause_ms.into());
            self.paused_until = self.paused_until.max(until);
            self.next_at_micros = self.next_at_micros.max(micros(self.paused_until));
        }
        Some(trouble)
    }

    /// Whether an answer that looks like trouble with the way is about the message after all: a request that began later was
    /// let through, or any was before this web page.
    fn is_of_message(&self, trouble: Trouble, answer: &Paced<'_>, number: u32) -> bool {
        let Some(below) = self.through_below.filter(|_| !trouble.is_of_rate()) else {
            return false;
        };
        let is_page = trouble == Trouble::WebPage && answer.is_page;
        is_page || below.wrapping_sub(number) >= 2 && below.wrapping_sub(number) < HALF
    }

    /// The rate now; `None` while no limit has shown and none was set.
    #[must_use]
    pub const fn rate(&self) -> Option<Rate> {
        self.finder.rate()
    }

    /// The next pause that the server does not name.
    fn own_pause_ms(&self) -> u32 {
        let slot_ms = (PAUSE_FIRST_MS << self.pauses.min(16)).min(PAUSE_MAX_MS);
        let less_ms = scatter(self.seed, self.pauses.into(), slot_ms / 4);
        slot_ms.saturating_sub(less_ms)
    }
}

const fn micros(at: Instant) -> u64 {
    at.as_millis().saturating_mul(MICROS_A_MILLI)
}

const MICROS_A_MILLI: u64 = 1_000;

const HALF: u32 = 1 << 31;

/// How long trouble takes until requests that begin after it show something else.
const KNOWN_MS: u64 = 300;

/// A timer that fires late costs no requests when it is this late at most.
const LATE_MAX_MICROS: u64 = 100_000;

/// Between requests after a pause, until one is let through.
const PROBE_MICROS: u64 = 100_000;

/// A refusal by itself is no reason for a pause, nor are two.
const TROUBLES_TO_PAUSE: u8 = 3;

const PAUSE_FIRST_MS: u32 = 1_000;
const PAUSE_MAX_MS: u32 = 60_000;
