use core::ops::Range;

use redox_auth_core::{
    DpopProof, Identity, JwtId, RequestError, Stopped, Target as TokenTarget, TokenStorage,
    TokenType, WriteError, asks_for_dpop_nonce,
};

use super::super::step::Step;
use super::{Goal, Stage, Turn, What};
use crate::dpop::{Brought, Origin};
use crate::target::Target;
use crate::{Cause, Connector, Device, Error, MaybeDpop};

/// Proofs of possession (RFC 9449), for a session whose tokens are bound to a key.
impl<I: Identity, D: Device, C: Connector, S: TokenStorage, P: MaybeDpop>
    Turn<'_, '_, '_, I, D, C, S, P>
{
    /// Stays in this stage only for a request that needs a proof.
    pub(super) fn prove_or_begin(&mut self, what: What) -> Stage {
        if self.needs_proof(what) {
            Stage::Prove(what)
        } else {
            Stage::Begin(what)
        }
    }

    fn needs_proof(&mut self, what: What) -> bool {
        let now = self.gateway.link.now();
        let session = &self.gateway.session;
        match what {
            What::Token => {
                self.token.target == TokenTarget::Token && session.identity().dpop_key().is_some()
            }
            What::Request => session
                .next(now)
                .token()
                .is_some_and(|token| session.token_type(token.served_by()) == TokenType::Dpop),
        }
    }

    /// Writes a proof without its signature into the token buffer, after the body of a token request. The proof is made
    /// after the connection, because a proof expires.
    pub(super) fn prove(&mut self, what: What) -> Result<Step<'_, I, C, P>, Error> {
        let start = self.proof_start(what);
        let gateway = &mut *self.gateway;
        let random = gateway.link.device.random().ok_or(Error::Random)?;
        let jwt_id = JwtId::from_random(random);
        let now = gateway.link.device.now();
        let session = &gateway.session;
        let no_token = |stopped| Error::NoToken {
            until: now.instant,
            cause: Some(Cause::Stopped(stopped)),
        };
        let time = session.unix_time(now);
        let time = time.ok_or(no_token(Stopped::ClockUnknown))?;
        let identity = session.identity();
        let key = identity.dpop_key();
        let key = key.ok_or(no_token(Stopped::NoCredential))?;
        let server = identity.server();
        let (proof, to) = match (what, self.goal) {
            (What::Request, Goal::Request(request)) => {
                let target = Target::of(&server, request.url)?;
                let method = request.method.as_str();
                let proof = DpopProof::new(key, method, target.url, &jwt_id, time);
                let proof = proof.path(target.path);
                // A token that has just expired is renewed before this proof is sent.
                let proof = match session.next(now.instant).token() {
                    Some(token) => proof.access_token(token.expose()),
                    None => proof,
                };
                (proof, Origin::of(&server, target.url))
            }
            _ => {
                let target = self.token.target;
                let (method, url) = (target.method().as_str(), target.url(&server));
                let proof = DpopProof::new(key, method, url, &jwt_id, time);
                (proof, Origin::Tokens)
            }
        };
        let room = gateway.token.get_mut(start..).unwrap_or(&mut []);
        let prepared = gateway.dpop.prepare(proof, to, room);
        let (unsigned, signer) = prepared.map_err(|error| not_written(behind(error, start)))?;
        Ok(Step::Prove { unsigned, signer })
    }

    /// Processes the result of the signature.
    pub(super) fn proved(&mut self, signed: Result<usize, WriteError>) -> Result<(), Error> {
        let Stage::Prove(what) = self.stage else {
            return Ok(());
        };
        let start = self.proof_start(what);
        self.stage = match (signed, what) {
            (Ok(len), _) => {
                self.gateway.dpop.made(start..start.saturating_add(len));
                Stage::Begin(what)
            }
            (Err(error), What::Token) => self.failed(Cause::NotSigned(error)),
            (Err(error), What::Request) => return Err(not_written(error)),
        };
        Ok(())
    }

    /// Stores the nonce of the API's answer. The newest counts, whatever the status (RFC 9449 §8.2).
    pub(super) fn nonce_in_answer(&mut self, status: u16) -> Result<Wanted, Error> {
        let Goal::Request(request) = self.goal else {
            return Ok(Wanted::Nothing);
        };
        let gateway = &mut *self.gateway;
        let server = gateway.session.identity().server();
        let target = Target::of(&server, request.url)?;
        let headers = gateway.link.exchange.headers();
        let nonce = headers.get(DPOP_NONCE);
        let of = Origin::of(&server, target.url);
        let brought = gateway.dpop.remember(of, nonce);
        let mut challenges = headers
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case("WWW-Authenticate"));
        let asks = status == 401 && challenges.any(|(_, value)| asks_for_dpop_nonce(value));
        Ok(match brought {
            // An answer without a nonce cannot ask for a new one.
            Brought::Nothing => Wanted::Nothing,
            _ if !asks => Wanted::Nothing,
            Brought::Nonce if gateway.dpop.may_repeat() => Wanted::Repetition,
            Brought::Nonce | Brought::Unusable => Wanted::Impossible,
        })
    }

    const fn proof_start(&self, what: What) -> usize {
        match what {
            What::Token => self.token.len,
            What::Request => 0,
        }
    }
}

/// The effect of an API's answer on the next proof.
pub(super) enum Wanted {
    Nothing,
    /// Another nonce, which the answer has. The token is still valid.
    Repetition,
    /// Another nonce for the second time, or a nonce that cannot be sent back.
    Impossible,
}

/// The proof in the buffer for tokens.
pub(super) fn text(token: &[u8], proof: Range<usize>) -> &str {
    let proof = token.get(proof).unwrap_or(&[]);
    core::str::from_utf8(proof).unwrap_or("")
}

const fn not_written(error: WriteError) -> Error {
    Error::NotWritten(RequestError::Write(error))
}

/// Adds the bytes before the proof to the length needed.
fn behind(error: WriteError, start: usize) -> WriteError {
    match error {
        WriteError::BufferTooSmall { needed } => WriteError::BufferTooSmall {
            needed: needed.saturating_add(start),
        },
        other => other,
    }
}

/// The header of a proof.
pub(super) const DPOP: &str = "DPoP";

/// The header in which a server gives the nonce for the next proof.
pub(super) const DPOP_NONCE: &str = "DPoP-Nonce";
