use http::{Method, StatusCode};
use jiff::Timestamp;

use crate::counters::count;
use crate::exchange::{PLAIN_TEXT, Request, Response};
use crate::{BODY_LIMIT, Sandbox, endpoint, fhir, legacy, like, platform, token, upload};

impl Sandbox {
    /// Answers a request that arrives at `now`.
    pub fn handle(&mut self, now: Timestamp, request: &Request) -> Response {
        if request.body.len() > BODY_LIMIT {
            return self.too_large(now);
        }
        count(&mut self.counters.requests);
        self.answer(now, request)
    }

    /// Answers a request whose body is too long to read to its end.
    pub(crate) fn too_large(&mut self, now: Timestamp) -> Response {
        count(&mut self.counters.requests);
        count(&mut self.counters.too_large);
        let response = Response::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            PLAIN_TEXT,
            "Payload Too Large",
        );
        response.reason("the body is longer than 40 MB").dated(now)
    }

    /// Answers from the rules alone, without `Date`.
    pub(crate) fn route(&mut self, now: Timestamp, request: &Request) -> Response {
        let post = request.method == Method::POST;
        if let Some(rules) = self.rules.clone() {
            match request.path.as_str() {
                path if path == rules.token_path() && post => {
                    return like::handle(self, &rules, now, request);
                }
                path if path == rules.token_path() => return self.wrong_verb(),
                token::PATH => return self.nothing_here(),
                _ => {}
            }
        }
        match request.path.as_str() {
            token::PATH if post => token::handle(self, now, request),
            legacy::AUTHENTICATE_PATH if post => legacy::authenticate(self, now, request),
            legacy::REFRESH_PATH if post => legacy::refresh(self, now, request),
            endpoint::PATH if post => endpoint::handle(self, now, request),
            upload::PATH if post => upload::handle(self, now, request),
            token::PATH
            | legacy::AUTHENTICATE_PATH
            | legacy::REFRESH_PATH
            | endpoint::PATH
            | upload::PATH => self.wrong_verb(),
            path if path.starts_with(fhir::PREFIX) => fhir::handle(self, now, request),
            path if path.starts_with(platform::PREFIX) => platform::handle(self, now, request),
            path => match path.strip_prefix(JWKS_PREFIX) {
                Some(client_id) if request.method == Method::GET => self.show_jwks(client_id),
                _ => self.nothing_here(),
            },
        }
    }

    /// The public keys of a client registered by value, so that another client can be registered with this URL. Redox
    /// has no such page.
    fn show_jwks(&mut self, client_id: &str) -> Response {
        let client = self.directory.clients.get(client_id);
        let keys = client.filter(|client| client.jwks_url.is_none());
        match keys.and_then(|client| client.keys.as_ref()) {
            Some(keys) => Response::json(StatusCode::OK, keys.json()),
            None => self.nothing_here(),
        }
    }

    /// "403 or 404" for a missing POST verb (Redox: error handling and responses); 403 differs from the answer to a
    /// wrong path.
    fn wrong_verb(&mut self) -> Response {
        let response = Response::new(StatusCode::FORBIDDEN, PLAIN_TEXT, "Forbidden");
        self.not_found(response.reason("the verb must be POST"))
    }

    fn nothing_here(&mut self) -> Response {
        let response = Response::new(StatusCode::NOT_FOUND, PLAIN_TEXT, "Not Found");
        self.not_found(response.reason("the path is unknown"))
    }

    const fn not_found(&mut self, response: Response) -> Response {
        count(&mut self.counters.not_found);
        response
    }
}

/// The path of a client's JWK Set, before the client ID.
pub(crate) const JWKS_PREFIX: &str = "/.well-known/jwks/";
