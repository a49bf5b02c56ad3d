//! A server that is found by what it publishes about itself, and what `doctor` makes of that.

mod doctor;

use serde_json::{Value, json};

use crate::canned::{Answer, Canned};
use crate::doctor::{checks, expect};
use crate::serve::Port;
use crate::support::{Call, Folder, Redox};

const OAUTH: &str = "/.well-known/oauth-authorization-server";
const OPENID: &str = "/.well-known/openid-configuration";
const SMART: &str = "/fhir/.well-known/smart-configuration";
const UDAP: &str = "/fhir/.well-known/udap";

fn json(body: &Value) -> Answer {
    Answer::json("200 OK", &body.to_string())
}

fn token() -> Answer {
    json(&json!({ "access_token": "granted", "token_type": "Bearer", "expires_in": 300 }))
}

/// A server that publishes this at a path, and gives tokens; where it says `URL` it means itself.
fn server(path: &'static str, document: &Value) -> Canned {
    Canned::by_path(|url| {
        let document = document.to_string().replace("URL", url);
        vec![
            (path, Answer::json("200 OK", &document)),
            ("/token", token()),
        ]
    })
}

fn issuer() -> Canned {
    server(
        OAUTH,
        &json!({ "issuer": "URL", "token_endpoint": "URL/token" }),
    )
}

/// A server with a FHIR base URL, with these members beside its token endpoint.
fn fhir_server(members: Value) -> Canned {
    let mut document = json!({ "token_endpoint": "URL/token" });
    let Value::Object(members) = members else {
        panic!("no members: {members}");
    };
    document.as_object_mut().unwrap().extend(members);
    server(SMART, &document)
}

fn fhir_url(server: &Canned) -> String {
    format!("{}/fhir", server.url())
}

fn paths(server: &Canned) -> Vec<String> {
    let path = |request: &String| request.split(' ').nth(1).unwrap().to_owned();
    server.requests().iter().map(path).collect()
}

fn folder() -> Folder {
    let folder = Folder::new();
    folder.make_key("key.pem", "ES384");
    folder
}

/// The command with a key, and with no server yet.
fn call(folder: &Folder, args: &[&str]) -> Call {
    let call = folder.call(args);
    call.args(&["--client-id", "client-1", "--key", "key.pem"])
}

#[test]
fn a_token_is_got_from_the_endpoint_that_was_found() {
    let folder = folder();
    let server = issuer();
    let url = server.url();
    let with_issuer = call(&folder, &["token", "--issuer", &url]);
    assert_eq!(with_issuer.run().done(), "granted");
    assert_eq!(paths(&server), [OAUTH, "/token"]);
    let by_variable = call(&folder, &["token"]).env("REDOX_ISSUER", &url);
    assert_eq!(by_variable.run().done(), "granted");

    let server = fhir_server(json!({}));
    let fhir_url = fhir_url(&server);
    folder.write("c.toml", format!("[a]\nfhir-url = {fhir_url:?}\n"));
    let profile = ["token", "--profile", "a", "--config", "c.toml"];
    assert_eq!(call(&folder, &profile).run().done(), "granted");
    // Options take precedence over the profile.
    let by_issuer = call(&folder, &profile).args(&["--issuer", &url]);
    assert_eq!(by_issuer.run().done(), "granted");
    assert_eq!(paths(&server), [SMART, "/token"]);
    let by_variable = call(&folder, &["token"]).env("REDOX_FHIR_URL", &fhir_url);
    assert_eq!(by_variable.run().done(), "granted");

    let assertion = call(&folder, &["assertion", "--fhir-url", &fhir_url])
        .run()
        .done();
    let shown = folder.call(&["inspect", &assertion]).run();
    let audience = format!("{}/token", server.url());
    assert!(shown.stdout.contains(&audience), "{shown:#?}");
}

#[test]
fn nothing_is_asked_where_the_token_endpoint_is_named() {
    let folder = folder();
    let (documents, tokens) = (issuer(), Canned::always(token()));
    let named = ["--token-url", &tokens.url()];
    let found = call(&folder, &["token", "--issuer", &documents.url()]);
    assert_eq!(found.args(&named).run().done(), "granted");
    assert!(documents.requests().is_empty());
    assert_eq!(tokens.requests().len(), 1);
}

