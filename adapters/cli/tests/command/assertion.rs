use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};

use crate::support::Folder;

const OPTIONS: [&str; 5] = ["assertion", "--client-id", "client-1", "--key", "key.pem"];

fn parts(assertion: &str) -> (Value, Value) {
    let mut parts = assertion.split('.').map(|part| {
        let json = Base64UrlUnpadded::decode_vec(part).unwrap();
        serde_json::from_slice(&json).unwrap_or(Value::Null)
    });
    (parts.next().unwrap(), parts.next().unwrap())
}

#[test]
fn an_assertion_says_what_the_options_say() {
    let folder = Folder::new();
    folder.make_key("key.pem", "RS384");
    let sign = |args: &[&str]| parts(&folder.call(&OPTIONS).args(args).run().done());

    let (header, claims) = sign(&["--at", "1800000000", "--key-id", "k \"1\""]);
    assert_eq!(
        header,
        json!({ "alg": "RS384", "typ": "JWT", "kid": "k \"1\"" })
    );
    assert_eq!(
        (&claims["iss"], &claims["sub"]),
        (&json!("client-1"), &json!("client-1"))
    );
    assert_eq!(claims["aud"], "https://api.redoxengine.com/v2/auth/token");
    assert_eq!(claims["iat"], 1_799_999_995);
    assert_eq!(claims["exp"], 1_800_000_295);

    for (args, member, value) in [
        (
            &["--at", "2027-01-15T09:00:00+01:00"][..],
            "iat",
            json!(1_799_999_995),
        ),
        (
            &["--region", "ca"],
            "aud",
            json!("https://api.ca.redoxengine.com/v2/auth/token"),
        ),
        (
            &["--base-url", "https://proxy.example/redox/"],
            "aud",
            json!("https://proxy.example/redox/v2/auth/token"),
        ),
        (
            &["--base-url", "https://a.example", "--region", "ca"],
            "aud",
            json!("https://a.example/v2/auth/token"),
        ),
        (
            &["--token-url", "https://as.example/token"],
            "aud",
            json!("https://as.example/token"),
        ),
        (
            &[
                "--audience",
                "https://as.example",
                "--token-url",
                "https://as.example/token",
            ],
            "aud",
            json!("https://as.example"),
        ),
    ] {
        assert_eq!(sign(args).1[member], value, "{args:?}");
    }
    let (header, _) = sign(&["--typ", "client-authentication+jwt"]);
    assert_eq!(header["typ"], "client-authentication+jwt");
}

#[test]
fn no_two_assertions_have_one_jti() {
    let folder = Folder::new();
    folder.make_key("key.pem", "ES256");
    let jti = || {
        let sign = folder.call(&OPTIONS).args(&["--at", "1800000000"]);
        parts(&sign.run().done()).1["jti"].clone()
    };
    assert_ne!(jti(), jti());
}

#[test]
fn a_time_that_is_none_is_refused() {
    let folder = Folder::new();
    folder.make_key("key.pem", "ES256");
    for at in [
        "",
        "now",
        "2026-11-21",
        "1.5",
        "99999999999999999999999",
        "1969-12-31T23:59:59Z",
    ] {
        let shown = folder.call(&OPTIONS).args(&["--at", at]).run().failed(2);
        assert!(shown.contains("expected"), "{at:?}: {shown}");
    }
}

#[test]
fn names_may_begin_with_a_dash_as_one_thumbprint_in_sixty_four_does() {
    let folder = Folder::new();
    let args = [
        "key", "new", "--alg", "ES256", "--out", "key.pem", "--key-id", "-kid",
    ];
    let jwks: Value = serde_json::from_str(&folder.run(&args).done()).unwrap();
    assert_eq!(jwks["keys"][0]["kid"], "-kid");
    let args = [
        "assertion",
        "--key",
        "key.pem",
        "--key-id",
        "-kid",
        "--client-id",
        "-client",
    ];
    let (header, claims) = parts(&folder.run(&args).done());
    assert_eq!(header["kid"], "-kid");
    assert_eq!(claims["iss"], "-client");
}
