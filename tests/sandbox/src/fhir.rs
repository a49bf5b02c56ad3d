use http::{Method, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::Sandbox;
use crate::counters::count;
use crate::exchange::{Request, Response};
use crate::grant::{Grant, Holder, NoSource};

/// The FHIR API's path, before the version, destination, environment and type.
pub(crate) const PREFIX: &str = "/fhir/";

/// Answers a search, the only supported interaction.
pub(crate) fn handle(sandbox: &mut Sandbox, now: Timestamp, request: &Request) -> Response {
    let grant = match sandbox.authorize(now, request) {
        Ok(grant) => grant,
        Err(unauthorized) => return unauthorized.response(),
    };
    match search(sandbox, &grant, request) {
        Ok(bundle) => {
            count(&mut sandbox.counters.fhir_requests);
            Response::new(StatusCode::OK, FHIR_JSON, &bundle.to_string())
        }
        Err(problem) => {
            count(&mut sandbox.counters.fhir_refusals);
            problem.response()
        }
    }
}

/// Why there is no answer, with the matching FHIR issue type.
struct Problem {
    status: StatusCode,
    code: &'static str,
    text: &'static str,
}

impl Problem {
    const fn new(status: StatusCode, code: &'static str, text: &'static str) -> Self {
        Self { status, code, text }
    }

    fn response(&self) -> Response {
        let outcome = json!({
            "resourceType": "OperationOutcome",
            "issue": [{ "severity": "error", "code": self.code, "diagnostics": self.text }],
        });
        Response::new(self.status, FHIR_JSON, &outcome.to_string()).reason(self.text)
    }
}

fn search(sandbox: &Sandbox, grant: &Grant, request: &Request) -> Result<Value, Problem> {
    if let Holder::Legacy { .. } = grant.holder {
        let text = "a legacy API key is for the Data Model API only";
        return Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", text));
    }
    let (slug, environment, kind) = route(request)?;
    if environment != grant.environment.as_str() {
        let text = "the API key belongs to another environment than the one in the path";
        return Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", text));
    }
    let mut destinations = sandbox.directory.destinations.values();
    let found = destinations.any(|destination| {
        destination.environment == grant.environment && destination.slug.as_deref() == Some(slug)
    });
    if !found {
        let text = "no destination of this environment has the name in the path";
        return Err(Problem::new(StatusCode::NOT_FOUND, "not-found", text));
    }
    check_source(sandbox, grant, request)?;
    let base = format!("{}/fhir/R4/{slug}/{environment}", sandbox.base_url);
    Ok(bundle(&base, kind))
}

/// The destination, environment and resource type of a search in either form.
fn route(request: &Request) -> Result<(&str, &str, &str), Problem> {
    let parts: Vec<_> = request.path.split('/').collect();
    let (found, method) = match parts.as_slice() {
        ["", "fhir", "R4", slug, environment, kind] => ((*slug, *environment, *kind), Method::GET),
        ["", "fhir", "R4", slug, environment, kind, "_search"] => {
            ((*slug, *environment, *kind), Method::POST)
        }
        _ => {
            let text =
                "the path must be that of a search: /fhir/R4/{destination}/{environment}/{type}";
            return Err(Problem::new(StatusCode::NOT_FOUND, "not-supported", text));
        }
    };
    let is_type = |kind: &str| {
        let capital = kind.starts_with(|first: char| first.is_ascii_uppercase());
        capital && kind.chars().all(|letter| letter.is_ascii_alphabetic())
    };
    if !is_type(found.2) || request.method != method {
        let text = "a search is GET {type}?... or POST {type}/_search";
        return Err(Problem::new(StatusCode::NOT_FOUND, "not-supported", text));
    }
    let form = Some("application/x-www-form-urlencoded");
    if !request.body.is_empty() && request.media_type().as_deref() != form {
        let text = "the body of a search must be application/x-www-form-urlencoded";
        return Err(Problem::new(StatusCode::BAD_REQUEST, "invalid", text));
    }
    Ok(found)
}

/// `Redox-Source-Id` is required if the environment has several sources, and must be right.
fn check_source(sandbox: &Sandbox, grant: &Grant, request: &Request) -> Result<(), Problem> {
    let mut values = request.headers.get_all("redox-source-id").iter();
    let named = values.next();
    if values.next().is_some() {
        let text = "Redox-Source-Id is given twice";
        return Err(Problem::new(StatusCode::BAD_REQUEST, "invalid", text));
    }
    // A value that is no text names no source.
    let named = named.map(|value| value.to_str().unwrap_or_default());
    sandbox.source_of(grant, named).map_err(|no| match no {
        NoSource::Unnamed => {
            let text = "Redox-Source-Id is required, unless the environment has exactly one source";
            Problem::new(StatusCode::BAD_REQUEST, "required", text)
        }
        NoSource::Unknown => {
            let text = "Redox-Source-Id names no source of this API key";
            Problem::new(StatusCode::FORBIDDEN, "forbidden", text)
        }
    })?;
    Ok(())
}

/// Every search for patients finds the same one; there is nothing else to find.
fn bundle(base: &str, kind: &str) -> Value {
    let url = format!("{base}/{kind}");
    let entries = match kind {
        "Patient" => vec![json!({
            "fullUrl": format!("{base}/Patient/{PATIENT_ID}"),
            "resource": {
                "resourceType": "Patient",
                "id": PATIENT_ID,
                "name": [{ "use": "official", "family": "Example", "given": ["Pat"] }],
                "gender": "unknown",
                "birthDate": "1970-01-01",
            },
            "search": { "mode": "match" },
        })],
        _ => Vec::new(),
    };
    let mut bundle = json!({
        "resourceType": "Bundle",
        "type": "searchset",
        "total": entries.len(),
        "link": [{ "relation": "self", "url": url }],
    });
    // FHIR allows no empty array.
    if let (false, Some(bundle)) = (entries.is_empty(), bundle.as_object_mut()) {
        bundle.insert("entry".to_owned(), entries.into());
    }
    bundle
}

const FHIR_JSON: &str = "application/fhir+json; charset=utf-8";

const PATIENT_ID: &str = "pat-example";
