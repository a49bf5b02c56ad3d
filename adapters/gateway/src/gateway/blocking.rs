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
    /// Sees to it that the session holds a good token, and gets one if it does not. A token that is due to be replaced is
    /// renewed; when that fails, it will do until its end.
    ///
    /// # Errors
    /// [`Error::NoToken`] with what went wrong and when to call again; [`Error::NotWritten`] and [`Error::Random`] when
    /// not even a request came about.
    pub fn authorize(&mut self) -> Result<(), Error> {
        self.drive(Goal::Token, &mut Bytes::new(&[]))
    }

    /// Sees to it that the session knows the time, by its own clock or by asking the server, and goes no further: to
    /// restore a saved token on a device without a clock, which needs the time, before another is got.
    ///
    /// Nothing is asked while the session holds a good token.
    ///
    /// # Errors
    /// As [`authorize`](Self::authorize).
    pub fn learn_time(&mut self) -> Result<(), Error> {
        self.drive(Goal::Time, &mut Bytes::new(&[]))
    }

    /// Sends a request with the token on it, which is got first if need be, and reads the head of the answer.
    ///
    /// When the API answers 401, the token is replaced, and the request is sent once more if its body can be rewound.
    /// Whatever is answered then is returned, and so is every other answer, whatever its status. No redirect is followed.
    ///
    /// When the request cannot be written to its end, what the server may have answered before it hung up is read, such as
    /// 413 (Content Too Large), and returned.
    ///
    /// A request on a kept connection that the server closes before any byte of an answer is sent once more on a new one
    /// if doing it twice does no harm (RFC 9110 §9.2.2, RFC 9112 §9.3.1): by its verb, or by
    /// [`Request::idempotent`]. A request for a token is not: its `jti` is used up.
    ///
    /// # Errors
    /// [`Error::Authorize`], [`Error::Path`] and [`Error::Head`] before anything is sent; as
    /// [`authorize`](Self::authorize): nothing was sent then, or it was answered 401; [`Error::Exchange`],
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
            // The session has looked at this very identity, so the key is there.
            let key = identity
                .oauth_key(key)
                .ok_or(WriteError::EmptyClaim("kid"))?;
            unsigned.sign(key.signer()).map(str::len)
        }
    }
}
