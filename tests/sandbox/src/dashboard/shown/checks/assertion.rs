use http::header::AUTHORIZATION;
use serde_json::Value;

use super::super::body::{self, FORM};
use super::list::{List, Verdict, shown, shown_text};
use super::times;
use crate::Refusal;
use crate::assertion::Assertion;
use crate::fault::IN_PLACE;
use crate::form::{Duplicate, Form};
use crate::object::Object;
use crate::traffic::Exchange;

/// Applies the rules of Redox's token endpoint to a token request, in their order.
pub(super) fn check(exchange: &Exchange, token_url: &str, list: &mut List) {
    let media_type = exchange.request.media_type();
    list.add(
        "Content-Type",
        media_type.as_deref() == Some(FORM),
        FORM,
        shown_text(media_type.as_deref()),
    );
    let Some(sent) = exchange.whole_request() else {
        let found = format!("{} bytes, too many to be kept", exchange.request_len);
        return list.add("form", Verdict::Unchecked, "a form", found);
    };
    let form = match Form::parse(sent) {
        Ok(form) => form,
        Err(Duplicate(name)) => {
            let expected = "no parameter twice";
            return list.add("form", false, expected, format!("{name} twice"));
        }
    };
    check_form(exchange, &form, list);
    let Some(compact) = form.get("client_assertion") else {
        return list.add("client_assertion", false, "a JWT", "missing");
    };
    let assertion = Assertion::parse(compact);
    let found = format!("{} characters", compact.len());
    list.add(
        "client_assertion",
        assertion.is_ok(),
        "a compact JWS of two JSON objects",
        found,
    );
    if let Ok(assertion) = assertion {
        let memory = Memory::of(exchange, &assertion);
        check_key(&form, &assertion, &memory, list);
        check_claims(exchange, &assertion, token_url, list);
        list.add(
            "jti is new",
            memory.of_rule(Rule::NewJwtId),
            "used for the first time",
            shown(assertion.claims().get("jti")),
        );
    }
}

fn check_form(exchange: &Exchange, form: &Form, list: &mut List) {
    for (name, expected) in [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", ASSERTION_TYPE),
    ] {
        let given = form.get(name);
        list.add(name, given == Some(expected), expected, shown_text(given));
    }
    let second = match form.get("client_secret") {
        Some(_) => "client_secret, too",
        None if exchange.request.headers.contains_key(AUTHORIZATION) => "Authorization, too",
        None => "one way",
    };
    list.add(
        "authentication",
        second == "one way",
        "one way only: the assertion",
        second,
    );
}

fn check_key(form: &Form, assertion: &Assertion<'_>, memory: &Memory, list: &mut List) {
    let (header, claims) = (assertion.header(), assertion.claims());
    let text = |object: &Object, name| object.text(name).is_some();
    let key_id = header.get("kid");
    list.add("kid", text(header, "kid"), "a text", shown(key_id));
    let client_id = claims.get("iss");
    list.add(
        "iss",
        text(claims, "iss"),
        "the client ID",
        shown(client_id),
    );
    if let Some(named) = form.get("client_id") {
        let is_same = client_id.and_then(Value::as_str) == Some(named);
        list.add("client_id", is_same, shown(client_id), named);
    }
    let found = format!("iss {}, kid {}", shown(client_id), shown(key_id));
    list.add(
        "registered key",
        memory.of_rule(Rule::Key),
        "the client is registered and enabled, and has a key of this kid",
        found,
    );
    let expected = "no extension";
    let crit = header.get("crit");
    list.add(
        "crit",
        crit.is_none(),
        expected,
        match crit {
            Some(_) => shown(crit),
            None => "none".to_owned(),
        },
    );
    list.add(
        "alg",
        memory.of_rule(Rule::Algorithm),
        "the registered key's algorithm",
        shown(header.get("alg")),
    );
    let signature = memory.of_rule(Rule::Signature);
    let expected = "made with the registered key";
    let found = match signature {
        Verdict::Pass => "verified",
        Verdict::Fail => "it does not verify with that key",
        Verdict::Unchecked => "refused earlier",
    };
    list.add("signature", signature, expected, found);
}

