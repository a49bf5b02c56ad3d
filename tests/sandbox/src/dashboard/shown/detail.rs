use serde_json::{Value, json};

use super::checks;
use super::kind::Kind;
use super::summary::Summary;
use super::{body, har, mask};
use crate::assertion::Assertion;
use crate::dashboard::call::Problem;
use crate::dashboard::desk::Desk;
use crate::form::Form;
use crate::grant;
use crate::traffic::Exchange;

/// An exchange with all details.
pub(in crate::dashboard) fn detail(desk: &Desk, exchange: &Exchange) -> Result<Value, Problem> {
    let base_url = desk.sandbox().base_url.clone();
    let kind = Kind::of(exchange);
    let mut detail = Summary::of(exchange, kind).json();
    let more = json!({
        "told": told(exchange, kind),
        "request": {
            "query": body::query(exchange),
            "headers": har::headers(&exchange.request.headers),
            "length": exchange.request_len,
            "form": form(exchange),
        },
        "response": {
            "headers": har::headers(&exchange.headers),
            "length": exchange.response_len,
            "body": body::response(exchange),
        },
        "assertion": assertion(exchange, kind),
        "meta": meta(exchange, kind),
        "checks": checks::of(exchange, kind, &base_url),
        "token": token(desk, exchange)?,
    });
    if let (Some(detail), Value::Object(more)) = (detail.as_object_mut(), more) {
        detail.extend(more);
    }
    Ok(detail)
}

/// The answer that the client got to a refused token request (RFC 6749 §5.2).
fn told(exchange: &Exchange, kind: Kind) -> Option<String> {
    let answer = body::response_json(exchange).filter(|_| kind == Kind::Token)?;
    let text = |name| answer.get(name).and_then(Value::as_str);
    let error = text("error")?;
    Some(match text("error_description") {
        None => error.to_owned(),
        Some("") => format!("{error}, with a blank description"),
        Some(description) => format!("{error}: {description}"),
    })
}

fn form(exchange: &Exchange) -> Option<Vec<Value>> {
    let body = exchange.whole_request()?;
    if exchange.request.media_type().as_deref() != Some(body::FORM) {
        return None;
    }
    let fields = body::form_fields(body).into_iter();
    let fields = fields.map(|(name, value)| json!({ "name": name, "value": value }));
    Some(fields.collect())
}

/// Header and claims as sent, without the signature, because only the signature makes an assertion usable.
fn assertion(exchange: &Exchange, kind: Kind) -> Option<Value> {
    let form = exchange.whole_request().filter(|_| kind == Kind::Token);
    let form = Form::parse(form?).ok()?;
    let mut fields = ["client_assertion", "assertion"].into_iter();
    let compact = fields.find_map(|name| form.get(name))?;
    let assertion = Assertion::parse(compact).ok()?;
    Some(json!({
        "header": assertion.header().json(),
        "claims": assertion.claims().json(),
    }))
}

/// `Meta` of a message: as sent, or from the answer if the message was too large to keep.
fn meta(exchange: &Exchange, kind: Kind) -> Option<Value> {
    if kind != Kind::Message {
        return None;
    }
    let sent = exchange.whole_request();
    let sent: Option<Value> = sent.and_then(|body| serde_json::from_slice(body).ok());
    let message = sent.or_else(|| body::response_json(exchange));
    let mut meta = message?.get("Meta")?.clone();
    mask::json(&mut meta);
    Some(meta)
}

/// The token in the request or in the answer, and the other exchanges with this token.
fn token(desk: &Desk, exchange: &Exchange) -> Result<Option<Value>, Problem> {
    let is_token = |it: &Exchange| matches!(Kind::of(it), Kind::Token | Kind::Legacy);
    let bearer = |it: &Exchange| grant::token(&it.request).map(|(_, token)| token.to_owned());
    let (token, role) = match bearer(exchange).filter(|_| !is_token(exchange)) {
        Some(token) => (token, "presented"),
        None => match body::token_given(exchange).filter(|_| is_token(exchange)) {
            Some(token) => (token, "given"),
            None => return Ok(None),
        },
    };
    let all = desk.traffic()?.all();
    let mut others = all.iter().filter(|it| is_token(it));
    let obtained_in = others.find(|it| body::token_given(it).as_ref() == Some(&token));
    let uses = all.iter().filter(|it| !is_token(it));
    let uses = uses.filter(|it| bearer(it).as_ref() == Some(&token));
    let used_in: Vec<_> = uses.take(MOST_USES).map(|it| it.number).collect();
    let now = desk.now();
    let sandbox = desk.sandbox();
    let state = match sandbox.tokens.get(now, token.as_str()) {
        Some(_) => "live",
        None if sandbox.revoked.contains(token.as_str()) => "revoked",
        None => "expired or unknown",
    };
    Ok(Some(json!({
        "tag": mask::token_tag(&token),
        "role": role,
        "state": state,
        "obtained_in": obtained_in.map(|it| it.number),
        "used_in": used_in,
    })))
}

/// The greatest number of listed uses of a token.
const MOST_USES: usize = 20;
