use redox_auth_sandbox::Request;
use redox_auth_sandbox::http::Method;
use serde_json::{Value, json};

use crate::support::*;

#[tokio::test]
async fn the_server_to_behave_like_is_chosen_and_each_exchange_keeps_its_rules() {
    let redox = Redox::start().await;
    redox.token("at-redox").await;
    let chosen = json!({ "server": "keycloak" });
    let shown = redox.api(Method::PATCH, "sandbox", chosen).await;
    let path = "/realms/sandbox/protocol/openid-connect/token";
    assert_eq!(shown["like"], "Keycloak");
    assert_eq!(shown["token_url"], redox.server.token_url());
    assert!(redox.server.token_url().ends_with(path));
    let settings = shown["settings"].as_array().unwrap();
    assert!(settings.iter().any(|it| it["name"] == "aud"), "{shown}");
    redox.send(Request::form(path, &[])).await;
    let other = redox.newest().await;
    assert_eq!(other["kind"], "token");
    assert_eq!(
        rule(&other, "form")["expected"],
        "a request that Keycloak accepts"
    );

    let back = json!({ "server": "redox" });
    let shown = redox.api(Method::PATCH, "sandbox", back).await;
    assert_eq!(
        (&shown["like"], &shown["settings"]),
        (&json!("Redox"), &Value::Null)
    );
    assert_eq!(redox.newest().await, other, "it is judged as it was");
    let first = redox.api(Method::GET, "traffic/1", Value::Null).await;
    assert_eq!(rule(&first, "jti is new")["verdict"], "pass");
}

#[tokio::test]
async fn every_server_of_the_list_can_be_chosen_and_no_other() {
    let redox = Redox::start().await;
    let list = redox.api(Method::GET, "servers", Value::Null).await;
    let servers = list["servers"].as_array().unwrap();
    assert!(servers.len() > 30);
    for server in servers {
        let chosen = json!({ "server": server["name"] });
        let shown = redox.api(Method::PATCH, "sandbox", chosen).await;
        assert_eq!(shown["like"], server["title"]);
        let page = redox.get("/").await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains(" selected>"), "{server}");
    }
    for (body, text) in [
        (json!({ "server": "<b>" }), "GET /api/servers lists"),
        (json!({}), "server is missing"),
    ] {
        let answer = redox.try_api(Method::PATCH, "sandbox", body).await;
        assert_eq!(answer.status, 400);
        assert!(answer.text.contains(text), "{}", answer.text);
    }
}

#[tokio::test]
async fn environments_have_their_ids_and_count_what_belongs_to_them() {
    let redox = Redox::start().await;
    let legacy = json!({ "source_id": "source-1" });
    redox.api(Method::POST, "legacy-keys", legacy).await;
    let list = redox.api(Method::GET, "environments", Value::Null).await;
    let found = list["environments"].as_array().unwrap().iter();
    let found = found.map(|it| {
        let count = |name: &str| it[name].as_u64().unwrap();
        let counts = ["sources", "destinations", "oauth_keys", "legacy_keys"].map(count);
        (it["name"].as_str().unwrap(), counts)
    });
    let expected = [
        ("Development", [1, 1, 1, 1]),
        ("Staging", [0; 4]),
        ("Production", [0; 4]),
    ];
    assert!(found.eq(expected), "{list}");
}
