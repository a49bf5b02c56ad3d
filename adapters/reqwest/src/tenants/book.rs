use core::hash::Hash;
use core::time::Duration;
use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Weak};

use redox_auth_core::Instant;

use super::clients::{Clients, Tenant};
use crate::client::Redox;
use crate::error::tenant::TenantError;
use crate::tokens::shared::Name;

/// The data about clients that changes of their table need.
pub(super) struct Book<K> {
    /// Every tenant, in the order of the search for idle ones; and some that were removed.
    rounds: VecDeque<Weak<Tenant<K>>>,
    /// The identities of the clients, so that no two tenants are one. As many as there are clients.
    names: HashSet<Name>,
    /// No tenant becomes idle before this time, as a full round has shown.
    none_before: Instant,
}

impl<K: Clone + Eq + Hash> Book<K> {
    pub(super) fn new() -> Self {
        Self {
            rounds: VecDeque::new(),
            names: HashSet::new(),
            none_before: Instant::from_millis(0),
        }
    }

    /// The number of tenants that have a client.
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
        let tenant = Arc::new(Tenant::new(key, client, name, now));
        self.rounds.push_back(Arc::downgrade(&tenant));
        clients.insert(tenant);
        Ok(())
    }

    /// Takes a client out of the table.
    pub(super) fn remove(&mut self, clients: &Clients<K>, key: &K) -> Option<Redox> {
        let tenant = clients.remove(key)?;
        self.names.remove(&tenant.name);
        Some(tenant.client.clone())
    }

    /// Drops the idle ones among the next `most` tenants; returns their number.
    pub(super) fn look_for_idle(
        &mut self,
        clients: &Clients<K>,
        most: usize,
        now: Instant,
        idle_after: Duration,
    ) -> usize {
        let mut dropped = 0_usize;
        for _ in 0..most.min(self.rounds.len()) {
            let Some(next) = self.rounds.pop_front() else {
                break;
            };
            match next.upgrade() {
                // It was removed.
                None => {}
                Some(tenant) if now < tenant.idle_at(idle_after) => self.rounds.push_back(next),
                Some(tenant) => {
                    self.remove(clients, &tenant.key);
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
        let tenants = self.rounds.iter().filter_map(Weak::upgrade);
        let first = tenants.map(|it| it.idle_at(idle_after)).min();
        self.none_before = first.unwrap_or(now);
        false
    }
}
