use core::hash::Hash;
use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;
use std::collections::{HashSet, VecDeque};

use papaya::HashMap;
use redox_auth_core::Instant;

use crate::client::Redox;
use crate::error::tenant::TenantError;
use crate::tokens::shared::Name;

/// The clients of the tenants, read without a lock.
pub(super) type Clients<K> = HashMap<K, Tenant>;

/// One tenant's client.
pub(super) struct Tenant {
    pub(super) client: Redox,
    /// In milliseconds.
    used_at: AtomicU64,
    name: Name,
    /// Which of the clients that this table ever had.
    number: u64,
}

impl Tenant {
    /// Notes that somebody asked for it. Not each time to the millisecond: whoever reads it on another core would wait.
    pub(super) fn touch(&self, now: Instant) {
        let millis = now.as_millis();
        if millis.saturating_sub(self.used_at.load(Ordering::Relaxed)) >= TOUCH_EVERY_MS {
            self.used_at.store(millis, Ordering::Relaxed);
        }
    }

    fn is_idle(&self, now: Instant, idle_after: Duration) -> bool {
        let used_at = self.used_at.load(Ordering::Relaxed);
        let idle_ms = u128::from(now.as_millis().saturating_sub(used_at));
        idle_ms >= idle_after.as_millis()
    }
}

/// What is known of the table besides its clients, to change it by.
pub(super) struct Book<K> {
    /// Every key of the table with the number of its client, in the order in which they are looked at for idleness; and
    /// numbers of clients that are gone.
    rounds: VecDeque<(K, u64)>,
    /// Who the clients are, so that no two tenants are one. As many as there are clients.
    names: HashSet<Name>,
    numbers: u64,
    /// No tenant is idle before, as a full round has shown.
    none_before: Instant,
}

impl<K: Clone + Eq + Hash> Book<K> {
    pub(super) fn new() -> Self {
        Self {
            rounds: VecDeque::new(),
            names: HashSet::new(),
            numbers: 0,
            none_before: Instant::from_millis(0),
        }
    }

    /// How many tenants have a client.
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// Puts a client into the table, under a key that is not in it.
    ///
    /// # Errors
    /// [`TenantError::SameClient`].
    pub(super) fn add(
        &mut self,
        clients: &Clients<K>,
        key: K,
        client: Redox,
        now: Instant,
        allows_same_client_id: bool,
    ) -> Result<(), TenantError> {
        let name = client.tokens().name(allows_same_client_id);
        if !self.names.insert(name) {
            return Err(TenantError::SameClient {
                client_id: client.tokens().identity().shown_id().to_owned(),
            });
        }
        let number = self.numbers;
        self.numbers = number.saturating_add(1);
        self.rounds.push_back((key.clone(), number));
        let tenant = Tenant {
            client,
            used_at: AtomicU64::new(now.as_millis()),
            name,
            number,
        };
        clients.pin().insert(key, tenant);
        Ok(())
    }

    /// Takes a client out of the table.
    pub(super) fn remove(&mut self, clients: &Clients<K>, key: &K) -> Option<Redox> {
        let clients = clients.pin();
        let tenant = clients.remove(key)?;
        self.names.remove(&tenant.name);
        Some(tenant.client.clone())
    }

    /// Drops the idle ones among the next `most` tenants; returns how many.
    pub(super) fn look_for_idle(
        &mut self,
        clients: &Clients<K>,
        most: usize,
        now: Instant,
        idle_after: Duration,
    ) -> usize {
        let mut dropped = 0_usize;
        for _ in 0..most.min(self.rounds.len()) {
            let Some((key, number)) = self.rounds.pop_front() else {
                break;
            };
            let is_idle = {
                let clients = clients.pin();
                let tenant = clients.get(&key).filter(|it| it.number == number);
                tenant.map(|tenant| tenant.is_idle(now, idle_after))
            };
            match is_idle {
                // It was removed, and perhaps made anew.
                None => {}
                Some(false) => self.rounds.push_back((key, number)),
                Some(true) => {
                    self.remove(clients, &key);
                    dropped = dropped.saturating_add(1);
                }
            }
        }
        dropped
    }

    /// Makes room for one more, if a tenant is idle.
    pub(super) fn make_room(
        &mut self,
        clients: &Clients<K>,
        now: Instant,
        idle_after: Duration,
    ) -> bool {
        if now < self.none_before {
            return false;
        }
        for _ in 0..self.rounds.len() {
            if self.look_for_idle(clients, 1, now, idle_after) > 0 {
                return true;
            }
        }
        // The tenant that was used longest ago is idle first.
        let pinned = clients.pin();
        let used_at = pinned.values().map(|it| it.used_at.load(Ordering::Relaxed));
        let millis = u64::try_from(idle_after.as_millis()).unwrap_or(u64::MAX);
        let first = used_at.min().unwrap_or(0).saturating_add(millis);
        self.none_before = Instant::from_millis(first);
        false
    }
}

/// How exactly it is known when a tenant was last asked for.
const TOUCH_EVERY_MS: u64 = 1_000;
