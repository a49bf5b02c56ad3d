use core::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::state::{State, StateFile};
use crate::traffic::Traffic;
use crate::{Clock, Sandbox, StateError};

/// What everyone who answers requests shares: those of clients, and those of the dashboard.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) sandbox: Mutex<Sandbox>,
    pub(crate) clock: Clock,
    /// `None` without a dashboard: then nobody can look, and nothing is kept.
    pub(crate) traffic: Option<Traffic>,
    /// Where what is registered is kept, and the port that is kept with it.
    pub(crate) state: Option<(StateFile, u16)>,
    pub(crate) log: Option<Log>,
}

/// What takes the lines about requests.
#[derive(Clone)]
pub(crate) struct Log(pub(crate) Arc<dyn Fn(&str) + Send + Sync>);

impl Shared {
    /// A test that panics with the guard in its hand must not fail the others.
    pub(crate) fn sandbox(&self) -> MutexGuard<'_, Sandbox> {
        self.sandbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what is registered into the state file, if there is one.
    pub(crate) fn save(&self) -> Result<(), StateError> {
        let Some((file, port)) = &self.state else {
            return Ok(());
        };
        let state = State::of(&self.sandbox(), *port);
        file.save(&state)
    }

    /// The same after a request, whose answer does not depend on it.
    pub(crate) fn save_or_log(&self) {
        if let (Err(error), Some(Log(log))) = (self.save(), &self.log) {
            log(&format!("{error}; it holds what it held before"));
        }
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Log")
    }
}
