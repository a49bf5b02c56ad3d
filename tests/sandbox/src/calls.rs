use axum::body::Body;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Request};
use serde_json::json;

use crate::client;
use crate::counters::count;
use crate::customer::TOKEN_NAME;
use crate::shared::Shared;
use crate::{CallError, Challenge, Customer, Echo, Verb};

/// Asks a customer to echo a random challenge; also returns the whole answer.
pub(crate) async fn challenge(
    shared: &Shared,
    customer: &Customer,
    verb: Verb,
) -> Result<(Challenge, http::Response<Vec<u8>>), CallError> {
    let challenge = {
        let mut sandbox = shared.sandbox();
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
    let found = Challenge {
        status: answer.status(),
        echo: Echo::of(&challenge, answer.body()),
    };
    Ok((found, answer))
}

/// Sends a message to a customer, with the verification token in both headers.
pub(crate) async fn deliver(
    shared: &Shared,
    customer: &Customer,
    message: impl Into<Vec<u8>>,
) -> Result<http::Response<Vec<u8>>, CallError> {
    count(&mut shared.sandbox().counters.deliveries);
    let request = Request::post(customer.url().as_str())
        .header(CONTENT_TYPE, "application/json")
        .header(TOKEN_NAME, sensitive(customer.token())?)
        .header(
            AUTHORIZATION,
            sensitive(&format!("Bearer {}", customer.token()))?,
        )
        .body(message.into().into());
    call(request).await
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
