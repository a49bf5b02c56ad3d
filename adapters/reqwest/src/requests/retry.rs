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

/// When the client sends a request to the API again after an answer without success. A 401 has rules of its own.
///
/// The client sends a request again that was not done: after answers 429, 502 and 503 (Redox's page "Error handling and
/// responses"), and after those of gateways with the same meaning ([`StatusMeaning::done`](crate::StatusMeaning::done));
/// without a connection; and after HTTP/2 returned it undone (RFC 9113 §8.7). A 504 or a broken connection leaves open
/// whether the request was done. Then the client repeats only requests that may be repeated, because of their method (RFC
/// 9110 §9.2.2) or with [`Call::repeatable`](crate::Call::repeatable).
///
/// After 408, 421 and 425, which mean that the request was not done, the client sends it once more at once, on a new
/// connection. With [`Builder::api_client`](crate::Builder::api_client) it uses a connection of that client.
///
/// Waits double from 0.2 s to 5 s with a jitter, or last as long as `Retry-After` demands. All requests of a client share a
/// budget of repetitions. Therefore an API that is down does not get several times as many requests.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use = "retries do nothing until they are given to a builder"]
pub struct Retries {
    times: u32,
    percent: u8,
    longest_wait: Duration,
}

impl Retries {
    /// Repeats nothing, except after a 401.
    pub const NONE: Self = Self {
        times: 0,
        percent: 0,
        longest_wait: Duration::ZERO,
    };

    /// Sets how often a request may be repeated. The default is 3 times.
    pub const fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    /// Sets the budget: the number of repetitions for every hundred requests of the last ten seconds, in addition to 5 a
    /// second that are always allowed. The default is 20, the maximum 100.
    pub const fn percent(mut self, percent: u8) -> Self {
        self.percent = if percent > 100 { 100 } else { percent };
        self
    }

    /// Sets the longest `Retry-After` that the client waits for. The default is 20 s. If the API asks for more, the caller
    /// gets the answer at once.
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

/// The retries of a client, and the rest of its budget.
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

/// How many more times one request may be sent.
pub(crate) struct Repetitions<'r> {
    retrying: &'r Retrying,
    left: u32,
    /// The client sent it again on another connection, because the server asked for that.
    has_moved: bool,
    backoff: Option<Box<ExponentialBackoff<HasherRng>>>,
}

impl Repetitions<'_> {
    /// Whether the request may be sent once more at once, on another connection.
    pub(crate) fn may_move(&mut self) -> bool {
        let is_first = !mem::replace(&mut self.has_moved, true);
        is_first && self.left > 0 && self.retrying.budget.withdraw()
    }

    /// Waits on this clock before the next attempt; `false`, at once, if there must be none.
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

/// Whether doing a request twice is harmless.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Repeatable {
    Yes,
    No,
}

impl Repeatable {
    /// Judged from its method alone.
    pub(crate) fn of(method: &Method) -> Self {
        if method.is_idempotent() {
            Self::Yes
        } else {
            Self::No
        }
    }

    /// Whether an answer with this status asks for another attempt.
    pub(crate) fn allows(self, status: StatusCode) -> bool {
        match StatusMeaning::of(status.as_u16()).done() {
            Done::No => true,
            Done::Perhaps => self == Self::Yes,
            Done::Unsaid => false,
        }
    }
}

/// How long the API asks for a pause.
pub(crate) fn retry_after(response: &Response, now: Option<UnixTime>) -> Option<Duration> {
    let header = |headers: &HeaderMap| RetryAfter::parse(headers.get(RETRY_AFTER)?.as_bytes());
    let secs = header(response.headers())?.secs_from(now)?;
    Some(Duration::from_secs(secs.into()))
}

/// Whether nothing was done although there is no answer: there was no connection, or HTTP/2 reports it (RFC 9113 §8.7).
pub(crate) fn was_not_done(error: &reqwest::Error) -> bool {
    let first = core::error::Error::source(error);
    error.is_connect()
        || core::iter::successors(first, |cause| cause.source())
            .filter_map(|cause| cause.downcast_ref::<h2::Error>())
            .any(|error| match error.reason() {
                Some(h2::Reason::REFUSED_STREAM) => error.is_reset() && error.is_remote(),
                // Streams that the server processed have another error.
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
            // A timer's tick in addition to the jitter.
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
