use core::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::state::{State, StateFile};
use crate::traffic::Traffic;
use crate::{Clock, Sandbox, StateError};

/// The shared state of all handlers, for clients and for the dashboard.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) sandbox: Mutex<Sandbox>,
    pub(crate) clock: Clock,
    /// `None` without a dashboard, because only the dashboard shows traffic.
    pub(crate) traffic: Option<Traffic>,
    /// The state file, and the port in it.
    pub(crate) state: Option<(StateFile, u16)>,
    pub(crate) log: Option<Log>,
}

/// The receiver of lines about requests.
#[derive(Clone)]
pub(crate) struct Log(pub(crate) Arc<dyn Fn(&str) + Send + Sync>);

impl Shared {
    /// A test that panics while holding the guard must not fail the others.
    pub(crate) fn sandbox(&self) -> MutexGuard<'_, Sandbox> {
        self.sandbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes the registrations into the state file, if there is one.
    pub(crate) fn save(&self) -> Result<(), StateError> {
        let Some((file, port)) = &self.state else {
            return Ok(());
        };
        let state = State::of(&self.sandbox(), *port);
        file.save(&state)
    }

    /// The same after a request whose answer does not depend on the result.
    pub(crate) fn save_or_log(&self) {
        if let (Err(error), Some(Log(log))) = (self.save(), &self.log) {
            log(&format!("{error}; the file is unchanged"));
        }
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Log")
    }
}
