use std::collections::BTreeSet;

use serde_json::Value;

use super::*;

fn names<'v>(value: &'v Value, pointer: &str) -> BTreeSet<&'v str> {
    match value.pointer(pointer) {
        Some(Value::Object(members)) => members.keys().map(String::as_str).collect(),
        _ => BTreeSet::new(),
    }
}

fn parameters<'v>(operation: &'v Value, place: &str) -> BTreeSet<&'v str> {
    let list = operation.get("parameters").and_then(Value::as_array);
    let list = list.map(Vec::as_slice).unwrap_or_default().iter();
    let own = list.filter(|it| it["in"] == place);
    own.map(|it| it["name"].as_str().unwrap()).collect()
}

#[test]
fn the_description_has_every_route_and_nothing_else() {
    let description: Value = serde_json::from_str(OPENAPI).unwrap();
    let mut described = BTreeSet::new();
    for path in names(&description, "/paths") {
        for method in names(
            &description["paths"],
            &format!("/{}", path.replace('/', "~1")),
        ) {
            described.insert((method.to_uppercase(), path.to_owned()));
        }
    }
    for route in ROUTES {
        let path = format!("/api/{}", route.path);
        let method = route.method.as_str().to_ascii_lowercase();
        let operation = &description["paths"][&path][&method];
        let name = route.operation;
        assert_eq!(operation["operationId"], name, "{method} {path}");
        let members = names(
            operation,
            "/requestBody/content/application~1json/schema/properties",
        );
        assert_eq!(members, route.members.iter().copied().collect(), "{name}");
        let query = parameters(operation, "query");
        assert_eq!(query, route.parameters.iter().copied().collect(), "{name}");
        assert_eq!(
            parameters(operation, "path"),
            route.path_names().collect(),
            "{name}"
        );
        assert!(
            described.remove(&(route.method.to_string(), path)),
            "{name} twice"
        );
    }
    assert!(
        described.is_empty(),
        "described and not there: {described:?}"
    );
}

#[test]
fn no_two_routes_share_a_name() {
    let operations: BTreeSet<_> = ROUTES.iter().map(|route| route.operation).collect();
    assert_eq!(operations.len(), ROUTES.len());
    for operation in operations {
        assert_eq!(named(operation).unwrap().operation, operation);
    }
}

#[test]
fn a_path_finds_its_route_and_its_parameters() {
    let (route, call) = find(&Method::DELETE, "oauth-keys/a%2Fb/keys/k+1").unwrap();
    assert_eq!(route.operation, "withdrawKey");
    assert_eq!((call.path("client_id"), call.path("kid")), ("a/b", "k+1"));
    for (method, path, status) in [
        (Method::GET, "nothing", 404),
        (Method::GET, "oauth-keys/", 404),
        (Method::GET, "traffic/1/curl/2", 404),
        (Method::PUT, "clock", 405),
    ] {
        let problem = find(&method, path).err().unwrap();
        assert_eq!(problem.status.as_u16(), status, "{method} {path}");
    }
}
