use core::fmt;
use core::mem;
use core::ops::Range;

use redox_auth_core::{Algorithm, AsyncSigner};
use redox_auth_core::{
    DpopNonce, DpopNonceError, DpopProof, Server, SignError, Signer, Unsigned, Url, WriteError,
};

/// What a gateway proves by that it has the key that its tokens are bound to (RFC 9449): a signer, and the nonces that the
/// servers ask for, of up to `N` bytes; those of common servers have 20 to 200.
///
/// The session's identity has the public half of the same key ([`DpopIdentity`](redox_auth_core::DpopIdentity)); the
/// signer may be that of the assertions.
/// ```
/// use redox_auth_core::{Client, DpopIdentity, DpopKey, PublicKey, Session, Signer};
/// use redox_auth_gateway::{Buffers, Connect, Device, Dpop, Error, Gateway};
///
/// fn run<S: Signer>(
///     client: Client<'_, S>,
///     (dpop_signer, dpop_key): (&S, &PublicKey),
///     (board, tls, buffers): (impl Device, impl Connect, Buffers<'_>),
/// ) -> Result<(), Error> {
///     let client = DpopIdentity::new(client, DpopKey::new(dpop_key));
///     let session = Session::<_, [u8; 1024]>::new(client);
///     let dpop = Dpop::<_, 128>::new(dpop_signer);
///     let mut gateway = Gateway::new(session, board, tls, buffers).with_dpop(dpop);
///     gateway.authorize()
/// }
/// ```
pub struct Dpop<'k, K: ?Sized, const N: usize> {
    signer: &'k K,
    token_nonce: DpopNonce<N>,
    api_nonce: DpopNonce<N>,
    /// Whose nonce the second is.
    api: Origin,
    nonce_error: Option<DpopNonceError>,
    /// Where the proof for the next request is in the buffer for tokens.
    proof: Option<Range<usize>>,
    /// The request of this call was repeated with another nonce.
    is_repeated: bool,
}

impl<'k, K: ?Sized, const N: usize> Dpop<'k, K, N> {
    /// Proofs by this signer: a [`Signer`], or for asynchronous calls an [`AsyncSigner`].
    #[must_use]
    pub const fn new(signer: &'k K) -> Self {
        Self {
            signer,
            token_nonce: DpopNonce::new(),
            api_nonce: DpopNonce::new(),
            api: Origin::Other,
            nonce_error: None,
            proof: None,
            is_repeated: false,
        }
    }

    /// Why the last nonce that a server gave cannot be sent back, if it cannot: too long for `N`, or none at all. A server
    /// that insists on it refuses then: with `use_dpop_nonce` a token, with status 401 a request.
    #[must_use]
    pub const fn nonce_error(&self) -> Option<DpopNonceError> {
        self.nonce_error
    }
}

impl<K: ?Sized, const N: usize> fmt::Debug for Dpop<'_, K, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dpop")
            .field("nonce_error", &self.nonce_error)
            .finish_non_exhaustive()
    }
}

/// What a [`Gateway`](crate::Gateway) makes proofs with: nothing, `()`, or a [`Dpop`]. A gateway without one has no byte of
/// code or memory for it.
pub trait MaybeDpop: sealed::Prover {}

impl MaybeDpop for () {}

impl<K: ?Sized, const N: usize> MaybeDpop for Dpop<'_, K, N> {}

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

pub(crate) mod sealed {
    use super::*;

    /// What the gateway asks of it.
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
}

impl sealed::Prover for () {
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

impl<K: ?Sized, const N: usize> sealed::Prover for Dpop<'_, K, N> {
    type Signer = K;

    const PROVES: bool = true;

    fn begin(&mut self) {
        self.proof = None;
        self.is_repeated = false;
        if self.api == Origin::Other {
            self.api_nonce = DpopNonce::new();
        }
    }

    fn prepare<'s, 'o>(
        &'s self,
        proof: DpopProof<'_>,
        to: Origin,
        out: &'o mut [u8],
    ) -> Result<(Unsigned<'o>, &'s K), WriteError> {
        let proof = match to {
            Origin::Tokens => proof.nonce(&self.token_nonce),
            to if to == self.api => proof.nonce(&self.api_nonce),
            _ => proof,
        };
        Ok((proof.prepare(out)?, self.signer))
    }

    fn made(&mut self, proof: Range<usize>) {
        self.proof = Some(proof);
    }

    fn take(&mut self) -> Option<Range<usize>> {
        self.proof.take()
    }

    fn remember(&mut self, of: Origin, value: Option<&[u8]>) -> Brought {
        let Some(value) = value else {
            return Brought::Nothing;
        };
        let nonce = match of {
            Origin::Tokens => &mut self.token_nonce,
            api => {
                if mem::replace(&mut self.api, api) != api {
                    self.api_nonce = DpopNonce::new();
                }
                &mut self.api_nonce
            }
        };
        self.nonce_error = nonce.remember(value).err();
        match self.nonce_error {
            None => Brought::Nonce,
            Some(_) => Brought::Unusable,
        }
    }

    fn may_repeat(&mut self) -> bool {
        !mem::replace(&mut self.is_repeated, true)
    }
}
