use redox_auth_sandbox::{Environment, OAuthKey, Source};

use crate::canned::{Answer, Canned};
use crate::doctor::{checks, expect};
use crate::support::{Redox, assert_hidden};

#[test]
fn a_source_is_looked_up_among_those_of_the_environment() {
    let redox = Redox::start();
    let jwks = redox.folder.make_key("user.pem", "ES256");
    let user = OAuthKey::new().client_id("user").jwks(&jwks);
    redox.server.sandbox().register_oauth_key(user).unwrap();
    let user = ["--platform-client-id", "user", "--platform-key", "user.pem"];
    let call = |options: &[&str]| redox.call(&["doctor"]).args(&user).args(options);
    let own = redox.source_id.as_str();
    let shown = format!("{own:?} named \"Clinic\"");
    let source = |options: &[&str], code: i32, verdict: &str, parts: &[&str]| {
        let (found, lines) = checks(call(options));
        assert_eq!(found, Some(code), "{lines:#?}");
        for part in parts {
            expect(&lines, "source", &[(verdict, part)]);
        }
    };
    source(
        &[],
        0,
        "ok",
        &["the only source of the environment", &shown],
    );
    source(&["--source-id", own], 0, "ok", &[&shown]);

    let production = Source::new("Real").environment(Environment::Production);
    let mut state = redox.server.sandbox();
    let production = state.add_source(production).unwrap();
    let ward = state.add_source(Source::new("Ward\n\u{1b}[2J").id("ward"));
    let legacy = state.register_legacy_key(&ward.unwrap()).unwrap();
    drop(state);
    let several = ["several", &shown, r#""ward" named "Ward\n\u{1b}[2J""#];
    source(&[], 0, "warn", &several);
    source(&["--source-id", "ward"], 0, "ok", &["\"ward\" named"]);
    let others = [&shown, "\"ward\" named", &production];
    source(&["--source-id", &production], 2, "FAIL", &others);

    // Beside an OAuth API key the legacy API key's is the one that messages come from.
    let call = call(&["--legacy-key", legacy.api_key()]);
    let (code, lines) = checks(call.env("REDOX_LEGACY_SECRET", legacy.expose_secret()));
    assert_eq!(code, Some(0), "{lines:#?}");
    expect(&lines, "source", &[("ok", "\"ward\" named")]);
}

#[test]
fn an_environment_may_have_no_source() {
    let redox = Redox::start();
    let jwks = redox.folder.run(&["key", "jwks", "key.pem"]).done();
    let key = OAuthKey::new().client_id("other").jwks(&jwks);
    let key = key.environment(Environment::Staging);
    redox.server.sandbox().register_oauth_key(key).unwrap();
    let call = |options: &[&str]| {
        let call = redox.folder.call(&["doctor", "--client-id", "other"]);
        let call = call.args(&["--base-url", redox.server.base_url(), "--key", "key.pem"]);
        let call = call.args(&["--platform-client-id", "other"]);
        call.args(&["--platform-key", "key.pem"]).args(options)
    };
    let (code, lines) = checks(call(&[]));
    assert_eq!(code, Some(0));
    expect(&lines, "source", &[("warn", "the environment has none")]);
    let (code, lines) = checks(call(&["--source-id", "s"]));
    assert_eq!(code, Some(2));
    expect(&lines, "source", &[("FAIL", "(none), found \"s\"")]);
}

#[test]
fn a_source_that_cannot_be_looked_up_says_why() {
    let redox = Redox::start();
    let token = redox.call(&["token"]).run().done();
    redox.folder.write("token", &token);
    redox.folder.write("bad-token", "a-secret-of-nobody");
    let call = || redox.call(&["doctor", "--source-id", &redox.source_id]);
    let user = |name: &str| call().args(&["--platform-token-file", name]);
    let (code, lines) = checks(user("token"));
    assert_eq!(code, Some(0), "{lines:#?}");
    expect(&lines, "source", &[("ok", "named \"Clinic\"")]);
    for (call, code, part) in [
        (
            user("bad-token"),
            1,
            "likely cause: the API did not accept the token",
        ),
        (user("nowhere"), 2, "cannot read nowhere"),
        (
            call().args(&["--platform-client-id", "a"]),
            2,
            "expected --platform-client-id with --platform-key, or --platform-token-file, found --platform-client-id",
        ),
        (
            user("token").args(&["--platform-key-id", "a"]),
            2,
            "found --platform-key-id, --platform-token-file",
        ),
    ] {
        let (found, lines) = checks(call);
        assert_eq!(found, Some(code), "{part}: {lines:#?}");
        expect(&lines, "token", &[("ok", "obtained a token")]);
        expect(&lines, "source", &[("FAIL", "not looked up: ")]);
        expect(&lines, "source", &[("FAIL", part)]);
        assert_hidden(&format!("{lines:?}"), "a-secret-of-nobody");
        assert_hidden(&format!("{lines:?}"), &token);
    }
    let nobody = redox
        .folder
        .call(&["doctor", "--platform-token-file", "token"]);
    let nobody = nobody.args(&["--base-url", redox.server.base_url()]);
    let part = "not looked up: expected a client ID";
    expect(&checks(nobody).1, "source", &[("FAIL", part)]);

    let server = Canned::start(vec![
        Answer::json(
            "200 OK",
            r#"{"payload":{"apikey":{"environment":{"id":"../a"}}}}"#,
        ),
        Answer::json(
            "200 OK",
            r#"{"payload":{"apikey":{"environment":{"id":"a"}}}}"#,
        ),
        Answer::json("200 OK", r#"{"payload":{"sources":[{"id":"a"}]}}"#),
    ]);
    for part in ["the ID of its environment", "sources with ID and name"] {
        let call = redox.folder.call(&["doctor", "--client-id", "c"]);
        let call = call.args(&["--platform-token-file", "token"]);
        let call = call.args(&["--base-url", &server.url()]);
        let call = call.args(&["--token-url", redox.server.base_url()]);
        expect(&checks(call).1, "source", &[("FAIL", part)]);
    }
    assert!(server.requests()[2].starts_with("GET /platform/v1/environments/a/sources "));
}
