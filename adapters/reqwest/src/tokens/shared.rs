use core::time::Duration;
use std::sync::Arc;

use redox_auth_core::{Instant, Rejected, RestoreError, SaveError, UnixTime};
use zeroize::Zeroizing;

use super::fleet_store::FleetStore;
use super::identity::Identity;
use super::prover::Prover;
use super::shared_files::SharedFiles;
use super::state::{Guard, SharedState, between};
use super::token::{Token, TokenId};
use crate::clock::Clock;
use crate::connections::Connections;
use crate::connections::host::Host;
use crate::error::Error;
use crate::error::build::BuildError;
use crate::telemetry;

/// One credential's token, and the machinery that obtains the next one. Its clones share everything.
#[derive(Clone)]
pub(crate) struct Tokens {
    pub(super) shared: Arc<Shared>,
}

/// Distinguishes credentials; see [`Tokens::name`].
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub(crate) enum Name {
    /// A hash of both.
    ClientId([u8; 16]),
    /// Its address in memory, while it exists.
    Client(usize),
}

/// The state that the clones share.
pub(crate) struct Shared {
    pub(crate) connections: Connections,
    /// The host of the token endpoint.
    pub(crate) host: Arc<Host>,
    /// The timeout of a whole token request, and of the wait for its turn.
    pub(crate) token_timeout: Duration,
    pub(crate) clock: Clock,
    pub(crate) fleet: Option<FleetStore>,
    pub(crate) prover: Option<Arc<Prover>>,
    pub(crate) files: Option<SharedFiles>,
    pub(crate) state: SharedState,
}

impl Tokens {
    pub(crate) fn new(shared: Shared) -> Self {
        Self {
            shared: Arc::new(shared),
        }
    }

    /// The token to use, if there is no other step: see [`SharedState::at_hand`].
    #[inline]
    pub(crate) fn at_hand(&self) -> Option<Token> {
        self.shared.state.at_hand(self.now())
    }

    /// The same for this clock, whose time is `now`, if it is the client's clock.
    #[inline]
    pub(crate) fn at_hand_by(&self, clock: &Clock, now: Instant) -> Option<Token> {
        let is_same = clock.is_machines() && self.shared.clock.is_machines();
        let now = if is_same { now } else { self.now() };
        self.shared.state.at_hand(now)
    }

    /// The owner of the tokens: the same for every client with one client ID at one token endpoint. If several owners are
    /// allowed, or without a credential, the same for the clones of one client.
    pub(crate) fn name(&self, allows_same_client_id: bool) -> Name {
        match self.identity().name() {
            Some(hash) if !allows_same_client_id => Name::ClientId(hash),
            _ => Name::Client(Arc::as_ptr(&self.shared).addr()),
        }
    }

    pub(crate) fn lock(&self) -> Guard<'_> {
        self.shared.state.lock(&self.shared.clock)
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    pub(crate) fn now(&self) -> Instant {
        self.shared.clock.instant()
    }

    pub(crate) fn identity(&self) -> Identity {
        self.lock().session.identity().clone()
    }

    /// The maker of the proofs that the tokens need, if they need any.
    pub(crate) fn prover(&self) -> Option<&Prover> {
        self.shared.prover.as_deref()
    }

    /// The time at the server, as far as it is known.
    pub(crate) fn server_time(&self) -> Option<UnixTime> {
        let state = self.lock();
        state.session.unix_time(self.shared.clock.now())
    }

    /// See [`Redox::time_left`](crate::Redox::time_left).
    pub(crate) fn time_left(&self, token: &Token) -> Duration {
        let now = self.shared.clock.now();
        let left = between(now.instant, token.held().expires_at);
        left.saturating_sub(token.held().outran(now))
    }

    /// Drops this token if the wall clock leaves it no time, although the session, which does not read that clock, considers
    /// it valid: the machine was restored from a snapshot, or its clock was set forward.
    pub(super) fn drop_if_outrun(&self, token: &Token) {
        if !self.time_left(token).is_zero() {
            return;
        }
        let Some(id) = token.held().id else {
            return;
        };
        let now = self.now();
        let mut state = self.lock();
        if state.holds(token)
            && state.session.next(now).token().is_some()
            && state.reject(id, now) == Rejected::Dropped
        {
            drop(state);
            telemetry::outrun();
        }
    }

    /// See [`Redox::save`](crate::Redox::save).
    pub(crate) fn save(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let state = self.lock();
        let now = self.shared.clock.now();
        let mut record = Zeroizing::new(Vec::new());
        if let Err(SaveError::BufferTooSmall { needed }) = state.session.save(now, &mut record) {
            record.resize(needed, 0);
        }
        match state.session.save(now, &mut record) {
            Ok(_) => {}
            Err(error) => return Err(Error::Save(error)),
        }
        Ok(record)
    }

    /// See [`Redox::restore`](crate::Redox::restore).
    pub(crate) fn restore(&self, record: &[u8]) -> Result<(), Error> {
        let mut state = self.lock();
        let now = self.shared.clock.now();
        let restored: Result<(), RestoreError> = state.session.restore(now, record);
        restored.map_err(Error::Restore)
    }

    /// See [`Redox::replace_keys`](crate::Redox::replace_keys): the session continues with the result of `change`.
    pub(crate) fn replace_identity(
        &self,
        change: impl FnOnce(&Identity) -> Result<Identity, BuildError>,
    ) -> Result<(), BuildError> {
        let mut state = self.lock();
        let identity = change(state.session.identity())?;
        state.session.replace_identity(identity);
        Ok(())
    }

    /// See [`Redox::reject`](crate::Redox::reject).
    pub(crate) fn reject_text(&self, token: &str) -> Result<(), Duration> {
        let now = self.now();
        let mut state = self.lock();
        let rejected = match state.id_of(token) {
            Some(id) => state.reject(id, now),
            None => Rejected::Replaced,
        };
        let kept_until = state.session.keeps_rejected_until();
        drop(state);
        telemetry::rejected(rejected);
        match rejected {
            Rejected::Dropped | Rejected::Replaced => Ok(()),
            Rejected::Kept => Err(between(now, kept_until)),
        }
    }

    /// The API answered 401 to a request with this token.
    pub(crate) fn reject(&self, id: Option<TokenId>) -> Rejected {
        let now = self.now();
        let rejected = match id {
            Some(id) => self.lock().reject(id, now),
            None => Rejected::Kept,
        };
        telemetry::rejected(rejected);
        rejected
    }
}
