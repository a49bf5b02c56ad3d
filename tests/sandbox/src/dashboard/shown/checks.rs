mod assertion;
mod legacy;
mod list;
mod other_server;
mod sent;
mod times;

use serde_json::Value;

use super::kind::Kind;
use crate::traffic::Exchange;
use crate::{Rules, Site};
use list::List;

/// What exchanges are judged by.
pub(super) struct Scene {
    pub(super) site: Site,
    pub(super) token_url: String,
    pub(super) rules: Option<Rules>,
}

/// Each rule that applies to the request: what it expects, what it found, and whether that is a pass.
///
/// What the request says is judged again, from the first rule to the last. What only the sandbox's memory could tell, such
/// as whether a `jti` was new, is taken from the answer: a rule after the one that refused was not checked.
pub(super) fn of(exchange: &Exchange, kind: Kind, scene: &Scene) -> Vec<Value> {
    let mut list = List::default();
    match (kind, &scene.rules) {
        (Kind::Token, None) => assertion::check(exchange, &scene.token_url, &mut list),
        (Kind::Token, Some(rules)) => {
            other_server::check(exchange, rules, &scene.site, &mut list);
        }
        (Kind::Legacy, _) => legacy::check(exchange, &mut list),
        (Kind::Message, _) => sent::message(exchange, &mut list),
        (Kind::Fhir | Kind::Upload | Kind::Platform, _) => sent::other(exchange, &mut list),
        (Kind::Jwks | Kind::Other, _) => {}
    }
    list.json()
}
