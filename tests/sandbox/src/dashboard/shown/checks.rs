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

/// Each rule that applied to the request: the expected value, the found value, and the verdict.
///
/// Judges the content of the request again, from the first rule to the last. The answer decides rules about the
/// sandbox's memory, such as whether a `jti` was new: rules after the refusing one were not checked.
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
