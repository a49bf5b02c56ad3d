use core::mem::MaybeUninit;

/// What survives a reset of the board: RAM that nothing sets to zero. A device that loses power keeps it in flash.
#[repr(C)]
pub struct Kept {
    magic: [u32; 2],
    /// What happened before.
    pub counts: Counts,
    /// The most stack that was in use at once, in bytes.
    pub peak_stack: u32,
    record_len: usize,
    record: [u8; MAX_RECORD_LEN],
}

/// What happened, for the host to compare.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct Counts {
    /// Times that the board started.
    pub boots: u32,
    /// Messages that the server accepted.
    pub accepted: u32,
    /// Messages that the server was too busy for.
    pub busy: u32,
    /// Messages whose connection ended without an answer.
    pub lost: u32,
    /// Tokens that the server no longer took.
    pub rejected: u32,
    /// Tokens got.
    pub tokens: u32,
    /// Requests for a token or for the time.
    pub token_requests: u32,
    /// Times that the time was learned.
    pub times_learned: u32,
    /// TLS connections made.
    pub connections: u32,
}

impl Kept {
    /// What was kept through the last reset, or nothing after a start without power.
    ///
    /// # Safety
    ///
    /// Called once only.
    pub unsafe fn take() -> &'static mut Self {
        let memory = &raw mut MEMORY;
        // SAFETY: this is the only reference to it, and it is made of numbers: any bytes are numbers.
        let kept = unsafe { (*memory).assume_init_mut() };
        if kept.magic != MAGIC || kept.record_len > MAX_RECORD_LEN {
            kept.magic = MAGIC;
            kept.counts = Counts::default();
            kept.peak_stack = 0;
            kept.record_len = 0;
        }
        kept
    }

    /// The record that was saved; empty if there is none.
    #[must_use]
    pub fn record(&self) -> &[u8] {
        &self.record[..self.record_len]
    }

    /// Has `write` write the record.
    pub fn save<'s, E>(
        &'s mut self,
        write: impl FnOnce(&'s mut [u8]) -> Result<&'s [u8], E>,
    ) -> Result<(), E> {
        self.record_len = write(&mut self.record)?.len();
        Ok(())
    }
}

#[unsafe(link_section = ".uninit.KEPT")]
static mut MEMORY: MaybeUninit<Kept> = MaybeUninit::uninit();

/// What no memory holds by chance after a start.
const MAGIC: [u32; 2] = [0x7265_646f, 0x7861_7574];

/// A token of a sandbox takes less than 100.
const MAX_RECORD_LEN: usize = 512;
