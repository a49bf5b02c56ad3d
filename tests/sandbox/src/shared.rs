use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::traffic::Traffic;
use crate::{Clock, Sandbox};

/// What everyone who answers requests shares: those of clients, and those of the dashboard.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) sandbox: Mutex<Sandbox>,
    pub(crate) clock: Clock,
    /// `None` without a dashboard: then nobody can look, and nothing is kept.
    pub(crate) traffic: Option<Traffic>,
}

impl Shared {
    /// A test that panics with the guard in its hand must not fail the others.
    pub(crate) fn sandbox(&self) -> MutexGuard<'_, Sandbox> {
        self.sandbox.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
