mod finder;
mod rate;
mod trouble;

pub use rate::Rate;
pub use trouble::{Paced, Trouble};

use crate::chance::scatter;
use crate::retry_after::RETRY_AFTER_MAX_SECS;
use crate::time::{Instant, Now};
use finder::Finder;

/// Decides when requests to one host may begin. It finds the server's limit and keeps every pause that the server asks
/// for.
///
/// One controller serves all connections of a program to one host. It does no I/O, has no clock and never waits. The
/// caller asks [`next`](Self::next) when a request may begin, calls [`begin`](Self::begin) when a request begins, and
/// passes each answer to [`answered`](Self::answered).
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
/// let answer = Paced::status(429).with_retry_after(Some(b"30"));
/// assert_eq!(pace.answered(started, at(20), &answer), Some(Trouble::TooManyRequests));
/// let until = Instant::from_millis(30_020);
/// assert_eq!(pace.next(at(20).instant), Turn::Wait { until });
/// ```
///
/// # The rate
/// Before the first 429 or 503 there is no rate, unless one was set. Such an answer is a *refusal*. Refusals of
/// requests that began before it, or that come within 0.3 s of it, count as the same refusal.
///
/// - **Search**: the first refusal sets the rate to 32 a second. Each answer adds a sixteenth of the rate. The next
///   refusal measures the level: the server let *n* requests through in *t* seconds, pauses included. The limit was
///   empty at both ends of that time, therefore *n / t* is its rate, whatever its burst. Fewer than 8 requests measure
///   nothing: the rate is halved, and the search continues.
/// - **Decrease**: a refusal sets the rate to 15/16 of itself. If the server let 16 requests or more through since the
///   last refusal, at less than 7/8 of the rate, the limit was lowered: the new rate is 15/16 of the measured rate.
/// - **Increase**: *t* seconds later the rate is *(1 + (t / 6)³ / 15)* times the decreased rate. After 6 s it is back
///   at the old rate, and after 15 s without a refusal, where the limit was raised, it is twice as high. Refusals hit a
///   fast client more often than a slow client, and the slow client grows for longer: clients of one limit come to
///   equal shares. Between two answers at most 2 s count. The rate does not grow while a program uses less than half of
///   it.
/// - **Schedule**: requests begin 1 / rate apart. A request that is late does not delay the next one, up to four intervals
///   and 4 ms, at most 0.1 s.
///
/// # Pauses
/// A refusal pauses all requests for its `Retry-After`, at most an hour. Without a `Retry-After` (or with a past,
/// negative or malformed one) the first refusal pauses for 1 s, unless a rate was set. The third refusal in a row
/// without an answer to a message also pauses. It leaves the rate unchanged, as do all further refusals in that row.
/// The length doubles for each pause in a row, up to a minute, less up to a quarter at random. A shorter `Retry-After`
/// does not shorten it. Other [`Trouble`] pauses in the same way and leaves the rate unchanged. After a pause, requests
/// begin at least 0.1 s apart until the server lets one through. After 12 pauses in a row without that, or 5 for
/// trouble of another kind than the rate's, [`next`](Self::next) returns [`Turn::Stop`].
///
/// An answer that looks like trouble on the path is about the message if the server let a later request through. A web
/// page (except for 511) is about the message if the server let any request through. 408, 421 and 425 count as no
/// answer.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    seed: u32,
    finder: Finder,
    /// The time from which the rate allows the next request, in microseconds.
    next_at_micros: u64,
    /// The number of the next request.
    number: u32,
    /// Trouble with requests below this number has already been counted.
    known_below: u32,
    /// Trouble before this moment has already been counted.
    known_until: Instant,
    /// No request begins before this moment.
    paused_until: Instant,
    /// The number of troubles since a message was answered.
    troubles: u8,
    /// The number of those troubles that paused.
    pauses: u8,
    /// The trouble that more pauses would not end.
    stopped: Option<Trouble>,
    /// One more than the number of the last request that the server let through.
    through_below: Option<u32>,
}

