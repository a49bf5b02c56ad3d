use crate::identity::Identity;
use crate::session::Session;
use crate::time::Instant;

/// Up to `M` sessions, one for each `K`: regions, environments, sources, tenants. No heap: each session has `N` bytes
/// for its tokens.
///
/// The sessions are independent. [`next`](Self::next) gives the session that needs a request, and otherwise the time to
/// ask again.
///
/// ```
/// # use redox_auth_core::{Client, Instant, LegacyKey, NextOf, Region, Server, Sessions};
/// let client = |region| Client::<()>::new(Server::redox(region)).with_legacy_key(LegacyKey::new("id", "secret"));
/// let mut sessions = Sessions::<Region, _, 2>::new();
/// sessions.insert(Region::Us, client(Region::Us))?;
/// sessions.insert(Region::Ca, client(Region::Ca))?;
/// assert_eq!(sessions.next(Instant::from_millis(0)), NextOf::Request(&Region::Us));
/// # Ok::<(), redox_auth_core::SessionsError>(())
/// ```
#[derive(Debug)]
pub struct Sessions<K, I, const M: usize, const N: usize = 1024> {
    entries: [Entry<K, I, N>; M],
}

impl<K: Eq, I: Identity, const M: usize, const N: usize> Sessions<K, I, M, N> {
    /// A table without sessions.
    #[must_use]
    pub fn new() -> Self {
        Self {
            entries: core::array::from_fn(|_| None),
        }
    }

    /// Adds a session.
    ///
    /// # Errors
    /// [`SessionsError::Taken`], [`SessionsError::Full`].
    pub fn insert(
        &mut self,
        key: K,
        identity: I,
    ) -> Result<&mut Session<I, [u8; N]>, SessionsError> {
        if self.get(&key).is_some() {
            return Err(SessionsError::Taken);
        }
        let free = self.entries.iter_mut().find(|entry| entry.is_none());
        let entry = free.ok_or(SessionsError::Full { capacity: M })?;
        let (_, session) = entry.insert((key, Session::new(identity)));
        Ok(session)
    }

    /// Ends a session and wipes its token.
    pub fn remove(&mut self, key: &K) -> Option<I> {
        let entry = self
            .entries
            .iter_mut()
            .find(|entry| entry.as_ref().is_some_and(|(known, _)| known == key))?;
        entry.take().map(|(_, session)| session.into_identity())
    }

    /// The session of `key`.
    #[must_use]
    pub fn get(&self, key: &K) -> Option<&Session<I, [u8; N]>> {
        let (_, session) = self.iter().find(|(known, _)| *known == key)?;
        Some(session)
    }

    /// The session of `key`, mutable.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut Session<I, [u8; N]>> {
        let mut entries = self.entries.iter_mut().flatten();
        let (_, session) = entries.find(|(known, _)| known == key)?;
        Some(session)
    }

    /// All sessions, with their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &Session<I, [u8; N]>)> {
        let entries = self.entries.iter().flatten();
        entries.map(|(key, session)| (key, session))
    }

    /// The next step for all sessions at the moment `now`: the first session that needs a request, or the time to ask
    /// again.
    ///
    /// A session with a request under way needs no other. The next call therefore returns the next session.
    pub fn next(&self, now: Instant) -> NextOf<'_, K> {
        let mut until = None;
        for (key, session) in self.iter() {
            match session.next(now).until() {
                None => return NextOf::Request(key),
                Some(at) => until = Some(until.map_or(at, |earliest: Instant| earliest.min(at))),
            }
        }
        until.map_or(NextOf::Nothing, NextOf::Wait)
    }
}

impl<K: Eq, I: Identity, const M: usize, const N: usize> Default for Sessions<K, I, M, N> {
    fn default() -> Self {
        Self::new()
    }
}

/// One entry of the table.
type Entry<K, I, const N: usize> = Option<(K, Session<I, [u8; N]>)>;

/// The next step of a table of sessions.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NextOf<'t, K> {
    /// The session of this key needs a request. Its own `next` says whether to renew or to obtain a token.
    Request(&'t K),
    /// No session needs a request before this moment.
    Wait(Instant),
    /// There are no sessions.
    Nothing,
}

/// Why a session was not added.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SessionsError {
    /// The table has a session of this key already.
    Taken,
    /// The table is full.
    Full {
        /// The number of entries.
        capacity: usize,
    },
}

impl core::fmt::Display for SessionsError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Taken => f.write_str("there is a session of this key"),
            Self::Full { capacity } => write!(f, "all {capacity} places are taken"),
        }
    }
}

impl core::error::Error for SessionsError {}
