use serde_json::json;

use crate::dashboard::call::{Answer, Call, ENVIRONMENTS, Problem};
use crate::dashboard::desk::Desk;
use crate::{Destination, Environment, Source};

/// The environments, with counts of their contents.
pub(in crate::dashboard) fn environments(desk: &Desk, _: &Call) -> Result<Answer, Problem> {
    let sandbox = desk.sandbox();
    let directory = &sandbox.directory;
    let count =
        |all: &mut dyn Iterator<Item = Environment>, own| all.filter(|it| *it == own).count();
    let environments = ENVIRONMENTS.map(|own| {
        let sources = &mut directory.sources.values().map(|it| it.environment);
        let destinations = &mut directory.destinations.values().map(|it| it.environment);
        let oauth_keys = &mut directory.clients.values().map(|it| it.environment);
        let legacy = directory.legacy.keys();
        let legacy = legacy.filter_map(|id| directory.sources.get(id));
        json!({
            "name": own.as_str(),
            "id": own.id(),
            "sources": count(sources, own),
            "destinations": count(destinations, own),
            "oauth_keys": count(oauth_keys, own),
            "legacy_keys": count(&mut legacy.map(|it| it.environment), own),
        })
    });
    Ok(Answer::Json(json!({ "environments": environments })))
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