/// Whether a request may begin.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use = "the answer says what to do"]
pub enum Turn {
    /// Now. Call [`Pace::begin`] when the request begins.
    Begin,
    /// Not before this moment. Ask again then, because another pause may have begun meanwhile.
    Wait {
        /// The time to ask again.
        until: Instant,
    },
    /// Several pauses passed without an answer to a message, and more of them would not help.
    Stop {
        /// The trouble that the last answer showed.
        trouble: Trouble,
        /// The time from which requests may begin again, 0.1 s apart until one is answered. The operator may have fixed
        /// the cause by then.
        until: Instant,
    },
}

/// A request that has begun, for [`Pace::answered`]. Drop it if no answer comes.
#[derive(Debug)]
#[must_use = "the answer belongs to it"]
pub struct Started(u32);

impl Pace {
    /// A controller that knows no limit yet. `seed` is any number that differs between programs. It keeps their pauses
    /// from ending together.
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

    /// The same with a rate that is never exceeded, such as the operator's documented limit.
    #[must_use]
    pub const fn at_most(mut self, ceiling: Rate) -> Self {
        self.finder = Finder::at_most(ceiling);
        self
    }

    /// Whether a request may begin at the moment `now`. This call changes nothing.
    pub fn next(&self, now: Instant) -> Turn {
        let until = self.paused_until;
        match self.stopped {
            Some(trouble) if now < until => return Turn::Stop { trouble, until },
            _ => (),
        }
        // Round up to the first millisecond that is not too early.
        let by_rate = Instant::from_millis(self.next_at_micros.div_ceil(MICROS_A_MILLI));
        let until = until.max(by_rate);
        if until <= now {
            Turn::Begin
        } else {
            Turn::Wait { until }
        }
    }

    /// As [`next`](Self::next), for a request that the others wait for, such as a token request. It may begin up to one
    /// interval of the rate earlier, but never within a pause.
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

    /// Records that a request begins at the moment `now`, whatever [`next`](Self::next) returned.
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

    /// Records the server's answer to a request at the moment `now`. `None` if the answer is about the message.
    /// Otherwise the server did not process the message, the result gives the cause, and the caller queues the message
    /// again.
    pub fn answered(&mut self, started: Started, now: Now, answer: &Paced<'_>) -> Option<Trouble> {
        let at = now.instant;
        // Numbers wrap around. No request stays under way while two billion others begin.
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
            // While no request gets through, a lower rate would not help. While messages get through, the rate is low
            // enough.
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

    /// Whether an answer that looks like trouble on the path is about the message: the server let a later request
    /// through, or, for a web page, any earlier request.
    fn is_of_message(&self, trouble: Trouble, answer: &Paced<'_>, number: u32) -> bool {
        let Some(below) = self.through_below.filter(|_| !trouble.is_of_rate()) else {
            return false;
        };
        let is_page = trouble == Trouble::WebPage && answer.is_page;
        is_page || below.wrapping_sub(number) >= 2 && below.wrapping_sub(number) < HALF
    }

    /// The current rate; `None` until a limit shows or a rate is set.
    #[must_use]
    pub const fn rate(&self) -> Option<Rate> {
        self.finder.rate()
    }

    /// The length of the next pause without a `Retry-After`.
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

/// The time in which requests still run into the same trouble, in milliseconds.
const KNOWN_MS: u64 = 300;

/// A timer that fires up to this much late costs no requests.
const LATE_MAX_MICROS: u64 = 100_000;

/// The interval between requests after a pause, until the server lets one through.
const PROBE_MICROS: u64 = 100_000;

/// The number of refusals in a row that causes a pause.
const TROUBLES_TO_PAUSE: u8 = 3;

const PAUSE_FIRST_MS: u32 = 1_000;
const PAUSE_MAX_MS: u32 = 60_000;
