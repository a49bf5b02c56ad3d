mod decide;
mod proof;

use embedded_io::ErrorKind;
use redox_auth_core::{
    AuthorizeError, Generation, Identity, JwtId, Now, Session, Started, Target as TokenTarget,
    TokenStorage,
};
use zeroize::Zeroize;

use super::Gateway;
use super::step::{Event, Step};
use crate::exchange::Outgoing;
use crate::request::RequestHead;
use crate::target::Target;
use crate::{Cause, Connector, Device, Endpoint, Error, ExchangeError, MaybeDpop, Payload};

/// One call of a gateway: it decides, and a driver moves the bytes.
///
/// If it is dropped early, its work is abandoned.
pub(super) struct Turn<
    'g,
    'b,
    'r,
    I: Identity,
    D: Device,
    C: Connector,
    S: TokenStorage,
    P: MaybeDpop,
> {
    gateway: &'g mut Gateway<'b, I, D, C, S, P>,
    goal: Goal<'r>,
    stage: Stage,
    token: Attempt,
    /// The token that the request was sent with.
    generation: Option<Generation>,
    /// The API answered 401 to the request once.
    is_repeated: bool,
    /// The kept connection ended during the request once.
    is_resent: bool,
    /// The request that the pace has counted.
    started: Option<Started>,
    /// Why the request could not be written to its end. The server may have answered before that.
    cut_off: Option<ExchangeError>,
}

/// The goal of a call.
#[derive(Clone, Copy)]
pub(super) enum Goal<'r> {
    /// The time.
    Time,
    /// A token.
    Token,
    /// The answer to this request.
    Request(&'r RequestHead<'r>),
}

