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
/// Each change copies the few entries of a bucket. That costs little, and a removed client is dropped as soon as its last
/// reader ends: keys and tokens are wiped at that time, and not when a collector runs.
pub(super) struct Clients<K> {
    hasher: RandomState,
    buckets: Box<[ArcSwap<Bucket<K>>]>,
}

impl<K: Eq + Hash> Clients<K> {
    /// Room for about this many.
    pub(super) fn with_capacity(capacity: usize) -> Self {
        let buckets = capacity.min(MOST_BUCKETS).next_power_of_two();
        let empty = Arc::new(Bucket::of([]));
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
        let hash = self.hasher.hash_one(key);
        let bucket = self.bucket(hash)?.load();
        bucket.find(hash, key).map(|it| read(it))
    }

    /// Adds a tenant whose key is not there.
    pub(super) fn insert(&self, tenant: Arc<Tenant<K>>) {
        let hash = self.hasher.hash_one(&tenant.key);
        if let Some(bucket) = self.bucket(hash) {
            let others = bucket.load();
            let others = others.entries().cloned();
            bucket.store(Arc::new(Bucket::of(others.chain([Entry { hash, tenant }]))));
        }
    }

    /// Takes a tenant out.
    pub(super) fn remove(&self, key: &K) -> Option<Arc<Tenant<K>>> {
        let hash = self.hasher.hash_one(key);
        let bucket = self.bucket(hash)?;
        let before = bucket.load();
        let found = before.find(hash, key)?;
        let others = before
            .entries()
            .filter(|it| !Arc::ptr_eq(&it.tenant, found));
        bucket.store(Arc::new(Bucket::of(others.cloned())));
        Some(Arc::clone(found))
    }

    #[inline]
    fn bucket(&self, hash: u64) -> Option<&ArcSwap<Bucket<K>>> {
        // There is a power of two of them, and 32 bits of a hash are enough.
        let hash = usize::try_from(hash >> 32).unwrap_or(0);
        self.buckets
            .get(hash & self.buckets.len().saturating_sub(1))
    }
}

/// Tenants whose hashes begin alike. The first, usually the only one, is stored inline: a read that has to wait for memory
/// waits once less.
struct Bucket<K> {
    first: Option<Entry<K>>,
    others: Vec<Entry<K>>,
}

/// A tenant whose hash alone shows that it is another one.
struct Entry<K> {
    hash: u64,
    tenant: Arc<Tenant<K>>,
}

impl<K: Eq> Bucket<K> {
    fn of(entries: impl IntoIterator<Item = Entry<K>>) -> Self {
        let mut entries = entries.into_iter();
        Self {
            first: entries.next(),
            others: entries.collect(),
        }
    }

    #[inline]
    fn entries(&self) -> impl Iterator<Item = &Entry<K>> {
        self.first.iter().chain(&self.others)
    }

    #[inline]
    fn find(&self, hash: u64, key: &K) -> Option<&Arc<Tenant<K>>> {
        let is_it = |it: &&Entry<K>| it.hash == hash && it.tenant.key == *key;
        self.entries().find(is_it).map(|it| &it.tenant)
    }
}

impl<K> Clone for Entry<K> {
    fn clone(&self) -> Self {
        Self {
            hash: self.hash,
            tenant: Arc::clone(&self.tenant),
        }
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

    /// Records a use. Not each time to the millisecond, because readers on other cores would wait for each other.
    #[inline]
    pub(super) fn touch(&self, now: Instant) {
        let millis = now.as_millis();
        if millis.saturating_sub(self.used_at.load(Ordering::Relaxed)) >= TOUCH_EVERY_MS {
            self.used_at.store(millis, Ordering::Relaxed);
        }
    }

    /// When it becomes idle without another use.
    pub(super) fn idle_at(&self, idle_after: Duration) -> Instant {
        let millis = u64::try_from(idle_after.as_millis()).unwrap_or(u64::MAX);
        let used_at = self.used_at.load(Ordering::Relaxed);
        Instant::from_millis(used_at.saturating_add(millis))
    }
}

/// 8 MB on a machine of 64 bits; larger tables have several tenants in a bucket.
const MOST_BUCKETS: usize = 1 << 20;

/// The precision of the time of the last use.
const TOUCH_EVERY_MS: u64 = 1_000;
