use std::time::{Instant as StdInstant, UNIX_EPOCH};

use rand_core::{OsRng, RngCore as _};
use redox_auth_core::{Instant, Now, UnixTime};
use redox_auth_gateway::Device;

/// This machine as a device.
#[derive(Clone, Copy, Debug)]
pub struct Host {
    started: StdInstant,
}

impl Host {
    /// Starts its clock.
    #[must_use]
    pub fn new() -> Self {
        Self {
            started: StdInstant::now(),
        }
    }
}

impl Default for Host {
    fn default() -> Self {
        Self::new()
    }
}

impl Device for Host {
    fn now(&mut self) -> Now {
        let millis = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        Now {
            instant: Instant::from_millis(millis),
            unix: UNIX_EPOCH
                .elapsed()
                .ok()
                .map(|since| UnixTime::from_secs(since.as_secs())),
        }
    }

    fn random(&mut self) -> Option<[u8; 16]> {
        let mut bytes = [0; 16];
        OsRng.try_fill_bytes(&mut bytes).ok()?;
        Some(bytes)
    }
}
