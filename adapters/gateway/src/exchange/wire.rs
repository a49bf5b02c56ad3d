use zeroize::Zeroize;

/// The buffer for the wire: first for the bytes to send, then for received bytes.
///
/// The head of an answer stays at the start, and the bytes of the body pass through the rest.
pub(super) struct Wire<'b> {
    buf: &'b mut [u8],
    /// The length of the head.
    kept: usize,
    /// The start of the unparsed bytes.
    start: usize,
    end: usize,
    /// No byte after this has been written since the last wipe.
    dirty: usize,
}

impl<'b> Wire<'b> {
    pub(super) const fn new(buf: &'b mut [u8]) -> Self {
        Self {
            buf,
            kept: 0,
            start: 0,
            end: 0,
            dirty: 0,
        }
    }

    pub(super) const fn capacity(&self) -> usize {
        self.buf.len()
    }

    pub(super) fn head(&self) -> &[u8] {
        self.buf.get(..self.kept).unwrap_or(&[])
    }

    pub(super) fn filled(&self) -> &[u8] {
        self.buf.get(self.start..self.end).unwrap_or(&[])
    }

    /// The part that starts `start` bytes after the start of the unparsed bytes.
    pub(super) fn part(&self, start: usize, len: usize) -> &[u8] {
        let part = self.filled().get(start..).and_then(|rest| rest.get(..len));
        part.unwrap_or(&[])
    }

    /// The place for the next bytes.
    pub(super) fn room(&mut self) -> &mut [u8] {
        if self.start == self.end {
            self.start = self.kept;
            self.end = self.kept;
        } else if self.end == self.buf.len() && self.start > self.kept {
            let (start, end) = (self.start, self.end);
            self.end = self.kept.saturating_add(end.saturating_sub(start));
            self.start = self.kept;
            self.buf.copy_within(start..end, self.kept);
        }
        // The caller may write to all of it.
        self.dirty = self.buf.len();
        self.buf.get_mut(self.end..).unwrap_or(&mut [])
    }

    /// The rest of the room after a call to [`Wire::room`], without the first `skip` and the last `less` bytes.
    pub(super) fn room_within(&mut self, skip: usize, less: usize) -> &mut [u8] {
        let room = self.room();
        let end = room.len().saturating_sub(less);
        room.get_mut(skip..end).unwrap_or(&mut [])
    }

    /// Counts bytes in the room as written.
    pub(super) fn add(&mut self, len: usize) {
        self.end = self.end.saturating_add(len).min(self.buf.len());
    }

    /// Writes into the room; `false` if it is too short.
    pub(super) fn put(&mut self, bytes: &[u8]) -> bool {
        let Some(room) = self.room().get_mut(..bytes.len()) else {
            return false;
        };
        room.copy_from_slice(bytes);
        self.add(bytes.len());
        true
    }

    /// Discards the next `len` bytes.
    pub(super) fn skip(&mut self, len: usize) {
        self.start = self.start.saturating_add(len).min(self.end);
    }

    /// Removes `len` bytes that start `start` bytes after the start of the unparsed bytes.
    pub(super) fn cut(&mut self, start: usize, len: usize) {
        let to = self.start.saturating_add(start).min(self.end);
        let from = to.saturating_add(len).min(self.end);
        self.buf.copy_within(from..self.end, to);
        self.end = self.end.saturating_sub(from.saturating_sub(to));
    }

    /// Overwrites this many bytes with spaces.
    pub(super) fn blank(&mut self, start: usize, len: usize) {
        let start = self.start.saturating_add(start);
        let bytes = self.buf.get_mut(start..start.saturating_add(len));
        bytes.unwrap_or_default().fill(b' ');
    }

    /// Keeps the next `len` bytes as the head.
    pub(super) fn keep(&mut self, len: usize) {
        if self.start > 0 {
            self.buf.copy_within(self.start..self.end, 0);
            self.end = self.end.saturating_sub(self.start);
        }
        self.kept = len.min(self.end);
        self.start = self.kept;
    }

    pub(super) fn wipe(&mut self) {
        if let Some(dirty) = self.buf.get_mut(..self.dirty) {
            dirty.zeroize();
        }
        (self.kept, self.start, self.end, self.dirty) = (0, 0, 0, 0);
    }
}

impl Drop for Wire<'_> {
    fn drop(&mut self) {
        self.wipe();
    }
}
