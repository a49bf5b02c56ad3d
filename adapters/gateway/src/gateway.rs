mod asynchronous;
mod blocking;
mod step;
mod turn;

use core::fmt;

use redox_auth_core::{Identity, Session, Ticket, TokenStorage};

use crate::link::Link;
use crate::{Cause, Connector, Device, Dpop, Exchange, Limits, MaybeDpop};

/// A session with a server, the connection to the server, and the buffers for both. A device sends its requests through
/// it.
///
/// The blocking methods ([`authorize`](Self::authorize), [`send`](Self::send)) and the asynchronous methods
/// ([`authorize_async`](Self::authorize_async), [`send_async`](Self::send_async)) make the same decisions. The gateway
/// never sleeps, and makes no attempt to obtain a token before the session allows one.
///
/// If an asynchronous call is dropped early, its work is abandoned: the connection is closed, the buffers are wiped,
/// and the next call may try at once.
pub struct Gateway<'b, I, D, C: Connector, S: TokenStorage = [u8; 1024], P = ()> {
    session: Session<I, S>,
    /// The body of a token request, and then its answer.
    token: &'b mut [u8],
    /// The ticket of the attempt under way.
    ticket: Option<Ticket>,
    last_failure: Option<Cause>,
    link: Link<'b, D, C>,
    /// The source of proofs of possession.
    dpop: P,
}

/// The memory of a [`Gateway`]. The gateway wipes it after each use.
#[derive(Debug, Default)]
pub struct Buffers<'b> {
    /// The buffer for the wire: heads in both directions, and bodies in passing. The head of a request must fit, including
    /// the token. Of an answer's head, the headers that fit together with [`Limits::BODY_ROOM`] are kept. 2 KiB are usually
    /// enough.
    pub wire: &'b mut [u8],
    /// The buffer for the body of a token request, and then for its answer. An assertion signed with an elliptic curve
    /// takes some 600 bytes, one signed with RSA some 900, and the answer 100 bytes more than the token: 2 KiB are usually
    /// enough. With a [`Dpop`] the proof follows the body: some 600 bytes more for a key on a curve, some 1100 for an RSA
    /// key. [`max_dpop_proof_len`](redox_auth_core::max_dpop_proof_len) gives the bound.
    pub token: &'b mut [u8],
}

impl<'b, I: Identity, D: Device, C: Connector, S: TokenStorage> Gateway<'b, I, D, C, S> {
    /// A gateway without a connection, with [`Limits::DEFAULT`].
    pub fn new(session: Session<I, S>, device: D, connector: C, buffers: Buffers<'b>) -> Self {
        let exchange = Exchange::new(buffers.wire, Limits::DEFAULT);
        Self {
            session,
            token: buffers.token,
            ticket: None,
            last_failure: None,
            link: Link::new(device, connector, exchange),
            dpop: (),
        }
    }

    /// The same for a session whose tokens are bound to a key (RFC 9449, DPoP). Each token request, and each request
    /// with a token, has a proof signed with that key.
    ///
    /// The gateway stores each server's nonce. When a server refuses a request for lack of its nonce, the gateway
    /// repeats the request once.
    #[must_use]
    pub fn with_dpop<'k, K: ?Sized, const N: usize>(
        self,
        dpop: Dpop<'k, K, N>,
    ) -> Gateway<'b, I, D, C, S, Dpop<'k, K, N>> {
        Gateway {
            session: self.session,
            token: self.token,
            ticket: self.ticket,
            last_failure: self.last_failure,
            link: self.link,
            dpop,
        }
    }
}

impl<'b, I: Identity, D: Device, C: Connector, S: TokenStorage, P: MaybeDpop>
    Gateway<'b, I, D, C, S, P>
{
    /// The same with other limits.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.link.exchange.set_limits(limits);
        self
    }

    /// The session, to read its counters or to save its token.
    #[must_use]
    pub const fn session(&self) -> &Session<I, S> {
        &self.session
    }

    /// The session, to restore its token or to change its identity.
    pub const fn session_mut(&mut self) -> &mut Session<I, S> {
        &mut self.session
    }

    /// The device's clock and random source.
    pub const fn device_mut(&mut self) -> &mut D {
        &mut self.link.device
    }

    /// The connector.
    pub const fn connector_mut(&mut self) -> &mut C {
        &mut self.link.connector
    }

    /// The error of the last attempt to obtain a token, unless a later attempt succeeded. Check it when a renewal may
    /// have failed: no call returns this error while the old token is valid.
    #[must_use]
    pub const fn last_failure(&self) -> Option<Cause> {
        self.last_failure
    }

    /// The source of proofs of possession, such as a [`Dpop`].
    #[must_use]
    pub const fn dpop(&self) -> &P {
        &self.dpop
    }

    /// Closes the kept connection. Call it before the device sleeps.
    pub fn disconnect(&mut self) {
        self.link.close();
    }

    /// Ends the gateway and its connection. The session keeps its token.
    #[must_use]
    pub fn into_session(self) -> Session<I, S> {
        self.session
    }
}

impl<I: fmt::Debug, D, C: Connector, S: TokenStorage, P> fmt::Debug for Gateway<'_, I, D, C, S, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway")
            .field("session", &self.session)
            .field("is_connected", &self.link.open.is_some())
            .field("last_failure", &self.last_failure)
            .finish_non_exhaustive()
    }
}
