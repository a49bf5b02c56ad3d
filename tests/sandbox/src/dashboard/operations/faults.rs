use serde_json::json;

use crate::FaultOrder;
use crate::dashboard::call::{Answer, Call, Problem};
use crate::dashboard::desk::Desk;

pub(in crate::dashboard) fn list(desk: &Desk, _: &Call) -> Result<Answer, Problem> {
    let sandbox = desk.sandbox();
    let faults = sandbox.faults();
    let list: Vec<_> = faults
        .map(|(number, order)| json!({ "number": number, "spec": order.to_string() }))
        .collect();
    Ok(Answer::Json(json!({ "faults": list })))
}

/// Accepts a whole `spec`, or its parts.
pub(in crate::dashboard) fn order(desk: &Desk, call: &Call) -> Result<Answer, Problem> {
    let spec = match call.text("spec")? {
        Some(spec) => spec.to_owned(),
        None => composed(call)?,
    };
    let order: FaultOrder = spec
        .parse()
        .map_err(|error| Problem::bad(format!("{spec:?}: {error}")))?;
    let shown = order.to_string();
    desk.sandbox().order(order);
    Ok(Answer::Created(json!({ "spec": shown })))
}

fn composed(call: &Call) -> Result<String, Problem> {
    let mut spec = format!("{}:{}", call.needed("place")?, call.needed("fault")?);
    if let Some(value) = call.text("value")? {
        spec.push('=');
        spec.push_str(value);
    }
    let times = call.number("times")?.map(|times| times.to_string());
    let options = [
        ("retry-after", call.text("retry_after")?),
        ("status", call.text("status")?),
        ("spared", call.text("spared")?),
        ("times", times.as_deref()),
    ];
    for (name, value) in options {
        if let Some(value) = value {
            spec.push_str(&format!(":{name}={value}"));
        }
    }
    Ok(spec)
}

pub(in crate::dashboard) fn clear(desk: &Desk, call: &Call) -> Result<Answer, Problem> {
    let number = call.path("number").parse().ok();
    let cleared = number.is_some_and(|number| desk.sandbox().clear_fault(number));
    match cleared {
        true => list(desk, call),
        false => Err(Problem::not_found(
            "no fault of this number is waiting: it has happened already, or was cleared",
        )),
    }
}

pub(in crate::dashboard) fn clear_all(desk: &Desk, call: &Call) -> Result<Answer, Problem> {
    desk.sandbox().clear_faults();
    list(desk, call)
}
