use axum::body::Body;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Request, StatusCode};
use serde_json::json;

use super::{Server, client};
use crate::counters::count;
use crate::customer::TOKEN_NAME;
use crate::{CallError, Challenge, Customer, Echo, Verb};

/// What Redox sends to a customer, rather than the other way round.
impl Server {
    /// Asks a customer, as Redox does when a destination is set up, to echo a random challenge.
    ///
    /// By `POST` the token and the challenge stand in a body of JSON, by `GET` in the query.
    ///
    /// # Errors
    /// [`CallError::NoAnswer`]. An answer that does not echo the challenge is no error: see [`Challenge::is_verified`].
    pub async fn challenge(&self, customer: &Customer, verb: Verb) -> Result<Challenge, CallError> {
        let challenge = {
            let mut sandbox = self.sandbox();
            count(&mut sandbox.counters.challenges);
            sandbox.random.uuid()
        };
        let request = match verb {
            Verb::Post => {
                let body = json!({ TOKEN_NAME: customer.token(), "challenge": challenge });
                Request::post(customer.url().as_str())
                    .header(CONTENT_TYPE, "application/json")
                    .body(body.to_string().into())
            }
            Verb::Get => {
                let mut url = customer.url().clone();
                url.query_pairs_mut()
                    .append_pair("challenge", &challenge)
                    .append_pair(TOKEN_NAME, customer.token());
                Request::get(url.as_str()).body(Body::empty())
            }
        };
        let answer = call(request).await?;
        Ok(Challenge {
            status: answer.status(),
            echo: Echo::of(&challenge, answer.body()),
        })
    }

    /// Sends a message to a customer with the verification token in both headers, and gives the status that it answers
    /// with: Redox takes 2xx for received.
    ///
    /// # Errors
    /// [`CallError::NoAnswer`].
    pub async fn deliver(
        &self,
        customer: &Customer,
        message: impl Into<Vec<u8>>,
    ) -> Result<StatusCode, CallError> {
        count(&mut self.sandbox().counters.deliveries);
        let request = Request::post(customer.url().as_str())
            .header(CONTENT_TYPE, "application/json")
            .header(TOKEN_NAME, sensitive(customer.token())?)
            .header(
                AUTHORIZATION,
                sensitive(&format!("Bearer {}", customer.token()))?,
            )
            .body(message.into().into());
        Ok(call(request).await?.status())
    }
}

async fn call(request: http::Result<Request<Body>>) -> Result<http::Response<Vec<u8>>, CallError> {
    let mut request = request.map_err(|_| CallError::UrlNotAllowed)?;
    let name = HeaderValue::from_static("RedoxEngine");
    request.headers_mut().insert(APPLICATION_NAME, name);
    client::send(request).await.ok_or(CallError::NoAnswer)
}

fn sensitive(value: &str) -> Result<HeaderValue, CallError> {
    let mut value = HeaderValue::try_from(value).map_err(|_| CallError::UnusableToken)?;
    value.set_sensitive(true);
    Ok(value)
}

const APPLICATION_NAME: HeaderName = HeaderName::from_static("application-name");
