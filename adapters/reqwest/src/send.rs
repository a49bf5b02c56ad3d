use redox_auth_core::{Api, AuthorizeError, Generation, Rejected};
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use reqwest::{Method, Request, RequestBuilder, Response, StatusCode};
use zeroize::Zeroizing;

use crate::Error;
use crate::client::Redox;
use crate::path::locate;

impl Redox {
    /// A request to the API, still without a token: [`Redox::send`] puts that on it.
    ///
    /// It goes to a path that follows the base URL and begins with a slash, or to a whole URL of this server, such as
    /// that for uploads.
    ///
    /// # Errors
    /// [`Error::Path`] when the path would lead out of the base URL; [`Error::Authorize`] for a URL that the token must
    /// not go to.
    pub fn request(&self, method: Method, path_or_url: &str) -> Result<RequestBuilder, Error> {
        let identity = self.identity();
        let server = identity.server();
        let url = locate(&server, path_or_url)?;
        let http = self.shared.http.to_api(&server, &url);
        Ok(http.request(method, url))
    }

    /// Sends a request to `api` with the token on it, and with the source that it is for unless it names one itself.
    ///
    /// When the API answers 401, the token is replaced, once for all whose requests were on their way with it, and the
    /// request is sent once more if its body can be: a stream cannot. Whatever the API answers then is returned, and so
    /// is every other answer, whatever its status. No redirect is followed.
    ///
    /// # Errors
    /// [`Error::Authorize`] for a URL that the token must not go to, or an API that does not take it; [`Error::NotBuilt`];
    /// as [`Redox::token`]: nothing was sent then, or it was answered 401. [`Error::Transport`]: the API may have seen the
    /// request all the same.
    pub async fn send(&self, api: Api, request: RequestBuilder) -> Result<Response, Error> {
        let request = request.build().map_err(Error::NotBuilt)?;
        let again = request.try_clone();
        let (response, generation) = self.send_once(api, request).await?;
        if response.status() != StatusCode::UNAUTHORIZED {
            return Ok(response);
        }
        let rejected = {
            let mut state = self.lock();
            let now = self.now();
            state.session.rejected(generation, now)
        };
        match again {
            Some(request) if rejected != Rejected::Kept => {
                let (response, _) = self.send_once(api, request).await?;
                Ok(response)
            }
            _ => Ok(response),
        }
    }

    async fn send_once(
        &self,
        api: Api,
        mut request: Request,
    ) -> Result<(Response, Generation), Error> {
        // What no token can mend is said before one is asked for.
        let identity = self.identity();
        let server = identity.server();
        server
            .may_receive_token(request.url().as_str())
            .map_err(AuthorizeError::Url)?;
        let mut generation = Err(Error::Authorize(AuthorizeError::NoToken));
        for _ in 0..TRIES {
            self.token().await?;
            generation = self.authorize(api, &mut request);
            if !matches!(generation, Err(Error::Authorize(AuthorizeError::NoToken))) {
                break;
            }
        }
        let generation = generation?;
        let http = self.shared.http.to_api(&server, request.url());
        let mut shown = request.url().clone();
        shown.set_path("");
        shown.set_query(None);
        // Path and query may be about a patient, and errors end in logs.
        let response = http.execute(request).await;
        let response = response.map_err(|error| Error::Transport(error.with_url(shown)))?;
        Ok((response, generation))
    }

    /// Puts on a request what the session says that it needs.
    fn authorize(&self, api: Api, request: &mut Request) -> Result<Generation, Error> {
        let state = self.lock();
        let now = self.now();
        let authorized = state.session.authorize(now, api, request.url().as_str())?;
        let token = authorized.expose_token();
        let bearer = Zeroizing::new(format!("Bearer {}", token.expose()));
        let mut bearer = HeaderValue::from_str(&bearer).map_err(|_| AuthorizeError::NoToken)?;
        bearer.set_sensitive(true);
        let headers = request.headers_mut();
        headers.insert(AUTHORIZATION, bearer);
        if let Some(source_id) = authorized.source_id()
            && !headers.contains_key(SOURCE_ID)
        {
            let source_id = HeaderValue::from_str(source_id);
            headers.insert(SOURCE_ID, source_id.map_err(|_| AuthorizeError::SourceId)?);
        }
        Ok(authorized.generation())
    }
}

/// Names the source of a request (Redox's page on source IDs).
const SOURCE_ID: HeaderName = HeaderName::from_static("redox-source-id");

/// Between getting a token and putting it on a request another request may have it rejected.
const TRIES: usize = 3;
