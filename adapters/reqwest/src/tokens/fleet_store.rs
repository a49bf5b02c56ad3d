use core::time::Duration;
use std::sync::Arc;

use super::shared_tokens::SharedTokens;

/// The store in which the processes of a fleet share their token.
#[derive(Debug)]
pub(crate) struct FleetStore {
    pub(super) store: Arc<dyn SharedTokens>,
    /// How long a turn lasts, and how long to wait for the turn of another process.
    pub(super) turn: Duration,
}

impl FleetStore {
    /// `turn` is how long it may take to obtain a token.
    pub(crate) const fn new(store: Arc<dyn SharedTokens>, turn: Duration) -> Self {
        Self { store, turn }
    }
}
