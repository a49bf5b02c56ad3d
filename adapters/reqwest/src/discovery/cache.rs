use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use redox_auth_core::MetadataKind;

use super::found::Metadata;
use crate::clock::Clock;
use crate::error::discovery::DiscoveryError;
use crate::sync::timeout;

/// The documents of recent fetches, keyed by the request, with one fetch at a time for each.
#[derive(Default)]
pub(super) struct Cache(Mutex<HashMap<Key, Arc<Slot>>>);

/// The key: the kind of document, and the issuer or FHIR server as the caller wrote it.
pub(super) type Key = (MetadataKind, String);

/// A document, and how long the server asks to keep it, if it does.
pub(super) type Fetched = (Metadata, Option<Duration>);

/// The place of one document.
#[derive(Default)]
struct Slot {
    /// In milliseconds of the clock; zero while there is no document.
    kept_until: AtomicU64,
    /// How many fetches have ended.
    ended: AtomicU64,
    /// The result of the last fetch. It is locked while a fetch is under way.
    last: tokio::sync::Mutex<Option<Result<Metadata, DiscoveryError>>>,
}

impl Cache {
    /// The cached document, or the result of `fetch`, for all callers that wait for it, each at most this long.
    pub(super) async fn get<F>(
        &self,
        key: Key,
        clock: &Clock,
        patience: Duration,
        fetch: impl FnOnce() -> F,
    ) -> Result<Metadata, DiscoveryError>
    where
        F: Future<Output = Result<Fetched, DiscoveryError>>,
    {
        let slot = self.slot(key);
        let ended = slot.ended.load(Ordering::Acquire);
        let Ok(mut last) = timeout(patience, slot.last.lock()).await else {
            // Nobody drives the fetch that is under way: it is on a runtime that stands still, or in a future that nobody
            // polls.
            return fetch().await.map(|(metadata, _)| metadata);
        };
        let is_of_meanwhile = slot.ended.load(Ordering::Acquire) != ended;
        let is_kept = slot.kept_until.load(Ordering::Relaxed) > clock.instant().as_millis();
        if let Some(last) = last.as_ref().filter(|_| is_of_meanwhile || is_kept) {
            return last.clone();
        }
        let fetched = fetch().await;
        let keep = match &fetched {
            Ok((_, max_age)) => max_age.unwrap_or(USUAL).clamp(SHORTEST, LONGEST),
            Err(_) => Duration::ZERO,
        };
        let millis = u64::try_from(keep.as_millis()).unwrap_or(u64::MAX);
        let kept_until = clock.instant().as_millis().saturating_add(millis);
        slot.kept_until.store(kept_until, Ordering::Relaxed);
        slot.ended.fetch_add(1, Ordering::Release);
        let result = fetched.map(|(metadata, _)| metadata);
        *last = Some(result.clone());
        result
    }

    fn slot(&self, key: Key) -> Arc<Slot> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get(&key) {
            return Arc::clone(slot);
        }
        if slots.len() >= MAX_DOCUMENTS {
            // Documents that a caller waits for come last.
            let ends = |slot: &Arc<Slot>| {
                let is_waited_for = Arc::strong_count(slot) > 1;
                (is_waited_for, slot.kept_until.load(Ordering::Relaxed))
            };
            let first = slots.iter().min_by_key(|(_, slot)| ends(slot));
            if let Some(key) = first.map(|(key, _)| key.clone()) {
                slots.remove(&key);
            }
        }
        let slot = Arc::<Slot>::default();
        slots.insert(key, Arc::clone(&slot));
        slot
    }
}

/// The number of documents at a time; each takes up to 64 KiB.
const MAX_DOCUMENTS: usize = 64;

/// If a server forbids caching, the client asks again after a minute: the content changes once in years.
const SHORTEST: Duration = Duration::from_secs(60);

/// Without a word of the server.
const USUAL: Duration = Duration::from_secs(60 * 60);

/// A server cannot hide a change from a client for longer.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
