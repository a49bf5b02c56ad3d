mod beginning;
mod calls;
mod place;

use core::hash::BuildHasher as _;
use core::time::Duration;
use std::collections::BTreeMap;
use std::hash::RandomState;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use cryptoki::context::Pkcs11;
use cryptoki::session::Session;

use self::beginning::{begin_anew, initialize};
use self::calls::{Calls, MAX_CALL, Restart};
use crate::error::{Answer, Error};
use crate::pin::Pin;
use crate::pool::{Lease, Pool};

/// A module of this process, loaded and initialised once for all its users.
pub(crate) struct Module {
    name: String,
    state: Mutex<State>,
    /// Notified when a call returns, or a restart ends.
    changed: Condvar,
    /// Held by the only caller that opens sessions, logs in, or closes sessions, where modules are least tested.
    turns: Arc<Pool<()>>,
    /// Held by the only caller that tries a PIN.
    trials: Arc<Pool<()>>,
    /// Sessions to close in the next turn, with their restart count of the module.
    ended: Mutex<Vec<(u64, Session)>>,
    /// The answers of tokens to refused PINs, which no key of this process tries again. Keeps only a hash of the token
    /// and the PIN, because it lasts until the process ends.
    refused: Mutex<BTreeMap<u64, Answer>>,
    /// The random key of the hashes.
    hash_key: RandomState,
}

struct State {
    pkcs11: Pkcs11,
    /// Whether this crate initialised it, and no other part of the process.
    is_ours: bool,
    /// The restart count. Sessions from before a restart are void.
    epoch: u64,
    calls: Calls,
}

/// The right to call the module, which cannot restart meanwhile.
pub(crate) struct Call<'m> {
    module: &'m Module,
    pub(crate) pkcs11: Pkcs11,
    pub(crate) epoch: u64,
    pub(crate) began: Instant,
    /// The deadline of the caller.
    deadline: Instant,
    number: u64,
}

impl Module {
    /// The module at this path. Loads and initialises it if this process has not done so.
    pub(crate) fn open(path: &Path) -> Result<Arc<Self>, Error> {
        let (place, _loaded) = place::place(path)?;
        let mut modules = MODULES.lock().unwrap_or_else(PoisonError::into_inner);
        let module = Arc::clone(modules.entry(place.clone()).or_default());
        drop(modules);
        // Held until it is initialised, because a second initialisation during the first confuses modules.
        let mut module = module.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(module) = &*module {
            return Ok(Arc::clone(module));
        }
        let name = place::name(path);
        let pkcs11 = place::load(&place)?;
        let is_ours = initialize(&pkcs11).map_err(|error| Answer::new(&*name, error))?;
        let opened = Arc::new(Self {
            name,
            state: Mutex::new(State {
                pkcs11,
                is_ours,
                epoch: 0,
                calls: Calls::default(),
            }),
            changed: Condvar::new(),
            turns: Pool::new(1),
            trials: Pool::new(1),
            ended: Mutex::new(Vec::new()),
            refused: Mutex::new(BTreeMap::new()),
            hash_key: RandomState::new(),
        });
        *module = Some(Arc::clone(&opened));
        Ok(opened)
    }

