use zeroize::Zeroize;

use crate::{Expiry, Freshness, Generation, Instant, ServedBy, Token};

/// The token of a session and, at the other end of the same `N` bytes, a legacy key's refresh token.
pub(super) struct Slot<const N: usize> {
    bytes: [u8; N],
    held: Option<Held>,
    refresh_len: usize,
    /// Used for a request already: what it got, if anything, is not known.
    refresh_spent: bool,
}

/// What is known about the token in the slot.
#[derive(Clone, Copy)]
pub(super) struct Held {
    pub(super) len: usize,
    pub(super) served_by: ServedBy,
    pub(super) generation: Generation,
    pub(super) expiry: Expiry,
    pub(super) lifetime_secs: u32,
}

impl<const N: usize> Slot<N> {
    /// No constant, which would be copied from `N` bytes of flash.
    pub(super) fn empty() -> Self {
        Self {
            bytes: [0; N],
            held: None,
            refresh_len: 0,
            refresh_spent: false,
        }
    }

    /// The token, unless it is dead.
    // One copy of it: a copy for each caller takes more flash.
    #[inline(never)]
    pub(super) fn live(&self, now: Instant) -> Option<&Held> {
        let held = self.held.as_ref()?;
        (held.expiry.at(now) != Freshness::Expired).then_some(held)
    }

    /// The token, dead or alive.
    pub(super) const fn held(&self) -> Option<&Held> {
        self.held.as_ref()
    }

    pub(super) fn token(&self, held: &Held) -> Token<'_> {
        let bytes = self.bytes.get(..held.len).unwrap_or(&[]);
        Token::new(bytes, held.generation, held.served_by)
    }

    /// Puts a token in the place of the one before. `held.len` is its length.
    ///
    /// A refresh token stays where it is unless the new token needs its place, which no token of a legacy key does.
    ///
    /// One that is too long leaves everything as it was: the one before may still be good.
    pub(super) fn store(&mut self, token: &[u8], held: Held) -> Result<(), TooLong> {
        if token.len() > N {
            return Err(TooLong);
        }
        self.drop_token();
        let rest = N.saturating_sub(self.refresh_len);
        if token.len() > rest {
            self.drop_refresh_token();
        }
        let room = self.bytes.get_mut(..token.len()).ok_or(TooLong)?;
        room.copy_from_slice(token);
        self.held = Some(held);
        Ok(())
    }

    /// Keeps a refresh token in the place of the one before, unless the slot has no room for both tokens.
    pub(super) fn store_refresh_token(&mut self, token: &[u8]) {
        self.drop_refresh_token();
        let used = self.held.as_ref().map_or(0, |held| held.len);
        let Some(start) = N.checked_sub(token.len()).filter(|&start| start >= used) else {
            return;
        };
        if let Some(room) = self.bytes.get_mut(start..)
            && room.len() == token.len()
        {
            room.copy_from_slice(token);
            self.refresh_len = token.len();
        }
    }

    /// The refresh token, unless it was used already.
    pub(super) fn refresh_token(&self) -> Option<&str> {
        if self.refresh_len == 0 || self.refresh_spent {
            return None;
        }
        let start = N.checked_sub(self.refresh_len)?;
        core::str::from_utf8(self.bytes.get(start..)?).ok()
    }

    pub(super) const fn spend_refresh_token(&mut self) {
        self.refresh_spent = true;
    }

    /// The server took the refresh token that was spent and named no other: it is good again.
    pub(super) const fn keep_refresh_token(&mut self) {
        self.refresh_spent = false;
    }

    pub(super) fn drop_token(&mut self) {
        if let Some(held) = self.held.take()
            && let Some(bytes) = self.bytes.get_mut(..held.len)
        {
            bytes.zeroize();
        }
    }

    // One copy of it: a copy for each caller takes more flash.
    #[inline(never)]
    pub(super) fn drop_refresh_token(&mut self) {
        let start = N.saturating_sub(self.refresh_len);
        if let Some(bytes) = self.bytes.get_mut(start..) {
            bytes.zeroize();
        }
        self.refresh_len = 0;
        self.refresh_spent = false;
    }
}

impl<const N: usize> Drop for Slot<N> {
    fn drop(&mut self) {
        self.bytes.zeroize();
    }
}

/// The token is longer than the slot.
pub(super) struct TooLong;

#[cfg(test)]
mod tests {
    use super::{Held, Slot};
    use crate::session::next::Generation;
    use crate::{Expiry, Instant, ServedBy};

    fn holding(token: &[u8], refresh_token: &[u8]) -> Slot<16> {
        let mut slot = Slot::empty();
        store(&mut slot, token);
        slot.store_refresh_token(refresh_token);
        slot
    }

    fn store(slot: &mut Slot<16>, token: &[u8]) {
        let held = Held {
            len: token.len(),
            served_by: ServedBy::Legacy,
            generation: Generation(0),
            expiry: Expiry::of_lifetime(Instant::from_millis(0), 300),
            lifetime_secs: 300,
        };
        assert_eq!(slot.store(token, held).is_ok(), token.len() <= 16);
    }

    #[test]
    fn what_is_dropped_or_replaced_leaves_no_byte_behind() {
        let mut slot = holding(b"token", b"refresh");
        assert_eq!(&slot.bytes, b"token\0\0\0\0refresh");
        slot.drop_token();
        assert_eq!(&slot.bytes, b"\0\0\0\0\0\0\0\0\0refresh");
        slot.drop_refresh_token();
        assert_eq!(slot.bytes, [0; 16]);

        let mut slot = holding(b"token", b"refresh");
        store(&mut slot, b"abc");
        slot.store_refresh_token(b"def");
        assert_eq!(&slot.bytes, b"abc\0\0\0\0\0\0\0\0\0\0def");
    }

    #[test]
    fn a_token_that_needs_the_place_of_the_refresh_token_wipes_it() {
        let mut slot = holding(b"token", b"refresh");
        store(&mut slot, b"nine-byte");
        assert_eq!(&slot.bytes, b"nine-byterefresh");
        store(&mut slot, b"ten-bytes-");
        assert_eq!(&slot.bytes, b"ten-bytes-\0\0\0\0\0\0");
        assert_eq!(slot.refresh_token(), None);
    }

    #[test]
    fn a_token_that_does_not_fit_leaves_everything_as_it_was() {
        let mut slot = holding(b"token", b"refresh");
        store(&mut slot, b"seventeen-bytes--");
        assert_eq!(&slot.bytes, b"token\0\0\0\0refresh");
        assert!(slot.held().is_some());
        // As does a refresh token that has no room beside the token, but for the one before it.
        slot.store_refresh_token(b"twelve-bytes");
        assert_eq!(&slot.bytes, b"token\0\0\0\0\0\0\0\0\0\0\0");
    }
}