#[test]
fn a_token_endpoint_on_another_host_has_to_be_confirmed() {
    let folder = folder();
    let tokens = Canned::always(token());
    let endpoint = format!("{}/token", tokens.url());
    let server = server(
        OAUTH,
        &json!({ "issuer": "URL", "token_endpoint": endpoint }),
    );
    let host = tokens.url().replace("http://", "");
    let token = || call(&folder, &["token", "--issuer", &server.url()]);
    let shown = token().run().failed(2);
    let found = format!("`token_endpoint` is {endpoint:?}");
    let remedy = format!("--confirm-host {host}");
    for part in [OAUTH, &found, &remedy, "--token-url", "--audience"] {
        assert!(shown.contains(part), "{shown}");
    }
    let shown = token()
        .args(&["--confirm-host", "a.example,127.0.0.1"])
        .run()
        .failed(2);
    assert!(shown.contains("was not asked"), "{shown}");
    let shown = token()
        .args(&["--confirm-host", &tokens.url()])
        .run()
        .failed(2);
    assert!(shown.contains("a confirmed host is a name"), "{shown}");
    assert!(tokens.requests().is_empty());

    let confirmed = token().args(&["--confirm-host", "a.example", "--confirm-host", &host]);
    assert_eq!(confirmed.run().done(), "granted");
    let confirmed = token().env("REDOX_CONFIRM_HOST", format!("a.example,{host}"));
    assert_eq!(confirmed.run().done(), "granted");
}

#[test]
fn a_document_that_is_not_used_ends_every_command_before_anything_is_signed() {
    let folder = folder();
    let huge =
        json!({ "issuer": "URL", "token_endpoint": "URL/token", "a": "b".repeat(1_000_000) });
    for (document, code, part) in [
        (huge, 3, "65536 bytes, found 1000"),
        (
            json!({ "issuer": "URL", "token_endpoint": 7 }),
            3,
            "`token_endpoint` to be a string",
        ),
        (json!({ "issuer": "URL" }), 3, "`token_endpoint` is missing"),
        (
            json!({ "issuer": "URL", "token_endpoint": "http://as.example/token" }),
            3,
            "`token_endpoint`: expected https",
        ),
        (
            json!({ "issuer": "https://as.example", "token_endpoint": "URL/token" }),
            2,
            "is not the URL that was asked",
        ),
        (
            json!({ "issuer": "URL/", "token_endpoint": "URL/token" }),
            2,
            "has a slash at its end",
        ),
    ] {
        let server = server(OAUTH, &document);
        let options = ["--issuer", &server.url()];
        let legacy = ["migrate", "--once", "--legacy-key", "old"];
        for args in [
            &["token"][..],
            &["assertion"],
            &["send", "-"],
            &["serve", "--secret-file", "secret"],
            &["key", "rotate", "--out", "new.pem"],
            &legacy,
        ] {
            let call = call(&folder, args).args(&options);
            let shown = call.env("REDOX_LEGACY_SECRET", "secret").run().failed(code);
            assert!(shown.contains(part), "{args:?}: {shown}");
        }
        assert!(paths(&server).iter().all(|path| path == OAUTH), "{part}");
    }
    let nothing = Canned::by_path(|_| Vec::new());
    let shown = call(&folder, &["token", "--issuer", &nothing.url()])
        .run()
        .failed(3);
    assert!(shown.contains(OAUTH) && shown.contains(OPENID), "{shown}");
    let both = [
        "token",
        "--issuer",
        "https://a.example",
        "--fhir-url",
        "https://b.example",
    ];
    let shown = call(&folder, &both).run().failed(2);
    assert!(shown.contains("--issuer or --fhir-url"), "{shown}");
    let shown = call(&folder, &["token", "--issuer", "http://as.example"])
        .run()
        .failed(2);
    assert!(shown.contains("expected https"), "{shown}");
}

#[test]
fn a_key_that_the_server_does_not_list_is_not_used() {
    let folder = folder();
    let name = "token_endpoint_auth_signing_alg_values_supported";
    let server = fhir_server(json!({ name: ["RS384", "RS512"] }));
    let options = ["--fhir-url", &fhir_url(&server)];
    let shown = call(&folder, &["token"]).args(&options).run().failed(2);
    assert!(
        shown.contains("signs with ES384") && shown.contains("RS384, RS512"),
        "{shown}"
    );
    let (code, lines) = checks(call(&folder, &["doctor"]).args(&options));
    assert_eq!(code, Some(2));
    let part = "the key signs with ES384, and the metadata lists RS384, RS512";
    expect(&lines, "algorithm", &[("FAIL", part)]);
    // `doctor` looks at the time there, and sends no assertion.
    let requests = server.requests();
    assert!(requests.iter().all(|request| request.starts_with("GET ")));

    let named = format!("{}/token", server.url());
    let call = call(&folder, &["doctor", "--token-url", &named]).args(&options);
    let (code, lines) = checks(call);
    assert_eq!(code, Some(0), "{lines:#?}");
    expect(&lines, "algorithm", &[("warn", part)]);
}

#[test]
fn a_profile_of_many_is_found_when_it_is_asked_for() {
    let redox = Redox::start();
    let server = issuer();
    let profile = format!(
        "[found]\nissuer = {:?}\nclient-id = \"client-1\"\nkey = \"key.pem\"\n",
        server.url()
    );
    redox.folder.write("config.toml", profile);
    let port = Port::start(&redox, &["--config", "config.toml", "--profiles", "found"]);
    assert!(server.requests().is_empty());
    assert_eq!(port.token_of("found").json()["access_token"], "granted");
    assert_eq!(paths(&server), [OAUTH, "/token"]);
}
