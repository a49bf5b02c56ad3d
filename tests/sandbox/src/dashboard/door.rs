use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use serde_json::Value;
use url::form_urlencoded;

use super::call::{Answer, Problem};
use super::desk::Desk;
use super::page::{self, Page};
use super::{events, guard, routes};

/// Every request to the dashboard.
pub(super) async fn answer(
    State(desk): State<Arc<Desk>>,
    request: axum::extract::Request,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    if let Err(problem) = guard::check(&parts.headers, desk.port) {
        return protected(refused(&problem));
    }
    let body = match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(body) => body.to_bytes().to_vec(),
        Err(_) => {
            let text = "the body is longer than 1 MB, or ended early";
            let problem = Problem::new(StatusCode::PAYLOAD_TOO_LARGE, text);
            return protected(refused(&problem));
        }
    };
    // Operations make keys and write long lists, which must not delay clients of the sandbox.
    let answered = tokio::task::spawn_blocking(move || {
        let answer = route(&desk, &parts, &body);
        // Keep the change before the answer confirms it.
        if ![Method::GET, Method::HEAD].contains(&parts.method) {
            desk.shared().save_or_log();
        }
        answer
    });
    let answered = answered.await;
    protected(answered.unwrap_or_else(|_| {
        let text = "the dashboard failed to answer; the sandbox continues";
        refused(&Problem::new(StatusCode::INTERNAL_SERVER_ERROR, text))
    }))
}

fn route(desk: &Desk, parts: &Parts, body: &[u8]) -> Response<Body> {
    let path = parts.uri.path();
    if let Some(path) = path.strip_prefix("/api/") {
        return api(desk, parts, path, body).unwrap_or_else(|problem| refused(&problem));
    }
    match (&parts.method, path) {
        (&Method::POST, page::FORMS) => html(page::submit(desk, parts, body)),
        (&Method::GET | &Method::HEAD, "/style.css") => text("text/css", page::STYLE),
        (&Method::GET | &Method::HEAD, "/icon.svg") => text("image/svg+xml", page::ICON),
        (&Method::GET | &Method::HEAD, "/live.js") => text("text/javascript", page::SCRIPT),
        (&Method::GET | &Method::HEAD, path) => html(page::show(desk, path, &query(parts), None)),
        _ => refused(&Problem::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "pages take GET; the API is under /api/, see /api/openapi.json",
        )),
    }
}

fn api(desk: &Desk, parts: &Parts, path: &str, body: &[u8]) -> Result<Response<Body>, Problem> {
    let (route, mut call) = routes::find(&parts.method, path)?;
    call.query = query(parts);
    let media_type = parts.headers.get(CONTENT_TYPE);
    // A form of another page cannot send this type, and a script of another page needs permission.
    if media_type.is_some_and(|it| !is_json(it)) || media_type.is_none() && !body.is_empty() {
        let text = "the Content-Type must be application/json";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, text));
    }
    if !body.is_empty() {
        call.body = match serde_json::from_slice(body) {
            Ok(Value::Object(members)) => members,
            _ => return Err(Problem::bad("the body must be a JSON object")),
        };
    }
    Ok(match route.call(desk, &call)? {
        Answer::Json(value) => json(StatusCode::OK, &value),
        Answer::Created(value) => json(StatusCode::CREATED, &value),
        Answer::Text(content) if route.operation == "describeApi" => {
            text("application/json", &content)
        }
        Answer::Text(content) => text("text/plain; charset=utf-8", &content),
        Answer::Events => {
            let mut response = Response::new(events::body(desk.traffic()?));
            let media_type = HeaderValue::from_static("text/event-stream");
            response.headers_mut().insert(CONTENT_TYPE, media_type);
            response
        }
    })
}

fn is_json(value: &HeaderValue) -> bool {
    let essence = value.to_str().ok().and_then(|it| it.split(';').next());
    essence.is_some_and(|it| it.trim().eq_ignore_ascii_case("application/json"))
}

/// The last of several parameters with the same name counts.
fn query(parts: &Parts) -> BTreeMap<String, String> {
    let query = parts.uri.query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

fn html(page: Page) -> Response<Body> {
    match page {
        Page::Shown(status, html) => {
            let mut response = text("text/html; charset=utf-8", &html);
            *response.status_mut() = status;
            response
        }
        Page::Elsewhere(path) => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::SEE_OTHER;
            if let Ok(path) = HeaderValue::try_from(path) {
                response.headers_mut().insert(LOCATION, path);
            }
            response
        }
    }
}

fn refused(problem: &Problem) -> Response<Body> {
    json(problem.status, &problem.json())
}

fn json(status: StatusCode, value: &Value) -> Response<Body> {
    let mut response = text("application/json", &value.to_string());
    *response.status_mut() = status;
    response
}

fn text(content_type: &'static str, content: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(content.to_owned()));
    let content_type = HeaderValue::from_static(content_type);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

/// Headers that keep the answer from other pages, and injected scripts from running.
fn protected(mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers_mut();
    for (name, value) in PROTECTION {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

const PROTECTION: [(&str, &str); 6] = [
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'",
    ),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    // With `no-referrer`, a browser sends the pages' own forms with `Origin: null`, which the guard rejects.
    ("referrer-policy", "same-origin"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
];

/// A JWK Set of a thousand keys takes half of it.
const BODY_LIMIT: usize = 1_000_000;
