use zeroize::Zeroize;

use super::next::{Generation, ServedBy, Token};
use super::storage::TokenStorage;
use crate::expiry::{Expiry, Freshness};
use crate::time::Instant;

/// The token of a session. A legacy key's refresh token is at the other end of the same storage.
pub(super) struct Slot<S: TokenStorage> {
    storage: S,
    held: Option<Held>,
    refresh_len: usize,
    /// A request has used the refresh token, and its outcome is unknown.
    refresh_spent: bool,
}

/// The properties of the token in the slot.
#[derive(Clone, Copy)]
pub(super) struct Held {
    pub(super) len: usize,
    pub(super) served_by: ServedBy,
    pub(super) generation: Generation,
    pub(super) expiry: Expiry,
    pub(super) lifetime_secs: u32,
}

impl<S: TokenStorage> Slot<S> {
    /// An empty slot. A function makes the storage in place: moving an array there, or copying it from a constant,
    /// would take flash.
    pub(super) fn new(storage: impl FnOnce() -> S) -> Self {
        Self {
            storage: storage(),
            held: None,
            refresh_len: 0,
            refresh_spent: false,
        }
    }

    /// The greatest length of both tokens together, in bytes.
    pub(super) fn capacity(&self) -> usize {
        self.storage.limit().min(MAX_CAPACITY)
    }

    /// The token, unless it has expired. Not inlined: a copy for each caller takes more flash.
    #[inline(never)]
    pub(super) fn live(&self, now: Instant) -> Option<&Held> {
        let held = self.held.as_ref()?;
        (held.expiry.at(now) != Freshness::Expired).then_some(held)
    }

    /// The token, expired or not.
    pub(super) const fn held(&self) -> Option<&Held> {
        self.held.as_ref()
    }

    pub(super) fn token(&self, held: &Held) -> Token<'_> {
        let bytes = self.storage.bytes().get(..held.len).unwrap_or(&[]);
        Token::new(bytes, held.generation, held.served_by)
    }

    /// Replaces the token. `held.len` is the length of the new token.
    ///
    /// The refresh token stays in place unless the new token needs its place. No token of a legacy key needs it.
    ///
    /// If the new token is too long, nothing changes, because the old token may still be valid.
    pub(super) fn store(&mut self, token: &[u8], held: Held) -> Result<(), TooLong> {
        self.make_room(token.len());
        if token.len() > self.room() {
            return Err(TooLong);
        }
        self.drop_token();
        let rest = self.room().saturating_sub(self.refresh_len);
        if token.len() > rest {
            self.drop_refresh_token();
        }
        let bytes = self.storage.bytes_mut();
        let room = bytes.get_mut(..token.len()).ok_or(TooLong)?;
        room.copy_from_slice(token);
        self.held = Some(held);
        Ok(())
    }

    /// Replaces the refresh token, unless the slot has no room for both tokens.
    pub(super) fn store_refresh_token(&mut self, token: &[u8]) {
        self.drop_refresh_token();
        let used = self.held.as_ref().map_or(0, |held| held.len);
        self.make_room(used.saturating_add(token.len()));
        let bytes = self.storage.bytes_mut();
        let start = bytes.len().checked_sub(token.len());
        let Some(start) = start.filter(|&start| start >= used) else {
            return;
        };
        if let Some(room) = bytes.get_mut(start..)
            && room.len() == token.len()
        {
            room.copy_from_slice(token);
            self.refresh_len = token.len();
        }
    }

    /// The refresh token, unless a request has used it.
    pub(super) fn refresh_token(&self) -> Option<&str> {
        if self.refresh_len == 0 || self.refresh_spent {
            return None;
        }
        let bytes = self.storage.bytes();
        let start = bytes.len().checked_sub(self.refresh_len)?;
        core::str::from_utf8(bytes.get(start..)?).ok()
    }

    pub(super) const fn spend_refresh_token(&mut self) {
        self.refresh_spent = true;
    }

    /// Marks the refresh token as unused: the server accepted it and named no other.
    pub(super) const fn keep_refresh_token(&mut self) {
        self.refresh_spent = false;
    }

    pub(super) fn drop_token(&mut self) {
        if let Some(held) = self.held.take()
            && let Some(bytes) = self.storage.bytes_mut().get_mut(..held.len)
        {
            bytes.zeroize();
        }
    }

    // Not inlined: a copy for each caller takes more flash.
    #[inline(never)]
    pub(super) fn drop_refresh_token(&mut self) {
        let bytes = self.storage.bytes_mut();
        let start = bytes.len().saturating_sub(self.refresh_len);
        if let Some(bytes) = bytes.get_mut(start..) {
            bytes.zeroize();
        }
        self.refresh_len = 0;
        self.refresh_spent = false;
    }

    /// The number of bytes that the storage has now for both tokens.
    fn room(&self) -> usize {
        self.storage.bytes().len().min(self.capacity())
    }

    /// Grows to `len` bytes in front of the refresh token, or to `len` bytes in all if the limit allows no more.
    ///
    /// Both tokens are kept, the refresh token at the new end. Storage of a fixed size does not change.
    fn make_room(&mut self, len: usize) {
        let before = self.storage.bytes().len();
        let capacity = self.capacity();
        if before >= capacity {
            return;
        }
        let with_refresh_token = len.saturating_add(self.refresh_len);
        let wanted = if with_refresh_token <= capacity {
            with_refresh_token
        } else {
            len
        };
        if wanted <= before || wanted > capacity {
            return;
        }
        self.storage.grow(wanted);
        let bytes = self.storage.bytes_mut();
        let grown = bytes.len().saturating_sub(before);
        let start = before.saturating_sub(self.refresh_len);
        if let Some(end) = bytes.get_mut(start..)
            && grown <= end.len()
        {
            end.rotate_right(grown);
        }
    }
}

