//! What other servers than Redox ask for, from options, the environment and profiles.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};

use crate::support::{Call, Folder};

/// Header and claims of the assertion that a call prints.
fn parts(call: Call) -> (Value, Value) {
    let assertion = call.run().done();
    let mut parts = assertion.trim().split('.').take(2).map(|part| {
        let json = Base64UrlUnpadded::decode_vec(part).unwrap();
        serde_json::from_slice(&json).unwrap()
    });
    (parts.next().unwrap(), parts.next().unwrap())
}

fn folder() -> Folder {
    let folder = Folder::new();
    folder.make_key("key.pem", "ES256");
    folder
}

fn assertion(folder: &Folder) -> Call {
    let call = folder.call(&["assertion", "--client-id", "client-1", "--key", "key.pem"]);
    call.args(&["--at", "1800000000"])
}

#[test]
fn each_option_is_a_part_of_the_assertion() {
    let folder = folder();
    let call = assertion(&folder).args(&[
        "--claim",
        r#"extensions={"hl7-b2b":{"version":"1"}}"#,
        "--claim",
        r#"{"purposeId":"p","n":1}"#,
        "--header",
        r#"jku="https://client.example/jwks""#,
        "--lifetime",
        "60",
        "--backdate",
        "0",
        "--nbf",
        "--no-kid",
        "--subject",
        "-user",
    ]);
    let (header, claims) = parts(call);
    assert_eq!(
        header,
        json!({"alg": "ES256", "typ": "JWT", "jku": "https://client.example/jwks"})
    );
    assert_eq!(claims["extensions"], json!({"hl7-b2b": {"version": "1"}}));
    assert_eq!(claims["purposeId"], "p");
    assert_eq!(claims["n"], 1);
    assert_eq!(claims["iat"], 1_800_000_000);
    assert_eq!(claims["nbf"], 1_800_000_000);
    assert_eq!(claims["exp"], 1_800_000_060);
    assert_eq!(claims["iss"], "client-1");
    assert_eq!(claims["sub"], "-user");
}

#[test]
fn a_profile_holds_numbers_switches_and_lists_and_comes_last() {
    let folder = folder();
    let profile = r#"
[maskinporten]
client-id = "client-1"
key = "key.pem"
grant = "jwt-bearer"
lifetime = 120
nbf = true
no-kid = false
claim = ['scope="a b"', 'resource=["https://api.example"]']
"#;
    folder.write("config.toml", profile);
    let call = || {
        let call = folder.call(&["--profile", "maskinporten", "assertion"]);
        call.args(&["--config", "config.toml", "--at", "1800000000"])
    };
    let (header, claims) = parts(call());
    assert!(header["kid"].is_string(), "{header}");
    assert_eq!(claims["scope"], "a b");
    assert_eq!(claims["resource"], json!(["https://api.example"]));
    assert_eq!(claims["exp"], 1_800_000_115);
    assert_eq!(claims["nbf"], claims["iat"]);
    let changed = call().env("REDOX_LIFETIME", "60").env("REDOX_NBF", "false");
    let (_, claims) = parts(changed.env("REDOX_CLAIMS", r#"{"scope":"c"}"#));
    assert_eq!(claims["exp"], 1_800_000_055);
    assert_eq!(claims.get("nbf"), None);
    assert_eq!(claims["scope"], "c");
    assert_eq!(claims.get("resource"), None);
    for (line, expected) in [
        (
            "lifetime = \"120\"",
            "line 3: lifetime: expected an integer, found a string",
        ),
        (
            "nbf = \"yes\"",
            "line 3: nbf: expected true or false, found a string",
        ),
        (
            "claim = 1",
            "line 3: claim: expected a string or an array of strings",
        ),
        (
            "subject = 7",
            "line 3: subject: expected a string, found an integer",
        ),
    ] {
        folder.write("config.toml", format!("\n[maskinporten]\n{line}\n"));
        let shown = call().run().failed(2);
        assert!(shown.contains(expected), "{shown}");
    }
}

#[test]
fn what_cannot_be_added_is_wrong_use_and_named() {
    let folder = folder();
    for (arguments, expected) in [
        (
            ["--claim", "purposeId=p"],
            "claim \"purposeId\": expected JSON, where a text has double quotes",
        ),
        (
            ["--claim", "iss=\"other\""],
            "claim \"iss\": it cannot be added",
        ),
        (
            ["--claim", "purposeId"],
            "claim: expected NAME=VALUE or a JSON object, found no `=`",
        ),
        (
            ["--header", "alg=\"none\""],
            "header member \"alg\": it cannot be added",
        ),
        (
            ["--field", "scope=a"],
            "form field \"scope\": it cannot be added: set the scope",
        ),
        (
            ["--lifetime", "301"],
            "expected 1 to 300 seconds, found 301",
        ),
    ] {
        let shown = assertion(&folder).args(&arguments).run().failed(2);
        assert!(shown.contains(expected), "{arguments:?}: {shown}");
    }
}