fn check_claims(exchange: &Exchange, assertion: &Assertion<'_>, token_url: &str, list: &mut List) {
    let (header, claims) = (assertion.header(), assertion.claims());
    let typ = header.get("typ");
    let is_jwt = |typ: &Value| {
        let text = typ.as_str();
        text.is_some_and(|typ| typ.eq_ignore_ascii_case("JWT"))
    };
    list.add("typ", typ.is_none_or(is_jwt), "JWT, or none", shown(typ));
    if let Some(jku) = header.get("jku") {
        let expected = "the JWK Set URL that is registered";
        list.add("jku", jku_verdict(exchange), expected, shown(Some(jku)));
    }
    let (iss, sub) = (claims.text("iss"), claims.text("sub"));
    let expected = "the client ID, as in iss";
    list.add(
        "sub",
        sub.is_some() && sub == iss,
        expected,
        shown(claims.get("sub")),
    );
    let aud = claims.get("aud");
    let is_for = match aud {
        Some(Value::Array(list)) => *list == [token_url],
        Some(one) => one == token_url,
        None => false,
    };
    list.add("aud", is_for, token_url, shown(aud));
    times::check(claims, exchange.at.as_second(), list);
    let jti = claims.get("jti");
    let expected = "a text that is different in each assertion";
    list.add("jti", claims.text("jti").is_some(), expected, shown(jti));
}

/// The registered URL may have changed since, therefore the answer decides.
fn jku_verdict(exchange: &Exchange) -> Verdict {
    let refused = Refusal::Unexpected("jku").description();
    let answer = body::response_json(exchange);
    let told = answer
        .as_ref()
        .and_then(|answer| answer.get("error_description"));
    match (exchange.reason(), told.and_then(Value::as_str)) {
        (None, _) => Verdict::Pass,
        (_, Some(told)) if told == refused => Verdict::Fail,
        _ => Verdict::Unchecked,
    }
}

/// The rules that need the sandbox's memory, in their order.
#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
enum Rule {
    Key,
    Algorithm,
    Signature,
    NewJwtId,
}

/// The last rule that the sandbox checked before its answer.
struct Memory {
    passed: Option<Rule>,
    failed: Option<Rule>,
}

impl Memory {
    fn of(exchange: &Exchange, assertion: &Assertion<'_>) -> Self {
        let reason = exchange.reason();
        let is = |refusal: Refusal| reason == Some(refusal.reason());
        let later = [
            Refusal::IssuedTooLongAgo,
            Refusal::IssuedInFuture,
            Refusal::Expired,
            Refusal::LivesTooLong,
            Refusal::NotYetValid,
        ];
        let has_issuer = assertion.client_id().is_ok();
        let (passed, failed) = if reason.is_none() {
            (Some(Rule::NewJwtId), None)
        } else if reason == Some(IN_PLACE) {
            (None, None)
        } else if is(Refusal::KeyNotFound) {
            (None, Some(Rule::Key))
        } else if is(Refusal::CriticalHeader) {
            (Some(Rule::Key), None)
        } else if is(Refusal::WrongAlgorithm) {
            (Some(Rule::Key), Some(Rule::Algorithm))
        } else if is(Refusal::BadSignature) {
            (Some(Rule::Algorithm), Some(Rule::Signature))
        } else if is(Refusal::ReplayedAssertion) {
            (Some(Rule::Signature), Some(Rule::NewJwtId))
        } else if later.into_iter().any(is) || has_issuer && is(Refusal::Unexpected("")) {
            (Some(Rule::Signature), None)
        } else {
            (None, None)
        };
        Self { passed, failed }
    }

    fn of_rule(&self, rule: Rule) -> Verdict {
        if self.failed == Some(rule) {
            Verdict::Fail
        } else if self.passed.is_some_and(|passed| rule <= passed) {
            Verdict::Pass
        } else {
            Verdict::Unchecked
        }
    }
}

/// RFC 7523 §2.2.
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
