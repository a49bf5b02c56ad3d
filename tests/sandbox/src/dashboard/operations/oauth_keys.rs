use serde_json::{Value, json};

use super::pasted;
use crate::dashboard::call::{Answer, Call, Problem};
use crate::dashboard::desk::Desk;
use crate::dashboard::new_key::NewKey;
use crate::directory::Client;
use crate::jwks::{Key, KeySet};
use crate::{OAuthKey, RegisterError};

pub(in crate::dashboard) fn list(desk: &Desk, _: &Call) -> Result<Answer, Problem> {
    let sandbox = desk.sandbox();
    let clients = sandbox.directory.clients.iter();
    let list: Vec<_> = clients.map(|(id, client)| shown(id, client)).collect();
    Ok(Answer::Json(json!({ "oauth_keys": list })))
}

fn shown(id: &str, client: &Client) -> Value {
    let keys = client.keys.as_ref();
    let active = keys.map(KeySet::keys).unwrap_or_default().iter();
    let withdrawn = keys.map(KeySet::withdrawn).unwrap_or_default().iter();
    let active = active.map(|key| shown_key(client, key, "active"));
    let withdrawn = withdrawn.map(|key| shown_key(client, key, "withdrawn"));
    let all: Vec<_> = active.chain(withdrawn).collect();
    json!({
        "client_id": id,
        "environment": client.environment.as_str(),
        "jwks_url": client.jwks_url,
        "enabled": !client.disabled,
        "keys": all,
    })
}

fn shown_key(client: &Client, key: &Key, state: &str) -> Value {
    let tokens = client.tokens.get(key.id()).copied().unwrap_or_default();
    json!({
        "kid": key.id(),
        "kty": key.jwk().get("kty"),
        "alg": key.algorithm(),
        "state": state,
        "tokens": tokens.count,
        "last_token_at": tokens.last.map(|last| last.to_string()),
    })
}

pub(in crate::dashboard) fn create(desk: &Desk, call: &Call) -> Result<Answer, Problem> {
    let (jwks, url) = (call.json_text("jwks")?, call.text("jwks_url")?);
    let make = call.text("make")?;
    let given = [jwks.is_some(), url.is_some(), make.is_some()];
    if given.into_iter().filter(|it| *it).count() > 1 {
        let text = "give one of a JWK Set, a JWK Set URL, and an algorithm to make a key for";
        return Err(Problem::bad(text));
    }
    let mut key = OAuthKey::new().environment(call.environment()?);
    if let Some(id) = call.text("client_id")? {
        key = key.client_id(id);
    }
    if let Some(jwks) = &jwks {
        key = key.jwks(jwks);
    }
    if let Some(url) = url {
        key = key.jwks_url(url);
    }
    let made = make.map(NewKey::make).transpose()?;
    if let Some(made) = &made {
        key = key.jwks(&json!({ "keys": [made.jwk] }).to_string());
    }
    let registered = desk.sandbox().register_oauth_key(key);
    let client_id = registered.map_err(|error| pasted::refused(jwks.as_deref(), error))?;
    Ok(Answer::Created(with_private_key(
        json!({ "client_id": client_id }),
        made,
    )))
}

/// The answer with the private key, which the sandbox shows only here and does not keep.
fn with_private_key(mut answer: Value, made: Option<NewKey>) -> Value {
    if let (Some(made), Some(answer)) = (made, answer.as_object_mut()) {
        answer.insert("kid".to_owned(), made.key_id().into());
        answer.insert("private_key".to_owned(), made.private_key.into());
    }
    answer
}

pub(in crate::dashboard) fn change(desk: &Desk, call: &Call) -> Result<Answer, Problem> {
    let id = call.path("client_id");
    let enabled = call.flag("enabled")?;
    let enabled = enabled.ok_or_else(|| Problem::bad("enabled is missing: true or false"))?;
    let mut sandbox = desk.sandbox();
    match enabled {
        true => sandbox.enable_client(id)?,
        false => sandbox.disable_client(id)?,
    }
    drop(sandbox);
    show(desk, id)
}

pub(in crate::dashboard) fn replace(desk: &Desk, call: &Call) -> Result<Answer, Problem> {
    let id = call.path("client_id");
    let jwks = call.json_text("jwks")?.ok_or(RegisterError::NoKeys)?;
    let replaced = desk.sandbox().set_jwks(id, &jwks);
    replaced.map_err(|error| pasted::refused(Some(&jwks), error))?;
    show(desk, id)
}

pub(in crate::dashboard) fn add(desk: &Desk, call: &Call) -> Result<Answer, Problem> {
    let id = call.path("client_id");
    let made = match (call.json_text("jwks")?, call.text("make")?) {
        (Some(jwks), None) => {
            let added = desk.sandbox().add_keys(id, &jwks);
            added.map_err(|error| pasted::refused(Some(&jwks), error))?;
            None
        }
        (None, Some(algorithm)) => {
            let made = NewKey::make(algorithm)?;
            let jwks = json!({ "keys": [made.jwk] }).to_string();
            desk.sandbox().add_keys(id, &jwks)?;
            Some(made)
        }
        _ => {
            let text = "give either a JWK Set or an algorithm to make a key for";
            return Err(Problem::bad(text));
        }
    };
    let answer = json!({ "client_id": id });
    Ok(Answer::Created(with_private_key(answer, made)))
}

pub(in crate::dashboard) fn withdraw(desk: &Desk, call: &Call) -> Result<Answer, Problem> {
    let (id, key_id) = (call.path("client_id"), call.path("kid"));
    desk.sandbox().withdraw_key(id, key_id)?;
    show(desk, id)
}

pub(in crate::dashboard) fn restore(desk: &Desk, call: &Call) -> Result<Answer, Problem> {
    let (id, key_id) = (call.path("client_id"), call.path("kid"));
    desk.sandbox().restore_key(id, key_id)?;
    show(desk, id)
}

fn show(desk: &Desk, id: &str) -> Result<Answer, Problem> {
    let sandbox = desk.sandbox();
    let client = sandbox.directory.clients.get(id);
    let client = client.ok_or(RegisterError::UnknownClient)?;
    Ok(Answer::Json(shown(id, client)))
}
