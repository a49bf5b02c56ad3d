use redox_auth_sandbox::Request;
use redox_auth_sandbox::http::Method;
use serde_json::{Value, json};

use crate::support::*;

const EVIL: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";

/// Whether a page contains markup of [`EVIL`].
fn is_markup(page: &str) -> bool {
    let page = page.to_ascii_lowercase();
    page.contains("<script>alert") || page.contains("<img")
}

#[tokio::test]
async fn html_in_every_field_of_a_form_is_shown_as_text() {
    let redox = Redox::start().await;
    for (operation, back, fields) in [
        ("createSource", "/sources", &["name", "id"][..]),
        ("createDestination", "/sources", &["name", "id", "slug"]),
        ("createOAuthKey", "/", &["client_id"]),
        (
            "createOAuthKey",
            "/",
            &["client_id", "jwks", "jwks_url", "make", "environment"],
        ),
        ("orderFault", "/faults", &["spec"]),
        (
            "orderFault",
            "/faults",
            &["place", "fault", "value", "times", "retry_after"],
        ),
        ("moveClock", "/faults", &["by"]),
        (EVIL, "/", &["name"]),
        ("createSource", "/sources", &[EVIL]),
        ("createSource", EVIL, &[EVIL]),
    ] {
        let mut all: Vec<_> = fields.iter().map(|name| (*name, EVIL)).collect();
        all.push(("back", back));
        let answer = redox.submit(operation, &all).await;
        assert!(!is_markup(&answer.text), "{operation}: {}", answer.text);
    }
    let made = json!({ "client_id": EVIL, "jwks": jwk(EVIL) });
    redox.api(Method::POST, "oauth-keys", made).await;
    redox
        .api(Method::POST, "legacy-keys", json!({ "source_id": EVIL }))
        .await;
    for path in ["/", "/sources", "/faults"] {
        let page = redox.get(path).await.text;
        assert!(!is_markup(&page), "{path}: {page}");
        if path != "/faults" {
            assert!(
                page.contains("&lt;script&gt;alert"),
                "{path}: it is shown as text"
            );
        }
    }
}

#[tokio::test]
async fn html_in_every_part_of_a_request_is_shown_as_text() {
    let redox = Redox::start().await;
    let token = redox.token("evil").await;
    let mut header = header("key-1");
    let mut claims = redox.claims(EVIL);
    for name in ["kid", "typ", "alg"] {
        header[name] = EVIL.into();
    }
    for name in ["iss", "sub", "aud", EVIL] {
        claims[name] = EVIL.into();
    }
    redox.ask_token(&header, &claims).await;
    let form = [
        ("grant_type", EVIL),
        (EVIL, EVIL),
        ("client_assertion", EVIL),
    ];
    redox.send(Request::form("/v2/auth/token", &form)).await;
    let meta = json!({
        "DataModel": EVIL,
        "EventType": EVIL,
        "Source": { "ID": EVIL, "Name": EVIL },
        "Destinations": [{ "ID": EVIL, "Name": EVIL }],
        EVIL: EVIL,
    });
    let body = json!({ "Meta": meta }).to_string();
    redox
        .send(Request::json("/endpoint", body).bearer(&token))
        .await;
    let mut request = Request::new(Method::GET, "/%3Cscript%3Ealert?a=%3Cscript%3Ealert(1)");
    for name in ["x-evil", "authorization", "cookie"] {
        request.headers.insert(name, EVIL.parse().unwrap());
    }
    redox.send(request).await;
    let legacy = json!({ "apiKey": EVIL, "secret": EVIL }).to_string();
    redox
        .send(Request::json("/auth/authenticate", legacy))
        .await;

    let list = redox.api(Method::GET, "traffic", Value::Null).await;
    let mut pages = vec!["/traffic".to_owned()];
    let evil = "%3Cscript%3Ealert(1)%3C%2Fscript%3E%22%27%3E%3Cimg%3E";
    pages.push(format!("/traffic?q={evil}"));
    pages.push(format!("/traffic?kind={evil}"));
    pages.push(format!("/traffic?{evil}={evil}"));
    pages.push(format!("/traffic/{evil}"));
    pages.push(format!("/{evil}"));
    for exchange in list["exchanges"].as_array().unwrap() {
        pages.push(format!("/traffic/{}", exchange["number"]));
    }
    assert_eq!(pages.len(), 12);
    for path in pages {
        let page = redox.get(&path).await.text;
        assert!(page.starts_with("<!doctype html>"), "{path}");
        assert!(!is_markup(&page), "{path}: {page}");
    }
}
