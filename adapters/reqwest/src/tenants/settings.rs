use core::time::Duration;

use crate::clock::Clock;

/// The settings of a table.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) capacity: usize,
    pub(super) idle_after: Duration,
    pub(super) make_timeout: Duration,
    pub(super) allows_same_client_id: bool,
    pub(super) clock: Clock,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            capacity: 10_000,
            idle_after: Duration::from_secs(15 * 60),
            make_timeout: Duration::from_secs(10),
            allows_same_client_id: false,
            clock: Clock::Machine,
        }
    }
}
