mod answer;
mod begin;
mod lost;

use redox_auth_core::{AnswerError, Channel, Identity, Next, TokenStorage};

use super::{Goal, Stage, Turn, What, endpoint};
use crate::{Cause, Connector, Device, Error, MaybeDpop, Payload};

impl<I: Identity, D: Device, C: Connector, S: TokenStorage, P: MaybeDpop>
    Turn<'_, '_, '_, I, D, C, S, P>
{
    /// Advances until a driver has to do something.
    pub(super) fn advance(&mut self, payload: &mut dyn Payload) -> Result<(), Error> {
        loop {
            let next = match self.stage {
                Stage::Ask => self.ask()?,
                Stage::Reach(what) => self.reach(what)?,
                Stage::Prove(what) if P::PROVES => self.prove_or_begin(what),
                Stage::Begin(What::Token) => self.begin_token(payload)?,
                Stage::Begin(What::Request) => self.begin_request(payload)?,
                Stage::Send(what) => self.sent(what),
                Stage::Receive(What::Token) => self.token_answer(payload)?,
                Stage::Receive(What::Request) => self.answer(payload)?,
                Stage::Drain { left } => self.drain(left),
                stage => stage,
            };
            if next == self.stage {
                return Ok(());
            }
            self.stage = next;
        }
    }

    /// Follows the session's next step.
    fn ask(&mut self) -> Result<Stage, Error> {
        let both = self.gateway.link.device.now();
        let now = both.instant;
        let cause = self.gateway.last_failure;
        let has_tried = self.token.count > 0;
        let session = &self.gateway.session;
        if matches!(self.goal, Goal::Time) && session.unix_time(both).is_some() {
            return Ok(Stage::Done);
        }
        let token_host = session.identity().server().token_url().host();
        let pace = self.gateway.link.may_begin(token_host, now);
        match session.next(now) {
            // If the pace allows no request, the token is still valid for a while.
            Next::Renew { .. } if !has_tried && pace.is_ok() => Ok(Stage::Prepare),
            Next::Use { .. } | Next::Renew { .. } => Ok(match self.goal {
                Goal::Request(_) => Stage::Reach(What::Request),
                Goal::Time | Goal::Token => Stage::Done,
            }),
            // A token that expires before its answer arrives would cause request after request.
            Next::Fetch if self.token.has_come => Err(Error::NoToken {
                until: now,
                cause: Some(Cause::Answer(AnswerError::Expired)),
            }),
            Next::Fetch if self.token.count >= MAX_ATTEMPTS => {
                Err(Error::NoToken { until: now, cause })
            }
            // Checked before anything is signed.
            Next::Fetch => pace.map(|()| Stage::Prepare),
            Next::Wait { until } => Err(Error::NoToken { until, cause }),
            Next::Stop { reason, until } => Err(Error::NoToken {
                until,
                cause: cause.or(Some(Cause::Stopped(reason))),
            }),
        }
    }

    fn reach(&mut self, what: What) -> Result<Stage, Error> {
        let now = self.gateway.link.device.now();
        let session = &self.gateway.session;
        let to = endpoint(session, now, what, self.token.target, self.goal)?;
        self.started = self.gateway.link.begin_by_pace(to.host, now.instant)?;
        Ok(if self.gateway.link.reuse(to) {
            reached::<P>(what)
        } else {
            Stage::Connect(what)
        })
    }

    pub(super) fn connected(&mut self, io: C::Connection, channel: Channel) -> Result<(), Error> {
        let Stage::Connect(what) = self.stage else {
            return Ok(());
        };
        let now = self.gateway.link.device.now();
        let session = &self.gateway.session;
        let to = endpoint(session, now, what, self.token.target, self.goal)?;
        self.gateway.link.opened(to, io, channel);
        self.stage = reached::<P>(what);
        Ok(())
    }
}

/// The stage after a connection is made.
const fn reached<P: MaybeDpop>(what: What) -> Stage {
    if P::PROVES {
        Stage::Prove(what)
    } else {
        Stage::Begin(what)
    }
}

/// The greatest number of token requests in one call. The session's own rules usually end it sooner.
pub(super) const MAX_ATTEMPTS: u8 = 8;
