use serde_json::Value;

use super::found::{either, found};
use super::objection::{Objection, ObjectionKind};
use super::profile::{self, KeyName, KidForm, Presence};
use crate::object::Object;

/// The objections to an assertion's header, without the checks that need a key.
pub(super) fn objections(rules: &profile::Header, header: &Object) -> Vec<Objection> {
    let found = [
        alg(rules, header),
        key(rules, header),
        kid(rules, header),
        typ(rules, header),
        crit(header),
    ];
    found.into_iter().flatten().collect()
}

fn alg(rules: &profile::Header, header: &Object) -> Option<Objection> {
    let own = either(&rules.algorithms);
    let text = match header.get("alg") {
        Some(Value::String(alg)) if rules.algorithms.contains(alg) => return None,
        Some(Value::String(alg)) => {
            let alg: String = alg.escape_debug().take(ALG_CHARS).collect();
            format!("alg is {alg}; the server accepts {own}")
        }
        Some(alg) => format!("alg is {}; the server accepts {own}", found(alg)),
        None => format!("alg is missing; the server accepts {own}"),
    };
    Some(Objection::new(ObjectionKind::Alg, "alg", text))
}

fn key(rules: &profile::Header, header: &Object) -> Option<Objection> {
    let mut names = rules.key_named_by.iter().map(|name| name.as_str());
    let is_given = |name: &str| header.get(name).is_some_and(|value| value != "");
    if rules.key_named == Presence::Optional || names.any(is_given) {
        return None;
    }
    let names: Vec<_> = rules
        .key_named_by
        .iter()
        .map(|name| name.as_str())
        .collect();
    let text = format!(
        "{} is missing; the header must name its key",
        either(&names)
    );
    let about = names.first().copied().unwrap_or_default();
    Some(Objection::new(ObjectionKind::KeyUnnamed, about, text))
}

fn kid(rules: &profile::Header, header: &Object) -> Option<Objection> {
    let kid = header
        .get("kid")
        .filter(|_| rules.key_named_by.contains(&KeyName::Kid))?;
    let demand = match (kid.as_str(), rules.kid) {
        (Some(_), KidForm::Text) => return None,
        (Some(text), KidForm::Uuid) if is_uuid(text) => return None,
        (None, KidForm::Text) => "a text",
        (_, KidForm::Uuid) => "the UUID that the server gave the key",
    };
    let text = format!("kid is {}; the server accepts {demand}", found(kid));
    Some(Objection::new(ObjectionKind::KidForm, "kid", text))
}

fn typ(rules: &profile::Header, header: &Object) -> Option<Objection> {
    let demand = match rules.typ.as_slice() {
        [] => return None,
        typ => either(typ),
    };
    let is_taken = |typ: &str| rules.typ.iter().any(|own| own.eq_ignore_ascii_case(typ));
    let text = match (header.get("typ"), rules.typ_given) {
        (None, Presence::Optional) => return None,
        (None, Presence::Required) => format!("typ is missing; the server accepts {demand}"),
        (Some(Value::String(typ)), _) if is_taken(typ) => return None,
        (Some(typ), _) => format!("typ is {}; the server accepts {demand}", found(typ)),
    };
    Some(Objection::new(ObjectionKind::Typ, "typ", text))
}

fn crit(header: &Object) -> Option<Objection> {
    let crit = header.get("crit")?;
    let text = format!("crit is {}; the server knows no extension", found(crit));
    Some(Objection::new(ObjectionKind::Crit, "crit", text))
}

/// The form of RFC 9562 §4.
fn is_uuid(text: &str) -> bool {
    let mut lengths = text.split('-').map(|part| {
        let is_hex = part.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_hex { part.len() } else { 0 }
    });
    let expected = [8, 4, 4, 4, 12];
    expected.iter().all(|len| lengths.next() == Some(*len)) && lengths.next().is_none()
}

const ALG_CHARS: usize = 40;
