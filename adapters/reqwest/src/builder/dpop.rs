use super::Builder;
use crate::error::build::BuildError;
use crate::keys::key::Key;
use crate::tokens::prover::Prover;

/// Tokens that are bound to a key.
impl Builder {
    /// Binds the tokens to this key, with a proof in every request (RFC 9449, DPoP): a stolen token is then useless. The
    /// client accepts only tokens of the type `DPoP`, and requests to the API have the scheme `DPoP`.
    ///
    /// The key needs no registration. Therefore a new key for each process ([`Key::generate`]) is the usual choice; the key
    /// of the assertions is allowed as well. A key behind a signer needs [`Key::with_public_key`].
    ///
    /// The client remembers the nonce that a server asks for. The first one costs a repetition of the request that the
    /// server refused without it.
    ///
    /// A bound token is useless elsewhere. Therefore [`Builder::shared_tokens`] cannot be combined with this, a
    /// [`TokenSource`](crate::TokenSource) returns an error, and [`Redox::restore`](crate::Redox::restore) accepts a bound
    /// token only in a client with the same key. Tokens of a legacy API key are not bound.
    pub fn dpop(mut self, key: Key) -> Self {
        self.dpop = Some(key);
        self
    }

    /// # Errors
    /// [`BuildError::Missing`] and [`BuildError::SharedDpop`].
    pub(super) fn prover(&mut self) -> Result<Option<Prover>, BuildError> {
        let Some(key) = self.dpop.take() else {
            return Ok(None);
        };
        if self.shared_tokens.is_some() {
            return Err(BuildError::SharedDpop);
        }
        if self.keys.is_empty() && !self.has_no_key {
            return Err(BuildError::Missing("an OAuth API key beside the DPoP key"));
        }
        let prover = Prover::new(key);
        let missing = "the public half of the DPoP key (`Key::with_public_key`)";
        prover.map(Some).ok_or(BuildError::Missing(missing))
    }
}
