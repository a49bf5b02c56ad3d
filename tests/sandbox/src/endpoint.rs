use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::Sandbox;
use crate::counters::count;
use crate::exchange::{Request, Response};
use crate::grant::{Grant, NoSource};

/// The Data Model API, for messages and queries.
pub(crate) const PATH: &str = "/endpoint";

/// Answers a POST of a message.
pub(crate) fn handle(sandbox: &mut Sandbox, now: Timestamp, request: &Request) -> Response {
    let grant = match sandbox.authorize(now, request) {
        Ok(grant) => grant,
        Err(unauthorized) => return unauthorized.response(),
    };
    let message = read(request);
    let meta = message.as_ref().map(|message| message.get("Meta"));
    let accepted = match meta {
        Ok(Some(Value::Object(meta))) => accept(sandbox, &grant, meta),
        Ok(_) => Err(vec![missing("Meta", "DataModels")]),
        Err(error) => Err(vec![error.clone()]),
    };
    match accepted {
        Ok(route) => {
            count(&mut sandbox.counters.messages_accepted);
            sandbox.directory.count_message(&grant.holder, now);
            stored(sandbox, meta.ok().flatten(), &route)
        }
        Err(errors) => {
            count(&mut sandbox.counters.messages_refused);
            refused(sandbox, &grant, meta.ok().flatten(), &errors)
        }
    }
}

/// The source and the destinations of an accepted message.
struct Route {
    source_id: String,
    destination_ids: Vec<String>,
}

/// One entry of `Meta.Errors`.
#[derive(Clone)]
struct MetaError {
    text: String,
    module: &'static str,
}

fn read(request: &Request) -> Result<Value, MetaError> {
    let error = |text: &str| MetaError {
        text: text.to_owned(),
        module: "Send",
    };
    if request.media_type().as_deref() != Some("application/json") {
        return Err(error("Content-Type must be application/json"));
    }
    serde_json::from_slice(&request.body).map_err(|_| error("The body is not valid JSON"))
}

/// Checks the required fields and reports every error, not only the first.
fn accept(
    sandbox: &Sandbox,
    grant: &Grant,
    meta: &Map<String, Value>,
) -> Result<Route, Vec<MetaError>> {
    let mut errors = Vec::new();
    for (name, path) in [
        ("DataModel", "Meta.DataModel"),
        ("EventType", "Meta.EventType"),
    ] {
        if text(meta.get(name)).is_none() {
            errors.push(missing(path, "DataModels"));
        }
    }
    let mut note = |error| errors.push(error);
    let source_id = source(sandbox, grant, meta).map_err(&mut note).ok();
    let destination_ids = destinations(sandbox, grant, meta).map_err(&mut note).ok();
    match (source_id, destination_ids) {
        (Some(source_id), Some(destination_ids)) if errors.is_empty() => Ok(Route {
            source_id,
            destination_ids,
        }),
        _ => Err(errors),
    }
}

fn source(
    sandbox: &Sandbox,
    grant: &Grant,
    meta: &Map<String, Value>,
) -> Result<String, MetaError> {
    let named = meta.get("Source").and_then(|source| source.get("ID"));
    // A value that is no text names no source.
    let named = named.map(|id| id.as_str().unwrap_or_default());
    match sandbox.source_of(grant, named) {
        Ok(id) => Ok(id.to_owned()),
        Err(NoSource::Unnamed) => Err(missing("Meta.Source.ID", "Send")),
        Err(NoSource::Unknown) => Err(MetaError {
            text: "Meta.Source.ID names no source of this API key".to_owned(),
            module: "Send",
        }),
    }
}

fn destinations(
    sandbox: &Sandbox,
    grant: &Grant,
    meta: &Map<String, Value>,
) -> Result<Vec<String>, MetaError> {
    let list = meta.get("Destinations").and_then(Value::as_array);
    let list = list.filter(|list| !list.is_empty());
    let list = list.ok_or_else(|| missing("Meta.Destinations", SUBSCRIPTIONS))?;
    if list.len() > 1 && is_query(meta) {
        return Err(MetaError {
            text: "A query needs exactly one entry in Meta.Destinations".to_owned(),
            module: SUBSCRIPTIONS,
        });
    }
    list.iter()
        .map(|destination| {
            let id = text(destination.get("ID"));
            let id = id.ok_or_else(|| missing("Meta.Destinations[].ID", SUBSCRIPTIONS))?;
            let known = sandbox.directory.destinations.get(id);
            match known.filter(|known| known.environment == grant.environment) {
                Some(_) => Ok(id.to_owned()),
                None => Err(MetaError {
                    text: NO_SUBSCRIPTIONS.to_owned(),
                    module: SUBSCRIPTIONS,
                }),
            }
        })
        .collect()
}

