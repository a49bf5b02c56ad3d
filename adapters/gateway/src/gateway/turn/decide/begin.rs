use redox_auth_core::{AuthorizeError, Channel, Identity, Target as TokenTarget, TokenStorage};
use zeroize::Zeroize;

use super::super::proof::{DPOP, text};
use super::super::{Goal, Stage, Turn, What};
use super::MAX_ATTEMPTS;
use crate::exchange::Outgoing;
use crate::request::{OURSELVES, USER_AGENT};
use crate::target::Target;
use crate::{Connector, Device, Error, ExchangeError, HeadError, MaybeDpop, Payload};

impl<I: Identity, D: Device, C: Connector, S: TokenStorage, P: MaybeDpop>
    Turn<'_, '_, '_, I, D, C, S, P>
{
    pub(super) fn begin_token(&mut self, payload: &mut dyn Payload) -> Result<Stage, Error> {
        // The proof is for this request only, whatever its outcome.
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

    pub(super) fn begin_request(&mut self, payload: &mut dyn Payload) -> Result<Stage, Error> {
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
            // The token expired while the connection was made, or while the proof was signed.
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

    /// Moves a token request's body to the wire, as far as there is room. The driver reads the application's own body.
    pub(super) fn sent(&mut self, what: What) -> Stage {
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
                    // The whole body is there, and therefore it is not too short.
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
}

/// The header that names the source of a request (Redox's page on source IDs).
const SOURCE_ID: &str = "Redox-Source-Id";