impl<S: TokenStorage> Drop for Slot<S> {
    fn drop(&mut self) {
        self.storage.bytes_mut().zeroize();
    }
}

/// The token is longer than the slot.
pub(super) struct TooLong;

/// A record stores the length of a token in 16 bits.
const MAX_CAPACITY: usize = 65_535;

#[cfg(test)]
mod tests {
    use std::string::{String, ToString};
    use std::vec::Vec;

    use super::{Held, Slot};
    use crate::expiry::Expiry;
    use crate::session::next::{Generation, ServedBy};
    use crate::session::storage::TokenStorage;
    use crate::time::Instant;

    fn holding(token: &[u8], refresh_token: &[u8]) -> Slot<[u8; 16]> {
        let mut slot = Slot::new(|| [0; 16]);
        store(&mut slot, token);
        slot.store_refresh_token(refresh_token);
        slot
    }

    fn store<S: TokenStorage>(slot: &mut Slot<S>, token: &[u8]) {
        let is_stored = try_store(slot, token);
        assert_eq!(is_stored, token.len() <= 16);
    }

    fn try_store<S: TokenStorage>(slot: &mut Slot<S>, token: &[u8]) -> bool {
        let held = Held {
            len: token.len(),
            served_by: ServedBy::Legacy,
            generation: Generation(0),
            expiry: Expiry::of_lifetime(Instant::from_millis(0), 300),
            lifetime_secs: 300,
        };
        slot.store(token, held).is_ok()
    }

    /// The token and the refresh token of the slot.
    fn tokens<S: TokenStorage>(slot: &Slot<S>) -> (Option<String>, Option<String>) {
        let token = slot
            .held()
            .map(|held| slot.token(held).expose().to_string());
        (token, slot.refresh_token().map(str::to_string))
    }

    /// Grows as the trait requires.
    #[derive(Default)]
    struct Growing(Vec<u8>);

    impl TokenStorage for Growing {
        fn limit(&self) -> usize {
            16
        }

        fn bytes(&self) -> &[u8] {
            &self.0
        }

        fn bytes_mut(&mut self) -> &mut [u8] {
            &mut self.0
        }

        fn grow(&mut self, len: usize) {
            assert!(len > self.0.len() && len <= 16, "{len} bytes");
            self.0.resize(len, 0);
        }
    }

    /// Its length is the function's result for the requested length.
    struct Wrong(Vec<u8>, fn(usize) -> usize);

    impl TokenStorage for Wrong {
        fn limit(&self) -> usize {
            usize::MAX
        }

        fn bytes(&self) -> &[u8] {
            &self.0
        }

        fn bytes_mut(&mut self) -> &mut [u8] {
            &mut self.0
        }

        fn grow(&mut self, len: usize) {
            self.0.resize(self.1(len), b'x');
        }
    }

    #[test]
    fn what_is_dropped_or_replaced_leaves_no_byte_behind() {
        let mut slot = holding(b"token", b"refresh");
        assert_eq!(slot.storage.bytes(), b"token\0\0\0\0refresh");
        slot.drop_token();
        assert_eq!(slot.storage.bytes(), b"\0\0\0\0\0\0\0\0\0refresh");
        slot.drop_refresh_token();
        assert_eq!(slot.storage, [0; 16]);

        let mut slot = holding(b"token", b"refresh");
        store(&mut slot, b"abc");
        slot.store_refresh_token(b"def");
        assert_eq!(slot.storage.bytes(), b"abc\0\0\0\0\0\0\0\0\0\0def");
    }

