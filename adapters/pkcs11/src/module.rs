use core::hash::BuildHasher as _;
use core::time::Duration;
use std::collections::BTreeMap;
use std::hash::RandomState;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error as CallError, RvError};
use cryptoki::session::Session;

use crate::error::{Answer, Error, ModuleProblem, shown};
use crate::pin::Pin;
use crate::pool::{Lease, Pool};

/// A module of this process, loaded and initialised once, whatever uses it.
pub(crate) struct Module {
    name: String,
    state: Mutex<State>,
    /// A call came back, or a restart is over.
    changed: Condvar,
    /// One at a time opens sessions, logs in, and closes sessions: modules are least tested there.
    turns: Arc<Pool<()>>,
    /// One at a time tries a PIN.
    trials: Arc<Pool<()>>,
    /// Sessions to be closed in the next turn, with the time of the module that they are of.
    ended: Mutex<Vec<(u64, Session)>>,
    /// What tokens answered to PINs, so that no key of this process tries one again that was refused. Of the token and the
    /// PIN there is a hash, since this is kept until the process ends.
    refused: Mutex<BTreeMap<u64, Answer>>,
    /// Of the hashes, random.
    hash_key: RandomState,
}

struct State {
    pkcs11: Pkcs11,
    /// Whether we initialised it, and nothing else in this process did.
    is_ours: bool,
    /// How often it began. Sessions of an earlier time are void.
    epoch: u64,
    calls: usize,
    is_restarting: bool,
}

/// The right to call the module, which does not end meanwhile.
pub(crate) struct Call<'m> {
    module: &'m Module,
    pub(crate) pkcs11: Pkcs11,
    pub(crate) epoch: u64,
    /// Until when the caller waits.
    deadline: Instant,
}

impl Module {
    /// The module at this path, which is loaded and initialised if this process has not done so.
    pub(crate) fn open(path: &Path) -> Result<Arc<Self>, Error> {
        let wrong = |problem| Error::Module {
            path: path.to_owned(),
            problem,
        };
        let place = place(path).map_err(wrong)?;
        // Held until it is initialised: a second initialisation while the first is at work confuses modules.
        let mut modules = MODULES.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(module) = modules.get(&place) {
            return Ok(Arc::clone(module));
        }
        let name = format!("the PKCS#11 module {}", shown(path));
        let pkcs11 = Pkcs11::new(&place).map_err(|error| match error {
            CallError::LibraryLoading(error) => wrong(ModuleProblem::NotLoaded(error.to_string())),
            CallError::MissingSymbol(_) | CallError::NullFunctionPointer => {
                wrong(ModuleProblem::NotPkcs11)
            }
            other => Answer::new(&*name, other).into(),
        })?;
        let is_ours = initialize(&pkcs11).map_err(|error| Answer::new(&*name, error))?;
        let module = Arc::new(Self {
            name,
            state: Mutex::new(State {
                pkcs11,
                is_ours,
                epoch: 0,
                calls: 0,
                is_restarting: false,
            }),
            changed: Condvar::new(),
            turns: Pool::new(1),
            trials: Pool::new(1),
            ended: Mutex::new(Vec::new()),
            refused: Mutex::new(BTreeMap::new()),
            hash_key: RandomState::new(),
        });
        modules.insert(place, Arc::clone(&module));
        Ok(module)
    }

    /// How errors name it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The right to call it; `None` while a restart lasts longer than until `deadline`.
    pub(crate) fn call(&self, deadline: Instant) -> Option<Call<'_>> {
        let state = self.lock();
        let mut state = self.wait(state, deadline, |state| state.is_restarting)?;
        state.calls = state.calls.saturating_add(1);
        Some(Call {
            module: self,
            pkcs11: state.pkcs11.clone(),
            epoch: state.epoch,
            deadline,
        })
    }

    /// The right to open sessions and to log in; `None` when others have it for longer than `limit`.
    pub(crate) fn turn(&self, limit: Duration) -> Option<Turn<'_>> {
        let lease = self.turns.take(limit).ok();
        lease.map(|lease| Turn {
            module: self,
            lease: Some(lease),
        })
    }

    /// The right to try a PIN; `None` when others have it for longer than `limit`.
    pub(crate) fn trial(&self, limit: Duration) -> Option<Lease<()>> {
        self.trials.take(limit).ok()
    }

    /// Closes a session of this time, at the latest when the turn of another ends.
    pub(crate) fn close(&self, epoch: u64, session: Session) {
        self.ended().push((epoch, session));
        drop(self.turn(Duration::ZERO));
    }

    fn ended(&self) -> MutexGuard<'_, Vec<(u64, Session)>> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What has to be closed, if it can still be there. Its number may be another's after the module has begun anew.
    fn close_ended(&self) {
        let call = self.call(Instant::now());
        let epoch = call.as_ref().map(|call| call.epoch);
        for (of, session) in core::mem::take(&mut *self.ended()) {
            match epoch == Some(of) {
                true => drop(session),
                false => core::mem::forget(session),
            }
        }
    }

    /// Lets the module begin anew, unless it has done so since `epoch`. All sessions of this process with its tokens end.
    ///
    /// What another part of this process initialised is left alone. So is a module with calls that do not come back until
    /// `deadline`.
    pub(crate) fn restart(&self, epoch: u64, deadline: Instant) -> Result<(), Answer> {
        let state = self.lock();
        let Some(mut state) = self.wait(state, deadline, |state| state.is_restarting) else {
            return Ok(());
        };
        if state.epoch != epoch {
            return Ok(());
        }
        state.is_restarting = true;
        let (pkcs11, was_ours) = (state.pkcs11.clone(), state.is_ours);
        let can_begin = self
            .wait(state, deadline, |state| state.calls > 0)
            .is_some();
        // Nobody calls it now, and nobody begins to.
        let done = can_begin.then(|| begin_anew(&pkcs11, was_ours));
        let mut state = self.lock();
        state.is_restarting = false;
        self.changed.notify_all();
        let Some(done) = done else {
            return Ok(());
        };
        if done.sessions_ended() {
            state.epoch = state.epoch.wrapping_add(1);
        }
        state.is_ours = done.is_ours();
        match done.begun {
            Ok(_) => Ok(()),
            Err(error) => Err(Answer::new(&*self.name, error)),
        }
    }

    /// What this token answered to this PIN, if it refused it.
    pub(crate) fn refusal(&self, token: &str, pin: &Pin) -> Option<Answer> {
        let hash = self.hash_key.hash_one((token, pin.expose()));
        self.refused().get(&hash).cloned()
    }

    /// Remembers that this token refuses this PIN.
    pub(crate) fn refuse(&self, token: &str, pin: &Pin, answer: &Answer) {
        let hash = self.hash_key.hash_one((token, pin.expose()));
        self.refused().insert(hash, answer.clone());
    }

    fn refused(&self) -> MutexGuard<'_, BTreeMap<u64, Answer>> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for as long as `is_so`; `None` when it still is at the deadline.
    fn wait<'s>(
        &self,
        mut state: MutexGuard<'s, State>,
        deadline: Instant,
        is_so: impl Fn(&State) -> bool,
    ) -> Option<MutexGuard<'s, State>> {
        while is_so(&state) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return None;
            }
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        Some(state)
    }
}

