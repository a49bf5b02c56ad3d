use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

/// A map whose entries expire at individual times: live tokens, used assertion IDs.
///
/// An entry has expired when its time is reached. Removing expired entries is explicit, and its cost depends only on
/// their number: a long run with many tokens stays cheap.
pub(crate) struct Expiring<K, V> {
    entries: BTreeMap<K, (Timestamp, V)>,
    deaths: BTreeSet<(Timestamp, K)>,
}

impl<K: Clone + Ord, V> Expiring<K, V> {
    pub(crate) const fn new() -> Self {
        Self {
            entries: BTreeMap::new(),
            deaths: BTreeSet::new(),
        }
    }

    /// Adds an entry, and replaces one with the same key.
    pub(crate) fn insert(&mut self, key: K, dies_at: Timestamp, value: V) {
        if let Some((old, _)) = self.entries.insert(key.clone(), (dies_at, value)) {
            self.deaths.remove(&(old, key.clone()));
        }
        self.deaths.insert((dies_at, key));
    }

    /// The entry of `key`, if it is live at `now`.
    pub(crate) fn get<Q>(&self, now: Timestamp, key: &Q) -> Option<&V>
    where
        K: core::borrow::Borrow<Q>,
        Q: Ord + ?Sized,
    {
        let (dies_at, value) = self.entries.get(key)?;
        (now < *dies_at).then_some(value)
    }

    /// Whether there is an entry of `key`, expired or live.
    pub(crate) fn contains<Q>(&self, key: &Q) -> bool
    where
        K: core::borrow::Borrow<Q>,
        Q: Ord + ?Sized,
    {
        self.entries.contains_key(key)
    }

    /// The keys of all entries, expired or live.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &K> {
        self.entries.keys()
    }

    /// Removes entries that have expired at `now`. Moving the clock back does not restore them.
    pub(crate) fn forget_dead(&mut self, now: Timestamp) {
        while let Some((dies_at, key)) = self.deaths.pop_first() {
            if now < dies_at {
                self.deaths.insert((dies_at, key));
                return;
            }
            self.entries.remove(&key);
        }
    }

    /// Removes one entry, and returns it with its key and its expiry; `None` if there is none.
    pub(crate) fn take<Q>(&mut self, key: &Q) -> Option<(K, Timestamp, V)>
    where
        K: core::borrow::Borrow<Q>,
        Q: Ord + ?Sized,
    {
        let (key, (dies_at, value)) = self.entries.remove_entry(key)?;
        self.deaths.remove(&(dies_at, key.clone()));
        Some((key, dies_at, value))
    }

    /// The live entries at `now`, those that expire last first.
    pub(crate) fn latest(&self, now: Timestamp) -> impl Iterator<Item = (&K, Timestamp, &V)> {
        let deaths = self.deaths.iter().rev();
        let living = deaths.take_while(move |(dies_at, _)| now < *dies_at);
        living.filter_map(|(dies_at, key)| {
            let (_, value) = self.entries.get(key)?;
            Some((key, *dies_at, value))
        })
    }

    /// Removes every entry whose value matches.
    pub(crate) fn forget_if(&mut self, such: impl Fn(&V) -> bool) {
        self.entries.retain(|_, (_, value)| !such(value));
        let entries = &self.entries;
        self.deaths.retain(|(_, key)| entries.contains_key(key));
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.deaths.clear();
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_dies_when_its_time_is_reached_and_only_the_dead_are_forgotten() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let mut map = Expiring::new();
        map.insert("early", at(10), 1);
        map.insert("late", at(20), 2);
        assert_eq!(map.get(at(9), "early"), Some(&1));
        assert_eq!(map.get(at(10), "early"), None);
        map.forget_dead(at(10));
        assert_eq!(map.len(), 1);
        assert_eq!(map.get(at(19), "late"), Some(&2));
    }

    #[test]
    fn an_entry_that_was_dropped_takes_nothing_with_it() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let mut map = Expiring::new();
        for (key, value) in [("one", 1), ("two", 2), ("three", 3)] {
            map.insert(key, at(10), value);
        }
        assert_eq!(map.take("one"), Some(("one", at(10), 1)));
        assert_eq!(map.take("one"), None);
        map.forget_if(|value| *value == 3);
        assert_eq!((map.len(), map.deaths.len()), (1, 1));
        assert_eq!(map.get(at(9), "two"), Some(&2));
    }

    #[test]
    fn the_latest_come_first_and_the_dead_not_at_all() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let mut map = Expiring::new();
        for (key, second) in [("dead", 5), ("late", 20), ("early", 10)] {
            map.insert(key, at(second), second);
        }
        let living: Vec<_> = map.latest(at(5)).map(|(key, ..)| *key).collect();
        assert_eq!(living, ["late", "early"]);
    }

    #[test]
    fn a_replaced_entry_does_not_die_at_its_old_time() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let mut map = Expiring::new();
        map.insert("key", at(10), 1);
        map.insert("key", at(20), 2);
        map.forget_dead(at(10));
        assert_eq!(map.get(at(10), "key"), Some(&2));
    }
}
