use redox_auth_core::{
    AnswerError, AuthorizeError, Channel, Identity, Next, Now, Paced, Received, Rejected, Response,
    Target as TokenTarget, TokenStorage, Trouble,
};
use zeroize::Zeroize;

use super::proof::{DPOP, DPOP_NONCE, Wanted, text};
use super::{Goal, Stage, Turn, What, endpoint};
use crate::dpop::Origin;
use crate::exchange::Outgoing;
use crate::request::{OURSELVES, USER_AGENT};
use crate::target::Target;
use crate::{
    Cause, Connector, Device, Error, ExchangeError, HeadError, HttpError, MaybeDpop, Payload,
};

impl<I: Identity, D: Device, C: Connector, S: TokenStorage, P: MaybeDpop>
    Turn<'_, '_, '_, I, D, C, S, P>
{
    /// Goes on for as long as nothing has to be moved.
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

    /// Does what the session says.
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
            // Where the pace allows none, the token is good for a while.
            Next::Renew { .. } if !has_tried && pace.is_ok() => Ok(Stage::Prepare),
            Next::Use { .. } | Next::Renew { .. } => Ok(match self.goal {
                Goal::Request(_) => Stage::Reach(What::Request),
                Goal::Time | Goal::Token => Stage::Done,
            }),
            // One that lives shorter than it takes to come would have us ask again and again.
            Next::Fetch if self.token.has_come => Err(Error::NoToken {
                until: now,
                cause: Some(Cause::Answer(AnswerError::Expired)),
            }),
            Next::Fetch if self.token.count >= MAX_ATTEMPTS => {
                Err(Error::NoToken { until: now, cause })
            }
            // Before anything is signed.
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

    fn begin_token(&mut self, payload: &mut dyn Payload) -> Result<Stage, Error> {
        // It is of this request and of no later one, whatever comes of it.
        let proof = self.gateway.dpop.take();
        self.cut_off = None;
        let target = self.token.target;
        if target != TokenTarget::Time && !self.is_authenticated() {
            return self.lost(ExchangeError::Unauthenticated, payload);
        }
        let now = self.gateway.link.now();
        self.token.received_at = None;
        let server = self.gateway.session.identity().server();
        let head = self
            .gateway
            .link
            .exchange
            .request(
                target.method().into(),
                target.url(&server),
                target.path(),
                now,
            )
            .header(USER_AGENT, OURSELVES)
            .header("Accept", "application/json");
        let head = match target.content_type() {
            Some(content_type) => head.header("Content-Type", content_type),
            None => head,
        };
        let head = match proof {
            Some(proof) => head.header(DPOP, text(self.gateway.token, proof)),
            None => head,
        };
        head.send(u64::try_from(self.token.len).ok())
            .map_err(Error::Head)?;
        self.gateway.link.begin();
        Ok(Stage::Send(What::Token))
    }

    fn begin_request(&mut self, payload: &mut dyn Payload) -> Result<Stage, Error> {
        let proof = self.gateway.dpop.take();
        self.cut_off = None;
        let Goal::Request(request) = self.goal else {
            return Ok(Stage::Done);
        };
        if !self.is_authenticated() {
            return self.lost(ExchangeError::Unauthenticated, payload);
        }
        let now = self.gateway.link.now();
        let session = &self.gateway.session;
        let server = session.identity().server();
        let target = Target::of(&server, request.url)?;
        let url = target.url.as_str();
        let authorized = if P::PROVES {
            session.authorize_with_proof(now, request.api, url)
        } else {
            session.authorize(now, request.api, url)
        };
        let authorized = match authorized {
            // It died while we connected, or while its proof was signed.
            Err(AuthorizeError::NoToken) if self.token.count < MAX_ATTEMPTS => {
                if P::PROVES {
                    self.gateway.token.zeroize();
                }
                self.token.count = self.token.count.saturating_add(1);
                return Ok(Stage::Ask);
            }
            other => other.map_err(Error::Authorize)?,
        };
        self.generation = Some(authorized.generation());
        let is_named = |name: &str| {
            let mut headers = request.headers.iter();
            headers.any(|(found, _)| found.eq_ignore_ascii_case(name))
        };
        let token = authorized.expose_token().expose();
        if proof.is_some() && is_named(DPOP) {
            return Err(Error::Head(HeadError::Name));
        }
        let head = self
            .gateway
            .link
            .exchange
            .request(request.method, target.url, target.path, now);
        let mut head = match proof {
            Some(proof) => head
                .bound(token)
                .header(DPOP, text(self.gateway.token, proof)),
            None => head.bearer(token),
        };
        if !is_named(USER_AGENT) {
            head = head.header(USER_AGENT, OURSELVES);
        }
        if let Some(source_id) = authorized.source_id().filter(|_| !is_named(SOURCE_ID)) {
            head = head.header(SOURCE_ID, source_id);
        }
        if let Some(content_type) = request.content_type {
            head = head.header("Content-Type", content_type);
        }
        for (name, value) in request.headers {
            head = head.header(name, value);
        }
        head.send(payload.content_length()).map_err(Error::Head)?;
        if P::PROVES {
            self.gateway.token.zeroize();
        }
        self.gateway.link.begin();
        Ok(Stage::Send(What::Request))
    }

    fn is_authenticated(&self) -> bool {
        let open = self.gateway.link.open.as_ref();
        open.is_some_and(|open| open.channel == Channel::Authenticated)
    }

    /// Moves a token request's body to the wire, as far as there is room; the application's own comes from the driver.
    fn sent(&mut self, what: What) -> Stage {
        loop {
            let exchange = &mut self.gateway.link.exchange;
            match exchange.outgoing() {
                Outgoing::Fill(room) if what == What::Token => {
                    let body = self.gateway.token.get(..self.token.len).unwrap_or(&[]);
                    let rest = body.get(self.token.sent..).unwrap_or(&[]);
                    let len = rest.len().min(room.len());
                    if let (Some(room), Some(rest)) = (room.get_mut(..len), rest.get(..len)) {
                        room.copy_from_slice(rest);
                    }
                    self.token.sent = self.token.sent.saturating_add(len);
                    // All of it is there, so it is not too short.
                    let _ = exchange.filled(len);
                }
                Outgoing::Sent => {
                    self.token.len = 0;
                    return Stage::Receive(what);
                }
                _ => return Stage::Send(what),
            }
        }
    }

    fn token_answer(&mut self, payload: &mut dyn Payload) -> Result<Stage, Error> {
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
            // The status and `Retry-After` say enough of a no.
            Err(HttpError::BodyTooLong { .. }) if !(200..300).contains(&status) => &mut [],
            Err(error) => return self.lost(error.into(), payload),
        };
        let Some(ticket) = self.gateway.ticket.take() else {
            return Ok(Stage::Ask);
        };
        self.cut_off = None;
        let session = &self.gateway.session;
        let to = endpoint(session, now, What::Token, self.token.target, self.goal)?;
        // Only a limit concerns more than this request: 401 is an answer to a key (RFC 6749 §5.2).
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
        let response = Response {
            status,
            date: headers.get("Date"),
            age: headers.get("Age"),
            cache_control: headers.get("Cache-Control"),
            retry_after: headers.get("Retry-After"),
            channel: channel.unwrap_or(Channel::Unauthenticated),
            body,
        };
        let failure = match self.gateway.session.receive(ticket, now, response) {
            Received::Token(_) => {
                self.token.has_come = true;
                None
            }
            Received::Time | Received::Stale => None,
            Received::NoTime => Some(Cause::NoTime { status }),
            // It asks for a nonce only, and the next attempt, at once, has it.
            Received::Refused(_)
                if P::PROVES && self.gateway.session.counters().refusals == refusals =>
            {
                None
            }
            Received::Refused(refusal) => {
                // What a refused refresh token comes with may repeat it; the secret is next, and has its own answer.
                if self.token.target != TokenTarget::LegacyRefresh {
                    link.device.refused(&refusal);
                }
                Some(Cause::Refused(refusal.refused))
            }
            Received::Unusable(error) => Some(Cause::Answer(error)),
        };
        self.gateway.last_failure = failure;
        self.token.count = self.token.count.saturating_add(1);
        self.gateway.token.zeroize();
        link.end();
        Ok(Stage::Ask)
    }

    fn answer(&mut self, payload: &mut dyn Payload) -> Result<Stage, Error> {
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

    /// Tells the pace what the API answered.
    fn paced(&mut self, now: Now) -> Result<(), Error> {
        let (session, target) = (&self.gateway.session, self.token.target);
        let to = endpoint(session, now, What::Request, target, self.goal)?;
        self.gateway
            .link
            .answered(to.host, self.started.take(), now);
        Ok(())
    }

    fn drain(&mut self, mut left: u16) -> Stage {
        let mut part = [0; 64];
        let exchange = &mut self.gateway.link.exchange;
        loop {
            match exchange.body(&mut part) {
                Ok(None) if left > 0 => return Stage::Drain { left },
                Ok(Some(len @ 1..)) if left > 0 => {
                    left = left.saturating_sub(u16::try_from(len).unwrap_or(u16::MAX));
                }
                // At its end, broken, or too long to be worth it.
                _ => break,
            }
        }
        self.gateway.link.end();
        Stage::Ask
    }

    /// There is no answer. The connection is of no use any more.
    pub(super) fn lost(
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
            // What had to be read of the answer was read.
            Stage::Drain { .. } | Stage::Ask | Stage::Prepare | Stage::Done => {
                self.gateway.link.close();
                return Ok(Stage::Ask);
            }
        };
        let link = &mut self.gateway.link;
        let is_reused = link.open.as_ref().is_some_and(|open| open.is_reused);
        // Where no answer came after the request was cut off, that is what was wrong.
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

    /// The attempt has failed. Whether that matters, the session knows.
    pub(super) fn failed(&mut self, cause: Cause) -> Stage {
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

/// Whether the answer to a token request says something about all requests to its host.
fn is_of_others(status: u16) -> bool {
    Paced::status(status)
        .trouble()
        .is_none_or(Trouble::is_of_rate)
}

/// What comes once there is a connection.
const fn reached<P: MaybeDpop>(what: What) -> Stage {
    if P::PROVES {
        Stage::Prove(what)
    } else {
        Stage::Begin(what)
    }
}

/// Names the source of a request (Redox's page on source IDs).
const SOURCE_ID: &str = "Redox-Source-Id";

/// How often one call asks for a token at most. The session's own rules end it sooner.
const MAX_ATTEMPTS: u8 = 8;

/// How many bytes are read of an answer that nobody wants before the connection is closed instead.
const DRAIN_MAX: u16 = 4096;
