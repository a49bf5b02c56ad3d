use redox_auth_core::{Api, asks_for_dpop_nonce};
use reqwest::header::WWW_AUTHENTICATE;
use reqwest::{Request, Response, StatusCode};

use super::shared::Requests;
use crate::error::Error;
use crate::tokens::source::Authorization;

/// Proofs of possession (RFC 9449) on requests to the API, for tokens that are bound to a key.
impl Requests {
    /// The headers of a request to `api` with a token that is bound to a key: the token, and a proof, which is new each
    /// time.
    ///
    /// # Errors
    /// The errors of a missing token, [`Error::Authorize`] for an API that does not accept it, [`Error::NotWritten`] and
    /// [`Error::Random`].
    pub(super) async fn authorization_with_proof(
        &self,
        request: &Request,
        api: Api,
    ) -> Result<Authorization, Error> {
        let tokens = &self.shared.tokens;
        // A clone, because a value from the cache must be released soon.
        let token = tokens.token().await?.clone();
        let proof = match tokens.prover() {
            Some(prover) => {
                let (method, url) = (request.method().as_str(), request.url());
                let (text, time) = (token.expose(), tokens.server_time());
                Some(prover.proof(method, url, Some(text), time).await?)
            }
            None => None,
        };
        Ok(Authorization::with_proof(&token, api, proof)?)
    }

    /// Remembers the nonce of an answer. Returns whether the API refused the request because it lacked the nonce: then the
    /// request is worth one repetition with the nonce and the same token.
    ///
    /// # Errors
    /// [`Error::DpopNonce`] for a nonce that the API asks for and that the client cannot send back.
    pub(super) fn asks_for_nonce(&self, response: &Response) -> Result<bool, Error> {
        let Some(prover) = self.shared.tokens.prover() else {
            return Ok(false);
        };
        let remembered = prover.remember_for_api(response.url(), response.headers());
        let challenges = response.headers().get_all(WWW_AUTHENTICATE);
        let asks = response.status() == StatusCode::UNAUTHORIZED
            && challenges
                .iter()
                .any(|it| asks_for_dpop_nonce(it.as_bytes()));
        if asks {
            remembered.map_err(Error::DpopNonce)
        } else {
            Ok(false)
        }
    }
}
