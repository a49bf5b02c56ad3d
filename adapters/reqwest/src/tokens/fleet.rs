use core::time::Duration;

use redox_auth_core::Next;
use tokio::time::{Instant, sleep};

use super::fleet_store::FleetStore;
use super::shared::Tokens;
use super::shared_tokens::{StoreFuture, TurnId};
use crate::error::store::StoreError;
use crate::random::random;
use crate::sync::timeout;
use crate::telemetry;

impl Tokens {
    /// Takes the token that another process of the fleet obtained, or waits for the turn to obtain one.
    ///
    /// If the store fails in any way, this process continues alone.
    pub(crate) async fn join_fleet(&self) -> Option<Turn<'_>> {
        let fleet = self.shared.fleet.as_ref()?;
        let id = TurnId::from_random(random().ok()?);
        let began = Instant::now();
        loop {
            if self.take_over_token(fleet).await.ok()? {
                return None;
            }
            if in_time(fleet.store.take_turn(id, fleet.turn)).await.ok()? {
                let turn = Turn { fleet, id };
                // Between the check and the turn another process may have ended its turn.
                if self.take_over_token(fleet).await.unwrap_or(false) {
                    turn.end().await;
                    return None;
                }
                return Some(turn);
            }
            if began.elapsed() >= fleet.turn {
                return None;
            }
            sleep(PAUSE).await;
        }
    }

    /// Whether the store has a token that ends this flight.
    async fn take_over_token(&self, fleet: &FleetStore) -> Result<bool, StoreError> {
        let Some(shared) = in_time(fleet.store.load()).await? else {
            return Ok(false);
        };
        let now = self.shared.clock.now();
        let mut state = self.lock();
        let secs = u32::try_from(shared.lives_for.as_secs()).unwrap_or(u32::MAX);
        let rejected = state.rejected.clone();
        let rejected = rejected.as_ref().map_or("", |held| held.expose());
        let adopted = state
            .session
            .adopt(now, shared.record.expose(), secs, rejected);
        if adopted.is_err() {
            return Ok(false);
        }
        let is_enough = matches!(state.session.next(now.instant), Next::Use { .. });
        drop(state);
        telemetry::taken_over();
        Ok(is_enough)
    }

    /// Gives this process's token to the fleet.
    pub(crate) async fn share_token(&self) {
        let Some(fleet) = &self.shared.fleet else {
            return;
        };
        let now = self.now();
        let expires_at = self.lock().session.token_expires_at(now);
        if let (Some(expires_at), Ok(record)) = (expires_at, self.save()) {
            let millis = expires_at.as_millis().saturating_sub(now.as_millis());
            // The other processes then obtain their own.
            let _ = in_time(fleet.store.store(&record, Duration::from_millis(millis))).await;
        }
    }
}

/// The turn to obtain a token. A lost turn ends after a while.
pub(crate) struct Turn<'f> {
    fleet: &'f FleetStore,
    id: TurnId,
}

impl Turn<'_> {
    pub(crate) async fn end(self) {
        let _ = in_time(self.fleet.store.end_turn(self.id)).await;
    }
}

/// A store that hangs counts as no store.
async fn in_time<T>(answer: StoreFuture<'_, T>) -> Result<T, StoreError> {
    let answer = timeout(STORE_TIMEOUT, answer).await;
    let answer = answer.unwrap_or_else(|_| Err(StoreError::new("no answer in time")));
    answer.inspect_err(telemetry::store_failed)
}

/// How long a store may take for each answer.
const STORE_TIMEOUT: Duration = Duration::from_millis(500);

/// Between two checks while another process has its turn.
const PAUSE: Duration = Duration::from_millis(50);
