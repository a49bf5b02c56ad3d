use core::fmt;
use core::mem;
use core::time::Duration;

use redox_auth_core::{Done, RetryAfter, StatusMeaning, UnixTime};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Method, Response, StatusCode};
use tower::retry::backoff::{Backoff, ExponentialBackoff, ExponentialBackoffMaker, MakeBackoff};
use tower::retry::budget::{Budget, TpsBudget};
use tower::util::rng::HasherRng;

use crate::clock::Clock;
use crate::pause::pause_by;

/// When a request to the API is sent again that brought no good answer; a 401 is another matter.
///
/// The client sends again what was not done: after answers 429, 502 and 503 (Redox's page "Error handling and responses"),
/// and after those of gateways with the same meaning ([`StatusMeaning::done`](crate::StatusMeaning::done)); without a
/// connection; and what an HTTP/2 server sends back undone (RFC 9113 §8.7). 504, and connections that broke, leave open what
/// was done: then the client sends only requests again that may be repeated, by their method (RFC 9110 §9.2.2) or because
/// the caller says so ([`Call::repeatable`](crate::Call::repeatable)).
///
/// After 408, 421 and 425, which say that the request was not done, it is sent once more at once, on a new connection; with
/// [`Builder::api_client`](crate::Builder::api_client) on one of that client's.
///
/// Waits are doubled from 0.2 s to 5 s with a jitter, or as long as `Retry-After` says. All requests of a client share a
/// budget of repetitions, so that an API that is down is not asked several times as much.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use = "retries do nothing until they are given to a builder"]
pub struct Retries {
    times: u32,
    percent: u8,
    longest_wait: Duration,
}

impl Retries {
    /// Nothing is sent again, but after a 401.
    pub const NONE: Self = Self {
        times: 0,
        percent: 0,
        longest_wait: Duration::ZERO,
    };

    /// How often a request may be sent again: 3 times unless said otherwise.
    pub const fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// How many repetitions there may be in all for every hundred requests of the last ten seconds, beside the 5 a second
    /// that are always allowed: 20 unless said otherwise, at most 100.
    pub const fn percent(mut self, percent: u8) -> Self {
        self.percent = if percent > 100 { 100 } else { percent };
        self
    }

    /// The longest `Retry-After` that is waited for: 20 s unless said otherwise. Where the API asks for more, its answer
    /// is the caller's at once.
    pub const fn longest_wait(mut self, wait: Duration) -> Self {
        self.longest_wait = wait;
        self
    }
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            times: 3,
            percent: 20,
            longest_wait: Duration::from_secs(20),
        }
    }
}

/// The retries of a client, and what is left of its budget.
pub(crate) struct Retrying {
    rules: Retries,
    budget: TpsBudget,
}

impl Retrying {
    pub(crate) fn new(rules: Retries) -> Self {
        let share = f32::from(rules.percent) / 100.0;
        Self {
            rules,
            budget: TpsBudget::new(BUDGET_TIME, BUDGET_RESERVE_PER_SEC, share),
        }
    }

    /// The repetitions of one request.
    pub(crate) fn of_request(&self) -> Repetitions<'_> {
        self.budget.deposit();
        Repetitions {
            retrying: self,
            left: self.rules.times,
            has_moved: false,
            backoff: None,
        }
    }
}

impl fmt::Debug for Retrying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rules.fmt(f)
    }
}

/// How often one request may still be sent again.
pub(crate) struct Repetitions<'r> {
    retrying: &'r Retrying,
    left: u32,
    /// It was sent again on another connection, because the server wanted that.
    has_moved: bool,
    backoff: Option<Box<ExponentialBackoff<HasherRng>>>,
}

impl Repetitions<'_> {
    /// Whether the request may be sent once more at once, on another connection.
    pub(crate) fn may_move(&mut self) -> bool {
        let is_first = !mem::replace(&mut self.has_moved, true);
        is_first && self.left > 0 && self.retrying.budget.withdraw()
    }

    /// Waits by this clock before the request is sent again; `false`, at once, if it must not be.
    pub(crate) async fn wait(&mut self, retry_after: Option<Duration>, clock: &Clock) -> bool {
        let too_long = retry_after.is_some_and(|wait| wait > self.retrying.rules.longest_wait);
        if self.left == 0 || too_long || !self.retrying.budget.withdraw() {
            return false;
        }
        self.left = self.left.saturating_sub(1);
        let wait = retry_after.unwrap_or_else(|| {
            let backoff = self.backoff.get_or_insert_with(|| Box::new(backoff()));
            let deadline = backoff.next_backoff().deadline();
            deadline.saturating_duration_since(tokio::time::Instant::now())
        });
        pause_by(clock, wait).await;
        true
    }
}

