use serde_json::Value;
use url::form_urlencoded::{self, Serializer};

use super::mask::{self, REDACTED};
use crate::traffic::Exchange;

/// The request body without secrets: a form or JSON. `None` for other bodies, which may contain secrets anywhere.
pub(super) fn request(exchange: &Exchange) -> Option<String> {
    let body = exchange.whole_request()?;
    match exchange.request.media_type().as_deref()? {
        FORM => Some(form(body)),
        "application/json" => {
            let mut value: Value = serde_json::from_slice(body).ok()?;
            mask::json(&mut value);
            Some(value.to_string())
        }
        _ => None,
    }
}

/// The response body without secrets. A body that is not JSON is the sandbox's own text.
pub(super) fn response(exchange: &Exchange) -> Option<String> {
    let body = exchange.whole_response()?;
    if exchange.header("content-type").is_some_and(is_json) {
        // A body that a fault has cut is not JSON, and may contain half of a token.
        let mut value: Value = serde_json::from_slice(body).ok()?;
        mask::json(&mut value);
        return serde_json::to_string_pretty(&value).ok();
    }
    String::from_utf8(body.to_vec()).ok()
}

/// The response as JSON, if it is JSON; with its secrets.
pub(super) fn response_json(exchange: &Exchange) -> Option<Value> {
    serde_json::from_slice(exchange.whole_response()?).ok()
}

/// The access token in the response.
pub(super) fn token_given(exchange: &Exchange) -> Option<String> {
    let body = response_json(exchange)?;
    let mut names = ["access_token", "accessToken"].into_iter();
    let token = names.find_map(|name| body.get(name)?.as_str());
    token.map(ToOwned::to_owned)
}

/// The query without secrets.
pub(super) fn query(exchange: &Exchange) -> Option<String> {
    let query = exchange.request.query.as_ref()?;
    Some(form(query.as_bytes()))
}

/// The fields of a form, without the values of secret fields.
pub(super) fn form_fields(form: &[u8]) -> Vec<(String, String)> {
    let fields = form_urlencoded::parse(form).map(|(name, value)| {
        let value = match mask::is_secret(&name) {
            true => REDACTED.to_owned(),
            false => value.into_owned(),
        };
        (name.into_owned(), value)
    });
    fields.collect()
}

fn form(form: &[u8]) -> String {
    Serializer::new(String::new())
        .extend_pairs(form_fields(form))
        .finish()
}

fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    essence == "application/json" || essence.ends_with("+json")
}

pub(super) const FORM: &str = "application/x-www-form-urlencoded";
