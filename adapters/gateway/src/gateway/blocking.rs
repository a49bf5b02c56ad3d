use embedded_io::{Error as _, Read, Write};
use redox_auth_core::{Body, Identity, Signer, TokenStorage, WriteError};

use super::Gateway;
use super::step::{Event, Step};
use super::turn::{Goal, Turn};
use crate::payload::Bytes;
use crate::{Answer, Connect, Device, Error, MaybeDpop, Payload, Request};

impl<'b, I, D, C, S, P> Gateway<'b, I, D, C, S, P>
where
    I: Identity<Signer: Signer>,
    D: Device,
    C: Connect,
    S: TokenStorage,
    P: MaybeDpop<Signer: Signer>,
{
    /// Obtains a token if the session has no valid one, and renews a token that is due. If the renewal fails, the old
    /// token stays in use until it expires.
    ///
    /// # Errors
    /// [`Error::NoToken`] with the cause and the time to call again; [`Error::NotWritten`] and [`Error::Random`] if no
    /// request could be made.
    pub fn authorize(&mut self) -> Result<(), Error> {
        self.drive(Goal::Token, &mut Bytes::new(&[]))
    }

    /// Learns the time, from the device's clock or from the server, and does nothing else. A device without a clock
    /// calls it before it restores a saved token, because that needs the time.
    ///
    /// It sends nothing while the session holds a valid token.
    ///
    /// # Errors
    /// As [`authorize`](Self::authorize).
    pub fn learn_time(&mut self) -> Result<(), Error> {
        self.drive(Goal::Time, &mut Bytes::new(&[]))
    }

    /// Sends a request with the token, and reads the head of the answer. It first obtains a token if the session has
    /// none.
    ///
    /// If the API answers 401, the gateway renews the token and sends the request once more, if its body can be
    /// rewound. It returns the second answer, and every other answer, whatever its status. It follows no redirect.
    ///
    /// If the request cannot be written to its end, the server may have answered before it closed the connection, such
    /// as with 413 (Content Too Large). The gateway then reads and returns that answer.
    ///
    /// If the server closes a kept connection before any byte of an answer, the gateway sends the request once more on
    /// a new connection. It does so only if repeating the request does no harm (RFC 9110 §9.2.2, RFC 9112 §9.3.1):
    /// because of its method, or because of [`Request::idempotent`]. It does not repeat a token request in this way,
    /// because the `jti` is used up.
    ///
    /// # Errors
    /// [`Error::Authorize`], [`Error::Path`] and [`Error::Head`] before anything is sent. The errors of
    /// [`authorize`](Self::authorize): the request was then not sent, or the API answered 401. [`Error::Exchange`],
    /// [`Error::Payload`] and [`Error::PayloadTooShort`].
    pub fn send<B: Payload + Read>(
        &mut self,
        request: Request<'_, B>,
    ) -> Result<Answer<'_, 'b, D, C>, Error> {
        let Request { head, mut body } = request;
        self.drive(Goal::Request(&head), &mut body)?;
        Ok(Answer::new(&mut self.link))
    }

    fn drive<B: Payload + Read>(&mut self, goal: Goal<'_>, payload: &mut B) -> Result<(), Error> {
        let mut turn = Turn::begin(self, goal)?;
        loop {
            let event = match turn.step(payload)? {
                Step::Sign { body, identity } => Event::Signed(sign(body, identity)),
                Step::Prove { unsigned, signer } => {
                    Event::Signed(unsigned.sign(signer).map(str::len))
                }
                Step::Connect { connector, to } => {
                    Event::Connected(connector.connect(to).map_err(|error| error.kind()))
                }
                Step::Fill(room) => Event::Filled(payload.read(room).map_err(|error| error.kind())),
                Step::Write { io, bytes } => {
                    Event::Written(io.write(bytes).map_err(|error| error.kind()))
                }
                Step::Flush(io) => Event::Flushed(io.flush().map_err(|error| error.kind())),
                Step::Read { io, room } => Event::Read(io.read(room).map_err(|error| error.kind())),
                Step::Done => return Ok(()),
            };
            turn.take(event, payload)?;
        }
    }
}

fn sign<I: Identity<Signer: Signer>>(body: Body<'_>, identity: &I) -> Result<usize, WriteError> {
    match body {
        Body::Complete(body) => Ok(body.len()),
        Body::Unsigned { key, unsigned } => {
            // The session has read the key from this same identity, and therefore the key exists.
            let key = identity
                .oauth_key(key)
                .ok_or(WriteError::EmptyClaim("kid"))?;
            unsigned.sign(key.signer()).map(str::len)
        }
    }
}
