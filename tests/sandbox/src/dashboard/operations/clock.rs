use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::clock::plus;
use crate::dashboard::call::{Answer, Call, Problem};
use crate::dashboard::desk::Desk;

pub(in crate::dashboard) fn show(desk: &Desk, _: &Call) -> Result<Answer, Problem> {
    let now = desk.now();
    let ahead = now.duration_since(Timestamp::now());
    // To the nearest second, because the sandbox reads the two clocks one after the other.
    let ahead = ahead.round(jiff::SignedDurationRound::new().smallest(jiff::Unit::Second));
    let ahead = ahead.map_or(0, |ahead| ahead.as_secs());
    Ok(Answer::Json(json!({
        "now": now.to_string(),
        "unix": now.as_second(),
        "ahead_secs": ahead,
        "frozen": desk.clock().is_frozen(),
    })))
}

pub(in crate::dashboard) fn change(desk: &Desk, call: &Call) -> Result<Answer, Problem> {
    let (by, to) = (call.text("by")?, call.text("to")?);
    let frozen = call.flag("frozen")?;
    // Read all members before the first change.
    let time = match (by, to) {
        (Some(_), Some(_)) => return Err(Problem::bad("give either by or to, not both")),
        (Some(by), None) => {
            let by: SignedDuration = by.parse().map_err(|_| {
                Problem::bad(format!(
                    "by is {by:?}; it must be a time, like 5m, 1h or -30s"
                ))
            })?;
            Some(plus(desk.now(), by))
        }
        (None, Some(to)) => Some(to.parse().map_err(|_| {
            let text = format!("to is {to:?}; it must be like 2026-01-31T12:00:00Z");
            Problem::bad(text)
        })?),
        (None, None) if frozen.is_none() => {
            return Err(Problem::bad("give by, to or frozen"));
        }
        (None, None) => None,
    };
    let clock = desk.clock();
    if let Some(time) = time {
        clock.set(time);
    }
    match frozen {
        Some(true) => clock.freeze(),
        Some(false) => clock.resume(),
        None => {}
    }
    show(desk, call)
}

/// Resets the clock to the machine's time after any changes.
pub(in crate::dashboard) fn reset(desk: &Desk, call: &Call) -> Result<Answer, Problem> {
    let clock = desk.clock();
    clock.resume();
    clock.set(Timestamp::now());
    show(desk, call)
}