/// See [`Module::turn`].
pub(crate) struct Turn<'m> {
    module: &'m Module,
    lease: Option<Lease<()>>,
}

impl Turn<'_> {
    /// Closes what is to be closed, which else happens when the turn ends.
    pub(crate) fn close_ended(&self) {
        self.module.close_ended();
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        while self.lease.is_some() {
            self.module.close_ended();
            self.lease = None;
            // One that was added in between found nobody else to close it.
            if !self.module.ended().is_empty() {
                self.lease = self.module.turns.take(Duration::ZERO).ok();
            }
        }
    }
}

impl Call<'_> {
    /// How much longer the caller waits.
    pub(crate) fn time_left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        let mut state = self.module.lock();
        state.calls = state.calls.saturating_sub(1);
        if state.calls == 0 && state.is_restarting {
            self.module.changed.notify_all();
        }
    }
}

/// What came of a new beginning.
struct Restarted {
    was_ours: bool,
    /// Whether we ended the time before.
    has_ended: bool,
    /// Whether we initialised it, unless it was initialised already.
    begun: Result<bool, CallError>,
}

impl Restarted {
    /// Sessions live on where no time has ended: somebody else's is left alone, and ours may be unable to end.
    const fn sessions_ended(&self) -> bool {
        self.has_ended || matches!(self.begun, Ok(true))
    }

    /// Whether the next restart may end it.
    const fn is_ours(&self) -> bool {
        match self.begun {
            Ok(true) => true,
            // What could not end is initialised still.
            Ok(false) => self.was_ours && !self.has_ended,
            Err(_) => self.was_ours,
        }
    }
}

fn begin_anew(pkcs11: &Pkcs11, was_ours: bool) -> Restarted {
    // A module that has lost its daemon may be unable to end, too.
    let has_ended = was_ours && pkcs11.clone().finalize().is_ok();
    Restarted {
        was_ours,
        has_ended,
        begun: initialize(pkcs11),
    }
}

/// Whether it is initialised by us, and not by another part of this process.
fn initialize(pkcs11: &Pkcs11) -> Result<bool, CallError> {
    let arguments = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
    match pkcs11.initialize(arguments) {
        Ok(()) => Ok(true),
        Err(CallError::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// One path for one module, whatever leads to it. A bare name is left to the system's loader.
fn place(path: &Path) -> Result<PathBuf, ModuleProblem> {
    if path.components().count() == 1 && !path.exists() {
        return Ok(path.to_owned());
    }
    match path.canonicalize() {
        Ok(place) if place.is_dir() => Err(ModuleProblem::Folder),
        Ok(place) => Ok(place),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(ModuleProblem::Missing),
        Err(error) => Err(ModuleProblem::NotLoaded(error.to_string())),
    }
}

/// Those of this process, for as long as it runs.
static MODULES: Mutex<BTreeMap<PathBuf, Arc<Module>>> = Mutex::new(BTreeMap::new());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_that_cannot_end_stays_ours_with_its_sessions() {
        let failed = || Err(CallError::NotSupported);
        // (was ours, has ended, begun), and then (sessions ended, is ours).
        for (was_ours, has_ended, begun, expected) in [
            (true, true, Ok(true), (true, true)),
            (true, true, Ok(false), (true, false)),
            (true, true, failed(), (true, true)),
            // Its C_Finalize failed.
            (true, false, Ok(true), (true, true)),
            (true, false, Ok(false), (false, true)),
            (true, false, failed(), (false, true)),
            // Another part of the process initialised it.
            (false, false, Ok(true), (true, true)),
            (false, false, Ok(false), (false, false)),
            (false, false, failed(), (false, false)),
        ] {
            let case = format!("{was_ours} {has_ended} {begun:?}");
            let restarted = Restarted {
                was_ours,
                has_ended,
                begun,
            };
            let found = (restarted.sessions_ended(), restarted.is_ours());
            assert_eq!(found, expected, "{case}");
        }
    }
}
