use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redox_auth_core::{Instant, Pace, Paced, Rate, Started, Trouble, Turn};
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, RETRY_AFTER};

use crate::clock::Clock;
use crate::pause::pause_by;
use crate::sync::timeout;

/// How fast a process may send requests to one host; see [`Builder::pace`](crate::Builder::pace).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[must_use = "a pacing does nothing until it is given to a builder"]
pub struct Pacing {
    at_most: Option<Rate>,
    longest_wait: Option<Duration>,
}

impl Pacing {
    /// As fast as the server lets requests through: its answers show the limit.
    pub const fn new() -> Self {
        Self {
            at_most: None,
            longest_wait: None,
        }
    }

    /// The same, and never faster than this rate.
    pub const fn at_most(mut self, rate: Rate) -> Self {
        self.at_most = Some(rate);
        self
    }

    /// The same for callers with a longest wait: a request that cannot begin by then fails with
    /// [`Error::NoTurn`](crate::Error::NoTurn), as soon as that is certain. Without this limit requests wait for every
    /// pause, which may be an hour. Token requests have [`Builder::token_timeout`](crate::Builder::token_timeout).
    pub const fn longest_wait(mut self, wait: Duration) -> Self {
        self.longest_wait = Some(wait);
        self
    }
}

/// Why a request does not begin.
#[derive(Debug)]
pub(crate) enum NotBegun {
    /// The last answer of a server that did not process requests, after several pauses.
    Trouble(Trouble),
    /// Its turn would come after the longest wait.
    TooLate,
}

/// The pace of one host, which all clients keep to.
pub(crate) struct HostPace {
    pace: Mutex<Pace>,
    /// Requests begin in the order in which they came, and one of them waits for the clock.
    line: tokio::sync::Mutex<()>,
    longest_wait: Option<Duration>,
    let_through: AtomicU64,
    clock: Arc<Clock>,
}

impl HostPace {
    pub(crate) fn new(pacing: Pacing, clock: &Arc<Clock>) -> Self {
        let pace = Pace::new(std::process::id());
        let pace = match pacing.at_most {
            Some(rate) => pace.at_most(rate),
            None => pace,
        };
        Self {
            pace: Mutex::new(pace),
            line: tokio::sync::Mutex::new(()),
            longest_wait: pacing.longest_wait,
            let_through: AtomicU64::new(0),
            clock: Arc::clone(clock),
        }
    }

    /// Begins a request as soon as one may begin.
    ///
    /// # Errors
    /// [`NotBegun`].
    pub(crate) async fn begin(&self) -> Result<Started, NotBegun> {
        let came_at = self.clock.instant();
        let _line = match self.longest_wait {
            Some(wait) => timeout(wait, self.line.lock())
                .await
                .map_err(|_| NotBegun::TooLate)?,
            None => self.line.lock().await,
        };
        loop {
            let left = {
                let mut pace = self.lock();
                let now = self.clock.instant();
                let until = match pace.next(now) {
                    Turn::Begin => return Ok(pace.begin(now)),
                    Turn::Wait { until } => until,
                    Turn::Stop { trouble, .. } => return Err(NotBegun::Trouble(trouble)),
                };
                let millis = |from: Instant| until.as_millis().saturating_sub(from.as_millis());
                let wait = Duration::from_millis(millis(came_at));
                if self.longest_wait.is_some_and(|longest| wait > longest) {
                    return Err(NotBegun::TooLate);
                }
                millis(now)
            };
            pause_by(&self.clock, Duration::from_millis(left)).await;
        }
    }

    /// Begins a token request, ahead of the waiting requests. During a pause it begins only if the pause ends within
    /// `at_most`.
    ///
    /// # Errors
    /// As [`begin`](Self::begin), or `None` for a longer pause.
    pub(crate) async fn begin_ahead(&self, at_most: Duration) -> Result<Started, Option<Trouble>> {
        loop {
            let left = {
                let mut pace = self.lock();
                let now = self.clock.instant();
                let until = match pace.next_ahead(now) {
                    Turn::Begin => return Ok(pace.begin(now)),
                    Turn::Wait { until } => until,
                    Turn::Stop { trouble, .. } => return Err(Some(trouble)),
                };
                let millis = |until: Instant| until.as_millis().saturating_sub(now.as_millis());
                if Duration::from_millis(millis(pace.paused_until())) > at_most {
                    return Err(None);
                }
                millis(until)
            };
            pause_by(&self.clock, Duration::from_millis(left)).await;
        }
    }

    /// Whether a pause is under way.
    pub(crate) fn is_paused(&self) -> bool {
        self.lock().paused_until() > self.clock.instant()
    }

    /// How many requests the server let through, with any answer.
    pub(crate) fn let_through(&self) -> u64 {
        self.let_through.load(Ordering::Relaxed)
    }

    /// The time until a request may begin.
    pub(crate) fn left(&self) -> Duration {
        let now = self.clock.instant();
        match self.lock().next(now) {
            Turn::Begin => Duration::ZERO,
            Turn::Wait { until } | Turn::Stop { until, .. } => {
                Duration::from_millis(until.as_millis().saturating_sub(now.as_millis()))
            }
        }
    }

    /// Records the answer to a token request. Only a limit concerns clients other than the sender: a server answers 401 to
    /// one key that it does not know (RFC 6749 §5.2).
    pub(crate) fn token_answered(&self, started: Started, status: u16, headers: &HeaderMap) {
        let is_of_others = match Paced::status(status).trouble() {
            Some(trouble) => trouble.is_of_rate(),
            None => true,
        };
        if is_of_others {
            // The session decides about the request.
            let _ = self.answered(started, status, headers);
        }
    }

    /// Records an answer. Returns a value if the answer does not concern the request, which the client then sends again.
    pub(crate) fn answered(
        &self,
        started: Started,
        status: u16,
        headers: &HeaderMap,
    ) -> Option<Trouble> {
        let value = |name| headers.get(name).map(|value| value.as_bytes());
        let is_page = value(CONTENT_TYPE).is_some_and(|media_type| {
            let start = media_type.get(..PAGE.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(PAGE))
        });
        let answer = Paced::status(status)
            .with_retry_after(value(RETRY_AFTER))
            .with_date(value(DATE))
            .with_page(is_page);
        let trouble = self.lock().answered(started, self.clock.now(), &answer);
        if trouble.is_none() {
            self.let_through.fetch_add(1, Ordering::Relaxed);
        }
        trouble
    }

    fn lock(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const PAGE: &[u8] = b"text/html";
