mod assertion;
mod legacy;
mod list;
mod other_server;
mod sent;
mod times;

use serde_json::Value;

use super::kind::Kind;
use crate::traffic::Exchange;
use list::List;

/// Each rule that applied to the request when it was answered: what it expects, what it found, and whether that is a pass.
///
/// What the request says is judged again, from the first rule to the last. What only the sandbox's memory could tell, such
/// as whether a `jti` was new, is taken from the answer: a rule after the one that refused was not checked.
pub(super) fn of(exchange: &Exchange, kind: Kind, base_url: &str) -> Vec<Value> {
    let mut list = List::default();
    match (kind, &exchange.rules) {
        (Kind::Token, None) => {
            let token_url = format!("{base_url}{}", exchange.token_path());
            assertion::check(exchange, &token_url, &mut list);
        }
        (Kind::Token, Some(rules)) => {
            other_server::check(exchange, rules, &rules.site_at(base_url), &mut list);
        }
        (Kind::Legacy, _) => legacy::check(exchange, &mut list),
        (Kind::Message, _) => sent::message(exchange, &mut list),
        (Kind::Fhir | Kind::Upload | Kind::Platform, _) => sent::other(exchange, &mut list),
        (Kind::Jwks | Kind::Other, _) => {}
    }
    list.json()
}
