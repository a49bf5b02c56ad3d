use redox_auth_sandbox::http::{HeaderValue, Method};
use redox_auth_sandbox::{Environment, Request, Sandbox, Source};
use serde_json::json;

use crate::support::*;

const SEARCH: &str = "/fhir/R4/hospital/Development/Patient/_search";
const QUERY: &str = "/fhir/R4/hospital/Development/Patient?family=Example";

fn get(target: &str) -> Request {
    Request::new(Method::GET, target)
}

fn from_source(mut request: Request, ids: &[&'static str]) -> Request {
    for id in ids {
        let id = HeaderValue::from_static(id);
        request.headers.append("Redox-Source-Id", id);
    }
    request
}

#[test]
fn a_search_in_either_form_finds_the_made_up_patient() {
    let (mut sandbox, token) = ready();
    for request in [get(QUERY), Request::form(SEARCH, &[("family", "Example")])] {
        let response = sandbox.handle(at(NOW), &request.bearer(&token));
        assert_eq!(response.status, 200, "{}", reason(&response));
        let content_type = header_of(&response, "content-type");
        assert_eq!(content_type, "application/fhir+json; charset=utf-8");
        let bundle = body(&response);
        assert_eq!(bundle["resourceType"], "Bundle");
        assert_eq!(bundle["type"], "searchset");
        assert_eq!(bundle["total"], 1);
        assert_eq!(bundle["entry"][0]["resource"]["resourceType"], "Patient");
        let url = "http://sandbox.example/fhir/R4/hospital/Development/Patient/pat-example";
        assert_eq!(bundle["entry"][0]["fullUrl"], url);
    }
    assert_eq!(sandbox.counters().fhir_requests, 2);
}

#[test]
fn a_search_for_something_else_finds_nothing() {
    let (mut sandbox, token) = ready();
    let request = get("/fhir/R4/hospital/Development/Observation").bearer(&token);
    let bundle = body(&sandbox.handle(at(NOW), &request));
    assert_eq!(bundle["total"], 0);
    assert_eq!(bundle.get("entry"), None);
}

#[test]
fn what_is_not_a_search_of_a_known_destination_is_refused() {
    let (mut sandbox, token) = ready();
    let json_search = Request::json(SEARCH, "{}");
    for (what, request, status, code) in [
        (
            "another slug",
            get("/fhir/R4/clinic/Development/Patient"),
            404,
            "not-found",
        ),
        (
            "another environment",
            get("/fhir/R4/hospital/Production/Patient"),
            403,
            "forbidden",
        ),
        (
            "no environment",
            get("/fhir/R4/hospital/development/Patient"),
            403,
            "forbidden",
        ),
        (
            "another version",
            get("/fhir/R5/hospital/Development/Patient"),
            404,
            "not-supported",
        ),
        (
            "no type",
            get("/fhir/R4/hospital/Development/"),
            404,
            "not-supported",
        ),
        (
            "a type in lower case",
            get("/fhir/R4/hospital/Development/patient"),
            404,
            "not-supported",
        ),
        ("GET of _search", get(SEARCH), 404, "not-supported"),
        (
            "a read",
            get("/fhir/R4/hospital/Development/Patient/1"),
            404,
            "not-supported",
        ),
        (
            "a create",
            Request::form("/fhir/R4/hospital/Development/Patient", &[]),
            404,
            "not-supported",
        ),
        ("a JSON search", json_search, 400, "invalid"),
    ] {
        let response = sandbox.handle(at(NOW), &request.bearer(&token));
        assert_eq!(response.status, status, "{what}");
        let outcome = body(&response);
        assert_eq!(outcome["resourceType"], "OperationOutcome", "{what}");
        assert_eq!(outcome["issue"][0]["code"], code, "{what}");
    }
    assert_eq!(sandbox.counters().fhir_refusals, 10);
}

#[test]
fn the_source_header_is_needed_where_there_are_several() {
    let (mut sandbox, token) = ready();
    let status = |sandbox: &mut Sandbox, ids: &[&'static str]| {
        let request = from_source(get(QUERY), ids).bearer(&token);
        sandbox.handle(at(NOW), &request).status.as_u16()
    };
    assert_eq!(status(&mut sandbox, &[]), 200);
    assert_eq!(status(&mut sandbox, &["source-1"]), 200);
    assert_eq!(status(&mut sandbox, &["source-2"]), 403);
    let second = Source::new("Second").id("source-2");
    sandbox.add_source(second).unwrap();
    let production = Source::new("Third").id("source-3");
    sandbox
        .add_source(production.environment(Environment::Production))
        .unwrap();
    assert_eq!(status(&mut sandbox, &[]), 400);
    assert_eq!(status(&mut sandbox, &["source-2"]), 200);
    assert_eq!(status(&mut sandbox, &["source-3"]), 403);
    assert_eq!(status(&mut sandbox, &["source-1", "source-2"]), 400);
    assert_eq!(status(&mut sandbox, &[""]), 403);
}

#[test]
fn a_legacy_token_is_refused_and_no_token_is_401() {
    let (mut sandbox, _) = ready();
    let key = sandbox.register_legacy_key("source-1").unwrap();
    let fields = json!({ "apiKey": key.api_key(), "secret": key.expose_secret() });
    let authenticate = Request::json("/auth/authenticate", fields.to_string());
    let token = text(&body(&sandbox.handle(at(NOW), &authenticate))["accessToken"]);
    let legacy = sandbox.handle(at(NOW), &get(QUERY).bearer(&token));
    assert_eq!(legacy.status, 403);
    let expected = "a legacy API key is for the Data Model API only";
    assert_eq!(body(&legacy)["issue"][0]["diagnostics"], expected);
    assert_eq!(sandbox.handle(at(NOW), &get(QUERY)).status, 401);
    assert_eq!(
        sandbox
            .handle(at(NOW), &get(QUERY).bearer("unknown"))
            .status,
        401
    );
}
