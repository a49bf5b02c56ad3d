use rand_core::{CryptoRng, Error, RngCore};
use semihosting::fs::File;
use semihosting::io::Read;

/// Stands for a random number generator in hardware, which the emulated board does not have: the host's.
#[derive(Debug)]
pub struct HostRandom(File);

impl HostRandom {
    /// # Panics
    ///
    /// When the host has none.
    #[must_use]
    pub fn open() -> Self {
        Self(File::open(c"/dev/urandom").expect("the host has a random number generator"))
    }

    /// As many bytes as are wanted.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill_bytes(&mut bytes);
        bytes
    }
}

impl RngCore for HostRandom {
    fn next_u32(&mut self) -> u32 {
        u32::from_le_bytes(self.bytes())
    }

    fn next_u64(&mut self) -> u64 {
        u64::from_le_bytes(self.bytes())
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        let read = self.0.read(bytes);
        assert!(
            read.is_ok_and(|len| len == bytes.len()),
            "the host ran out of random numbers"
        );
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl CryptoRng for HostRandom {}
