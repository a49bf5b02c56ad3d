use serde_json::Value;

use super::list::{List, shown};
use crate::object::Object;

/// Judges `iat`, `exp` and `nbf` like Redox's token endpoint: see
/// [`Assertion::check`](crate::assertion::Assertion::check).
pub(super) fn check(claims: &Object, now: i64, list: &mut List) {
    let secs = |name| claims.get(name).and_then(Value::as_i64);
    let (issued_at, expires_at) = (secs("iat"), secs("exp"));
    let (oldest, latest) = (now.saturating_sub(AGE + SKEW), now.saturating_add(SKEW));
    list.add(
        "iat",
        issued_at.is_some_and(|it| oldest <= it && it <= latest),
        "whole seconds, at most 310 s past and 10 s ahead",
        distance(claims.get("iat"), now),
    );
    list.add(
        "exp",
        expires_at.is_some_and(|it| now < it.saturating_add(SKEW)),
        "whole seconds, less than 10 s past",
        distance(claims.get("exp"), now),
    );
    if let (Some(issued_at), Some(expires_at)) = (issued_at, expires_at) {
        let lives = expires_at.saturating_sub(issued_at);
        let expected = "exp at most 300 s after iat";
        list.add("lifetime", lives <= AGE, expected, format!("{lives} s"));
    }
    if claims.get("nbf").is_some() {
        list.add(
            "nbf",
            secs("nbf").is_some_and(|it| it <= latest),
            "whole seconds, at most 10 s ahead",
            distance(claims.get("nbf"), now),
        );
    }
}

/// The time, and its distance from the sandbox's time.
fn distance(value: Option<&Value>, now: i64) -> String {
    let Some(secs) = value.and_then(Value::as_i64) else {
        return shown(value);
    };
    let ahead = secs.saturating_sub(now);
    match ahead {
        0 => format!("{secs}, now"),
        1.. => format!("{secs}, {ahead} s ahead"),
        _ => format!("{secs}, {} s past", ahead.unsigned_abs()),
    }
}

/// Both in seconds; Redox documents them.
const AGE: i64 = 300;
const SKEW: i64 = 10;
