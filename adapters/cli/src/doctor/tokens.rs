use core::slice;

use redox_auth_reqwest::{Builder, Connections, Key, KeyNote};
use serde_json::Value;

use super::keys::Credentials;
use super::network;
use super::report::Report;
use crate::args::ServerArgs;
use crate::failure::Failure;
use crate::key::jwk_set;
use crate::token::lifetime;
use crate::{body, connect, notes};

/// Obtains a real token with each credential alone.
pub(super) async fn check(
    report: &mut Report,
    server: &ServerArgs,
    credentials: Credentials,
) -> Result<(), Failure> {
    let Credentials {
        client_id,
        keys,
        legacy,
    } = credentials;
    if let Some(client_id) = client_id {
        for key in keys {
            let by = format!("key ID {:?}", key.key_id());
            let client = connect::builder_without_key(server)?.oauth_key(&client_id, key);
            token(report, &by, client).await?;
        }
    }
    if let Some((api_key, secret)) = legacy {
        let client = connect::builder_without_key(server)?.legacy_key(api_key, secret.as_str());
        token(report, "the legacy API key", client).await?;
    }
    Ok(())
}

async fn token(report: &mut Report, by: &str, client: Builder) -> Result<(), Failure> {
    let token = match client.build() {
        Ok(redox) => match redox.token().await {
            Ok(token) => Ok((lifetime(&redox, &token), token)),
            Err(error) => Err(error.into()),
        },
        Err(error) => Err(error.into()),
    };
    match token {
        Ok((lifetime, token)) => {
            let secs = lifetime.as_secs();
            report.ok("token", format_args!("{by} obtained a token for {secs} s"))?;
            match notes::scope(&token) {
                Some(narrower) => report.warn("scope", narrower, GRANT_SCOPE),
                None => Ok(()),
            }
        }
        Err(failure) => report.fail("token", &failure, None),
    }
}

/// Checks that the URL from which the server fetches keys publishes these.
pub(super) async fn jwks(
    report: &mut Report,
    connections: &Connections,
    url: &str,
    keys: &[Key],
) -> Result<(), Failure> {
    let check = "JWK Set";
    let set = match fetch(connections, url).await {
        Ok(set) => set,
        Err(failure) => {
            let advice = "print one with redox-auth key jwks, and serve it there";
            return report.fail(check, &failure, Some(advice));
        }
    };
    if set.iter().any(|jwk| jwk.get("d").is_some()) {
        let failure = Failure::usage(format!("{url} publishes a private key"));
        report.fail(check, &failure, Some("remove it, and replace the key"))?;
    }
    let key_ids: Vec<String> = set.iter().map(|jwk| jwk["kid"].to_string()).collect();
    for key in keys {
        let key_id = key.key_id();
        let found = match set.iter().find(|jwk| jwk["kid"] == key_id) {
            Some(jwk) if is_same(jwk, &own(key)?) => {
                report.ok(check, format_args!("key ID {key_id:?} is in it"))?;
                for note in KeyNote::of_jwk(&jwk.to_string()) {
                    let found = format!("key ID {key_id:?}: {note}");
                    report.warn(
                        check,
                        found,
                        "publish the output of redox-auth key jwks there",
                    )?;
                }
                continue;
            }
            Some(_) => format!("key ID {key_id:?} belongs to another key at {url}"),
            None if key_ids.is_empty() => {
                format!("expected key ID {key_id:?} at {url}, found no key")
            }
            None => format!(
                "expected key ID {key_id:?} at {url}, found {}",
                key_ids.join(", ")
            ),
        };
        let advice = "publish the output of redox-auth key jwks there";
        report.fail(check, &Failure::usage(found), Some(advice))?;
    }
    Ok(())
}

async fn fetch(connections: &Connections, url: &str) -> Result<Vec<Value>, Failure> {
    let answer = network::get(connections, url).await?;
    let status = answer.status();
    let body = body::read(answer, MAX_JWKS).await?.ok_or_else(|| {
        Failure::no_answer(format!(
            "{url}: expected at most {MAX_JWKS} bytes, found more"
        ))
    })?;
    let set: Option<Value> = serde_json::from_slice(&body).ok();
    match set.as_ref().and_then(|set| set.get("keys")?.as_array()) {
        Some(keys) if status.is_success() => Ok(keys.clone()),
        _ => Err(Failure::no_answer(format!(
            "{url}: expected a JWK Set, found something else with status {}",
            status.as_u16()
        ))),
    }
}

/// A key as the URL should publish it.
fn own(key: &Key) -> Result<Value, Failure> {
    let set = jwk_set(slice::from_ref(key))?;
    let set: Option<Value> = serde_json::from_str(&set).ok();
    set.and_then(|mut set| Some(set.pointer_mut("/keys/0")?.take()))
        .ok_or_else(|| Failure::usage("the key has no public half"))
}

/// Whether two public keys have the same numbers.
fn is_same(one: &Value, other: &Value) -> bool {
    let members = ["kty", "crv", "x", "y", "n", "e"];
    members.iter().all(|name| one.get(name) == other.get(name))
}

const GRANT_SCOPE: &str =
    "allow the scope in the server's settings for this client, or request only the granted scope";

/// In bytes; a key takes about 500.
const MAX_JWKS: usize = 1 << 20;
