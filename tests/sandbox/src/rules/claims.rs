use serde_json::Value;

use super::found::{either, found};
use super::objection::{Objection, ObjectionKind};
use super::profile::{AudienceList, Profile, Subject};
use crate::object::Object;

/// The objections to an assertion's claims, without the times and the checks that need the server's memory.
///
/// `audiences` are the accepted ones; without them any `aud` is good.
pub(super) fn objections(
    rules: &Profile,
    header: &Object,
    claims: &Object,
    audiences: Option<&[String]>,
) -> Vec<Objection> {
    let mut objections = Vec::new();
    objections.extend(iss(claims));
    objections.extend(sub(rules.claims.sub, header, claims));
    objections.extend(aud(rules.audience.list, claims, audiences));
    let required = rules.claims.required.iter();
    objections.extend(required.filter_map(|name| missing(name, claims)));
    let needs = rules.claims.needs.iter();
    objections.extend(needs.filter_map(|need| need.of_claims(claims)));
    objections.extend(jti(rules, claims));
    let only = rules.claims.only.as_slice();
    if !only.is_empty() {
        let unknown = claims
            .names()
            .filter(|name| !only.iter().any(|own| own == name));
        objections.extend(unknown.map(|name| {
            let name: String = name.chars().take(NAME_CHARS).collect();
            let text = format!(
                "the claim {name} is unknown; the server accepts only {}",
                either(only)
            );
            Objection::new(ObjectionKind::ClaimUnknown, name, text)
        }));
    }
    objections
}

fn iss(claims: &Object) -> Option<Objection> {
    match claims.text("iss") {
        Some(_) => None,
        None => {
            let text = "iss is missing or not a text; it must be the client ID";
            Some(Objection::new(ObjectionKind::Iss, "iss", text))
        }
    }
}

fn sub(rule: Subject, header: &Object, claims: &Object) -> Option<Objection> {
    let sub = claims.get("sub");
    let is_client = sub.is_some() && sub == claims.get("iss");
    let text = match rule {
        Subject::Any => return None,
        Subject::Client if is_client || claims.get("iss").is_none() => return None,
        Subject::Client => match sub {
            Some(_) => "iss and sub differ; both must be the client ID",
            None => "sub is missing; it must be the client ID, as in iss",
        },
        Subject::Other if claims.text("sub").is_some() && !is_client => return None,
        Subject::Other => {
            "sub is missing or the client ID; it must name the user or device that the client acts for"
        }
        Subject::Kid if sub.is_some() && sub == header.get("kid") => return None,
        Subject::Kid => "sub must be the key ID, the same as kid in the header",
    };
    Some(Objection::new(ObjectionKind::Sub, "sub", text))
}

fn aud(rule: AudienceList, claims: &Object, audiences: Option<&[String]>) -> Option<Objection> {
    let Some(aud) = claims.get("aud") else {
        let text = "aud is missing or not a text";
        return Some(Objection::new(ObjectionKind::Aud, "aud", text));
    };
    let is_text = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
    let (entries, demand) = match (aud, rule) {
        (Value::Array(_), AudienceList::Never) => (None, "one text"),
        (Value::Array(list), AudienceList::OfOne) if list.len() != 1 => {
            (None, "one text, or a list with one entry")
        }
        (Value::Array(list), _) => (Some(list.as_slice()), "texts"),
        (one, _) => (Some(core::slice::from_ref(one)), "one text"),
    };
    let entries = match entries {
        Some(entries) if !entries.is_empty() && entries.iter().all(is_text) => entries,
        _ => {
            let kind = match aud {
                Value::Array(_) => ObjectionKind::AudList,
                _ => ObjectionKind::Aud,
            };
            let text = format!("aud is {}; the server accepts {demand}", found(aud));
            return Some(Objection::new(kind, "aud", text));
        }
    };
    let audiences = audiences?;
    if entries
        .iter()
        .any(|entry| audiences.iter().any(|own| entry == own))
    {
        return None;
    }
    let text = format!(
        "aud is {}; the server accepts {}",
        found(aud),
        either(audiences)
    );
    Some(Objection::new(ObjectionKind::Aud, "aud", text))
}

/// Times have their own rules. Other required claims must be texts.
fn missing(name: &str, claims: &Object) -> Option<Objection> {
    let is_given = match name {
        "exp" | "iat" | "nbf" => claims.get(name).is_some(),
        _ => claims.text(name).is_some(),
    };
    if is_given {
        return None;
    }
    let text = match name {
        "exp" | "iat" | "nbf" => format!("{name} is missing"),
        _ => format!("{name} is missing or not a text"),
    };
    Some(Objection::new(ObjectionKind::ClaimMissing, name, text))
}

fn jti(rules: &Profile, claims: &Object) -> Option<Objection> {
    let most = rules.jti.max_chars?;
    let chars = claims.text("jti")?.chars().count();
    if chars <= most {
        return None;
    }
    let text = format!("jti has {chars} characters; the server accepts at most {most}");
    Some(Objection::new(ObjectionKind::JtiLong, "jti", text))
}

const NAME_CHARS: usize = 60;
