use core::fmt;
use std::borrow::Cow;

use http::header::{AUTHORIZATION, CONTENT_TYPE, DATE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use serde_json::Value;
use url::form_urlencoded;

use crate::Delivery;

/// An HTTP request in the form for the rules: without socket and version.
///
/// `Debug` shows neither header values, nor query, nor body: they hold assertions, secrets and
/// tokens.
#[non_exhaustive]
#[derive(Clone)]
pub struct Request {
    /// The verb.
    pub method: Method,
    /// The path as sent, percent-encoding kept.
    pub path: String,
    /// The part after the `?`, as sent.
    pub query: Option<String>,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Vec<u8>,
}

impl Request {
    /// A request without headers and body.
    ///
    /// `target` is a path, with a query after `?` if there is one.
    #[must_use]
    pub fn new(method: Method, target: &str) -> Self {
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (target, None),
        };
        Self {
            method,
            path: path.to_owned(),
            query,
            headers: HeaderMap::new(),
            body: Vec::new(),
        }
    }

    /// A POST of a form, `application/x-www-form-urlencoded`.
    #[must_use]
    pub fn form(path: &str, fields: &[(&str, &str)]) -> Self {
        let mut request = Self::new(Method::POST, path);
        let content_type = HeaderValue::from_static("application/x-www-form-urlencoded");
        request.headers.insert(CONTENT_TYPE, content_type);
        request.body = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish()
            .into_bytes();
        request
    }

    /// A POST of `application/json`, with the body unchanged, valid or not.
    #[must_use]
    pub fn json(path: &str, body: impl Into<Vec<u8>>) -> Self {
        let mut request = Self::new(Method::POST, path);
        let content_type = HeaderValue::from_static("application/json");
        request.headers.insert(CONTENT_TYPE, content_type);
        request.body = body.into();
        request
    }

    /// Adds `Authorization: Bearer <token>`, unless no header can hold the token.
    #[must_use]
    pub fn bearer(mut self, token: &str) -> Self {
        if let Ok(mut value) = HeaderValue::try_from(format!("Bearer {token}")) {
            value.set_sensitive(true);
            self.headers.insert(AUTHORIZATION, value);
        }
        self
    }

    /// The media type of the body in lower case, without its parameters.
    pub(crate) fn media_type(&self) -> Option<String> {
        let value = self.headers.get(CONTENT_TYPE)?.to_str().ok()?;
        let essence = value.split(';').next().unwrap_or_default();
        Some(essence.trim().to_ascii_lowercase())
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("headers", &names(&self.headers))
            .field("body_len", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// An HTTP response from the rules.
///
/// `Debug` shows neither header values nor the body: it may hold a token.
#[non_exhaustive]
#[derive(Clone, Eq, PartialEq)]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The headers; `Date` is the time given to the rules, not the machine's time.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Vec<u8>,
    /// How the server sends it.
    pub delivery: Delivery,
}

impl Response {
    pub(crate) fn json(status: StatusCode, body: &Value) -> Self {
        Self::new(status, "application/json; charset=utf-8", &body.to_string())
    }

    pub(crate) fn new(status: StatusCode, content_type: &'static str, body: &str) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        Self {
            status,
            headers,
            body: body.as_bytes().to_vec(),
            delivery: Delivery::Prompt,
        }
    }

    pub(crate) fn header(mut self, name: HeaderName, value: &'static str) -> Self {
        self.headers.insert(name, HeaderValue::from_static(value));
        self
    }

    /// Sets how the server sends it.
    pub(crate) const fn delivered(mut self, delivery: Delivery) -> Self {
        self.delivery = delivery;
        self
    }

    /// Sets `Date` from the sandbox's clock. Clients correct their time from this header.
    pub(crate) fn dated(mut self, now: Timestamp) -> Self {
        if let Ok(date) = HeaderValue::try_from(http_date(now)) {
            self.headers.insert(DATE, date);
        }
        self
    }

    /// Sets the reason in a header that Redox does not send, because Redox's texts are often blank.
    pub(crate) fn reason(self, reason: &'static str) -> Self {
        self.header(REASON, reason)
    }

    /// The reason, if there is one.
    pub(crate) fn why(&self) -> Option<Cow<'_, str>> {
        let reason = self.headers.get(REASON)?;
        Some(String::from_utf8_lossy(reason.as_bytes()))
    }

    /// The same for a reason with parts of the request, without characters that no header can hold.
    pub(crate) fn explained(mut self, reason: &str) -> Self {
        let reason: String = reason.chars().filter(|it| !it.is_control()).collect();
        if let Ok(reason) = HeaderValue::try_from(reason) {
            self.headers.insert(REASON, reason);
        }
        self
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("headers", &names(&self.headers))
            .field("body_len", &self.body.len())
            .field("delivery", &self.delivery)
            .finish()
    }
}

fn names(headers: &HeaderMap) -> Vec<&str> {
    headers.keys().map(HeaderName::as_str).collect()
}

/// A time in the form of HTTP headers (RFC 9110 §5.6.7), to the second.
pub(crate) fn http_date(time: Timestamp) -> String {
    // This fails only for a year below zero, which no clock here shows.
    let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&time);
    date.unwrap_or_default()
}

/// The media type of answers for people.
pub(crate) const PLAIN_TEXT: &str = "text/plain; charset=utf-8";

const REASON: HeaderName = HeaderName::from_static("sandbox-reason");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_value_of_a_request_or_response() {
        let request =
            Request::form("/v2/auth/token?q=hush", &[("client_assertion", "hush")]).bearer("hush");
        let response = Response::new(StatusCode::OK, "text/plain", "hush");
        for shown in [format!("{request:?}"), format!("{response:#?}")] {
            assert!(!shown.contains("hush"), "{shown}");
        }
    }
}
