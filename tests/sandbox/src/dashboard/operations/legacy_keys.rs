use serde_json::json;

use crate::dashboard::call::{Answer, Call, Problem};
use crate::dashboard::desk::Desk;
use crate::{LegacyKey, LiveTokens};

pub(in crate::dashboard) fn list(desk: &Desk, _: &Call) -> Result<Answer, Problem> {
    let sandbox = desk.sandbox();
    let keys = sandbox.directory.legacy.keys();
    let list: Vec<_> = keys
        .map(|id| {
            let source = sandbox.directory.sources.get(id);
            json!({
                "api_key": id,
                "source": source.map(|source| &source.name),
                "environment": source.map(|source| source.environment.as_str()),
            })
        })
        .collect();
    Ok(Answer::Json(json!({ "legacy_keys": list })))
}

pub(in crate::dashboard) fn create(desk: &Desk, call: &Call) -> Result<Answer, Problem> {
    let source_id = call.needed("source_id")?;
    let key = desk.sandbox().register_legacy_key(source_id)?;
    Ok(Answer::Created(with_secret(&key)))
}

pub(in crate::dashboard) fn generate(desk: &Desk, call: &Call) -> Result<Answer, Problem> {
    let live = match call.flag("revoke_tokens")? {
        Some(true) => LiveTokens::Revoke,
        _ => LiveTokens::Keep,
    };
    let mut sandbox = desk.sandbox();
    let key = sandbox.rotate_legacy_secret(call.path("api_key"), live)?;
    drop(sandbox);
    Ok(Answer::Created(with_secret(&key)))
}

/// The answer with the secret, which the dashboard shows only here.
fn with_secret(key: &LegacyKey) -> serde_json::Value {
    json!({ "api_key": key.api_key(), "secret": key.expose_secret() })
}
