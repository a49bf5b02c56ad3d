use http::{Method, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::counters::count;
use crate::directory::Client;
use crate::exchange::{Request, Response};
use crate::grant::{Grant, Holder};
use crate::object::Object;
use crate::{Environment, RegisterError, Sandbox, Source};

/// The Platform API: programs replace public keys and list sources.
///
/// Paths, verbs and members are Redox's (Redox: Platform API reference, OAuth API keys and sources). Redox requires a
/// user-level key, which sees a whole organization. Here the token of any OAuth API key works, and sees its own
/// environment. The form of Redox's refusals is not public: the body is ours, with the member `message` of Redox's
/// answer to a deletion.
pub(crate) const PREFIX: &str = "/platform/v1/";

/// Answers a request to any path of the Platform API.
pub(crate) fn handle(sandbox: &mut Sandbox, now: Timestamp, request: &Request) -> Response {
    let grant = match sandbox.authorize(now, request) {
        Ok(grant) => grant,
        Err(unauthorized) => return unauthorized.response(),
    };
    match answer(sandbox, &grant, request) {
        Ok(payload) => {
            count(&mut sandbox.counters.platform_requests);
            respond(StatusCode::OK, &payload)
        }
        Err(problem) => {
            count(&mut sandbox.counters.platform_refusals);
            let message = json!({ "message": problem.message });
            respond(problem.status, &message).reason("see payload.message")
        }
    }
}

/// A refusal.
struct Problem {
    status: StatusCode,
    message: String,
}

impl Problem {
    fn new(status: StatusCode, message: &str) -> Self {
        let message = message.to_owned();
        Self { status, message }
    }

    fn bad(message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }
}

fn answer(sandbox: &mut Sandbox, grant: &Grant, request: &Request) -> Result<Value, Problem> {
    if let Holder::Legacy { .. } = grant.holder {
        let text = "a legacy API key is for the Data Model API only";
        return Err(Problem::new(StatusCode::FORBIDDEN, text));
    }
    let path = request.path.strip_prefix(PREFIX).unwrap_or_default();
    let parts: Vec<_> = path.split('/').collect();
    match (&request.method, parts.as_slice()) {
        (&Method::GET, ["apikeys", id]) => {
            let client = own_client(sandbox, grant, id)?;
            Ok(json!({ "apikey": show_client(id, client) }))
        }
        (&Method::PATCH, ["apikeys", id]) => {
            let client = own_client(sandbox, grant, id)?;
            let keys = new_keys(client, request)?;
            sandbox.set_jwks(id, &keys).map_err(|error| match error {
                RegisterError::Jwks(error) => Problem::bad(&format!("jwkSet: {error}")),
                error => Problem::bad(&error.to_string()),
            })?;
            let client = own_client(sandbox, grant, id)?;
            Ok(json!({ "apikey": show_client(id, client) }))
        }
        (&Method::GET, ["environments", id, "apikeys"]) => {
            let environment = own_environment(grant, id)?;
            let clients = sandbox.directory.clients.iter();
            let own = clients.filter(|(_, client)| client.environment == environment);
            let list: Vec<_> = own.map(|(id, client)| show_client(id, client)).collect();
            Ok(json!({ "apikeys": list }))
        }
        (&Method::GET, ["environments", id, "sources"]) => {
            let environment = own_environment(grant, id)?;
            let sources = sandbox.directory.sources.iter();
            let own = sources.filter(|(_, source)| source.environment == environment);
            let list: Vec<_> = own.map(|(id, source)| show_source(id, source)).collect();
            Ok(json!({ "sources": list }))
        }
        _ => {
            let text = "the Platform API here has no such path, or not with this verb";
            Err(Problem::new(StatusCode::NOT_FOUND, text))
        }
    }
}

fn own_client<'a>(sandbox: &'a Sandbox, grant: &Grant, id: &str) -> Result<&'a Client, Problem> {
    let client = sandbox.directory.clients.get(id);
    let client = client.ok_or_else(|| {
        let text = "no OAuth API key has this client ID";
        Problem::new(StatusCode::NOT_FOUND, text)
    })?;
    if client.environment != grant.environment {
        let text = "the OAuth API key belongs to another environment than the token";
        return Err(Problem::new(StatusCode::FORBIDDEN, text));
    }
    Ok(client)
}

fn own_environment(grant: &Grant, id: &str) -> Result<Environment, Problem> {
    if id == grant.environment.id() {
        return Ok(grant.environment);
    }
    let text = "the token belongs to another environment";
    Err(Problem::new(StatusCode::FORBIDDEN, text))
}

/// The JWK Set of a change, the only member that can change here. It replaces the whole set: to add or remove a key,
/// send the other keys as well.
fn new_keys(client: &Client, request: &Request) -> Result<String, Problem> {
    if client.jwks_url.is_some() {
        return Err(Problem::bad(
            "the OAuth API key has a jwksURL, which takes precedence over a jwkSet: change the keys there",
        ));
    }
    if request.media_type().as_deref() != Some("application/json") {
        return Err(Problem::bad("Content-Type must be application/json"));
    }
    let change = Object::parse(&request.body);
    let change = change.ok_or_else(|| Problem::bad("the body must be a JSON object"))?;
    match change.only("jwkSet") {
        Some(keys) if keys.get("keys").is_some() => Ok(keys.to_string()),
        Some(_) => Err(Problem::bad("jwkSet has no keys")),
        None => Err(Problem::bad("the body must have only the member jwkSet")),
    }
}

fn show_client(id: &str, client: &Client) -> Value {
    let mut shown = json!({
        "id": id,
        "name": id,
        "environment": show_environment(client.environment),
    });
    if let Some(shown) = shown.as_object_mut() {
        match (&client.jwks_url, &client.keys) {
            (Some(url), _) => shown.insert("jwksURL".to_owned(), url.as_str().into()),
            (None, keys) => keys
                .as_ref()
                .and_then(|keys| shown.insert("jwkSet".to_owned(), keys.json().clone())),
        };
    }
    shown
}

fn show_source(id: &str, source: &Source) -> Value {
    json!({
        "id": id,
        "name": source.name,
        "environment": show_environment(source.environment),
    })
}

fn show_environment(environment: Environment) -> Value {
    json!({ "id": environment.id(), "environmentFlag": environment.as_str() })
}

fn respond(status: StatusCode, payload: &Value) -> Response {
    let body = json!({ "meta": { "version": "1.0.0" }, "payload": payload });
    Response::json(status, &body)
}