    /// The name in errors.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The right to call it; `None` if a restart lasts beyond `deadline`.
    pub(crate) fn call(&self, deadline: Instant) -> Option<Call<'_>> {
        let state = self.lock();
        let mut state = self.wait(state, deadline, |state| state.calls.is_restarting())?;
        Some(Call {
            module: self,
            pkcs11: state.pkcs11.clone(),
            epoch: state.epoch,
            began: Instant::now(),
            deadline,
            number: state.calls.begin(),
        })
    }

    /// The right to open sessions and to log in; `None` if others hold it longer than `limit`.
    pub(crate) fn turn(&self, limit: Duration) -> Option<Turn<'_>> {
        let lease = self.turns.take(limit).ok();
        lease.map(|lease| Turn {
            module: self,
            lease: Some(lease),
        })
    }

    /// The right to try a PIN; `None` if others hold it longer than `limit`.
    pub(crate) fn trial(&self, limit: Duration) -> Option<Lease<()>> {
        self.trials.take(limit).ok()
    }

    /// Closes a session of this restart count, at the latest when the turn of another caller ends.
    pub(crate) fn close(&self, epoch: u64, session: Session) {
        self.ended().push((epoch, session));
        drop(self.turn(Duration::ZERO));
    }

    fn ended(&self) -> MutexGuard<'_, Vec<(u64, Session)>> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes the pending sessions that may still exist. After a restart of the module, their numbers may belong to
    /// others. Returns whether that was possible: during a restart, they stay pending.
    fn close_ended(&self) -> bool {
        let Some(call) = self.call(Instant::now()) else {
            return false;
        };
        for (epoch, session) in core::mem::take(&mut *self.ended()) {
            match epoch == call.epoch {
                true => drop(session),
                false => core::mem::forget(session),
            }
        }
        true
    }

    /// Restarts the module, unless it has restarted since a call that began at `began`. All sessions of this process
    /// with its tokens end. Waits for the pause between two restarts.
    ///
    /// Does not restart a module that another part of this process initialised, a module with calls that do not return,
    /// or one that may not restart until `deadline`.
    pub(crate) fn restart(&self, began: Instant, deadline: Instant) -> Result<(), Answer> {
        let Some(state) = self.wait_to_restart(began, deadline) else {
            return Ok(());
        };
        let (pkcs11, was_ours) = (state.pkcs11.clone(), state.is_ours);
        let now = Instant::now();
        let limit = now.checked_add(MAX_CALL).unwrap_or(now).min(deadline);
        let is_idle = self
            .wait(state, limit, |state| !state.calls.is_idle())
            .is_some();
        // No call is under way, and no call can begin.
        let done = is_idle.then(|| begin_anew(&pkcs11, was_ours));
        let mut state = self.lock();
        self.changed.notify_all();
        let Some(done) = done else {
            state.calls.give_up_restart();
            return Ok(());
        };
        state.calls.restarted(Instant::now());
        if done.sessions_ended() {
            state.epoch = state.epoch.wrapping_add(1);
        }
        state.is_ours = done.is_ours();
        match done.begun {
            Ok(_) => Ok(()),
            Err(error) => Err(Answer::new(&*self.name, error)),
        }
    }

    /// Waits until the caller may restart the module; `None` if it need not or must not. No call begins after that.
    fn wait_to_restart(&self, began: Instant, deadline: Instant) -> Option<MutexGuard<'_, State>> {
        let mut state = self.lock();
        loop {
            let now = Instant::now();
            let until = match state.calls.restart(began, now) {
                Restart::Now => return Some(state),
                Restart::Done | Restart::Never => return None,
                Restart::OfAnother => deadline,
                Restart::At(time) => time,
            };
            if until > deadline || now >= deadline {
                return None;
            }
            let left = until.saturating_duration_since(now);
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The answer of this token to this PIN, if it refused the PIN.
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

    /// Waits while `is_so`; `None` if it still is at the deadline.
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
    /// Closes the pending sessions, which otherwise happens at the end of the turn.
    pub(crate) fn close_ended(&self) {
        let _ = self.module.close_ended();
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        while self.lease.is_some() {
            let is_done = self.module.close_ended();
            self.lease = None;
            // A session added in between has no other caller to close it. After a restart, its caller takes a turn.
            if is_done && !self.module.ended().is_empty() {
                self.lease = self.module.turns.take(Duration::ZERO).ok();
            }
        }
    }
}

impl Call<'_> {
    /// The remaining time of the caller.
    pub(crate) fn time_left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        let mut state = self.module.lock();
        state.calls.end(self.number);
        if state.calls.is_idle() && state.calls.is_restarting() {
            self.module.changed.notify_all();
        }
    }
}

/// The modules of this process, until it ends.
static MODULES: Mutex<BTreeMap<PathBuf, Place>> = Mutex::new(BTreeMap::new());

/// One module, set as soon as it is initialised.
type Place = Arc<Mutex<Option<Arc<Module>>>>;
