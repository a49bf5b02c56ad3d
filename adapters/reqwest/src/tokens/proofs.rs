use redox_auth_core::{Method, UnixTime};
use reqwest::Url;
use reqwest::header::HeaderValue;

use super::shared::Tokens;
use crate::connections::http::Answer;
use crate::error::Error;

/// Proofs of possession (RFC 9449) on token requests, if tokens are bound to a key.
impl Tokens {
    /// The one for a token request to this URL.
    ///
    /// # Errors
    /// As [`Prover::proof`](super::prover::Prover::proof).
    pub(super) async fn proof(
        &self,
        url: &str,
        time: Option<UnixTime>,
    ) -> Result<Option<HeaderValue>, Error> {
        let Some(prover) = self.prover() else {
            return Ok(None);
        };
        // At the time of the request.
        let url = Url::parse(url).expect("the builder has parsed the URLs of the server");
        let method = Method::Post.as_str();
        let proof = prover.proof(method, &url, None, time);
        // In a box, which keeps the future small without proofs.
        Box::pin(proof).await.map(Some)
    }

    /// Remembers the nonce of an answer to a token request, if it has one.
    ///
    /// # Errors
    /// [`Error::DpopNonce`] for a nonce that the client cannot send back.
    pub(super) fn remember_nonce(&self, answer: &Answer) -> Result<(), Error> {
        if let Some(prover) = self.prover() {
            let remembered = prover.remember_for_tokens(&answer.headers);
            remembered.map_err(Error::DpopNonce)?;
        }
        Ok(())
    }
}
