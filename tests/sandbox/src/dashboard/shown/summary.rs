use serde_json::{Value, json};

use super::body;
use super::kind::Kind;
use crate::assertion::Assertion;
use crate::form::Form;
use crate::traffic::Exchange;

/// An exchange in one line.
pub(super) struct Summary<'e> {
    exchange: &'e Exchange,
    pub(super) kind: Kind,
    /// The caller: a client ID, an API key, or a source.
    who: Option<String>,
    /// The content of the request.
    what: String,
}

impl<'e> Summary<'e> {
    pub(super) fn of(exchange: &'e Exchange, kind: Kind) -> Self {
        let (who, what) = match kind {
            Kind::Token => of_token(exchange),
            Kind::Legacy => of_legacy(exchange),
            Kind::Message => of_message(exchange),
            _ => (None, String::new()),
        };
        Self {
            exchange,
            kind,
            who,
            what,
        }
    }

    pub(super) fn json(&self) -> Value {
        let exchange = self.exchange;
        json!({
            "number": exchange.number,
            "at": exchange.at.to_string(),
            "kind": self.kind.as_str(),
            "method": exchange.request.method.as_str(),
            "path": exchange.request.path,
            "status": exchange.status.as_u16(),
            "took_ms": (exchange.took.as_secs_f64() * 100_000.0).round() / 100.0,
            "who": self.who,
            "what": self.what,
            "reason": exchange.reason(),
            "fault": exchange.struck.as_ref().map(ToString::to_string),
        })
    }

    /// The line in lower case.
    pub(super) fn search_text(&self) -> String {
        let exchange = self.exchange;
        let fault = exchange.struck.as_ref().map(ToString::to_string);
        [
            exchange.request.method.as_str(),
            exchange.request.path.as_str(),
            exchange.status.as_str(),
            self.kind.as_str(),
            self.who.as_deref().unwrap_or_default(),
            &self.what,
            exchange.reason().unwrap_or_default(),
            fault.as_deref().unwrap_or_default(),
        ]
        .join(" ")
        .to_lowercase()
    }
}

/// An exchange in one line, as JSON.
pub(in crate::dashboard) fn summary(exchange: &Exchange) -> Value {
    Summary::of(exchange, Kind::of(exchange)).json()
}

/// The client ID that the assertion names, and its key.
fn of_token(exchange: &Exchange) -> (Option<String>, String) {
    let form = exchange.whole_request().map(Form::parse);
    let Some(Ok(form)) = form else {
        return (None, "no form".to_owned());
    };
    let mut fields = ["client_assertion", "assertion"].into_iter();
    let Some(compact) = fields.find_map(|name| form.get(name)) else {
        return (None, "no assertion".to_owned());
    };
    let Ok(assertion) = Assertion::parse(compact) else {
        return (None, "no readable assertion".to_owned());
    };
    let header = |name| assertion.header().text(name).unwrap_or("missing");
    let what = format!("kid {}, alg {}", header("kid"), header("alg"));
    let who = assertion.claims().text("iss").map(ToOwned::to_owned);
    (who, what)
}

fn of_legacy(exchange: &Exchange) -> (Option<String>, String) {
    let body = exchange.whole_request();
    let body: Option<Value> = body.and_then(|body| serde_json::from_slice(body).ok());
    let api_key = body.as_ref().and_then(|body| body.get("apiKey")?.as_str());
    let what = match exchange.request.path.as_str() {
        crate::legacy::REFRESH_PATH => "with refresh token",
        _ => "with secret",
    };
    (api_key.map(ToOwned::to_owned), what.to_owned())
}

/// The message from the answer, which repeats the important parts of `Meta`.
fn of_message(exchange: &Exchange) -> (Option<String>, String) {
    let answer = body::response_json(exchange);
    let meta = answer.as_ref().and_then(|answer| answer.get("Meta"));
    let text = |pointer| meta.and_then(|meta| meta.pointer(pointer)?.as_str());
    let source = text("/Source/Name").or_else(|| text("/Source/ID"));
    let names = ["/DataModel", "/EventType"].into_iter().filter_map(text);
    let mut what = names.collect::<Vec<_>>().join(" ");
    if let Some(to) = text("/Destinations/0/Name").or_else(|| text("/Destinations/0/ID")) {
        what.push_str(" to ");
        what.push_str(to);
    }
    (source.map(ToOwned::to_owned), what)
}
