use redox_auth_core::{Identity, TokenStorage};
use zeroize::Zeroize;

use super::super::{Goal, Stage, Turn, What};
use crate::{Cause, Connector, Device, Error, ExchangeError, MaybeDpop, Payload};

impl<I: Identity, D: Device, C: Connector, S: TokenStorage, P: MaybeDpop>
    Turn<'_, '_, '_, I, D, C, S, P>
{
    /// Handles a lost answer. The connection can no longer be used.
    pub(in super::super) fn lost(
        &mut self,
        failure: ExchangeError,
        payload: &mut dyn Payload,
    ) -> Result<Stage, Error> {
        let what = match self.stage {
            Stage::Reach(what)
            | Stage::Connect(what)
            | Stage::Prove(what)
            | Stage::Begin(what)
            | Stage::Send(what)
            | Stage::Receive(what) => what,
            // The needed part of the answer was read already.
            Stage::Drain { .. } | Stage::Ask | Stage::Prepare | Stage::Done => {
                self.gateway.link.close();
                return Ok(Stage::Ask);
            }
        };
        let link = &mut self.gateway.link;
        let is_reused = link.open.as_ref().is_some_and(|open| open.is_reused);
        // If no answer came after the request was cut off, the cut-off is the cause.
        let failure = self.cut_off.take().unwrap_or(failure);
        let is_idle_end = is_reused && failure.is_loss() && !link.exchange.is_answered();
        if is_idle_end {
            link.learn_end();
        }
        link.close();
        if what == What::Token {
            return Ok(self.failed(Cause::Exchange(failure)));
        }
        let is_idempotent = matches!(self.goal, Goal::Request(request) if request.is_idempotent);
        if is_idle_end && is_idempotent && !self.is_resent && payload.rewind() {
            self.is_resent = true;
            return Ok(Stage::Ask);
        }
        Err(failure.into())
    }

    /// Reports a failed attempt to the session, which decides whether it matters.
    pub(in super::super) fn failed(&mut self, cause: Cause) -> Stage {
        let now = self.gateway.link.now();
        if let Some(ticket) = self.gateway.ticket.take() {
            self.gateway.session.failed(ticket, now);
        }
        self.gateway.token.zeroize();
        self.gateway.last_failure = Some(cause);
        self.token.count = self.token.count.saturating_add(1);
        Stage::Ask
    }
}
