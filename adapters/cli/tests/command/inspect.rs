mod given;
mod judged;
mod signature;

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};

use crate::support::{Folder, Outcome};

/// Checks that something was objected to; what was printed, and what was said on standard error.
pub(crate) fn objected(outcome: Outcome) -> (String, String) {
    assert_eq!(outcome.code, Some(1), "{outcome:#?}");
    (outcome.stdout, outcome.stderr)
}

pub(crate) fn jwt(header: &Value, claims: &Value) -> String {
    let encode = |part: &Value| Base64UrlUnpadded::encode_string(part.to_string().as_bytes());
    format!("{}.{}.c2lnbmF0dXJl", encode(header), encode(claims))
}

pub(crate) fn sign(folder: &Folder, args: &[&str]) -> String {
    folder.make_key("key.pem", "ES384");
    folder
        .call(&["assertion", "--client-id", "client-1", "--key", "key.pem"])
        .args(args)
        .run()
        .done()
}

#[test]
fn a_member_that_stands_twice_is_an_error_with_its_name() {
    let folder = Folder::new();
    let encode = |json: &str| Base64UrlUnpadded::encode_string(json.as_bytes());
    let jwt = |header: &str, claims: &str| format!("{}.{}.AA", encode(header), encode(claims));
    let (header, claims) = (r#"{"alg":"ES384"}"#, r#"{"iss":"a","x":{"iss":"b"}}"#);
    for (jwt, expected) in [
        (
            jwt(header, r#"{"iss":"a","sub":"a","iss":"b"}"#),
            "claims of the JWT: expected each member once, found `iss` twice",
        ),
        (
            jwt(r#"{"alg":"ES384","alg":"none"}"#, claims),
            "header of the JWT: expected each member once, found `alg` twice",
        ),
    ] {
        for given in [
            &["inspect", &jwt][..],
            &["inspect", &format!("Bearer {jwt}")],
        ] {
            let outcome = folder.run(given);
            let is_shown = outcome.stderr.contains(expected) || outcome.stdout.contains(expected);
            assert!(is_shown, "{given:?}: {outcome:?}");
        }
        folder.write("ready.jwt", &jwt);
        let token = [
            "token",
            "--token-url",
            "https://as.example",
            "--assertion",
            "ready.jwt",
        ];
        let shown = folder.run(&token).failed(2);
        assert!(shown.contains(expected), "{shown}");
    }
    let (shown, _) = objected(folder.run(&["inspect", &jwt(header, claims)]));
    assert!(shown.contains("\"iss\":\"b\""), "{shown}");
}

#[test]
fn a_good_assertion_is_shown_with_its_times_as_dates() {
    let folder = Folder::new();
    let assertion = sign(&folder, &["--key-id", "key-1"]);
    let shown = folder.run(&["inspect", &assertion]).done();
    for part in [
        "header", "ES384", "key-1", "JWT", "claims", "client-1", "96 bytes",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let last = "\nRedox would find nothing wrong with header and claims.";
    assert!(shown.ends_with(last), "{shown}");
    for line in shown
        .lines()
        .filter(|line| line.contains("iat") || line.contains("exp"))
    {
        assert!(line.contains("(20") && line.ends_with("Z)"), "{line}");
    }
    // The signature is what makes it worth something.
    let signature = assertion.rsplit('.').next().unwrap();
    assert!(!shown.contains(signature), "{shown}");

    let piped = |args: &[&str]| {
        let call = folder.call(args).input(format!(" {assertion}\r\n"));
        call.run().done()
    };
    assert_eq!(piped(&["inspect", "-"]), shown);
    assert_eq!(piped(&["inspect"]), shown);
    folder.write("assertion.jwt", &assertion);
    assert_eq!(folder.run(&["inspect", "assertion.jwt"]).done(), shown);
}

#[test]
fn what_a_token_lacks_of_the_scope_asked_for_is_a_note() {
    let folder = Folder::new();
    let note = "note: the server granted less scope than requested; not granted: system/Group.rs";
    for (claims, is_less) in [
        (json!({ "scope": "system/Patient.rs" }), true),
        (json!({ "scp": ["system/Patient.rs"] }), true),
        (
            json!({ "scp": ["system/Group.rs", "system/Patient.rs"] }),
            false,
        ),
        (
            json!({ "scope": "system/Patient.rs system/Group.rs" }),
            false,
        ),
        // It does not say.
        (json!({}), false),
    ] {
        let token = jwt(&json!({ "alg": "ES256" }), &claims);
        let token = format!("Bearer {token}");
        let asked = [
            "inspect",
            &token,
            "--scope",
            "system/Patient.rs system/Group.rs",
        ];
        let shown = folder.run(&asked).done();
        assert_eq!(shown.contains(note), is_less, "{claims}: {shown}");
    }
}

#[test]
fn what_redox_would_object_to_is_said_and_is_a_failure() {
    let folder = Folder::new();
    let old = sign(&folder, &["--at", "2020-01-02T03:04:05Z", "--region", "ca"]);
    let (shown, errors) = objected(folder.run(&["inspect", &old]));
    assert!(shown.contains("(2020-01-02T03:04:00Z)"), "{shown}");
    assert!(shown.contains("Redox would object: iat is "), "{shown}");
    assert!(shown.contains("Redox would object: exp was "), "{shown}");
    assert!(!shown.contains("nothing wrong"), "{shown}");
    assert_eq!(errors, "redox-auth: Redox would raise 2 objections\n");

    let header = json!({ "alg": "HS256", "typ": "at+jwt" });
    let claims = json!({ "iss": "a", "sub": "b", "aud": ["c"], "iat": "now", "exp": 1.5 });
    let (shown, _) = objected(folder.run(&["inspect", &jwt(&header, &claims)]));
    for objection in [
        "alg is HS256; the server accepts RS384 or ES384",
        "kid is missing",
        "typ is \"at+jwt\"; the server accepts JWT",
        "iss and sub differ",
        "aud is [\"c\"]; the server accepts https://api.redoxengine.com/v2/auth/token or ",
        "jti is missing or not a text",
        "iat is \"now\"; expected whole seconds",
        "exp is 1.5; expected whole seconds",
    ] {
        let objection = format!("Redox would object: {objection}");
        assert!(shown.contains(&objection), "{objection}: {shown}");
    }
}

#[test]
fn what_is_no_jwt_is_refused_with_what_was_found() {
    let folder = Folder::new();
    let array = Base64UrlUnpadded::encode_string(b"[]");
    let empty = Base64UrlUnpadded::encode_string(b"{}");
    let deep = Base64UrlUnpadded::encode_string("[".repeat(10_000).as_bytes());
    for (jwt, part) in [
        (String::new(), "found nothing"),
        ("garbage".to_owned(), "found another text"),
        ("a.b.c.d.e".to_owned(), "found another text"),
        ("{\"alg\":1}".to_owned(), "found JSON"),
        ("-----BEGIN PRIVATE KEY-----".to_owned(), "found a PEM file"),
        (
            format!("{empty}.{empty}.=="),
            "signature of the JWT: expected base64url",
        ),
        (
            format!("{empty}=.{empty}.c2ln"),
            "header of the JWT: expected base64url",
        ),
        (
            format!("{array}.{empty}.c2ln"),
            "header of the JWT: expected a JSON object",
        ),
        (
            format!("{empty}.{array}.c2ln"),
            "claims of the JWT: expected a JSON object",
        ),
        (
            format!("{empty}.{deep}.c2ln"),
            "claims of the JWT: expected a JSON object",
        ),
        (
            format!("{empty}.\u{e4}.c2ln"),
            "claims of the JWT: expected base64url",
        ),
    ] {
        let call = folder.call(&["inspect", "-"]).input(&jwt);
        let shown = call.run().failed(2);
        assert!(shown.contains(part), "{jwt:?}: {shown}");
        assert!(
            shown.contains("expected") && shown.contains("found"),
            "{jwt:?}: {shown}"
        );
    }
    for (argument, part) in [
        ("no-such-file", "and no file has this name"),
        (".", "found a folder"),
        ("", "found nothing"),
    ] {
        let shown = folder.run(&["inspect", argument]).failed(2);
        assert!(shown.contains(part), "{argument}: {shown}");
    }
    let shown = folder
        .call(&["inspect"])
        .input([0xff, 0xff])
        .run()
        .failed(2);
    assert!(
        shown.contains("expected text in UTF-8, found other bytes"),
        "{shown}"
    );
}

#[test]
fn control_characters_of_a_jwt_do_not_reach_the_terminal() {
    let folder = Folder::new();
    let header = json!({ "alg": "\u{1b}[2J", "kid": "\u{7}\u{9b}31m" });
    let claims = json!({ "iss": "\u{1b}]0;title\u{7}", "\u{1b}[1m": 1 });
    let (shown, _) = objected(folder.run(&["inspect", &jwt(&header, &claims)]));
    assert!(
        !shown.contains(|c: char| c.is_control() && c != '\n'),
        "{shown:?}"
    );
}
