mod asynchronous;
mod blocking;
mod step;
mod turn;

use core::fmt;

use redox_auth_core::{Identity, Session, Ticket, TokenStorage};

use crate::link::Link;
use crate::{Cause, Connector, Device, Dpop, Exchange, Limits, MaybeDpop};

/// A session with a server, the connection to it, and the buffers for both: what a device sends its requests through.
///
/// The same decisions are made whether it waits ([`authorize`](Self::authorize), [`send`](Self::send)) or is awaited
/// ([`authorize_async`](Self::authorize_async), [`send_async`](Self::send_async)); the two differ in who moves the bytes.
/// It never sleeps, and makes no attempt to get a token before the session allows one.
///
/// An asynchronous call that is dropped half way gives up what it had begun: the connection is closed, the buffers are
/// wiped, and the next call may try at once.
pub struct Gateway<'b, I, D, C: Connector, S: TokenStorage = [u8; 1024], P = ()> {
    session: Session<I, S>,
    /// For the body of a token request, and then for its answer.
    token: &'b mut [u8],
    /// Of the attempt that is under way.
    ticket: Option<Ticket>,
    last_failure: Option<Cause>,
    link: Link<'b, D, C>,
    /// What makes proofs of possession, if anything.
    dpop: P,
}

/// The memory of a [`Gateway`]. It is wiped after each use.
#[derive(Debug, Default)]
pub struct Buffers<'b> {
    /// For what goes over the wire: heads both ways, and bodies in passing. A request's head with the token on it has to
    /// fit. Of an answer's head those headers are kept that fit together with [`Limits::BODY_ROOM`]. 2 KiB usually do.
    pub wire: &'b mut [u8],
    /// For the body of a token request, and then for its answer. An assertion signed with an elliptic curve takes some
    /// 600 bytes, one signed with RSA some 900, and the answer 100 bytes more than the token: 2 KiB usually do. With a
    /// [`Dpop`] the proof stands behind the body: some 600 bytes more by a key on a curve, some 1100 by an RSA key.
    /// [`max_dpop_proof_len`](redox_auth_core::max_dpop_proof_len) gives the bound.
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

    /// The same for a session whose tokens are bound to a key (RFC 9449, DPoP): each request for a token and each request
    /// with one has a proof by that key.
    ///
    /// A nonce that a server asks for is remembered for that server, and costs one repetition of the request that was
    /// refused for lack of it.
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

    /// The session: to look at its counters, or to save its token.
    #[must_use]
    pub const fn session(&self) -> &Session<I, S> {
        &self.session
    }

    /// The session: to restore its token, or to change its identity.
    pub const fn session_mut(&mut self) -> &mut Session<I, S> {
        &mut self.session
    }

    /// The device's clock and random source.
    pub const fn device_mut(&mut self) -> &mut D {
        &mut self.link.device
    }

    /// What makes the connections.
    pub const fn connector_mut(&mut self) -> &mut C {
        &mut self.link.connector
    }

    /// What went wrong with the last attempt to get a token, unless another has worked since. Worth a look when a renewal
    /// fails: until the old token ends, nobody is told.
    #[must_use]
    pub const fn last_failure(&self) -> Option<Cause> {
        self.last_failure
    }

    /// What makes proofs of possession, such as a [`Dpop`].
    #[must_use]
    pub const fn dpop(&self) -> &P {
        &self.dpop
    }

    /// Closes the connection that is kept for the next request, as before the device goes to sleep.
    pub fn disconnect(&mut self) {
        self.link.close();
    }

    /// Ends the gateway with its connection; the session and its token live on.
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
