use redox_auth_core::{TokenType, asks_for_dpop_nonce};
use reqwest::header::{HeaderValue, WWW_AUTHENTICATE};
use reqwest::{Request, Response, StatusCode};

use super::shared::Requests;
use crate::error::Error;
use crate::tokens::token::Token;

/// Proofs of possession (RFC 9449) on requests to the API, for tokens that are bound to a key.
impl Requests {
    /// The proof that a request needs to go with this token, which is another each time; `None` for a bearer token.
    ///
    /// # Errors
    /// [`Error::Stopped`] while nobody knows the time, [`Error::NotWritten`], [`Error::Random`].
    pub(super) async fn proof(
        &self,
        request: &Request,
        token: &Token,
    ) -> Result<Option<HeaderValue>, Error> {
        let tokens = &self.shared.tokens;
        let Some(prover) = tokens.prover().filter(|_| is_bound(token)) else {
            return Ok(None);
        };
        let (method, url) = (request.method().as_str(), request.url());
        let proof = prover.proof(method, url, Some(token.expose()), tokens.server_time());
        proof.await.map(Some)
    }

    /// Remembers the nonce that an answer brings. Whether the API refused the request for lack of it: with it, and with the
    /// same token, the request is worth one repetition.
    ///
    /// # Errors
    /// [`Error::DpopNonce`] for a nonce that is asked for and cannot be sent back.
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

fn is_bound(token: &Token) -> bool {
    token.token_type() == TokenType::Dpop
}
