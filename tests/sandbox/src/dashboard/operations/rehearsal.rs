use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::dashboard::call::{Answer, Call, Problem};
use crate::dashboard::desk::Desk;
use crate::directory::{Client, Directory, LegacyAccess, Uses};
use crate::jwks::{Key, KeySet};

/// The progress of each legacy key's migration and of each OAuth key's rotation, from the traffic of the sandbox.
pub(in crate::dashboard) fn show(desk: &Desk, _: &Call) -> Result<Answer, Problem> {
    let now = desk.now();
    let sandbox = desk.sandbox();
    let directory = &sandbox.directory;
    let legacy = directory.legacy.iter();
    let migrations: Vec<_> = legacy
        .map(|(id, access)| {
            let source = directory.sources.get(id);
            json!({
                "api_key": id,
                "source": source.map(|source| &source.name),
                "steps": migration(directory, id, access, now),
            })
        })
        .collect();
    let by_value = directory.clients.iter();
    let rotations: Vec<_> = by_value
        .filter_map(|(id, client)| {
            let keys = client.keys.as_ref().filter(|_| client.jwks_url.is_none())?;
            Some(json!({ "client_id": id, "steps": rotation(client, keys, now) }))
        })
        .collect();
    Ok(Answer::Json(
        json!({ "migrations": migrations, "rotations": rotations }),
    ))
}

/// Redox: migrate from a legacy API key to an OAuth API key.
fn migration(
    directory: &Directory,
    api_key: &str,
    access: &LegacyAccess,
    now: Timestamp,
) -> Vec<Value> {
    let source = directory.sources.get(api_key);
    let environment = source.map(|source| source.environment).unwrap_or_default();
    let clients = directory.clients.values();
    let clients = clients.filter(|client| client.environment == environment && !client.disabled);
    let clients: Vec<_> = clients.collect();
    let tokens = clients.iter().flat_map(|client| client.tokens.values());
    let tokens: u64 = tokens.map(|uses| uses.count).fold(0, u64::saturating_add);
    let messages = clients.iter().map(|client| client.messages.count);
    let messages = messages.fold(0, u64::saturating_add);
    let sources = directory.sources_in(environment).count();
    let old = latest([access.tokens, access.messages]);
    let is_quiet = messages > 0 && is_past(old, now);
    let is_done = access.rotations > 0;
    vec![
        step(
            "Create an OAuth API key in the environment of the legacy key",
            !clients.is_empty(),
            format!("{} in {}", clients.len(), environment.as_str()),
        ),
        step(
            "Let the program obtain a token with the OAuth key",
            tokens > 0,
            format!("{tokens} obtained"),
        ),
        step(
            match sources {
                0 | 1 => "Send a message with that token",
                _ => "Send a message with that token; Meta.Source.ID names the source",
            },
            messages > 0,
            format!("{messages} accepted"),
        ),
        step(
            "Stop using the legacy key for ten minutes",
            is_quiet || is_done,
            ago("last used", old, now),
        ),
        step(
            "Generate a new secret for the legacy key; do not delete its source",
            is_done,
            match (is_done, is_quiet) {
                (true, _) => "the old secret is revoked".to_owned(),
                (false, true) => "generate the new secret now, under API keys".to_owned(),
                (false, false) => "not yet".to_owned(),
            },
        ),
    ]
}

/// The key that was registered last is the new key; every other key is old.
fn rotation(client: &Client, keys: &KeySet, now: Timestamp) -> Vec<Value> {
    let newest = keys.keys().last().map(Key::id);
    let is_old = |id: &str| Some(id) != newest;
    let active = keys.keys().iter().map(Key::id).filter(|id| is_old(id));
    let active: Vec<_> = active.collect();
    let withdrawn = keys.withdrawn().iter().map(Key::id);
    let used = client.tokens.iter().filter(|(id, _)| is_old(id));
    let has_old = !active.is_empty() || withdrawn.count() > 0 || used.clone().count() > 0;
    let by_new = newest.and_then(|id| client.tokens.get(id));
    let by_new = by_new.copied().unwrap_or_default();
    let old = latest(used.map(|(_, uses)| *uses));
    let is_quiet = has_old && by_new.count > 0 && is_past(old, now);
    let is_done = has_old && by_new.count > 0 && active.is_empty();
    vec![
        step(
            "Register the new public key in addition to the old one",
            has_old,
            match (has_old, newest) {
                (true, Some(id)) => format!("the new one is {id}"),
                (true, None) => "no key is left".to_owned(),
                (false, _) => "one key".to_owned(),
            },
        ),
        step(
            "Let the program obtain a token with the new key",
            has_old && by_new.count > 0,
            format!("{} obtained", by_new.count),
        ),
        step(
            "Stop using the old key for ten minutes",
            is_quiet || is_done,
            ago("last used", old, now),
        ),
        step(
            "Withdraw the old key",
            is_done,
            match (is_done, is_quiet, active.as_slice()) {
                (true, ..) => "it is withdrawn".to_owned(),
                (false, true, [old, ..]) => format!("withdraw {old} now, under API keys"),
                _ => "not yet".to_owned(),
            },
        ),
    ]
}

fn step(text: &str, is_done: bool, seen: String) -> Value {
    json!({ "text": text, "done": is_done, "seen": seen })
}

fn latest(uses: impl IntoIterator<Item = Uses>) -> Option<Timestamp> {
    uses.into_iter().filter_map(|uses| uses.last).max()
}

fn is_past(last: Option<Timestamp>, now: Timestamp) -> bool {
    last.is_none_or(|last| now.duration_since(last) >= QUIET)
}

fn ago(what: &str, last: Option<Timestamp>, now: Timestamp) -> String {
    match last {
        None => format!("never {}", what.trim_start_matches("last ")),
        Some(last) => format!("{what} {} s ago", now.duration_since(last).as_secs()),
    }
}

/// The time without use after which no program uses the old key: longer than the lifetime of an access token.
const QUIET: SignedDuration = SignedDuration::from_mins(10);
