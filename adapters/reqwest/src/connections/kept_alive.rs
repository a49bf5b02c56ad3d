use core::fmt;
use core::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use redox_auth_core::Instant;
use reqwest::header::{HeaderMap, HeaderName};

/// How long a server keeps an idle connection by its own words (`Keep-Alive: timeout`), and when it last answered.
///
/// A request on a connection that the server closes at that moment may have been done or not. hyper's pool has one idle time
/// for all connections, which is fixed when the pool is made, and hyper does not read this header.
pub(crate) struct KeptAlive {
    /// In milliseconds, less [`MARGIN_MILLIS`].
    idle_millis: AtomicU64,
    /// In milliseconds of the client's clock.
    answered_at: AtomicU64,
    renewing: Mutex<()>,
}

impl KeptAlive {
    pub(crate) const fn new() -> Self {
        Self {
            idle_millis: AtomicU64::new(UNSAID),
            answered_at: AtomicU64::new(0),
            renewing: Mutex::new(()),
        }
    }

    /// Records an answer. Over HTTP/2 no server sends this header (RFC 9113 §8.2.2).
    pub(crate) fn answered(&self, headers: &HeaderMap, now: Instant) {
        let Some(value) = headers.get(KEEP_ALIVE) else {
            return;
        };
        if let Some(secs) = timeout_secs(value.as_bytes()) {
            let millis = secs.saturating_mul(1_000).saturating_sub(MARGIN_MILLIS);
            self.idle_millis.store(millis, Ordering::Relaxed);
            self.answered_at.store(now.as_millis(), Ordering::Relaxed);
        }
    }

    /// Whether the server may be about to close all idle connections. The caller that gets a guard opens a new connection;
    /// callers that ask meanwhile wait for it.
    pub(crate) fn is_over(&self, now: Instant) -> Option<MutexGuard<'_, ()>> {
        self.may_be_over(now).then_some(())?;
        let guard = self.renewing.lock().unwrap_or_else(PoisonError::into_inner);
        self.may_be_over(now).then_some(guard)
    }

    /// A new connection counts as an answer at this moment.
    pub(crate) fn renewed(&self, now: Instant) {
        self.answered_at.store(now.as_millis(), Ordering::Relaxed);
    }

    fn may_be_over(&self, now: Instant) -> bool {
        let idle = self.idle_millis.load(Ordering::Relaxed);
        let since = self.answered_at.load(Ordering::Relaxed);
        idle != UNSAID && now.as_millis().saturating_sub(since) > idle
    }
}

impl fmt::Debug for KeptAlive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptAlive").finish_non_exhaustive()
    }
}

/// The seconds of `timeout=5, max=100` (RFC 2068 §19.7.1.1, which browsers and servers still follow).
fn timeout_secs(value: &[u8]) -> Option<u64> {
    let value = core::str::from_utf8(value).ok()?;
    let mut parameters = value.split(',').filter_map(|it| it.split_once('='));
    let (_, secs) = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("timeout"))?;
    let secs = secs.trim().trim_matches('"');
    let is_number = !secs.is_empty() && secs.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| secs.parse().unwrap_or(u64::MAX))
}

const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");

/// For the transfer.
const MARGIN_MILLIS: u64 = 1_000;

const UNSAID: u64 = u64::MAX;

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    /// For how many milliseconds after an answer with this header the client uses an idle connection.
    fn idle_millis(value: &str) -> Option<u64> {
        let kept = KeptAlive::new();
        let mut headers = HeaderMap::new();
        headers.insert(
            KEEP_ALIVE,
            HeaderValue::from_bytes(value.as_bytes()).unwrap(),
        );
        kept.answered(&headers, Instant::from_millis(10_000));
        drop(kept.is_over(Instant::from_millis(u64::MAX))?);
        let mut millis = 10_000..110_000;
        let first_over = millis.find(|it| kept.is_over(Instant::from_millis(*it)).is_some())?;
        Some(first_over.saturating_sub(10_001))
    }

    #[test]
    fn the_servers_idle_time_is_honoured_with_a_second_to_spare() {
        for (value, expected) in [
            ("timeout=5", Some(4_000)),
            ("timeout=5, max=100", Some(4_000)),
            ("max=100,Timeout = \"65\"", Some(64_000)),
            ("timeout=1", Some(0)),
            ("timeout=0", Some(0)),
            ("timeout=99999999999999999999999", None),
            ("timeout=-1", None),
            ("timeout=5s", None),
            ("timeout=", None),
            ("timeout", None),
            ("max=100", None),
            ("\u{e9}timeout=5", None),
        ] {
            assert_eq!(idle_millis(value), expected, "{value}");
        }
    }

    #[test]
    fn an_answer_and_a_new_connection_begin_a_new_idle_time() {
        let kept = KeptAlive::new();
        let at = Instant::from_millis;
        assert!(kept.is_over(at(1_000_000)).is_none());
        let mut headers = HeaderMap::new();
        headers.insert(KEEP_ALIVE, HeaderValue::from_static("timeout=5"));
        kept.answered(&headers, at(1_000_000));
        assert!(kept.is_over(at(1_004_001)).is_some());
        kept.renewed(at(1_004_001));
        assert!(kept.is_over(at(1_004_001)).is_none());
        assert!(kept.is_over(at(1_008_002)).is_some());
        // An answer without the header tells nothing.
        kept.answered(&HeaderMap::new(), at(1_008_002));
        assert!(kept.is_over(at(1_008_002)).is_some());
    }
}
