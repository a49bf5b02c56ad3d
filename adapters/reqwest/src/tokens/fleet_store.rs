use core::time::Duration;
use std::sync::Arc;

use super::shared_tokens::SharedTokens;

/// Where the processes of a fleet share their token.
#[derive(Debug)]
pub(crate) struct FleetStore {
    pub(super) store: Arc<dyn SharedTokens>,
    /// For how long a turn is taken, and the turn of another waited for.
    pub(super) turn: Duration,
}

impl FleetStore {
    /// `turn` is how long it may take to obtain a token.
    pub(crate) const fn new(store: Arc<dyn SharedTokens>, turn: Duration) -> Self {
        Self { store, turn }
    }
}
