use core::hash::{BuildHasher, Hash};
use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;
use std::hash::RandomState;
use std::sync::Arc;

use redox_auth_core::Instant;

use crate::client::Redox;
use crate::sync::ArcSwap;
use crate::tokens::shared::Name;

/// The clients of the tenants: read without a lock, changed by one thread at a time.
///
/// Each change copies the few entries beside it. That costs little, and a client that is taken out is dropped as soon as
/// its last reader is done: keys and tokens are wiped then, and not when a collector gets to it.
pub(super) struct Clients<K> {
    hasher: RandomState,
    buckets: Box<[ArcSwap<Bucket<K>>]>,
}

/// Tenants whose hashes end alike.
type Bucket<K> = Vec<Arc<Tenant<K>>>;

impl<K: Eq + Hash> Clients<K> {
    /// Room for about so many.
    pub(super) fn with_capacity(capacity: usize) -> Self {
        let buckets = capacity.div_ceil(PER_BUCKET).next_power_of_two();
        let empty = Arc::new(Vec::new());
        Self {
            hasher: RandomState::new(),
            buckets: (0..buckets)
                .map(|_| ArcSwap::new(Arc::clone(&empty)))
                .collect(),
        }
    }

    /// Reads a tenant, if it is there.
    #[inline]
    pub(super) fn read<T>(&self, key: &K, read: impl FnOnce(&Tenant<K>) -> T) -> Option<T> {
        let bucket = self.bucket(key)?.load();
        bucket.iter().find(|it| it.key == *key).map(|it| read(it))
    }

    /// Adds a tenant whose key is not there.
    pub(super) fn insert(&self, tenant: Arc<Tenant<K>>) {
        if let Some(bucket) = self.bucket(&tenant.key) {
            let others = bucket.load();
            let others = others.iter().cloned();
            bucket.store(Arc::new(others.chain([tenant]).collect()));
        }
    }

    /// Takes a tenant out.
    pub(super) fn remove(&self, key: &K) -> Option<Arc<Tenant<K>>> {
        let bucket = self.bucket(key)?;
        let before = bucket.load();
        let found = before.iter().find(|it| it.key == *key)?;
        let others = before.iter().filter(|it| it.key != *key);
        bucket.store(Arc::new(others.cloned().collect()));
        Some(Arc::clone(found))
    }

    #[inline]
    fn bucket(&self, key: &K) -> Option<&ArcSwap<Bucket<K>>> {
        // There are a power of two of them, 32 bits of a hash are enough.
        let hash = usize::try_from(self.hasher.hash_one(key) >> 32).unwrap_or(0);
        self.buckets
            .get(hash & self.buckets.len().saturating_sub(1))
    }
}

/// One tenant's client.
pub(super) struct Tenant<K> {
    pub(super) key: K,
    pub(super) client: Redox,
    pub(super) name: Name,
    /// In milliseconds.
    used_at: AtomicU64,
}

impl<K> Tenant<K> {
    pub(super) const fn new(key: K, client: Redox, name: Name, now: Instant) -> Self {
        Self {
            key,
            client,
            name,
            used_at: AtomicU64::new(now.as_millis()),
        }
    }

    /// Notes that it is asked for. Not each time to the millisecond: readers on other cores would wait for each other.
    #[inline]
    pub(super) fn touch(&self, now: Instant) {
        let millis = now.as_millis();
        if millis.saturating_sub(self.used_at.load(Ordering::Relaxed)) >= TOUCH_EVERY_MS {
            self.used_at.store(millis, Ordering::Relaxed);
        }
    }

    /// When it is idle, unless it is asked for before.
    pub(super) fn idle_at(&self, idle_after: Duration) -> Instant {
        let millis = u64::try_from(idle_after.as_millis()).unwrap_or(u64::MAX);
        let used_at = self.used_at.load(Ordering::Relaxed);
        Instant::from_millis(used_at.saturating_add(millis))
    }
}

/// On average, in a full table.
const PER_BUCKET: usize = 4;

/// How exactly it is known when a tenant was last asked for.
const TOUCH_EVERY_MS: u64 = 1_000;
