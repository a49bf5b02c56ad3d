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
            "line 3: [maskinporten] lifetime: expected an integer, found a string",
        ),
        (
            "nbf = \"yes\"",
            "line 3: [maskinporten] nbf: expected true or false, found a string",
        ),
        (
            "claim = 1",
            "line 3: [maskinporten] claim: expected a string or an array of strings",
        ),
        (
            "subject = 7",
            "line 3: [maskinporten] subject: expected a string, found an integer",
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
            ["--lifetime", "301"],
            "expected 1 to 300 seconds, found 301",
        ),
    ] {
        let shown = assertion(&folder).args(&arguments).run().failed(2);
        assert!(shown.contains(expected), "{arguments:?}: {shown}");
    }
    let call = folder.call(&["token", "--client-id", "client-1", "--key", "key.pem"]);
    let shown = call.args(&["--field", "scope=a"]).run().failed(2);
    let expected = "form field \"scope\": it cannot be added: set the scope";
    assert!(shown.contains(expected), "{shown}");
}

#[test]
fn a_wrong_value_is_named_by_the_place_that_it_comes_from() {
    let folder = folder();
    for (variable, entry, value, expected) in [
        (
            "REDOX_CLAIMS",
            "claim",
            "purposeId=p",
            "claim \"purposeId\": expected JSON",
        ),
        (
            "REDOX_HEADER",
            "header",
            "jku",
            "header member: expected NAME=VALUE",
        ),
        (
            "REDOX_FIELDS",
            "field",
            "scope=a",
            "form field \"scope\": it cannot be added",
        ),
        (
            "REDOX_LIFETIME",
            "lifetime",
            "301",
            "expected 1 to 300 seconds, found 301",
        ),
        (
            "REDOX_LIFETIME",
            "lifetime",
            "-1",
            "expected SECS, found \"-1\": ",
        ),
        (
            "REDOX_BACKDATE",
            "backdate",
            "300",
            "expected `iat` to be set back by less",
        ),
        (
            "REDOX_LONGEST_TOKEN",
            "longest-token",
            "0",
            "found \"0\": 0 is not in 1..=65535",
        ),
        (
            "REDOX_AUDIENCE",
            "audience",
            "a b",
            "expected a URL, such as that of the token endpoint",
        ),
        ("REDOX_TOKEN_URL", "token-url", "ftp://a", "token URL: "),
        (
            "REDOX_CONFIRM_HOST",
            "confirm-host",
            "a/b",
            "a confirmed host is a name",
        ),
        (
            "REDOX_CERTIFICATE_FILE",
            "certificate",
            "/none",
            "cannot read /none",
        ),
        (
            "REDOX_DPOP_KEY_FILE",
            "dpop-key",
            "/none",
            "cannot read /none",
        ),
    ] {
        let discovered = if entry == "confirm-host" {
            &["--issuer", "https://as.example"][..]
        } else {
            &[]
        };
        let by_variable = assertion(&folder).args(discovered).env(variable, value);
        let shown = by_variable.run().failed(2);
        assert!(
            shown.contains(&format!("redox-auth: {variable}: ")),
            "{shown}"
        );
        assert!(shown.contains(expected), "{variable}: {shown}");
        assert!(!shown.contains(&format!("--{entry}: ")), "{shown}");

        let is_number = value.parse::<i64>().is_ok();
        let value = if is_number {
            value.to_owned()
        } else {
            format!("{value:?}")
        };
        let client = "client-id = \"client-1\"\nkey = \"key.pem\"\n";
        folder.write("c.toml", format!("[p]\n\n{entry} = {value}\n{client}"));
        let in_profile = ["assertion", "--profile", "p", "--config", "c.toml"];
        let call = folder.call(&in_profile).args(discovered);
        let shown = call.run().failed(2);
        let place = format!("redox-auth: c.toml, line 3: [p] {entry}: ");
        assert!(shown.contains(&place), "{shown}");
        assert!(shown.contains(expected), "{entry}: {shown}");
    }
    for (variable, value, expected) in [
        ("REDOX_ALG", "HS256", "expected ES256 or ES384"),
        ("REDOX_NBF", "yes", "expected true or false, found \"yes\""),
        (
            "REDOX_GRANT",
            "implicit",
            "expected client-credentials or jwt-bearer",
        ),
        ("REDOX_REGION", "eu", "expected us or ca, found \"eu\""),
        (
            "REDOX_CERTIFICATE_AS",
            "x5u",
            "expected x5c or x5t or x5t#S256",
        ),
    ] {
        let shown = assertion(&folder).env(variable, value).run().failed(2);
        let expected = format!("{variable}: {expected}");
        assert!(shown.contains(&expected), "{shown}");
    }
    // What is on the command line is named as an option, whatever the environment has.
    let call = assertion(&folder)
        .env("REDOX_ALG", "HS256")
        .args(&["--alg", "none"]);
    let outcome = call.run();
    assert!(outcome.stderr.contains("for '--alg"), "{outcome:?}");
}
