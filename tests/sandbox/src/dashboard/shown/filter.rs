use super::kind::{self, Kind};
use super::summary::Summary;
use crate::dashboard::call::{Call, Problem};
use crate::traffic::Exchange;

/// The wanted exchanges.
pub(in crate::dashboard) struct Filter {
    kind: Option<Kind>,
    outcome: Option<Outcome>,
    /// In small letters.
    words: Vec<String>,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Outcome {
    Accepted,
    Refused,
}

impl Filter {
    /// Reads the parameters `kind`, `outcome` and `q`; an empty one counts as absent.
    pub(in crate::dashboard) fn of(call: &Call) -> Result<Self, Problem> {
        let given = |name| call.query.get(name).filter(|text| !text.is_empty());
        let kind = given("kind").map(|name| {
            Kind::named(name).ok_or_else(|| {
                let known = kind::ALL.map(Kind::as_str).join(", ");
                Problem::bad(format!("the kind {name:?} is unknown; known: {known}"))
            })
        });
        let outcome = given("outcome").map(|name| match name.as_str() {
            "accepted" => Ok(Outcome::Accepted),
            "refused" => Ok(Outcome::Refused),
            _ => Err(Problem::bad("outcome must be accepted or refused")),
        });
        let words = given("q").map(|text| text.to_lowercase());
        let words = words.as_deref().unwrap_or_default().split_whitespace();
        Ok(Self {
            kind: kind.transpose()?,
            outcome: outcome.transpose()?,
            words: words.map(ToOwned::to_owned).collect(),
        })
    }

    /// Decodes as little as possible.
    pub(in crate::dashboard) fn takes(&self, exchange: &Exchange) -> bool {
        let kind = Kind::of(exchange);
        let outcome = match exchange.status.as_u16() {
            200..400 => Outcome::Accepted,
            _ => Outcome::Refused,
        };
        if self.kind.is_some_and(|own| own != kind)
            || self.outcome.is_some_and(|own| own != outcome)
        {
            return false;
        }
        if self.words.is_empty() {
            return true;
        }
        let text = Summary::of(exchange, kind).search_text();
        self.words.iter().all(|word| text.contains(word.as_str()))
    }
}