/// Whether a request may be done twice.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Repeatable {
    Yes,
    No,
}

impl Repeatable {
    /// By its method alone.
    pub(crate) fn of(method: &Method) -> Self {
        if method.is_idempotent() {
            Self::Yes
        } else {
            Self::No
        }
    }

    /// Whether an answer of this status asks for another try.
    pub(crate) fn allows(self, status: StatusCode) -> bool {
        match StatusMeaning::of(status.as_u16()).done() {
            Done::No => true,
            Done::Perhaps => self == Self::Yes,
            Done::Unsaid => false,
        }
    }
}

/// How long the API asks to be left alone.
pub(crate) fn retry_after(response: &Response, now: Option<UnixTime>) -> Option<Duration> {
    let header = |headers: &HeaderMap| RetryAfter::parse(headers.get(RETRY_AFTER)?.as_bytes());
    let secs = header(response.headers())?.secs_from(now)?;
    Some(Duration::from_secs(secs.into()))
}

/// Whether nothing was done, though there is no answer: there was no connection, or HTTP/2 says so of the request (RFC 9113
/// §8.7).
pub(crate) fn was_not_done(error: &reqwest::Error) -> bool {
    let first = core::error::Error::source(error);
    error.is_connect()
        || core::iter::successors(first, |cause| cause.source())
            .filter_map(|cause| cause.downcast_ref::<h2::Error>())
            .any(|error| match error.reason() {
                Some(h2::Reason::REFUSED_STREAM) => error.is_reset() && error.is_remote(),
                // Of streams that the server looked at there is another error.
                Some(h2::Reason::NO_ERROR) => error.is_go_away() && error.is_remote(),
                _ => false,
            })
}

fn backoff() -> ExponentialBackoff<HasherRng> {
    ExponentialBackoffMaker::new(SHORTEST_WAIT, LONGEST_BACKOFF, JITTER, HasherRng::default())
        .expect("constants in the right order")
        .make_backoff()
}

const SHORTEST_WAIT: Duration = Duration::from_millis(200);
const LONGEST_BACKOFF: Duration = Duration::from_secs(5);
const JITTER: f64 = 0.5;
const BUDGET_TIME: Duration = Duration::from_secs(10);
const BUDGET_RESERVE_PER_SEC: u32 = 5;

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    async fn waits(retrying: &Retrying, retry_after: Option<Duration>) -> Vec<Duration> {
        let mut repetitions = retrying.of_request();
        let mut waits = Vec::new();
        loop {
            let before = Instant::now();
            if !repetitions.wait(retry_after, &Clock::Machine).await {
                return waits;
            }
            waits.push(before.elapsed());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn waits_are_doubled_with_a_jitter_or_as_long_as_the_api_says() {
        let retrying = Retrying::new(Retries::default().times(7));
        let found = waits(&retrying, None).await;
        assert_eq!(found.len(), 7);
        let mut shortest = Duration::from_millis(200);
        for wait in found {
            // A timer's tick beside the jitter.
            let longest = shortest.mul_f64(1.5) + Duration::from_millis(2);
            assert!((shortest..=longest).contains(&wait), "{wait:?}");
            shortest = (shortest * 2).min(LONGEST_BACKOFF);
        }

        let secs = Duration::from_secs(20);
        let found = waits(&Retrying::new(Retries::default()), Some(secs)).await;
        assert_eq!(found.len(), 3);
        assert!(found.iter().all(|wait| *wait >= secs), "{found:?}");
        for retries in [Retries::NONE, Retries::default().longest_wait(secs / 2)] {
            assert_eq!(
                waits(&Retrying::new(retries), Some(secs)).await,
                [Duration::ZERO; 0]
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn all_requests_share_one_budget() {
        let retrying = Retrying::new(Retries::default().times(1).longest_wait(Duration::ZERO));
        let mut repeated = 0;
        for _ in 0..1_000 {
            repeated += waits(&retrying, Some(Duration::ZERO)).await.len();
        }
        // 20 of a hundred, and 5 a second for ten seconds.
        assert!((200..=300).contains(&repeated), "{repeated}");
    }
}
