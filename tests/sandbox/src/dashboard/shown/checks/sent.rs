use http::StatusCode;
use serde_json::Value;

use super::super::body;
use super::list::{List, Verdict, shown};
use crate::fault::IN_PLACE;
use crate::traffic::Exchange;

/// Applies the rules of the Data Model API to a message.
pub(super) fn message(exchange: &Exchange, list: &mut List) {
    if !token(exchange, list) {
        return;
    }
    let answer = body::response_json(exchange);
    let meta = answer.as_ref().and_then(|answer| answer.get("Meta"));
    let member = |pointer| meta.and_then(|meta| meta.pointer(pointer));
    let errors = member("/Errors").and_then(Value::as_array);
    let errors = errors.map(Vec::as_slice).unwrap_or_default();
    let text = |error: &Value| {
        error
            .get("Text")
            .and_then(Value::as_str)
            .map(ToOwned::to_owned)
    };
    let errors: Vec<_> = errors.iter().filter_map(text).collect();
    for (rule, expected, pointer) in [
        ("Meta.DataModel", "a text", "/DataModel"),
        ("Meta.EventType", "a text", "/EventType"),
        (
            "Meta.Source",
            "one source of the token, named or the only one",
            "/Source",
        ),
        (
            "Meta.Destinations",
            "destinations of the environment",
            "/Destinations",
        ),
    ] {
        let error = errors.iter().find(|error| error.contains(rule));
        let found = error.map_or_else(|| shown(member(pointer)), String::clone);
        list.add(rule, error.is_none(), expected, found);
    }
    for error in errors.iter().filter(|error| !error.contains("Meta.")) {
        list.add(
            "message",
            false,
            "a message of the Data Model API",
            error.as_str(),
        );
    }
}

/// Shows the other API's own objection to a request.
pub(super) fn other(exchange: &Exchange, list: &mut List) {
    if !token(exchange, list) {
        return;
    }
    let found = exchange.reason().unwrap_or("as expected");
    let is_good = exchange.reason().is_none();
    list.add("request", is_good, "a request that the API accepts", found);
}

/// Judges the token of a request; returns whether to judge the rest.
fn token(exchange: &Exchange, list: &mut List) -> bool {
    let expected = "one valid bearer token";
    let (verdict, found) = match (exchange.status, exchange.reason()) {
        (_, Some(IN_PLACE)) => (Verdict::Unchecked, "a fault replaced the answer"),
        (StatusCode::UNAUTHORIZED, reason) => (Verdict::Fail, reason.unwrap_or("refused")),
        (StatusCode::PAYLOAD_TOO_LARGE, reason) => (
            Verdict::Unchecked,
            reason.unwrap_or("the body is too large"),
        ),
        _ => (Verdict::Pass, "valid"),
    };
    list.add("token", verdict, expected, found);
    verdict == Verdict::Pass
}
