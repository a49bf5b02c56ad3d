use embedded_io::Error as _;
use embedded_io_async::{Read, Write};
use redox_auth_core::{AsyncSigner, Body, Identity, TokenStorage, WriteError};

use super::Gateway;
use super::step::{Event, Step};
use super::turn::{Goal, Turn};
use crate::payload::Bytes;
use crate::{Answer, AsyncConnect, Device, Error, MaybeDpop, Payload, Request};

impl<'b, I, D, C, S, P> Gateway<'b, I, D, C, S, P>
where
    I: Identity<Signer: AsyncSigner>,
    D: Device,
    C: AsyncConnect,
    S: TokenStorage,
    P: MaybeDpop<Signer: AsyncSigner>,
{
    /// As [`authorize`](Self::authorize), asynchronously.
    ///
    /// # Errors
    /// As for [`authorize`](Self::authorize).
    pub async fn authorize_async(&mut self) -> Result<(), Error> {
        self.drive_async(Goal::Token, &mut Bytes::new(&[])).await
    }

    /// As [`learn_time`](Self::learn_time), asynchronously.
    ///
    /// # Errors
    /// As for [`learn_time`](Self::learn_time).
    pub async fn learn_time_async(&mut self) -> Result<(), Error> {
        self.drive_async(Goal::Time, &mut Bytes::new(&[])).await
    }

    /// As [`send`](Self::send), asynchronously.
    ///
    /// # Errors
    /// As for [`send`](Self::send).
    pub async fn send_async<B: Payload + Read>(
        &mut self,
        request: Request<'_, B>,
    ) -> Result<Answer<'_, 'b, D, C>, Error> {
        let Request { head, mut body } = request;
        self.drive_async(Goal::Request(&head), &mut body).await?;
        Ok(Answer::new(&mut self.link))
    }

    async fn drive_async<B: Payload + Read>(
        &mut self,
        goal: Goal<'_>,
        payload: &mut B,
    ) -> Result<(), Error> {
        let mut turn = Turn::begin(self, goal)?;
        loop {
            let event = match turn.step(payload)? {
                Step::Sign { body, identity } => Event::Signed(sign(body, identity).await),
                Step::Prove { unsigned, signer } => {
                    Event::Signed(unsigned.sign_async(signer).await.map(str::len))
                }
                Step::Connect { connector, to } => {
                    Event::Connected(connector.connect(to).await.map_err(|error| error.kind()))
                }
                Step::Fill(room) => {
                    Event::Filled(payload.read(room).await.map_err(|error| error.kind()))
                }
                Step::Write { io, bytes } => {
                    Event::Written(io.write(bytes).await.map_err(|error| error.kind()))
                }
                Step::Flush(io) => Event::Flushed(io.flush().await.map_err(|error| error.kind())),
                Step::Read { io, room } => {
                    Event::Read(io.read(room).await.map_err(|error| error.kind()))
                }
                Step::Done => return Ok(()),
            };
            turn.take(event, payload)?;
        }
    }
}

async fn sign<I: Identity<Signer: AsyncSigner>>(
    body: Body<'_>,
    identity: &I,
) -> Result<usize, WriteError> {
    match body {
        Body::Complete(body) => Ok(body.len()),
        Body::Unsigned { key, unsigned } => {
            // The session has read the key from this same identity, and therefore the key exists.
            let key = identity
                .oauth_key(key)
                .ok_or(WriteError::EmptyClaim("kid"))?;
            unsigned.sign_async(key.signer()).await.map(str::len)
        }
    }
}
