use crate::header::Header;

/// The control ID of the message that is under way.
#[derive(Clone, Debug)]
pub(super) struct ControlId {
    bytes: [u8; Header::MAX_CONTROL_ID],
    len: usize,
}

impl ControlId {
    pub(super) const fn new() -> Self {
        Self {
            bytes: [0; Header::MAX_CONTROL_ID],
            len: 0,
        }
    }

    /// Keeps another one, which is no longer than it may be.
    pub(super) fn set(&mut self, id: &[u8]) {
        self.len = id.len().min(self.bytes.len());
        for (to, from) in self.bytes.iter_mut().zip(id) {
            *to = *from;
        }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or(&[])
    }
}

/// The control IDs of the last messages over a connection, whose acknowledgments may still come.
#[derive(Clone, Debug)]
pub(super) struct Recent {
    hashes: [u64; Self::LEN],
    next: usize,
    len: usize,
}

impl Recent {
    /// How many messages are remembered.
    const LEN: usize = 16;

    pub(super) const fn new() -> Self {
        Self {
            hashes: [0; Self::LEN],
            next: 0,
            len: 0,
        }
    }

    pub(super) fn has(&self, id: &[u8]) -> bool {
        let hash = hash(id);
        self.hashes.iter().take(self.len).any(|it| *it == hash)
    }

    pub(super) fn add(&mut self, id: &[u8]) {
        if let Some(place) = self.hashes.get_mut(self.next) {
            *place = hash(id);
        }
        self.next = self.next.saturating_add(1);
        self.len = self.len.max(self.next);
        if self.next >= Self::LEN {
            self.next = 0;
        }
    }
}

/// FNV-1a of 64 bits: two different IDs with the same one cost a new connection, and no more.
fn hash(id: &[u8]) -> u64 {
    id.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_control_id_is_the_last_that_was_set() {
        let mut id = ControlId::new();
        id.set(b"MSG12");
        assert_eq!(id.as_bytes(), b"MSG12");
        id.set(b"7");
        assert_eq!(id.as_bytes(), b"7");
        id.set(&[b'x'; 300]);
        assert_eq!(id.as_bytes(), [b'x'; Header::MAX_CONTROL_ID]);
    }

    #[test]
    fn the_last_control_ids_are_remembered() {
        let mut recent = Recent::new();
        assert!(!recent.has(b""));
        for number in 0..100_u8 {
            assert!(!recent.has(&[number]), "{number}");
            recent.add(&[number]);
            for back in 0..16.min(number + 1) {
                assert!(recent.has(&[number - back]), "{number}, {back} back");
            }
            assert!(number < 16 || !recent.has(&[number - 16]), "{number}");
        }
    }
}
