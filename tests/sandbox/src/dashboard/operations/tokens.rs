use jiff::Timestamp;
use serde_json::{Value, json};

use crate::dashboard::call::{Answer, Call, Problem};
use crate::dashboard::desk::Desk;
use crate::dashboard::shown::token_tag;
use crate::expiring::Expiring;
use crate::grant::{Grant, Holder};

/// The live tokens, those that expire last first, and the tokens that were revoked one by one.
pub(in crate::dashboard) fn list(desk: &Desk, _: &Call) -> Result<Answer, Problem> {
    let now = desk.now();
    let sandbox = desk.sandbox();
    Ok(Answer::Json(json!({
        "live": listed(&sandbox.tokens, now),
        "revoked": listed(&sandbox.revoked, now),
        "live_count": sandbox.tokens.latest(now).count(),
    })))
}

fn listed(tokens: &Expiring<String, Grant>, now: Timestamp) -> Vec<Value> {
    let tokens = tokens.latest(now).take(MOST);
    let shown = tokens.map(|(token, expires_at, grant)| {
        let (kind, holder) = match &grant.holder {
            Holder::OAuth { client_id } => ("oauth", client_id),
            Holder::Legacy { source_id } => ("legacy", source_id),
        };
        json!({
            "tag": token_tag(token),
            "kind": kind,
            "holder": holder,
            "environment": grant.environment.as_str(),
            "expires_at": expires_at.to_string(),
            "expires_in": expires_at.duration_since(now).as_secs(),
        })
    });
    shown.collect()
}

pub(in crate::dashboard) fn revoke(desk: &Desk, call: &Call) -> Result<Answer, Problem> {
    let now = desk.now();
    let mut sandbox = desk.sandbox();
    let token = find(&sandbox.tokens, now, call.path("tag"))?;
    sandbox.revoke_token(&token);
    drop(sandbox);
    list(desk, call)
}

pub(in crate::dashboard) fn restore(desk: &Desk, call: &Call) -> Result<Answer, Problem> {
    let now = desk.now();
    let mut sandbox = desk.sandbox();
    let token = find(&sandbox.revoked, now, call.path("tag"))?;
    sandbox.restore_token(&token);
    drop(sandbox);
    list(desk, call)
}

fn find(tokens: &Expiring<String, Grant>, now: Timestamp, tag: &str) -> Result<String, Problem> {
    let mut tokens = tokens.latest(now);
    let found = tokens.find(|(token, ..)| token_tag(token) == tag);
    let found = found.map(|(token, ..)| token.clone());
    found.ok_or_else(|| {
        Problem::not_found("no live token has this tag: it has expired, or was revoked")
    })
}

/// The greatest length of a list of tokens.
const MOST: usize = 100;
