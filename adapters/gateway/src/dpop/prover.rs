use core::ops::Range;

use redox_auth_core::{
    Algorithm, AsyncSigner, DpopProof, Server, SignError, Signer, Unsigned, Url, WriteError,
};

/// Whose nonce it is. A token endpoint has its own also where the API is on the same host (RFC 9449 §9).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Origin {
    /// The token endpoint's.
    Tokens,
    /// That of the server's base URL.
    Base,
    /// That of the server's upload URL.
    Upload,
    /// That of another host that is trusted. It is not remembered beyond one call, for there may be several of them.
    Other,
}

impl Origin {
    /// Of the API at `url`.
    pub(crate) fn of(server: &Server<'_>, url: Url<'_>) -> Self {
        if server.base_url().same_origin(url) {
            Self::Base
        } else if server.upload_url().is_some_and(|it| it.same_origin(url)) {
            Self::Upload
        } else {
            Self::Other
        }
    }
}

/// What an answer brought.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Brought {
    /// No nonce.
    Nothing,
    /// One that the next proof has.
    Nonce,
    /// One that cannot be sent back.
    Unusable,
}

/// There is none.
#[derive(Debug)]
pub enum NoSigner {}

impl Signer for NoSigner {
    fn algorithm(&self) -> Algorithm {
        match *self {}
    }

    fn signature_len(&self) -> usize {
        match *self {}
    }

    fn sign(&self, _: &[u8], _: &mut [u8]) -> Result<(), SignError> {
        match *self {}
    }
}

impl AsyncSigner for NoSigner {
    fn algorithm(&self) -> Algorithm {
        match *self {}
    }

    fn signature_len(&self) -> usize {
        match *self {}
    }

    async fn sign(&self, _: &[u8], _: &mut [u8]) -> Result<(), SignError> {
        match *self {}
    }
}

/// What a gateway asks of what makes its proofs.
pub trait Prover {
    /// What signs.
    type Signer: ?Sized;

    /// Whether there are proofs at all.
    const PROVES: bool;

    /// A call begins.
    fn begin(&mut self);

    /// Writes all of a proof but its signature.
    fn prepare<'s, 'o>(
        &'s self,
        proof: DpopProof<'_>,
        to: Origin,
        out: &'o mut [u8],
    ) -> Result<(Unsigned<'o>, &'s Self::Signer), WriteError>;

    /// Takes note of where the signed proof is.
    fn made(&mut self, proof: Range<usize>);

    /// Where the proof for this request is, if it has one.
    fn take(&mut self) -> Option<Range<usize>>;

    /// Remembers the nonce that an answer brings.
    fn remember(&mut self, of: Origin, value: Option<&[u8]>) -> Brought;

    /// Whether the request may be repeated with another nonce: once in a call.
    fn may_repeat(&mut self) -> bool;
}

impl Prover for () {
    type Signer = NoSigner;

    const PROVES: bool = false;

    fn begin(&mut self) {}

    fn prepare<'s, 'o>(
        &'s self,
        _: DpopProof<'_>,
        _: Origin,
        _: &'o mut [u8],
    ) -> Result<(Unsigned<'o>, &'s NoSigner), WriteError> {
        Err(WriteError::EmptyClaim("jwk"))
    }

    fn made(&mut self, _: Range<usize>) {}

    fn take(&mut self) -> Option<Range<usize>> {
        None
    }

    fn remember(&mut self, _: Origin, _: Option<&[u8]>) -> Brought {
        Brought::Nothing
    }

    fn may_repeat(&mut self) -> bool {
        false
    }
}
