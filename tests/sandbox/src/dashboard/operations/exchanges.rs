use std::sync::Arc;

use serde_json::json;

use crate::dashboard::call::{Answer, Call, Problem};
use crate::dashboard::desk::Desk;
use crate::dashboard::shown::{self, Filter, Mask};
use crate::traffic::{Exchange, Latest};

/// The newest exchanges that match, the newest first.
pub(in crate::dashboard) fn list(desk: &Desk, call: &Call) -> Result<Answer, Problem> {
    let limit = call.parameter("limit")?.unwrap_or(USUAL).min(MOST);
    let after: u64 = call.parameter("after")?.unwrap_or(0);
    let filter = Filter::of(call)?;
    let Latest { newest, exchanges } = desk.traffic()?.after(after);
    let found = exchanges.iter().filter(|it| filter.takes(it)).take(limit);
    let list: Vec<_> = found.map(|it| shown::summary(it)).collect();
    let list = mask(desk).value(list.into());
    Ok(Answer::Json(json!({ "newest": newest, "exchanges": list })))
}

pub(in crate::dashboard) fn show(desk: &Desk, call: &Call) -> Result<Answer, Problem> {
    let exchange = find(desk, call)?;
    let detail = shown::detail(desk, &exchange)?;
    Ok(Answer::Json(mask(desk).value(detail)))
}

pub(in crate::dashboard) fn curl(desk: &Desk, call: &Call) -> Result<Answer, Problem> {
    let exchange = find(desk, call)?;
    let base_url = desk.sandbox().base_url.clone();
    let command = shown::curl(&base_url, &exchange);
    let command = mask(desk).text(&command).into_owned();
    Ok(Answer::Text(command))
}

/// All that match, in HTTP Archive 1.2; without secrets.
pub(in crate::dashboard) fn har(desk: &Desk, call: &Call) -> Result<Answer, Problem> {
    let base_url = desk.sandbox().base_url.clone();
    let filter = Filter::of(call)?;
    let mut found = desk.traffic()?.all();
    found.retain(|it| filter.takes(it));
    found.reverse();
    let archive = shown::har(&base_url, &found);
    Ok(Answer::Json(mask(desk).value(archive)))
}

pub(in crate::dashboard) fn clear(desk: &Desk, _: &Call) -> Result<Answer, Problem> {
    let traffic = desk.traffic()?;
    traffic.clear();
    Ok(Answer::Json(
        json!({ "newest": traffic.newest(), "exchanges": [] }),
    ))
}

fn find(desk: &Desk, call: &Call) -> Result<Arc<Exchange>, Problem> {
    let number = call.path("number").parse().ok();
    let found = number.and_then(|number| desk.traffic().ok()?.find(number));
    found.ok_or_else(|| {
        Problem::not_found(
            "the sandbox does not keep the exchange of this number, only the latest ones",
        )
    })
}

/// The default length of a list of exchanges.
const USUAL: usize = 100;

/// The greatest length of a list of exchanges.
pub(in crate::dashboard) const MOST: usize = 500;

/// A copy of the present secrets, to search texts without holding the sandbox's guard.
fn mask(desk: &Desk) -> Mask {
    Mask::of(&desk.sandbox())
}
