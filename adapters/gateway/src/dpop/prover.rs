use core::ops::Range;

use redox_auth_core::{
    Algorithm, AsyncSigner, DpopProof, Server, SignError, Signer, Unsigned, Url, WriteError,
};

/// The owner of a nonce. The token endpoint has its own nonce even if the API is on the same host (RFC 9449 §9).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Origin {
    /// The token endpoint.
    Tokens,
    /// The server's base URL.
    Base,
    /// The server's upload URL.
    Upload,
    /// Another trusted host. Its nonce is kept for one call only, because there may be several such hosts.
    Other,
}

impl Origin {
    /// The owner for the API at `url`.
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

/// The nonce that an answer brought.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Brought {
    /// No nonce.
    Nothing,
    /// A nonce for the next proof.
    Nonce,
    /// A nonce that cannot be sent back.
    Unusable,
}

/// The signer of a gateway without proofs.
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

/// The interface between a gateway and the source of its proofs.
pub trait Prover {
    /// The signer.
    type Signer: ?Sized;

    /// Whether requests have proofs.
    const PROVES: bool;

    /// Starts a call.
    fn begin(&mut self);

    /// Writes a proof without its signature.
    fn prepare<'s, 'o>(
        &'s self,
        proof: DpopProof<'_>,
        to: Origin,
        out: &'o mut [u8],
    ) -> Result<(Unsigned<'o>, &'s Self::Signer), WriteError>;

    /// Records the place of the signed proof.
    fn made(&mut self, proof: Range<usize>);

    /// The place of this request's proof, if the request has one.
    fn take(&mut self) -> Option<Range<usize>>;

    /// Stores the nonce of an answer.
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
