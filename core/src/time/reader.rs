/// What is still to be read of a date.
pub(super) struct Reader<'t>(&'t [u8]);

impl<'t> Reader<'t> {
    pub(super) const fn new(text: &'t [u8]) -> Self {
        Self(text)
    }

    pub(super) fn one_of(&mut self, bytes: &[u8]) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        // Not `contains`, which takes long texts for granted and a hundred bytes more.
        let found = bytes.iter().find(|&&byte| byte == first)?;
        self.0 = rest;
        Some(*found)
    }

    // One copy of it: a copy for each caller takes more flash.
    #[inline(never)]
    pub(super) fn exactly(&mut self, text: &[u8]) -> Option<()> {
        self.0 = self.0.strip_prefix(text)?;
        Some(())
    }

    /// Which of `names` it is.
    pub(super) fn name(&mut self, names: &[&[u8]]) -> Option<i32> {
        let found = names.iter().position(|name| self.exactly(name).is_some())?;
        i32::try_from(found).ok()
    }

    pub(super) fn number(&mut self, digits: usize) -> Option<i32> {
        let mut number = 0_i32;
        for _ in 0..digits {
            let digit = self.one_of(b"0123456789")?.checked_sub(b'0')?;
            number = number.checked_mul(10)?.checked_add(i32::from(digit))?;
        }
        Some(number)
    }

    /// `20:52:35` in seconds since midnight. A leap second counts as the second after it.
    pub(super) fn time_of_day(&mut self) -> Option<i32> {
        let hour = self.number(2).filter(|&hour| hour < 24)?;
        self.one_of(b":")?;
        let minute = self.number(2).filter(|&minute| minute < 60)?;
        self.one_of(b":")?;
        let second = self.number(2).filter(|&second| second <= 60)?;
        hour.checked_mul(60)?
            .checked_add(minute)?
            .checked_mul(60)?
            .checked_add(second)
    }

    pub(super) fn end(&self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}
