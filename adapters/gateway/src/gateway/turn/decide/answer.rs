use redox_auth_core::{
    Channel, Identity, Now, Paced, Received, Rejected, Response, Target as TokenTarget,
    TokenStorage, Trouble,
};
use zeroize::Zeroize;

use super::super::proof::{DPOP_NONCE, Wanted};
use super::super::{Stage, Turn, What, endpoint};
use crate::dpop::Origin;
use crate::{Cause, Connector, Device, Error, HttpError, MaybeDpop, Payload};

impl<I: Identity, D: Device, C: Connector, S: TokenStorage, P: MaybeDpop>
    Turn<'_, '_, '_, I, D, C, S, P>
{
    pub(super) fn token_answer(&mut self, payload: &mut dyn Payload) -> Result<Stage, Error> {
        let link = &mut self.gateway.link;
        let status = match link.exchange.head() {
            Ok(Some(status)) => status,
            Ok(None) => return Ok(self.stage),
            Err(error) => return self.lost(error.into(), payload),
        };
        let now = *self.token.received_at.get_or_insert(link.device.now());
        let body = match link
            .exchange
            .whole_body(self.gateway.token, &mut self.token.len)
        {
            Ok(true) => self
                .gateway
                .token
                .get_mut(..self.token.len)
                .unwrap_or(&mut []),
            Ok(false) => return Ok(self.stage),
            // The status and `Retry-After` are enough for a refusal.
            Err(HttpError::BodyTooLong { .. }) if !(200..300).contains(&status) => &mut [],
            Err(error) => return self.lost(error.into(), payload),
        };
        let Some(ticket) = self.gateway.ticket.take() else {
            return Ok(Stage::Ask);
        };
        self.cut_off = None;
        let session = &self.gateway.session;
        let to = endpoint(session, now, What::Token, self.token.target, self.goal)?;
        // Only a limit affects other requests, too: 401 is an answer to one key (RFC 6749 §5.2).
        if is_of_others(status) {
            link.answered(to.host, self.started.take(), now);
        }
        let channel = link.open.as_ref().map(|open| open.channel);
        let headers = link.exchange.headers();
        if P::PROVES && self.token.target == TokenTarget::Token {
            let nonce = headers.get(DPOP_NONCE);
            self.gateway.dpop.remember(Origin::Tokens, nonce);
        }
        let refusals = self.gateway.session.counters().refusals;
        let response = Response::new(status, channel.unwrap_or(Channel::Unauthenticated), body)
            .with_date(headers.get("Date"))
            .with_age(headers.get("Age"))
            .with_cache_control(headers.get("Cache-Control"))
            .with_retry_after(headers.get("Retry-After"));
        let failure = match self.gateway.session.receive(ticket, now, response) {
            Received::Token(_) => {
                self.token.has_come = true;
                None
            }
            Received::Time | Received::Stale => None,
            Received::NoTime => Some(Cause::NoTime { status }),
            // The server only asks for a nonce, and the next attempt follows at once with it.
            Received::Refused(_)
                if P::PROVES && self.gateway.session.counters().refusals == refusals =>
            {
                None
            }
            Received::Refused(refusal) => {
                // The answer to a refused refresh token may repeat that token. The secret is tried next, and its answer
                // counts.
                if self.token.target != TokenTarget::LegacyRefresh {
                    link.device.refused(&refusal);
                }
                Some(Cause::Refused(refusal.refused))
            }
            Received::Unusable(error) => Some(Cause::Answer(error)),
            // `Session::next` gives the next step after every answer.
            _ => None,
        };
        self.gateway.last_failure = failure;
        self.token.count = self.token.count.saturating_add(1);
        self.gateway.token.zeroize();
        link.end();
        Ok(Stage::Ask)
    }

    pub(super) fn answer(&mut self, payload: &mut dyn Payload) -> Result<Stage, Error> {
        let link = &mut self.gateway.link;
        let status = match link.exchange.head() {
            Ok(Some(status)) => status,
            Ok(None) => return Ok(self.stage),
            Err(error) => return self.lost(error.into(), payload),
        };
        if P::PROVES {
            match self.nonce_in_answer(status)? {
                Wanted::Nothing => {}
                Wanted::Repetition if payload.rewind() => {
                    return Ok(Stage::Drain { left: DRAIN_MAX });
                }
                Wanted::Repetition | Wanted::Impossible => return Ok(Stage::Done),
            }
        }
        self.cut_off = None;
        let both = self.gateway.link.device.now();
        let generation = self
            .generation
            .filter(|_| status == 401 && !self.is_repeated);
        let Some(generation) = generation else {
            self.paced(both)?;
            return Ok(Stage::Done);
        };
        self.is_repeated = true;
        let rejected = self.gateway.session.rejected(generation, both.instant);
        if rejected == Rejected::Kept || !payload.rewind() {
            self.paced(both)?;
            return Ok(Stage::Done);
        }
        self.token.count = 0;
        self.token.has_come = false;
        Ok(Stage::Drain { left: DRAIN_MAX })
    }

    /// Reports the API's answer to the pace.
    fn paced(&mut self, now: Now) -> Result<(), Error> {
        let (session, target) = (&self.gateway.session, self.token.target);
        let to = endpoint(session, now, What::Request, target, self.goal)?;
        self.gateway
            .link
            .answered(to.host, self.started.take(), now);
        Ok(())
    }

    pub(super) fn drain(&mut self, mut left: u16) -> Stage {
        let mut part = [0; 64];
        let exchange = &mut self.gateway.link.exchange;
        loop {
            match exchange.body(&mut part) {
                Ok(None) if left > 0 => return Stage::Drain { left },
                Ok(Some(len @ 1..)) if left > 0 => {
                    left = left.saturating_sub(u16::try_from(len).unwrap_or(u16::MAX));
                }
                // The answer has ended, is broken, or is too long to read.
                _ => break,
            }
        }
        self.gateway.link.end();
        Stage::Ask
    }
}

/// Whether the answer to a token request affects all requests to its host.
fn is_of_others(status: u16) -> bool {
    Paced::status(status)
        .trouble()
        .is_none_or(Trouble::is_of_rate)
}

/// The number of unused answer bytes that are read before the connection is closed instead.
const DRAIN_MAX: u16 = 4096;
