use redox_auth_sandbox::http::Method;
use serde_json::{Value, json};

use crate::support::*;

/// Which steps are done, of the first migration or rotation.
async fn done(redox: &Redox, what: &str) -> Vec<bool> {
    let shown = redox.api(Method::GET, "rehearsal", Value::Null).await;
    let steps = shown[what][0]["steps"].as_array().unwrap().iter();
    steps.map(|step| step["done"] == true).collect()
}

#[tokio::test]
async fn a_migration_is_ticked_step_by_step() {
    let redox = Redox::start().await;
    let made = redox
        .api(
            Method::POST,
            "legacy-keys",
            json!({ "source_id": "source-1" }),
        )
        .await;
    let body = json!({ "apiKey": "source-1", "secret": made["secret"] }).to_string();
    let request = redox_auth_sandbox::Request::json("/auth/authenticate", body);
    let old = redox.send(request).await.json()["accessToken"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(redox.send(message(&old)).await.status, 200);
    assert_eq!(
        done(&redox, "migrations").await,
        [true, false, false, false, false]
    );
    let token = redox.token("migrate").await;
    assert_eq!(
        done(&redox, "migrations").await,
        [true, true, false, false, false]
    );
    assert_eq!(redox.send(message(&token)).await.status, 200);
    assert_eq!(
        done(&redox, "migrations").await,
        [true, true, true, false, false]
    );
    redox
        .api(Method::PATCH, "clock", json!({ "by": "599s" }))
        .await;
    assert_eq!(
        done(&redox, "migrations").await,
        [true, true, true, false, false]
    );
    redox
        .api(Method::PATCH, "clock", json!({ "by": "1s" }))
        .await;
    assert_eq!(
        done(&redox, "migrations").await,
        [true, true, true, true, false]
    );
    let page = redox.get("/rehearsal").await.text;
    assert!(page.contains("generate the new secret now"), "{page}");
    redox
        .api(Method::POST, "legacy-keys/source-1/secret", json!({}))
        .await;
    assert_eq!(done(&redox, "migrations").await, [true; 5]);
}

#[tokio::test]
async fn a_rotation_is_ticked_step_by_step() {
    let redox = Redox::start().await;
    redox.token("old").await;
    assert_eq!(done(&redox, "rotations").await, [false; 4]);
    let keys = "oauth-keys/client-1/keys";
    redox
        .api(Method::POST, keys, json!({ "jwks": jwk("key-2") }))
        .await;
    assert_eq!(done(&redox, "rotations").await, [true, false, false, false]);
    let answer = redox
        .ask_token(&header("key-2"), &redox.claims("new"))
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(done(&redox, "rotations").await, [true, true, false, false]);
    redox
        .api(Method::PATCH, "clock", json!({ "by": "10m" }))
        .await;
    assert_eq!(done(&redox, "rotations").await, [true, true, true, false]);
    let page = redox.get("/rehearsal").await.text;
    assert!(page.contains("withdraw key-1 now"), "{page}");
    redox
        .api(
            Method::DELETE,
            "oauth-keys/client-1/keys/key-1",
            Value::Null,
        )
        .await;
    assert_eq!(done(&redox, "rotations").await, [true; 4]);
}