/// Whether the message is a synchronous query, from the names of Redox's event types (`Query`, `PatientQuery`).
fn is_query(meta: &Map<String, Value>) -> bool {
    text(meta.get("EventType")).is_some_and(|event| event.ends_with("Query"))
}

/// The documented success: one log per destination.
fn stored(sandbox: &mut Sandbox, meta: Option<&Value>, route: &Route) -> Response {
    let name = |known: Option<&String>| known.cloned().unwrap_or_default();
    let source = sandbox.directory.sources.get(&route.source_id);
    let source_name = name(source.map(|source| &source.name));
    let mut destinations = Vec::new();
    let mut logs = Vec::new();
    for id in &route.destination_ids {
        let destination = sandbox.directory.destinations.get(id);
        let name = name(destination.map(|destination| &destination.name));
        destinations.push(json!({ "ID": id, "Name": name }));
        let (log, attempt) = (sandbox.random.uuid(), sandbox.random.uuid());
        logs.push(json!({ "ID": log, "AttemptID": attempt }));
    }
    let mut answer = echo(meta, &["DataModel", "EventType", "EventDateTime", "Test"]);
    answer.insert(
        "Source".to_owned(),
        json!({ "ID": route.source_id, "Name": source_name }),
    );
    answer.insert("Destinations".to_owned(), destinations.into());
    answer.insert("Logs".to_owned(), logs.into());
    Response::json(StatusCode::OK, &json!({ "Meta": answer }))
}

/// The documented refusal: the recognized part of `Meta`, and the errors.
fn refused(
    sandbox: &Sandbox,
    grant: &Grant,
    meta: Option<&Value>,
    errors: &[MetaError],
) -> Response {
    let reason = reason(sandbox, grant, errors);
    let id = sandbox.counters.messages_refused;
    let errors: Vec<_> = errors
        .iter()
        .map(|error| {
            json!({
                "ID": id,
                "Text": error.text,
                "Type": "message",
                "Module": error.module,
            })
        })
        .collect();
    let names = [
        "DataModel",
        "EventType",
        "EventDateTime",
        "Test",
        "Source",
        "Destinations",
    ];
    let mut answer = echo(meta, &names);
    answer.insert("Errors".to_owned(), errors.into());
    Response::json(StatusCode::BAD_REQUEST, &json!({ "Meta": answer })).explained(&reason)
}

/// All errors, and the existing IDs if a message names an unknown destination.
fn reason(sandbox: &Sandbox, grant: &Grant, errors: &[MetaError]) -> String {
    let texts = errors.iter().map(|error| error.text.as_str());
    let mut reason = texts.collect::<Vec<_>>().join("; ");
    if errors.iter().any(|error| error.text == NO_SUBSCRIPTIONS) {
        let all = sandbox.directory.destinations.iter();
        let own = all.filter(|(_, it)| it.environment == grant.environment);
        let ids: Vec<_> = own.map(|(id, _)| id.as_str()).take(SHOWN_IDS).collect();
        match ids.as_slice() {
            [] => reason.push_str("; the environment has none"),
            ids => reason.push_str(&format!("; there is {}", ids.join(", "))),
        }
    }
    reason
}

fn echo(meta: Option<&Value>, names: &[&str]) -> Map<String, Value> {
    let member = |name: &&str| {
        let value = meta?.get(*name)?;
        Some(((*name).to_owned(), value.clone()))
    };
    names.iter().filter_map(member).collect()
}

fn missing(path: &str, module: &'static str) -> MetaError {
    MetaError {
        text: format!("Missing required field: {path}"),
        module,
    }
}

fn text(value: Option<&Value>) -> Option<&str> {
    value?.as_str().filter(|text| !text.is_empty())
}

const SUBSCRIPTIONS: &str = "Subscriptions";

const NO_SUBSCRIPTIONS: &str =
    "No subscriptions. Meta.Destinations names no destination of this environment";

/// The greatest number of IDs in a reason.
const SHOWN_IDS: usize = 5;
