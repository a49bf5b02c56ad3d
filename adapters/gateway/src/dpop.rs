mod prover;

pub(crate) use prover::{Brought, Origin};

use core::ops::Range;
use core::{fmt, mem};

use redox_auth_core::{DpopNonce, DpopNonceError, DpopProof, Unsigned, WriteError};

use prover::Prover;

/// Makes a gateway's proofs of possession for tokens that are bound to a key (RFC 9449). It holds the signer and the
/// servers' nonces, each of up to `N` bytes. The nonces of common servers have 20 to 200 bytes.
///
/// The session's identity has the public half of the same key ([`DpopIdentity`](redox_auth_core::DpopIdentity)). The
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
    /// The owner of the second nonce.
    api: Origin,
    nonce_error: Option<DpopNonceError>,
    /// The place of the next request's proof in the token buffer.
    proof: Option<Range<usize>>,
    /// The request of this call was repeated with another nonce.
    is_repeated: bool,
}

impl<'k, K: ?Sized, const N: usize> Dpop<'k, K, N> {
    /// Signs proofs with this signer: a [`Signer`](redox_auth_core::Signer), or for asynchronous calls an
    /// [`AsyncSigner`](redox_auth_core::AsyncSigner).
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

    /// Why the last nonce from a server cannot be sent back: it is longer than `N`, or malformed. A server that
    /// requires this nonce then refuses: a token request with `use_dpop_nonce`, another request with status 401.
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

/// The source of a gateway's proofs: none, `()`, or a [`Dpop`]. A gateway without one takes no byte of code or memory
/// for proofs.
pub trait MaybeDpop: Prover {}

impl MaybeDpop for () {}

impl<K: ?Sized, const N: usize> MaybeDpop for Dpop<'_, K, N> {}

impl<K: ?Sized, const N: usize> Prover for Dpop<'_, K, N> {
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
