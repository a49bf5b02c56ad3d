use super::Builder;
use crate::error::build::BuildError;
use crate::keys::key::Key;
use crate::tokens::prover::Prover;

/// Tokens that are bound to a key.
impl Builder {
    /// Binds the tokens to this key, by a proof with every request (RFC 9449, DPoP): a token that was stolen is then of no
    /// use. Only tokens of the type `DPoP` are taken, and requests to the API have the scheme `DPoP`.
    ///
    /// It need not be registered anywhere, so that a new one for each process ([`Key::generate`]) is the usual choice; the
    /// key of the assertions would do as well. A key behind a signer needs [`Key::with_public_key`].
    ///
    /// A nonce that a server asks for is remembered for that server, and costs one repetition of the request that was
    /// refused for lack of it.
    ///
    /// A bound token is of no use elsewhere: [`Builder::shared_tokens`] cannot be combined with this, a
    /// [`TokenSource`](crate::TokenSource) gives none, and [`Redox::restore`](crate::Redox::restore) takes one only in a
    /// client with the same key. Tokens of a legacy API key are bound to nothing.
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