    #[test]
    fn a_token_that_needs_the_place_of_the_refresh_token_wipes_it() {
        let mut slot = holding(b"token", b"refresh");
        store(&mut slot, b"nine-byte");
        assert_eq!(slot.storage.bytes(), b"nine-byterefresh");
        store(&mut slot, b"ten-bytes-");
        assert_eq!(slot.storage.bytes(), b"ten-bytes-\0\0\0\0\0\0");
        assert_eq!(slot.refresh_token(), None);
    }

    #[test]
    fn a_token_that_does_not_fit_leaves_everything_as_it_was() {
        let mut slot = holding(b"token", b"refresh");
        store(&mut slot, b"seventeen-bytes--");
        assert_eq!(slot.storage.bytes(), b"token\0\0\0\0refresh");
        assert!(slot.held().is_some());
        // The same holds for a refresh token without room next to the token, except that the old one is dropped.
        slot.store_refresh_token(b"twelve-bytes");
        assert_eq!(slot.storage.bytes(), b"token\0\0\0\0\0\0\0\0\0\0\0");
    }

    #[test]
    fn growing_storage_gets_the_length_of_both_tokens_and_keeps_them_at_its_ends() {
        let mut slot = Slot::new(Growing::default);
        store(&mut slot, b"token");
        assert_eq!(slot.storage.bytes(), b"token");
        slot.store_refresh_token(b"refresh");
        assert_eq!(slot.storage.bytes(), b"tokenrefresh");
        store(&mut slot, b"nine-byte");
        assert_eq!(slot.storage.bytes(), b"nine-byterefresh");
        // The storage does not shrink.
        store(&mut slot, b"short");
        assert_eq!(slot.storage.bytes(), b"short\0\0\0\0refresh");
        slot.store_refresh_token(b"def");
        assert_eq!(slot.storage.bytes(), b"short\0\0\0\0\0\0\0\0def");
    }

    #[test]
    fn a_refresh_token_moves_to_the_new_end_and_leaves_no_copy() {
        let mut slot = Slot::new(Growing::default);
        store(&mut slot, b"abc");
        slot.store_refresh_token(b"refresh");
        slot.make_room(9);
        assert_eq!(slot.storage.bytes(), b"abc\0\0\0\0\0\0refresh");
    }

    #[test]
    fn growing_storage_at_its_limit_keeps_what_an_array_keeps() {
        let mut slot = Slot::new(Growing::default);
        store(&mut slot, b"token");
        slot.store_refresh_token(b"refresh");
        // Too long for the limit: nothing changes, not even the length.
        store(&mut slot, b"seventeen-bytes--");
        assert_eq!(slot.storage.bytes(), b"tokenrefresh");
        // Too long for both.
        store(&mut slot, b"ten-bytes-");
        assert_eq!(slot.storage.bytes(), b"ten-bytes-\0\0");
        slot.store_refresh_token(b"seven--");
        assert_eq!(tokens(&slot), (Some("ten-bytes-".into()), None));
        slot.store_refresh_token(b"six---");
        assert_eq!(slot.storage.bytes(), b"ten-bytes-six---");
    }

    #[test]
    fn no_storage_takes_more_than_a_record_can_count() {
        let mut slot = Slot::new(|| Wrong(Vec::new(), |len| len));
        assert_eq!(slot.capacity(), 65_535);
        assert!(!try_store(&mut slot, &[b'a'; 65_536]));
        assert!(try_store(&mut slot, &[b'a'; 65_535]));
    }

    #[test]
    fn wrong_storage_loses_tokens_and_nothing_else() {
        let lengths: [fn(usize) -> usize; 5] = [
            |_| 0,
            |_| 3,
            |len| len.saturating_sub(1),
            |len| len.saturating_add(100),
            |len| len % 7,
        ];
        for (case, wrong) in lengths.into_iter().enumerate() {
            let mut slot = Slot::new(|| Wrong(Vec::new(), wrong));
            for len in [5, 12, 3, 40, 1, 0, 60] {
                let token = [b't'; 60].get(..len).unwrap_or_default().to_vec();
                let is_stored = try_store(&mut slot, &token);
                slot.store_refresh_token(&token);
                let (held, refresh_token) = tokens(&slot);
                if is_stored && let Some(held) = held {
                    assert!(held.is_empty() || held.len() == len, "case {case}: {held}");
                }
                assert!(
                    refresh_token.is_none_or(|refresh_token| refresh_token.len() == len),
                    "case {case}: {len} bytes"
                );
            }
        }
    }
}
