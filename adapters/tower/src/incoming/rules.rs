use core::fmt;

use http::HeaderMap;
use http::header::{AUTHORIZATION, AsHeaderName};
use redox_auth_core::{Incoming, IncomingError, IncomingHeaders, VerificationToken};
use zeroize::Zeroizing;

use super::read_on::ReadOn;

/// The rules of [`VerificationToken`], for several tokens.
#[derive(Clone)]
pub(super) struct Rules {
    /// Each of them is accepted by [`VerificationToken`].
    tokens: Vec<Zeroizing<String>>,
    pub(super) reads_authorization: bool,
    pub(super) body_limit: usize,
    pub(super) read_on: ReadOn,
}

/// The kind of a request that proved to be from Redox.
pub(super) enum Verdict {
    /// For the service.
    Message,
    /// To be answered with this text.
    Challenge(String),
}

impl Rules {
    pub(super) const fn new(body_limit: usize, read_on: ReadOn) -> Self {
        Self {
            tokens: Vec::new(),
            reads_authorization: true,
            body_limit,
            read_on,
        }
    }

    pub(super) fn add(&mut self, token: &str) -> Result<(), IncomingError> {
        VerificationToken::new(token)?;
        self.tokens.push(Zeroizing::new(token.to_owned()));
        Ok(())
    }

    pub(super) fn verify(&self, headers: &HeaderMap) -> Result<Verdict, IncomingError> {
        let headers = self.headers(headers);
        self.by_any(|token| token.verify(headers).map(|()| Verdict::Message))
    }

    pub(super) fn receive_get(
        &self,
        headers: &HeaderMap,
        query: &[u8],
    ) -> Result<Verdict, IncomingError> {
        let headers = self.headers(headers);
        // Decoding makes nothing longer.
        let mut out = vec![0; query.len()];
        self.by_any(|token| match token.receive_get(headers, query, &mut out) {
            Ok(challenge) => Ok(Verdict::Challenge(challenge.text().to_owned())),
            // It is a message, in which a token in the query proves nothing.
            Err(IncomingError::NoChallenge) => token.verify(headers).map(|()| Verdict::Message),
            Err(error) => Err(error),
        })
    }

    pub(super) fn receive_post(
        &self,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Verdict, IncomingError> {
        let headers = self.headers(headers);
        self.by_any(|token| {
            // The challenge is unescaped in place, and the next token needs the original.
            let mut copy = Zeroizing::new(body.to_owned());
            Ok(match token.receive_post(headers, &mut copy)? {
                Incoming::Challenge(challenge) => Verdict::Challenge(challenge.text().to_owned()),
                Incoming::Message => Verdict::Message,
            })
        })
    }

    /// The result for the first token that is present, or else for the last one.
    fn by_any(
        &self,
        mut receive: impl FnMut(VerificationToken<'_>) -> Result<Verdict, IncomingError>,
    ) -> Result<Verdict, IncomingError> {
        let mut verdict = Err(IncomingError::NoToken);
        for token in &self.tokens {
            verdict = receive(VerificationToken::new(token)?);
            match verdict {
                Err(IncomingError::NoToken | IncomingError::WrongToken(_)) => {}
                _ => break,
            }
        }
        verdict
    }

    fn headers<'h>(&self, headers: &'h HeaderMap) -> IncomingHeaders<'h> {
        IncomingHeaders {
            verification_token: value(headers, VerificationToken::NAME),
            authorization: self
                .reads_authorization
                .then(|| value(headers, AUTHORIZATION))
                .flatten(),
        }
    }
}

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rules")
            .field("tokens", &format_args!("[redacted]"))
            .field("reads_authorization", &self.reads_authorization)
            .field("body_limit", &self.body_limit)
            .field("read_on", &self.read_on)
            .finish()
    }
}

/// A header's value. A header that comes more than once counts as empty, which no token equals.
fn value(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&[u8]> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?.as_bytes();
    Some(if values.next().is_none() { first } else { &[] })
}
