use core::fmt;

use redox_auth_core::{Api, AuthorizeError, Rejected, TokenType};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};

use super::token::{Token, TokenId};
use crate::connections::http::DPOP;
use crate::error::Error;

/// Authorizes requests of any sender: another HTTP client, gRPC, a queue.
///
/// [`Redox`](crate::Redox) implements it. Code that is generic over this trait can be tested with a token of the test.
///
/// ```no_run
/// use redox_auth_reqwest::{Api, Error, TokenSource};
///
/// async fn headers(source: &impl TokenSource) -> Result<http::HeaderMap, Error> {
///     let url = "https://api.redoxengine.com/endpoint";
///     let mut headers = http::HeaderMap::new();
///     source.authorize(Api::DataModel, url).await?.apply(&mut headers);
///     Ok(headers)
/// }
/// ```
pub trait TokenSource: Send + Sync {
    /// Returns the headers for a request to `api` at `url`: the token, after a wait if there is none, and the source of the
    /// request.
    ///
    /// # Errors
    /// [`Error::Authorize`] for a URL that the token must not go to, an API that does not accept it, or a token that is
    /// bound to a key ([`Builder::dpop`](crate::Builder::dpop)); and the errors of a missing token.
    fn authorize(
        &self,
        api: Api,
        url: &str,
    ) -> impl Future<Output = Result<Authorization, Error>> + Send;

    /// Reports that the API answered 401 to a request with this authorization. Returns whether the request is worth one
    /// repetition with a new authorization.
    fn rejected(&self, authorization: &Authorization) -> Rejected;
}

impl<S: TokenSource + ?Sized> TokenSource for &S {
    fn authorize(
        &self,
        api: Api,
        url: &str,
    ) -> impl Future<Output = Result<Authorization, Error>> + Send {
        (**self).authorize(api, url)
    }

    fn rejected(&self, authorization: &Authorization) -> Rejected {
        (**self).rejected(authorization)
    }
}

/// The headers of a request: a token, and the source of the request. `Debug` shows nothing of the token.
#[derive(Clone)]
pub struct Authorization {
    token: HeaderValue,
    proof: Option<HeaderValue>,
    source_id: Option<HeaderValue>,
    pub(crate) id: Option<TokenId>,
}

impl Authorization {
    /// # Errors
    /// [`AuthorizeError`], also for a token that is useless without a proof.
    pub(crate) fn new(token: &Token, api: Api) -> Result<Self, AuthorizeError> {
        match token.token_type() {
            TokenType::Bearer => Self::with_proof(token, api, None),
            _ => Err(AuthorizeError::NeedsProof),
        }
    }

    /// With the proof for this one request, if the token needs one.
    pub(crate) fn with_proof(
        token: &Token,
        api: Api,
        proof: Option<HeaderValue>,
    ) -> Result<Self, AuthorizeError> {
        let held = token.held();
        let (token, source_id) = held.headers(api)?;
        Ok(Self {
            token: token.clone(),
            proof,
            source_id: source_id.cloned(),
            id: held.id,
        })
    }

    /// Sets `Authorization`, marked as sensitive, and `Redox-Source-Id` unless the request names a source itself.
    pub fn apply(&self, headers: &mut HeaderMap) {
        self.clone().put_into(headers);
    }

    /// [`Authorization::apply`] for the last time.
    pub(crate) fn put_into(self, headers: &mut HeaderMap) {
        headers.insert(AUTHORIZATION, self.token);
        if let Some(proof) = self.proof {
            headers.insert(DPOP, proof);
        }
        if let Some(source_id) = self.source_id {
            headers.entry(SOURCE_ID).or_insert(source_id);
        }
    }
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization")
            .field("source_id", &self.source_id)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Names the source of a request (Redox's page on source IDs).
pub(crate) const SOURCE_ID: HeaderName = HeaderName::from_static("redox-source-id");
