use core::time::Duration;

use bytes::Bytes;
use redox_auth_core::{Channel, Method, Now, RetryAfter};
use reqwest::Response;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, AGE, CACHE_CONTROL, CONTENT_TYPE, DATE, HeaderMap, HeaderName,
    HeaderValue, RETRY_AFTER,
};
use zeroize::Zeroizing;

use super::way::Way;
use crate::clock::Clock;
use crate::error::Error;
use crate::error::no_answer::about_host;
use crate::watch::{About, Watch};

/// Sends the request of a session, or of an exchanged assertion, once. Reads the whole answer, up to [`MAX_ANSWER`]; the
/// beginning of a longer refusal is enough.
pub(super) async fn send(
    client: &reqwest::Client,
    message: Message,
    timeout: Duration,
    clock: &Clock,
    watch: Option<&Watch>,
) -> Result<Answer, Error> {
    let method = match message.method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
    };
    let mut request = client
        .request(method, message.url)
        .timeout(timeout)
        .header(ACCEPT, "application/json")
        .header(ACCEPT_ENCODING, "identity");
    if let Some(proof) = message.proof {
        request = request.header(DPOP, proof);
    }
    if let Some(content_type) = message.content_type {
        // The owner moves with the bytes, and wipes them when the last reader ends.
        request = request
            .header(CONTENT_TYPE, content_type)
            .body(Bytes::from_owner(message.body));
    }
    let request = request.build()?;
    let exchange = watch.map(|watch| watch.begin(About::Tokens, &request));
    let outcome = client.execute(request).await;
    let mut response = match exchange {
        Some(exchange) => exchange.end(outcome),
        None => outcome,
    }?;
    let received_at = clock.now();
    let status = response.status();
    let mut body = Zeroizing::new(Vec::with_capacity(MAX_ANSWER));
    while let Some(chunk) = next_chunk(&mut response).await? {
        if body.len().saturating_add(chunk.len()) > MAX_ANSWER {
            if status.is_success() {
                return Err(Error::AnswerTooLong { limit: MAX_ANSWER });
            }
            break;
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer {
        status: status.as_u16(),
        headers: core::mem::take(response.headers_mut()),
        body,
        received_at,
    })
}

/// The next part of a body. Its error names the host, which reqwest's error leaves out.
pub(crate) async fn next_chunk(response: &mut Response) -> Result<Option<Bytes>, reqwest::Error> {
    response
        .chunk()
        .await
        .map_err(|error| about_host(error, response.url().clone()))
}

/// A request for a token. Its body is a secret.
pub(crate) struct Message {
    pub(crate) way: Way,
    pub(crate) method: Method,
    pub(crate) url: String,
    pub(crate) content_type: Option<&'static str>,
    /// A proof of possession (RFC 9449).
    pub(crate) proof: Option<HeaderValue>,
    pub(crate) body: Zeroizing<Vec<u8>>,
}

/// A whole answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Zeroizing<Vec<u8>>,
    /// When its head arrived: its `Date` is no older than the transfer.
    pub(crate) received_at: Now,
}

impl Answer {
    /// The pause that the host asks all clients for, in an answer that it is busy.
    pub(crate) fn pause(&self) -> Option<Duration> {
        // Too Many Requests (RFC 6585 §4) and Service Unavailable (RFC 9110 §15.6.4).
        [429, 503].contains(&self.status).then_some(())?;
        let retry_after = RetryAfter::parse(self.headers.get(RETRY_AFTER)?.as_bytes())?;
        let secs = retry_after.secs_from(self.received_at.unix)?;
        Some(Duration::from_secs(secs.into()))
    }

    /// The answer as core reads it.
    pub(crate) fn response(&mut self) -> redox_auth_core::Response<'_> {
        let value = |name: HeaderName| Some(self.headers.get(name)?.as_bytes());
        // TLS with a verified certificate, or loopback: core allows no other URL.
        let channel = Channel::Authenticated;
        redox_auth_core::Response::new(self.status, channel, &mut self.body)
            .with_date(value(DATE))
            .with_age(value(AGE))
            .with_cache_control(value(CACHE_CONTROL))
            .with_retry_after(value(RETRY_AFTER))
    }
}

/// The header with a proof of possession (RFC 9449 §4.1).
pub(crate) const DPOP: HeaderName = HeaderName::from_static("dpop");

/// The longest answer of a token endpoint that the client reads, in bytes; a token takes a few hundred.
const MAX_ANSWER: usize = 64 * 1024;
