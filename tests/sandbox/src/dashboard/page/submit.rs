use std::collections::BTreeMap;

use http::StatusCode;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use serde_json::Value;
use url::form_urlencoded;

use super::{Notice, Page, show};
use crate::dashboard::call::{Answer, Call, Problem};
use crate::dashboard::desk::Desk;
use crate::dashboard::routes;

/// Accepts a form of a page: calls its operation, and redirects to the page of the form.
pub(in crate::dashboard) fn submit(desk: &Desk, parts: &Parts, body: &[u8]) -> Page {
    let mut fields: BTreeMap<_, _> = form_urlencoded::parse(body).into_owned().collect();
    let mut take = |name| fields.remove(name).unwrap_or_default();
    let (token, operation, back) = (take("form_token"), take("operation"), take("back"));
    let back = if is_local(&back) {
        back
    } else {
        "/".to_owned()
    };
    let done = check(desk, parts, &token).and_then(|()| call(desk, &operation, &fields));
    let notice = match done {
        Ok(answer) if is_shown_once(&answer) => Notice::Secret(answer),
        Ok(answer) if operation == "callEndpoint" => {
            fields.remove("verification_token");
            Notice::Done { answer, fields }
        }
        Ok(_) => return Page::Elsewhere(back),
        Err(problem) => {
            // A pasted JWK Set may contain a private key, whatever the problem is.
            fields.retain(|name, _| !["jwks", "verification_token"].contains(&name.as_str()));
            Notice::Problem {
                problem,
                operation,
                fields,
            }
        }
    };
    let (path, query) = back.split_once('?').unwrap_or((&back, ""));
    let query = form_urlencoded::parse(query.as_bytes()).into_owned();
    show(desk, path, &query.collect(), Some(&notice))
}

fn check(desk: &Desk, parts: &Parts, token: &str) -> Result<(), Problem> {
    let form = "application/x-www-form-urlencoded";
    if parts.headers.get(CONTENT_TYPE).is_none_or(|it| it != form) {
        let text = "the form did not come from a page of this dashboard";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, text));
    }
    if !desk.is_form_token(token) {
        let text = "The form is from another run of the sandbox. Nothing has changed; load the page again.";
        return Err(Problem::new(StatusCode::FORBIDDEN, text));
    }
    Ok(())
}

fn call(desk: &Desk, operation: &str, fields: &BTreeMap<String, String>) -> Result<Value, Problem> {
    let route = routes::named(operation);
    let route = route.ok_or_else(|| Problem::bad("the form names no operation"))?;
    let mut call = Call::default();
    for (name, value) in fields {
        match route.path_names().find(|own| own == name) {
            Some(own) => {
                call.path.insert(own, value.clone());
            }
            None => {
                call.body.insert(name.clone(), value.as_str().into());
            }
        }
    }
    match route.call(desk, &call)? {
        Answer::Json(value) | Answer::Created(value) => Ok(value),
        Answer::Text(_) | Answer::Events => Ok(Value::Null),
    }
}

fn is_shown_once(answer: &Value) -> bool {
    ["secret", "private_key"]
        .into_iter()
        .any(|name| answer.get(name).is_some())
}

/// A path of this dashboard, and no other host's.
fn is_local(back: &str) -> bool {
    let is_plain = back.bytes().all(|byte| byte.is_ascii_graphic());
    is_plain && back.starts_with('/') && !back.starts_with("//") && !back.contains('\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_leads_back_to_this_dashboard_only() {
        for good in ["/", "/traffic?q=a%20b", "/traffic/3"] {
            assert!(is_local(good), "{good}");
        }
        for bad in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://a",
            "/a b",
            "/\r\n",
        ] {
            assert!(!is_local(bad), "{bad}");
        }
    }
}
