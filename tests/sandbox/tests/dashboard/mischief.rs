use redox_auth_sandbox::http::Method;
use serde_json::{Value, json};

use crate::support::*;

#[tokio::test]
async fn a_fault_strikes_the_next_answers_and_is_told_with_each() {
    let redox = Redox::start().await;
    let whole = json!({ "spec": "token:429:retry-after=3:times=2" });
    redox.api(Method::POST, "faults", whole).await;
    let parts = json!({ "place": "token", "fault": "drop", "value": "after", "times": "1" });
    redox.api(Method::POST, "faults", parts).await;
    let list = redox.api(Method::GET, "faults", Value::Null).await;
    let specs: Vec<_> = list["faults"].as_array().unwrap().iter().collect();
    assert_eq!(specs[0]["spec"], "token:429:retry-after=3:times=2");
    assert_eq!(specs[1]["spec"], "token:drop=after:times=1");
    for status in [429, 429, 200, 200] {
        let claims = redox.claims(&format!("fault-{status}"));
        let answer = redox.ask_token(&header("key-1"), &claims).await;
        if status == 429 {
            assert_eq!((answer.status, answer.header("retry-after")), (429, "3"));
        }
    }
    for (number, fault) in [
        (1, json!("429:retry-after=3")),
        (3, json!("drop=after")),
        (4, Value::Null),
    ] {
        let exchange = redox
            .api(Method::GET, &format!("traffic/{number}"), Value::Null)
            .await;
        assert_eq!(exchange["fault"], fault, "{number}");
        let is_in_place = number == 1;
        let signature = &rule(&exchange, "signature")["verdict"];
        assert_eq!(signature == "unchecked", is_in_place, "{number}");
    }
    let list = redox.api(Method::GET, "faults", Value::Null).await;
    assert_eq!(list["faults"], json!([]));
}

#[tokio::test]
async fn faults_are_taken_back_one_by_one_and_all_at_once() {
    let redox = Redox::start().await;
    for spec in ["token:500", "api:html", "token:503"] {
        redox
            .api(Method::POST, "faults", json!({ "spec": spec }))
            .await;
    }
    let list = redox.api(Method::GET, "faults", Value::Null).await;
    let path = format!("faults/{}", list["faults"][0]["number"]);
    let rest = redox.api(Method::DELETE, &path, Value::Null).await;
    assert_eq!(rest["faults"].as_array().unwrap().len(), 2);
    assert_eq!(
        redox
            .try_api(Method::DELETE, &path, Value::Null)
            .await
            .status,
        404
    );
    assert_eq!(redox.send(token_request("")).await.status, 503);
    let rest = redox.api(Method::DELETE, "faults", Value::Null).await;
    assert_eq!(rest["faults"], json!([]));
    assert_eq!(redox.send(token_request("")).await.status, 400);
    for (body, text) in [
        (json!({ "spec": "token:404" }), "expected a fault"),
        (json!({ "place": "token" }), "fault is missing"),
        (
            json!({ "place": "token", "fault": "429", "times": "x" }),
            "times must be",
        ),
    ] {
        let answer = redox.try_api(Method::POST, "faults", body).await;
        assert_eq!(answer.status, 400);
        assert!(answer.text.contains(text), "{}", answer.text);
    }
}

#[tokio::test]
async fn the_clock_is_moved_frozen_and_set_back() {
    let redox = Redox::start().await;
    let token = redox.token("clock").await;
    let show = |body| redox.api(Method::PATCH, "clock", body);
    assert_eq!(show(json!({ "by": "5m" })).await["unix"], NOW + 300);
    assert_eq!(
        redox.send(message(&token)).await.status,
        401,
        "it has expired"
    );
    assert_eq!(show(json!({ "by": "-5m" })).await["unix"], NOW);
    assert_eq!(redox.send(message(&token)).await.status, 200, "and is back");
    let to = "2026-01-31T12:00:00Z";
    assert_eq!(show(json!({ "to": to })).await["now"], to);
    assert_eq!(show(json!({ "frozen": false })).await["frozen"], false);
    let reset = redox.api(Method::DELETE, "clock", Value::Null).await;
    assert_eq!(
        (&reset["ahead_secs"], &reset["frozen"]),
        (&json!(0), &json!(false))
    );
    for (body, text) in [
        (json!({}), "give by, to or frozen"),
        (json!({ "by": "soon" }), "like 5m, 1h or -30s"),
        (json!({ "to": "noon" }), "like 2026-01-31T12:00:00Z"),
        (json!({ "by": "1s", "to": to }), "not both"),
    ] {
        let answer = redox.try_api(Method::PATCH, "clock", body).await;
        assert_eq!(answer.status, 400);
        assert!(answer.text.contains(text), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_token_is_revoked_and_restored_by_its_tag() {
    let redox = Redox::start().await;
    let token = redox.token("revoke").await;
    let list = redox.api(Method::GET, "tokens", Value::Null).await;
    let own = &list["live"][0];
    assert_eq!(
        (&own["holder"], &own["kind"]),
        (&json!(CLIENT_ID), &json!("oauth"))
    );
    assert_eq!(
        (&own["expires_in"], &list["live_count"]),
        (&json!(300), &json!(1))
    );
    let path = format!("tokens/{}", own["tag"].as_str().unwrap());
    let list = redox.api(Method::DELETE, &path, Value::Null).await;
    assert_eq!(
        (&list["live"], &list["revoked"][0]["tag"]),
        (&json!([]), &own["tag"])
    );
    assert_eq!(redox.send(message(&token)).await.status, 401);
    assert_eq!(redox.newest().await["token"]["state"], "revoked");
    assert_eq!(
        redox
            .try_api(Method::DELETE, &path, Value::Null)
            .await
            .status,
        404
    );
    redox.api(Method::PUT, &path, Value::Null).await;
    assert_eq!(redox.send(message(&token)).await.status, 200);
    assert_eq!(
        redox.try_api(Method::PUT, &path, Value::Null).await.status,
        404
    );
}
