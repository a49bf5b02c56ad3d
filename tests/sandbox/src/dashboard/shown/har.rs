use std::sync::Arc;

use http::HeaderMap;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::{body, mask};
use crate::traffic::Exchange;

/// Exchanges in HTTP Archive 1.2, without secrets.
pub(in crate::dashboard) fn har(base_url: &str, exchanges: &[Arc<Exchange>]) -> Value {
    let entries: Vec<_> = exchanges.iter().map(|it| entry(base_url, it)).collect();
    json!({
        "log": {
            "version": "1.2",
            "creator": { "name": "redox-auth-sandbox", "version": env!("CARGO_PKG_VERSION") },
            "entries": entries,
        },
    })
}

fn entry(base_url: &str, exchange: &Exchange) -> Value {
    let took = exchange.took.as_secs_f64() * 1000.0;
    let query = body::query(exchange);
    let url = match &query {
        Some(query) => format!("{base_url}{}?{query}", exchange.request.path),
        None => format!("{base_url}{}", exchange.request.path),
    };
    let parameters = query.unwrap_or_default();
    let parameters: Vec<_> = form_urlencoded::parse(parameters.as_bytes())
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect();
    let mut request = json!({
        "method": exchange.request.method.as_str(),
        "url": url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": headers(&exchange.request.headers),
        "queryString": parameters,
        "headersSize": -1,
        "bodySize": exchange.request_len,
    });
    if let (Some(request), true) = (request.as_object_mut(), exchange.request_len > 0) {
        let posted = json!({
            "mimeType": exchange.request.media_type().unwrap_or_default(),
            "text": body::request(exchange).unwrap_or_default(),
        });
        request.insert("postData".to_owned(), posted);
    }
    json!({
        "startedDateTime": exchange.at.to_string(),
        "time": took,
        "request": request,
        "response": {
            "status": exchange.status.as_u16(),
            "statusText": exchange.status.canonical_reason().unwrap_or_default(),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": headers(&exchange.headers),
            "content": {
                "size": exchange.response_len,
                "mimeType": exchange.header("content-type").unwrap_or_default(),
                "text": body::response(exchange).unwrap_or_default(),
            },
            "redirectURL": exchange.header("location").unwrap_or_default(),
            "headersSize": -1,
            "bodySize": exchange.response_len,
        },
        "cache": {},
        "timings": { "send": 0, "wait": took, "receive": 0 },
        "comment": exchange.reason().unwrap_or_default(),
    })
}

/// In the order of the names, with masked values.
pub(super) fn headers(headers: &HeaderMap) -> Vec<Value> {
    let shown = headers.iter().map(|(name, value)| {
        let name = name.as_str();
        json!({ "name": name, "value": mask::header(name, value) })
    });
    shown.collect()
}
