/// The input, from which every choice is taken.
pub(super) struct Bytes<'i>(&'i [u8]);

impl<'i> Bytes<'i> {
    pub(super) const fn new(input: &'i [u8]) -> Self {
        Self(input)
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// 0 at the end.
    pub(super) fn byte(&mut self) -> u8 {
        let Some((&first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        first
    }

    /// Half of all numbers are small.
    pub(super) fn number(&mut self) -> u64 {
        let mantissa = u64::from(self.byte());
        mantissa << (self.byte() % 28)
    }

    pub(super) fn pick<T: Copy>(&mut self, choices: &[T]) -> Option<T> {
        let at = usize::from(self.byte()).checked_rem(choices.len())?;
        choices.get(at).copied()
    }

    /// Up to 255 bytes, as they come.
    pub(super) fn slice(&mut self) -> &'i [u8] {
        let len = usize::from(self.byte()).min(self.0.len());
        let (slice, rest) = self.0.split_at_checked(len).unwrap_or((self.0, &[]));
        self.0 = rest;
        slice
    }
}
