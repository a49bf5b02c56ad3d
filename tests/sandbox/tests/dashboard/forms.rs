use redox_auth_sandbox::http::Method;
use serde_json::{Value, json};

use crate::support::*;

#[tokio::test]
async fn a_form_does_what_its_operation_does_and_leads_back() {
    let redox = Redox::start().await;
    let fields = [
        ("back", "/sources"),
        ("name", "Lab"),
        ("id", ""),
        ("environment", "Staging"),
    ];
    let answer = redox.submit("createSource", &fields).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (303, "/sources")
    );
    let shown = redox.get("/sources").await.text;
    assert!(shown.contains("<td>Lab</td>"), "{shown}");
    let fields = [("back", "//evil.example"), ("by", "1m")];
    let answer = redox.submit("moveClock", &fields).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/"));
    let fields = [("client_id", CLIENT_ID), ("kid", "key-1"), ("back", "/")];
    assert_eq!(redox.submit("withdrawKey", &fields).await.status, 303);
    let keys = redox.api(Method::GET, "oauth-keys", Value::Null).await;
    assert_eq!(keys["oauth_keys"][0]["keys"][0]["state"], "withdrawn");
}

#[tokio::test]
async fn what_was_entered_is_still_there_when_it_was_not_taken() {
    let redox = Redox::start().await;
    let fields = [
        ("back", "/faults"),
        ("place", "api"),
        ("fault", "latency"),
        ("value", "soon"),
        ("times", "7"),
    ];
    let answer = redox.submit("orderFault", &fields).await;
    assert_eq!(answer.status, 400);
    for part in [
        "role=\"alert\"",
        "value=\"soon\"",
        "value=\"7\"",
        "<option value=\"api\" selected>",
        "<option value=\"latency\" selected>",
        "like 500ms, 3s or 2m",
    ] {
        assert!(answer.text.contains(part), "{part}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_private_key_that_was_pasted_is_not_shown_again() {
    let redox = Redox::start().await;
    let mut private = jwk("private");
    private["d"] = "hush-private".into();
    let private = json!({ "keys": [private] }).to_string();
    let pem = "-----BEGIN PRIVATE KEY-----\nhush-pem";
    let create = "createOAuthKey";
    for (operation, client_id, pasted, more, status) in [
        (create, "kept", &*private, None, 400),
        (create, "kept", pem, None, 400),
        (create, CLIENT_ID, &private, None, 409),
        (create, "kept", &private, Some(("make", "ES256")), 400),
        (create, "kept", &private, Some(("environment", "x")), 400),
        (create, "kept", &private, Some(("unknown", "x")), 400),
        ("replaceKeys", "nobody", &private, None, 404),
    ] {
        let mut fields = vec![("back", "/"), ("client_id", client_id), ("jwks", pasted)];
        fields.extend(more);
        let case = format!("{operation} {client_id} {more:?}");
        let answer = redox.submit(operation, &fields).await;
        assert_eq!(answer.status, status, "{case}: {}", answer.text);
        assert!(!answer.text.contains("hush"), "{case}: {}", answer.text);
        let again = answer.text.contains("Paste the JWK Set again");
        assert!(again, "{case}: {}", answer.text);
        if operation == create {
            let value = format!("value=\"{client_id}\"");
            assert!(answer.text.contains(&value), "{case}: the rest is shown");
        }
    }
}

#[tokio::test]
async fn a_secret_is_on_the_page_that_made_it_and_on_no_other() {
    let redox = Redox::start().await;
    let answer = redox
        .submit(
            "createLegacyKey",
            &[("source_id", "source-1"), ("back", "/")],
        )
        .await;
    assert_eq!(answer.status, 200);
    let (_, rest) = answer.text.split_once("id=\"copy-secret\">").unwrap();
    let secret = rest.split('<').next().unwrap();
    let body = json!({ "apiKey": "source-1", "secret": secret }).to_string();
    let request = redox_auth_sandbox::Request::json("/auth/authenticate", body);
    assert_eq!(redox.send(request).await.status, 200);
    for path in ["/", "/traffic", "/traffic/1"] {
        assert!(!redox.get(path).await.text.contains(secret), "{path}");
    }
    let made = redox
        .submit("createOAuthKey", &[("make", "ES256"), ("back", "/")])
        .await;
    assert!(made.text.contains("-----BEGIN PRIVATE KEY-----"));
    assert!(!redox.get("/").await.text.contains("PRIVATE KEY"));
}
