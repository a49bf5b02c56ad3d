use http::{Method, StatusCode};

use super::call::{Answer, Call, Problem};
use super::desk::Desk;
use super::operations::{
    clock, exchanges, faults, incoming, legacy_keys, oauth_keys, places, rehearsal, servers, tokens,
};
use super::segment;

/// One operation of the JSON API, as `openapi.json` describes it.
pub(super) struct Route {
    pub(super) method: Method,
    /// The path under `/api`; a segment in braces is a parameter.
    pub(super) path: &'static str,
    pub(super) operation: &'static str,
    /// The allowed members of the body.
    pub(super) members: &'static [&'static str],
    /// The allowed parameters of the query.
    pub(super) parameters: &'static [&'static str],
    pub(super) run: fn(&Desk, &Call) -> Result<Answer, Problem>,
}

impl Route {
    /// The names of the parameters in the path.
    pub(super) fn path_names(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter_map(name_of)
    }

    /// Checks the call and runs the operation.
    pub(super) fn call(&self, desk: &Desk, call: &Call) -> Result<Answer, Problem> {
        call.check(self.members, self.parameters)?;
        (self.run)(desk, call)
    }

    fn is_match(&self, path: &str) -> bool {
        let mut own = self.path.split('/');
        let mut given = path.split('/');
        loop {
            match (own.next(), given.next()) {
                (None, None) => return true,
                (Some(own), Some(given)) if own == given => {}
                (Some(own), Some(given)) if name_of(own).is_some() && !given.is_empty() => {}
                _ => return false,
            }
        }
    }
}

fn name_of(segment: &'static str) -> Option<&'static str> {
    segment.strip_prefix('{')?.strip_suffix('}')
}

/// The operation for a path under `/api`, with the parameters of the path.
pub(super) fn find(method: &Method, path: &str) -> Result<(&'static Route, Call), Problem> {
    let mut others = Vec::new();
    for route in ROUTES.iter().filter(|route| route.is_match(path)) {
        if route.method == *method {
            let names = route.path.split('/').zip(path.split('/'));
            let named = names.filter_map(|(own, given)| Some((name_of(own)?, given)));
            let path = named.map(|(name, given)| (name, segment::decode(given)));
            let call = Call {
                path: path.collect(),
                ..Call::default()
            };
            return Ok((route, call));
        }
        others.push(route.method.as_str());
    }
    if others.is_empty() {
        let text = "no operation has this path; /api/openapi.json lists all operations";
        return Err(Problem::not_found(text));
    }
    let text = format!("this path accepts {}, not {method}", others.join(", "));
    Err(Problem::new(StatusCode::METHOD_NOT_ALLOWED, text))
}

/// The operation of this name.
pub(super) fn named(operation: &str) -> Option<&'static Route> {
    ROUTES.iter().find(|route| route.operation == operation)
}

const fn route(
    method: Method,
    path: &'static str,
    operation: &'static str,
    run: fn(&Desk, &Call) -> Result<Answer, Problem>,
) -> Route {
    Route {
        method,
        path,
        operation,
        members: &[],
        parameters: &[],
        run,
    }
}

const fn with_body(
    method: Method,
    path: &'static str,
    operation: &'static str,
    members: &'static [&'static str],
    run: fn(&Desk, &Call) -> Result<Answer, Problem>,
) -> Route {
    Route {
        method,
        path,
        operation,
        members,
        parameters: &[],
        run,
    }
}

