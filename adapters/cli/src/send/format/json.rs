use serde_json::{Map, Value};

use super::{Format, Group};

/// The format of a text that begins like JSON; `None` if it is no JSON or holds no object.
pub(super) fn of(content: &[u8]) -> Option<Format> {
    let text = String::from_utf8_lossy(content);
    let text = text.trim_start_matches('\u{feff}').trim();
    let (first, rest) = text.split_once(['\r', '\n']).unwrap_or((text, ""));
    if text.starts_with('[') {
        let inside = text.strip_prefix('[').unwrap_or_default();
        let is_array = inside.trim_start().starts_with('{') && is_json(text);
        return is_array.then_some(Format::new("a JSON array", Group::Array));
    }
    if rest.trim_start().starts_with('{') && is_json(first) {
        return Some(Format::new("a JSON object on each line", Group::Lines));
    }
    // A message has Meta, and may be long.
    if text.contains("\"Meta\"") {
        return Some(MESSAGE);
    }
    let members = serde_json::from_str::<Map<String, Value>>(text).ok();
    let has = |name: &str| match &members {
        Some(members) => members.contains_key(name),
        // The beginning of a longer object.
        None => text
            .strip_prefix('{')
            .is_some_and(|it| it.trim_start().starts_with(&format!("\"{name}\""))),
    };
    let found = TOLD_BY.iter().find(|(name, _)| has(name));
    Some(found.map_or(MESSAGE, |(_, format)| *format))
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok()
}

const MESSAGE: Format = Format::new("JSON", Group::Message);

/// Members that identify an object.
const TOLD_BY: [(&str, Format); 5] = [
    ("resourceType", Format::new("FHIR in JSON", Group::Fhir)),
    ("private_key", Format::new("a private key", Group::Secret)),
    ("kty", Format::new("a key (JWK)", Group::Secret)),
    ("keys", Format::new("a set of keys (JWKS)", Group::Secret)),
    (
        "access_token",
        Format::new("a token response", Group::Secret),
    ),
];
