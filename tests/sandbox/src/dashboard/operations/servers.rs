use serde_json::{Value, json};

use crate::dashboard::call::{Answer, Call, Problem};
use crate::dashboard::desk::Desk;
use crate::{ClientSettings, Rules, RulesError};

/// The sandbox's server, URLs and counters.
pub(in crate::dashboard) fn show(desk: &Desk, _: &Call) -> Result<Answer, Problem> {
    let sandbox = desk.sandbox();
    let counters = sandbox.counters();
    let rules = sandbox.rules();
    let site = sandbox.site();
    let settings = rules.map(|rules| settings(&rules.client_settings(&site)));
    Ok(Answer::Json(json!({
        "like": rules.map_or("Redox", Rules::title),
        "server": rules.map_or(REDOX, Rules::name),
        "no_token": rules.and_then(Rules::no_token),
        "settings": settings,
        "base_url": sandbox.base_url,
        "token_url": sandbox.token_url(),
        "requests": counters.requests,
        "tokens": counters.tokens_minted,
        "token_refusals": counters.token_refusals,
        "messages_accepted": counters.messages_accepted,
        "messages_refused": counters.messages_refused,
        "unauthorized": counters.unauthorized,
        "faults": counters.faults,
    })))
}

/// The servers that the token endpoint can behave like.
pub(in crate::dashboard) fn list(_: &Desk, _: &Call) -> Result<Answer, Problem> {
    let others = Rules::names().filter(|name| *name != REDOX);
    let others = others.filter_map(|name| {
        let rules = Rules::named(name).ok()?;
        Some(json!({ "name": name, "title": rules.title() }))
    });
    let redox = json!({ "name": REDOX, "title": "Redox" });
    let servers: Vec<_> = [redox].into_iter().chain(others).collect();
    Ok(Answer::Json(json!({ "servers": servers })))
}

/// Makes the token endpoint behave like another server. Registered clients and issued tokens stay.
pub(in crate::dashboard) fn choose(desk: &Desk, call: &Call) -> Result<Answer, Problem> {
    let rules = match call.needed("server")? {
        REDOX => None,
        name => Some(Rules::named(name)?),
    };
    desk.sandbox().rules = rules;
    show(desk, call)
}

impl From<RulesError> for Problem {
    fn from(error: RulesError) -> Self {
        Self::bad(format!("{error}; GET /api/servers lists the known names"))
    }
}

/// The settings for a client, each with its name and value, without those that are the same at Redox.
fn settings(settings: &ClientSettings) -> Vec<Value> {
    let text = |name: &str, value: &Option<String>| Some((name.to_owned(), value.clone()?));
    let when =
        |is_so: bool, name: &str, value: &str| is_so.then(|| (name.to_owned(), value.into()));
    let bits = settings.rsa_bits.map(|bits| format!("{bits} bits"));
    let lifetime = settings.lifetime_secs.map(|secs| format!("{secs} s"));
    let named = [
        text("algorithm", &Some(settings.algorithm.clone())),
        text("RSA key", &bits),
        text("key named by", &Some(settings.names_key_by.to_owned())),
        text("kid", &settings.key_id),
        text("aud", &settings.audience),
        text("typ", &settings.typ),
        text("sub", &settings.subject),
        text("scope", &settings.scope),
        text("lifetime, at most", &lifetime),
        text("grant_type", &Some(settings.grant_type.clone())),
        text("assertion in", &Some(settings.assertion_field.to_owned())),
        when(settings.not_before, "nbf", "required"),
        when(settings.send_client_id, "client_id in the form", "required"),
        when(settings.dpop, "DPoP proof", "required"),
        when(
            settings.tls_certificate,
            "TLS certificate",
            "required; the sandbox requests it if started with --tls and this --like",
        ),
    ];
    let claims = settings.claims.iter();
    let claims = claims.map(|(name, json)| (format!("claim {name}"), json.clone()));
    let fields = settings.fields.iter();
    let fields = fields.map(|(name, value)| (format!("form field {name}"), value.clone()));
    let all = named.into_iter().flatten().chain(claims).chain(fields);
    all.map(|(name, value)| json!({ "name": name, "value": value }))
        .collect()
}

/// The name of Redox itself in the choice.
const REDOX: &str = "redox";
