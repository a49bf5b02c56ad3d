use serde_json::json;

use crate::dashboard::call::{Answer, Call, Problem};
use crate::dashboard::desk::Desk;
use crate::{Destination, Rules, Source};

/// What the sandbox is and where it is.
pub(in crate::dashboard) fn show(desk: &Desk, _: &Call) -> Result<Answer, Problem> {
    let sandbox = desk.sandbox();
    let counters = sandbox.counters();
    Ok(Answer::Json(json!({
        "like": sandbox.rules().map_or("Redox", Rules::title),
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

pub(in crate::dashboard) fn sources(desk: &Desk, _: &Call) -> Result<Answer, Problem> {
    let sandbox = desk.sandbox();
    let sources = sandbox.directory.sources.iter();
    let list: Vec<_> = sources
        .map(|(id, source)| {
            json!({
                "id": id,
                "name": source.name,
                "environment": source.environment.as_str(),
                "legacy_key": sandbox.directory.legacy.contains_key(id),
            })
        })
        .collect();
    Ok(Answer::Json(json!({ "sources": list })))
}

pub(in crate::dashboard) fn add_source(desk: &Desk, call: &Call) -> Result<Answer, Problem> {
    let mut source = Source::new(call.needed("name")?).environment(call.environment()?);
    if let Some(id) = call.text("id")? {
        source = source.id(id);
    }
    let id = desk.sandbox().add_source(source)?;
    Ok(Answer::Created(json!({ "id": id })))
}

pub(in crate::dashboard) fn destinations(desk: &Desk, _: &Call) -> Result<Answer, Problem> {
    let sandbox = desk.sandbox();
    let destinations = sandbox.directory.destinations.iter();
    let list: Vec<_> = destinations
        .map(|(id, destination)| {
            json!({
                "id": id,
                "name": destination.name,
                "slug": destination.slug,
                "environment": destination.environment.as_str(),
            })
        })
        .collect();
    Ok(Answer::Json(json!({ "destinations": list })))
}

pub(in crate::dashboard) fn add_destination(desk: &Desk, call: &Call) -> Result<Answer, Problem> {
    let mut destination = Destination::new(call.needed("name")?).environment(call.environment()?);
    if let Some(id) = call.text("id")? {
        destination = destination.id(id);
    }
    if let Some(slug) = call.text("slug")? {
        destination = destination.slug(slug);
    }
    let id = desk.sandbox().add_destination(destination)?;
    Ok(Answer::Created(json!({ "id": id })))
}