pub(super) static ROUTES: &[Route] = &[
    route(Method::GET, "openapi.json", "describeApi", |_, _| {
        Ok(Answer::Text(OPENAPI.to_owned()))
    }),
    route(Method::GET, "sandbox", "showSandbox", servers::show),
    with_body(
        Method::PATCH,
        "sandbox",
        "chooseServer",
        &["server"],
        servers::choose,
    ),
    route(Method::GET, "servers", "listServers", servers::list),
    route(
        Method::GET,
        "environments",
        "listEnvironments",
        places::environments,
    ),
    route(Method::GET, "oauth-keys", "listOAuthKeys", oauth_keys::list),
    with_body(
        Method::POST,
        "oauth-keys",
        "createOAuthKey",
        &["client_id", "environment", "jwks", "jwks_url", "make"],
        oauth_keys::create,
    ),
    with_body(
        Method::PATCH,
        "oauth-keys/{client_id}",
        "changeOAuthKey",
        &["enabled"],
        oauth_keys::change,
    ),
    with_body(
        Method::PUT,
        "oauth-keys/{client_id}/jwks",
        "replaceKeys",
        &["jwks"],
        oauth_keys::replace,
    ),
    with_body(
        Method::POST,
        "oauth-keys/{client_id}/keys",
        "addKey",
        &["jwks", "make"],
        oauth_keys::add,
    ),
    route(
        Method::DELETE,
        "oauth-keys/{client_id}/keys/{kid}",
        "withdrawKey",
        oauth_keys::withdraw,
    ),
    route(
        Method::PUT,
        "oauth-keys/{client_id}/keys/{kid}",
        "restoreKey",
        oauth_keys::restore,
    ),
    route(
        Method::GET,
        "legacy-keys",
        "listLegacyKeys",
        legacy_keys::list,
    ),
    with_body(
        Method::POST,
        "legacy-keys",
        "createLegacyKey",
        &["source_id"],
        legacy_keys::create,
    ),
    with_body(
        Method::POST,
        "legacy-keys/{api_key}/secret",
        "generateSecret",
        &["revoke_tokens"],
        legacy_keys::generate,
    ),
    route(Method::GET, "sources", "listSources", places::sources),
    with_body(
        Method::POST,
        "sources",
        "createSource",
        &["name", "id", "environment"],
        places::add_source,
    ),
    route(
        Method::GET,
        "destinations",
        "listDestinations",
        places::destinations,
    ),
    with_body(
        Method::POST,
        "destinations",
        "createDestination",
        &["name", "id", "slug", "environment"],
        places::add_destination,
    ),
    Route {
        method: Method::GET,
        path: "traffic",
        operation: "listTraffic",
        members: &[],
        parameters: &["kind", "outcome", "q", "after", "limit"],
        run: exchanges::list,
    },
    route(Method::DELETE, "traffic", "clearTraffic", exchanges::clear),
    route(
        Method::GET,
        "traffic/{number}",
        "showExchange",
        exchanges::show,
    ),
    route(
        Method::GET,
        "traffic/{number}/curl",
        "copyAsCurl",
        exchanges::curl,
    ),
    Route {
        method: Method::GET,
        path: "traffic.har",
        operation: "exportHar",
        members: &[],
        parameters: &["kind", "outcome", "q"],
        run: exchanges::har,
    },
    route(Method::GET, "events", "watch", |_, _| Ok(Answer::Events)),
    route(Method::GET, "faults", "listFaults", faults::list),
    with_body(
        Method::POST,
        "faults",
        "orderFault",
        &[
            "spec",
            "place",
            "fault",
            "value",
            "times",
            "retry_after",
            "status",
            "spared",
        ],
        faults::order,
    ),
    route(Method::DELETE, "faults", "clearFaults", faults::clear_all),
    route(
        Method::DELETE,
        "faults/{number}",
        "clearFault",
        faults::clear,
    ),
    route(Method::GET, "clock", "showClock", clock::show),
    with_body(
        Method::PATCH,
        "clock",
        "moveClock",
        &["by", "to", "frozen"],
        clock::change,
    ),
    route(Method::DELETE, "clock", "resetClock", clock::reset),
    route(Method::GET, "rehearsal", "showRehearsal", rehearsal::show),
    with_body(
        Method::POST,
        "incoming",
        "callEndpoint",
        &["url", "verification_token", "what", "message"],
        incoming::call,
    ),
    route(Method::GET, "tokens", "listTokens", tokens::list),
    route(
        Method::DELETE,
        "tokens/{tag}",
        "revokeToken",
        tokens::revoke,
    ),
    route(Method::PUT, "tokens/{tag}", "restoreToken", tokens::restore),
];

/// The description of the API (`OpenAPI` 3.1).
pub(super) const OPENAPI: &str = include_str!("openapi.json");

#[cfg(test)]
mod tests;