/// The attempts to obtain a token.
struct Attempt {
    target: TokenTarget,
    /// The length of the request's body, and then of the received part of the answer.
    len: usize,
    /// The number of body bytes written to the wire.
    sent: usize,
    /// The time when the head of the answer was received. Its `Date` is no older than the round trip.
    received_at: Option<Now>,
    /// The number of attempts for this request.
    count: u8,
    has_come: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stage {
    /// Check whether there is a token.
    Ask,
    /// Write and sign a token request.
    Prepare,
    /// Check whether there is a connection.
    Reach(What),
    /// Make a connection.
    Connect(What),
    /// Sign a proof of possession, if the token is bound to a key.
    Prove(What),
    /// Write the head of the request.
    Begin(What),
    Send(What),
    Receive(What),
    /// Read the unused rest of an answer, to keep the connection for another request.
    Drain {
        left: u16,
    },
    Done,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum What {
    Token,
    Request,
}

impl<'g, 'b, 'r, I: Identity, D: Device, C: Connector, S: TokenStorage, P: MaybeDpop>
    Turn<'g, 'b, 'r, I, D, C, S, P>
{
    /// Checks for errors that no token can fix, before a token is obtained.
    pub(super) fn begin(
        gateway: &'g mut Gateway<'b, I, D, C, S, P>,
        goal: Goal<'r>,
    ) -> Result<Self, Error> {
        gateway.link.end();
        if gateway.ticket.is_some() {
            // A call before this was leaked without being dropped.
            gateway.give_up();
        }
        gateway.dpop.begin();
        if !P::PROVES && gateway.session.identity().dpop_key().is_some() {
            return Err(Error::Authorize(AuthorizeError::NeedsProof));
        }
        if let Goal::Request(request) = goal {
            let server = gateway.session.identity().server();
            let target = Target::of(&server, request.url)?;
            server
                .may_receive_token(target.url.as_str())
                .map_err(|error| Error::Authorize(AuthorizeError::Url(error)))?;
        }
        Ok(Self {
            gateway,
            goal,
            stage: Stage::Ask,
            token: Attempt {
                target: TokenTarget::Token,
                len: 0,
                sent: 0,
                received_at: None,
                count: 0,
                has_come: false,
            },
            generation: None,
            is_repeated: false,
            is_resent: false,
            started: None,
            cut_off: None,
        })
    }

    /// The next step.
    pub(super) fn step(&mut self, payload: &mut dyn Payload) -> Result<Step<'_, I, C, P>, Error> {
        self.advance(payload)?;
        if let Stage::Prove(what) = self.stage
            && P::PROVES
        {
            return self.prove(what);
        }
        let Gateway {
            session,
            token,
            ticket,
            link,
            ..
        } = &mut *self.gateway;
        let io = match (self.stage, &mut link.open) {
            (Stage::Done, _) => return Ok(Step::Done),
            (Stage::Prepare, _) => {
                let random = link.device.random().ok_or(Error::Random)?;
                let now = link.device.now();
                let prepared = session
                    .prepare(now, JwtId::from_random(random), token)
                    .map_err(Error::NotWritten)?;
                *ticket = Some(prepared.ticket);
                self.token.target = prepared.target;
                return Ok(Step::Sign {
                    body: prepared.body,
                    identity: session.identity(),
                });
            }
            (Stage::Connect(what), _) => {
                let now = link.device.now();
                return Ok(Step::Connect {
                    connector: &mut link.connector,
                    to: endpoint(session, now, what, self.token.target, self.goal)?,
                });
            }
            (_, Some(open)) => &mut open.io,
            (_, None) => return Err(ExchangeError::Transport(ErrorKind::NotConnected).into()),
        };
        if let Stage::Send(_) = self.stage {
            return Ok(match link.exchange.outgoing() {
                Outgoing::Fill(room) => Step::Fill(room),
                Outgoing::Write(bytes) => Step::Write { io, bytes },
                Outgoing::Flush | Outgoing::Sent => Step::Flush(io),
            });
        }
        let room = link.exchange.room();
        Ok(Step::Read { io, room })
    }

    /// Processes the result of the last step.
    pub(super) fn take(
        &mut self,
        event: Event<C::Connection>,
        payload: &mut dyn Payload,
    ) -> Result<(), Error> {
        let now = self.gateway.link.now();
        let link = &mut self.gateway.link;
        let failure = match event {
            Event::Signed(signed) if P::PROVES && matches!(self.stage, Stage::Prove(_)) => {
                return self.proved(signed);
            }
            Event::Signed(Ok(len)) => {
                self.token.len = len;
                self.token.sent = 0;
                self.stage = Stage::Reach(What::Token);
                return Ok(());
            }
            Event::Signed(Err(error)) => {
                self.stage = self.failed(Cause::NotSigned(error));
                return Ok(());
            }
            Event::Connected(connected) => match connected {
                Ok((io, channel)) => {
                    self.connected(io, channel)?;
                    return Ok(());
                }
                Err(kind) => ExchangeError::Connect(kind),
            },
            Event::Filled(Ok(len)) => {
                return link
                    .exchange
                    .filled(len)
                    .map_err(|missing| Error::PayloadTooShort { missing });
            }
            Event::Filled(Err(kind)) => return Err(Error::Payload(kind)),
            Event::Written(Ok(0)) => ExchangeError::Transport(ErrorKind::WriteZero),
            Event::Written(Ok(len)) => match link.exchange.written(len, now) {
                Ok(()) => return Ok(()),
                Err(error) => ExchangeError::Http(error),
            },
            Event::Flushed(Ok(())) => {
                link.exchange.flushed();
                return Ok(());
            }
            Event::Read(Ok(len)) => match link.exchange.received(len, now) {
                Ok(()) => return Ok(()),
                Err(error) => ExchangeError::Http(error),
            },
            Event::Written(Err(kind)) | Event::Flushed(Err(kind)) | Event::Read(Err(kind)) => {
                ExchangeError::Transport(kind)
            }
        };
        self.stage = match self.stage {
            // A failure of the connection. The only other error possible here is the time-out.
            Stage::Send(what) if matches!(failure, ExchangeError::Transport(_)) => {
                link.exchange.cut_off();
                self.cut_off = Some(failure);
                self.token.len = 0;
                Stage::Receive(what)
            }
            _ => self.lost(failure, payload)?,
        };
        Ok(())
    }
}

/// The endpoint of the connection for `what`.
fn endpoint<'s, I: Identity, S: TokenStorage>(
    session: &'s Session<I, S>,
    now: Now,
    what: What,
    target: TokenTarget,
    goal: Goal<'s>,
) -> Result<Endpoint<'s>, Error> {
    let server = session.identity().server();
    let url = match (what, goal) {
        (What::Request, Goal::Request(request)) => Target::of(&server, request.url)?.url,
        _ => target.url(&server),
    };
    Ok(Endpoint::new(url, session.unix_time(now)))
}

impl<I: Identity, D: Device, C: Connector, S: TokenStorage, P: MaybeDpop>
    Gateway<'_, I, D, C, S, P>
{
    /// Abandons the current work, and wipes the buffers.
    pub(super) fn give_up(&mut self) {
        self.link.end();
        self.token.zeroize();
        if self.ticket.take().is_some() {
            self.session.abandon();
        }
    }
}

impl<I: Identity, D: Device, C: Connector, S: TokenStorage, P: MaybeDpop> Drop
    for Turn<'_, '_, '_, I, D, C, S, P>
{
    fn drop(&mut self) {
        if self.stage != Stage::Done {
            self.gateway.give_up();
        }
    }
}
