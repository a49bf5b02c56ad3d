/// The unparsed rest of a date.
pub(super) struct Reader<'t>(&'t [u8]);

impl<'t> Reader<'t> {
    pub(super) const fn new(text: &'t [u8]) -> Self {
        Self(text)
    }

    // Not inlined: a copy for each caller takes more flash.
    #[inline(never)]
    pub(super) fn one_of(&mut self, bytes: &[u8]) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        // Not `contains`, which is optimized for long texts and takes a hundred bytes more.
        let found = bytes.iter().find(|&&byte| byte == first)?;
        self.0 = rest;
        Some(*found)
    }

    // Not inlined: a copy for each caller takes more flash.
    #[inline(never)]
    pub(super) fn exactly(&mut self, text: &[u8]) -> Option<()> {
        self.0 = self.0.strip_prefix(text)?;
        Some(())
    }

    /// The index of the name among `names`.
    pub(super) fn name(&mut self, names: &[&[u8]]) -> Option<u32> {
        let found = names.iter().position(|name| self.exactly(name).is_some())?;
        u32::try_from(found).ok()
    }

    /// A number with this many digits, at most nine.
    pub(super) fn number(&mut self, digits: usize) -> Option<u32> {
        let mut number = 0_u32;
        for _ in 0..digits {
            let digit = self.one_of(b"0123456789")?.wrapping_sub(b'0');
            number = number.wrapping_mul(10).wrapping_add(digit.into());
        }
        Some(number)
    }

    /// `20:52:35` in seconds since midnight. A leap second counts as the second after it.
    pub(super) fn time_of_day(&mut self) -> Option<i32> {
        let minutes_in_secs = self.hour_and_minute()?;
        self.one_of(b":")?;
        let second = self.number(2).filter(|&second| second <= 60)?;
        minutes_in_secs.checked_add_unsigned(second)
    }

    /// `20:52` in seconds.
    pub(super) fn hour_and_minute(&mut self) -> Option<i32> {
        let hour = self.number(2).filter(|&hour| hour < 24)?;
        self.one_of(b":")?;
        let minute = self.number(2).filter(|&minute| minute < 60)?;
        let minutes = hour.wrapping_mul(60).wrapping_add(minute);
        i32::try_from(minutes.wrapping_mul(60)).ok()
    }

    pub(super) fn end(&self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}
