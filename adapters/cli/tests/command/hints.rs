//! Hints name the cause that the answer or the input shows.

use serde_json::json;

use crate::canned::{Answer, Canned};
use crate::support::{Folder, Redox};

const TOKEN: &str = r#"{"access_token":"an-access-token-to-hide","expires_in":300}"#;

#[test]
fn a_message_is_refused_by_a_part_of_redox_and_the_hint_is_about_that() {
    let folder = Folder::new();
    folder.make_key("key.pem", "ES256");
    let message = r#"{"Meta":{"DataModel":"Order","EventType":"New","Destinations":[{"ID":"a"}]}}"#;
    folder.write("m.json", message);
    for (module, status, part) in [
        (
            "Subscriptions",
            "400 Bad Request",
            "check the IDs in `Meta.Destinations`",
        ),
        (
            "Subscriptions",
            "200 OK",
            "check the IDs in `Meta.Destinations`",
        ),
        (
            "DataModels",
            "403 Forbidden",
            "check the message against its data model",
        ),
        ("Send", "400 Bad Request", "check `Meta`: the data model"),
        (
            "Unheard-of",
            "400 Bad Request",
            "check the message against its data model",
        ),
    ] {
        let fault = json!({ "ID": 1, "Text": "no", "Type": "message", "Module": module });
        let answer = json!({ "Meta": { "Errors": [fault] } }).to_string();
        let answers = vec![Answer::json("200 OK", TOKEN), Answer::json(status, &answer)];
        let server = Canned::start(answers);
        let call = folder.call(&["send", "m.json", "--base-url", &server.url()]);
        let shown = call
            .args(&["--client-id", "a", "--key", "key.pem"])
            .run()
            .failed(1);
        assert!(
            shown.contains(&format!("likely cause: {part}")),
            "{module}: {shown}"
        );
        assert!(shown.ends_with("\n0 ok, 1 refused\n"), "{shown}");
    }
}

#[test]
fn where_a_redirect_leads_and_when_to_ask_again_is_shown() {
    let folder = Folder::new();
    folder.make_key("key.pem", "ES256");
    let token = |status: &str, header: &str| {
        let server = Canned::always(Answer::with(status, header, "{}"));
        let call = folder.call(&["token", "--base-url", &server.url()]);
        let outcome = call.args(&["--client-id", "a", "--key", "key.pem"]).run();
        outcome.failed(1)
    };
    let shown = token("302 Found", "location: https://login.example/");
    assert!(
        shown.contains("the server redirects and gives no token, with status 302"),
        "{shown}"
    );
    assert!(
        shown.contains("location:     \"https://login.example/\""),
        "{shown}"
    );
    let shown = token("400 Bad Request", "retry-after: 17");
    assert!(shown.contains("wait for:     17 s"), "{shown}");
}

#[test]
fn an_assertion_from_a_file_may_have_been_used_before() {
    let redox = Redox::start();
    let assertion = redox.call(&["assertion"]).run().done();
    redox.folder.write("a.jwt", &assertion);
    let exchange = || {
        let call = redox.folder.call(&["token", "--assertion", "a.jwt"]);
        call.args(&["--base-url", redox.server.base_url()]).run()
    };
    exchange().done();
    let shown = exchange().failed(1);
    assert!(
        shown.contains("may have been used before; sign another"),
        "{shown}"
    );
    let old = redox
        .call(&["assertion", "--at", "1800000000"])
        .run()
        .done();
    redox.folder.write("a.jwt", &old);
    let shown = exchange().failed(1);
    assert!(shown.contains("assertion:    it"), "{shown}");
}

#[test]
fn what_is_no_secret_and_what_is_no_url_is_named() {
    let redox = Redox::start();
    let set = redox.folder.run(&["key", "jwks", "key.pem"]).done();
    redox.folder.write("jwks.json", &set);
    redox.folder.write("other.json", r#"{"a":1}"#);
    for (file, part) in [
        (
            "jwks.json",
            "found a JWK Set, which belongs to an OAuth API key",
        ),
        ("other.json", "found a JSON object"),
        ("key.pem", "found a private key in PEM; give it to --key"),
    ] {
        let call = redox.folder.call(&["token", "--legacy-key", "a"]);
        let shown = call.args(&["--legacy-secret-file", file]).run().failed(2);
        assert!(shown.contains(part), "{file}: {shown}");
    }
    for url in ["localhost:8080", "localhost", "127.0.0.1:80/x", "[::1]:80"] {
        for option in ["--base-url", "--token-url", "--issuer", "--fhir-url"] {
            let call = redox
                .folder
                .call(&["token", "--client-id", "a", "--key", "key.pem"]);
            let shown = call.args(&[option, url]).run().failed(2);
            assert!(
                shown.contains("has no scheme; write http:// before it"),
                "{option} {url}: {shown}"
            );
        }
    }
}

#[cfg(unix)]
#[test]
fn nobody_is_warned_that_others_can_read_what_is_public() {
    use std::os::unix::fs::PermissionsExt as _;

    let redox = Redox::start();
    let set = redox.folder.run(&["key", "jwks", "key.pem"]).done();
    redox.folder.write("jwks.json", &set);
    let everybody = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(redox.folder.path("jwks.json"), everybody).unwrap();
    let outcome = redox.folder.run(&["key", "jwks", "jwks.json"]);
    assert_eq!(outcome.code, Some(2), "{outcome:#?}");
    assert!(!outcome.stderr.contains("others can read"), "{outcome:#?}");
    let call = redox
        .folder
        .call(&["doctor", "--client-id", "a", "--key", "jwks.json"]);
    let outcome = call.args(&["--base-url", redox.server.base_url()]).run();
    assert!(!outcome.stdout.contains("others can read"), "{outcome:#?}");
}
