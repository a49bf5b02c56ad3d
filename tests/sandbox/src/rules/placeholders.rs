use toml::{Table, Value};

use super::error::RulesError;
use super::template::placeholder_besides;

/// Finds placeholders without a value, in any text of a file: an answer would lack that part.
pub(super) fn check(file: &Table) -> Result<(), RulesError> {
    let mut key = Vec::new();
    check_table(&mut key, file)
}

fn check_table<'f>(key: &mut Vec<&'f str>, table: &'f Table) -> Result<(), RulesError> {
    for (name, value) in table {
        key.push(name);
        check_value(key, value)?;
        key.pop();
    }
    Ok(())
}

fn check_value<'f>(key: &mut Vec<&'f str>, value: &'f Value) -> Result<(), RulesError> {
    match value {
        Value::Table(table) => check_table(key, table),
        Value::Array(values) => values.iter().try_for_each(|it| check_value(key, it)),
        Value::String(text) => {
            let names = names_in(key);
            match placeholder_besides(text, names) {
                None => Ok(()),
                Some(found) => Err(RulesError::invalid(format_args!(
                    "{}: the placeholder {{{found}}} is unknown here; {}",
                    key.join("."),
                    listed(names)
                ))),
            }
        }
        _ => Ok(()),
    }
}

/// The allowed placeholders in the text of this key.
fn names_in(key: &[&str]) -> &'static [&'static str] {
    match key {
        ["server", "issuer"] => &["host", "origin", "token_url"],
        ["audience", "accepts"] => &["host", "issuer", "origin", "token_url"],
        ["refusal", part, ..] | ["refusals", _, part, ..] => match *part {
            "words" => WORDS,
            "body" | "headers" => REFUSAL,
            _ => &[],
        },
        ["success", "body"] => SUCCESS,
        _ => &[],
    }
}

fn listed(names: &[&str]) -> String {
    if names.is_empty() {
        return "this text has no placeholders".to_owned();
    }
    let names: Vec<_> = names.iter().map(|name| format!("{{{name}}}")).collect();
    format!("known: {}", names.join(", "))
}

const WORDS: &[&str] = &[
    "about",
    "client",
    "error",
    "host",
    "issuer",
    "kid",
    "nonce",
    "now_ms",
    "origin",
    "token_url",
    "uuid",
];

const REFUSAL: &[&str] = &[
    "about",
    "client",
    "error",
    "host",
    "issuer",
    "kid",
    "nonce",
    "now_ms",
    "origin",
    "token_url",
    "uuid",
    "words",
];

const SUCCESS: &[&str] = &[
    "client",
    "host",
    "issuer",
    "kid",
    "lifetime",
    "lifetime_text",
    "now_ms",
    "origin",
    "scope",
    "token",
    "token_url",
    "uuid",
];
