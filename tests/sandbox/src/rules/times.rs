use serde_json::Value;

use super::found::found;
use super::objection::{Objection, ObjectionKind};
use super::profile::Times;
use crate::object::Object;

/// The objections to `exp`, `iat` and `nbf` at `now`, in seconds since 1970.
///
/// Each limit is the last accepted second; a reached time has passed.
pub(super) fn objections(rules: &Times, claims: &Object, now: i64) -> Vec<Objection> {
    let mut objections = Vec::new();
    let mut time = |name: &'static str| {
        let value = claims.get(name)?;
        if !value.is_i64() {
            let text = format!(
                "{name} is {}; expected whole seconds since 1970",
                found(value)
            );
            objections.push(Objection::new(ObjectionKind::TimeForm, name, text));
        }
        value.as_i64()
    };
    let times = Read {
        rules,
        exp: time("exp"),
        iat: time("iat"),
        nbf: time("nbf"),
        has_iat: claims.get("iat").is_some_and(Value::is_i64),
        now,
    };
    objections.extend(times.exp());
    objections.extend(times.lifetimes());
    objections.extend(times.iat());
    objections.extend(times.nbf());
    objections
}

struct Read<'r> {
    rules: &'r Times,
    exp: Option<i64>,
    iat: Option<i64>,
    nbf: Option<i64>,
    has_iat: bool,
    now: i64,
}

impl Read<'_> {
    fn exp(&self) -> Option<Objection> {
        let ahead = self.exp?.saturating_sub(self.now);
        if ahead.saturating_add(self.rules.exp_past) <= 0 {
            let ago = ahead.saturating_neg();
            let text = format!("exp was {ago} s ago");
            return Some(Objection::new(ObjectionKind::Expired, "exp", text));
        }
        let most = match self.has_iat {
            true => self.rules.exp_ahead,
            false => self.rules.exp_ahead_without_iat.or(self.rules.exp_ahead),
        };
        let most = most.filter(|most| ahead > *most)?;
        let text =
            format!("exp is {ahead} s ahead of the clock; the server accepts at most {most} s");
        Some(Objection::new(ObjectionKind::ExpAhead, "exp", text))
    }

    fn lifetimes(&self) -> impl Iterator<Item = Objection> {
        let exp = self.exp;
        let starts = [
            ("iat", self.iat, self.rules.exp_after_iat),
            ("nbf", self.nbf, self.rules.exp_after_nbf),
        ];
        starts.into_iter().filter_map(move |(name, start, most)| {
            let secs = exp?.saturating_sub(start?);
            let most = most.filter(|most| secs > *most)?;
            let text = format!("exp is {secs} s after {name}; the server accepts at most {most} s");
            Some(Objection::new(ObjectionKind::Lifetime, name, text))
        })
    }

    fn iat(&self) -> Option<Objection> {
        let age = self.now.saturating_sub(self.iat?);
        if let Some(most) = self.rules.iat_age.filter(|most| age > *most) {
            let text = format!("iat is {age} s old; the server accepts at most {most} s");
            return Some(Objection::new(ObjectionKind::IatOld, "iat", text));
        }
        let ahead = age.saturating_neg();
        let most = self.rules.iat_ahead.filter(|most| ahead > *most)?;
        let text =
            format!("iat is {ahead} s ahead of the clock; the server accepts at most {most} s");
        Some(Objection::new(ObjectionKind::IatAhead, "iat", text))
    }

    fn nbf(&self) -> Option<Objection> {
        let ahead = self.nbf?.saturating_sub(self.now);
        let most = self.rules.nbf_ahead.filter(|most| ahead > *most)?;
        let text =
            format!("nbf is {ahead} s ahead of the clock; the server accepts at most {most} s");
        Some(Objection::new(ObjectionKind::NbfAhead, "nbf", text))
    }
}
