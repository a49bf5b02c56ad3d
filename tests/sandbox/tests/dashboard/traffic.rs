use redox_auth_sandbox::Request;
use redox_auth_sandbox::http::Method;
use serde_json::{Value, json};

use crate::support::*;

async fn numbers(redox: &Redox, query: &str) -> Vec<u64> {
    let list = redox
        .api(Method::GET, &format!("traffic?{query}"), Value::Null)
        .await;
    let list = list["exchanges"].as_array().unwrap().iter();
    list.map(|it| it["number"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn a_message_leads_to_the_request_that_its_token_came_from() {
    let redox = Redox::start().await;
    let token = redox.token("first").await;
    redox.token("second").await;
    assert_eq!(redox.send(message(&token)).await.status, 200);
    let sent = redox.newest().await;
    assert_eq!(sent["what"], "PatientAdmin NewPatient to Hospital");
    assert_eq!(sent["meta"]["DataModel"], "PatientAdmin");
    assert_eq!(sent["token"]["obtained_in"], 1);
    assert_eq!(sent["token"]["state"], "live");
    assert_eq!(rule(&sent, "token")["verdict"], "pass");
    let minted = redox.api(Method::GET, "traffic/1", Value::Null).await;
    assert_eq!(minted["token"]["used_in"], json!([3]));
    assert_eq!(minted["token"]["tag"], sent["token"]["tag"]);
}

#[tokio::test]
async fn a_refused_message_says_what_of_meta_is_wrong() {
    let redox = Redox::start().await;
    let token = redox.token("refused").await;
    let body = json!({ "Meta": { "DataModel": "Order", "Destinations": [{ "ID": "x" }] } });
    let request = Request::json("/endpoint", body.to_string()).bearer(&token);
    assert_eq!(redox.send(request).await.status, 400);
    let exchange = redox.newest().await;
    for (name, verdict) in [
        ("Meta.DataModel", "pass"),
        ("Meta.EventType", "fail"),
        ("Meta.Source", "pass"),
        ("Meta.Destinations", "fail"),
    ] {
        assert_eq!(rule(&exchange, name)["verdict"], verdict, "{exchange}");
    }
    redox.send(message("no-such-token")).await;
    let exchange = redox.newest().await;
    assert_eq!(rule(&exchange, "token")["verdict"], "fail");
    assert_eq!(exchange["token"]["state"], "expired or unknown");
}

#[tokio::test]
async fn traffic_is_filtered_searched_continued_and_cleared() {
    let redox = Redox::start().await;
    let token = redox.token("filter").await;
    redox.send(message(&token)).await;
    redox.send(message("wrong")).await;
    redox.send(Request::new(Method::GET, "/nowhere")).await;
    for (query, expected) in [
        ("", &[4, 3, 2, 1][..]),
        ("kind=message", &[3, 2]),
        ("kind=message&outcome=refused", &[3]),
        ("outcome=accepted", &[2, 1]),
        ("q=CLIENT-1+es384", &[1]),
        ("q=bearer", &[3]),
        ("q=nowhere", &[4]),
        ("q=nowhere+hospital", &[]),
        ("after=2", &[4, 3]),
        ("after=2&limit=1", &[4]),
        ("after=99", &[]),
    ] {
        assert_eq!(numbers(&redox, query).await, expected, "{query}");
    }
    redox.api(Method::DELETE, "traffic", Value::Null).await;
    assert_eq!(numbers(&redox, "").await, [0; 0]);
    let answer = redox.try_api(Method::GET, "traffic/1", Value::Null).await;
    assert_eq!(answer.status, 404);
    redox.token("after").await;
    assert_eq!(numbers(&redox, "").await, [5]);
}

#[tokio::test]
async fn the_live_list_asks_for_as_many_as_the_page_can_show() {
    let redox = Redox::start().await;
    let page = redox.get("/traffic").await.text;
    let (_, most) = page.split_once("data-most=\"").unwrap();
    let most: usize = most.split('"').next().unwrap().parse().unwrap();
    let script = redox.get("/live.js").await.text;
    for line in [
        "most = Number(table.dataset.most)",
        "query.set(\"limit\", most)",
    ] {
        assert!(script.contains(line), "{line}: {script}");
    }
    for _ in 0..=most {
        redox.send(Request::new(Method::GET, "/nowhere")).await;
    }
    let given = numbers(&redox, &format!("after=0&limit={most}")).await;
    assert_eq!(given.len(), most);
    let beyond = most.saturating_add(1);
    let given = numbers(&redox, &format!("after=0&limit={beyond}")).await;
    assert_eq!(given.len(), most, "no list is longer than the page's");
}

#[tokio::test]
async fn a_message_of_40_mb_is_cut_and_still_told() {
    let redox = Redox::start().await;
    let token = redox.token("large").await;
    let mut body = json!({
        "Meta": {
            "DataModel": "Media",
            "EventType": "New",
            "Destinations": [{ "ID": "dest-1" }],
        },
        "Media": "",
    });
    body["Media"] = "a".repeat(39_000_000).into();
    let request = Request::json("/endpoint", body.to_string()).bearer(&token);
    assert_eq!(redox.send(request).await.status, 200);
    let exchange = redox.newest().await;
    assert!(exchange["request"]["length"].as_u64().unwrap() > 39_000_000);
    assert_eq!(exchange["meta"]["DataModel"], "Media");
    let page = redox.get("/traffic/2").await;
    assert!(
        page.status == 200 && page.text.len() < 100_000,
        "{}",
        page.text.len()
    );
}

#[tokio::test]
async fn no_secret_is_in_anything_that_is_shown() {
    let redox = Redox::start().await;
    let token = redox.token("secrets").await;
    redox.send(message(&token)).await;
    let assertion = sign(&header("key-1"), &redox.claims("elsewhere"));
    let (first, rest) = token.split_at(1);
    let encoded = format!("%{:02X}{rest}", first.as_bytes()[0]);
    // Secrets where nobody expects them.
    for target in [
        format!("/nowhere/{token}"),
        format!("/fhir/R4/hospital/Development/Patient?name=a&access_token={token}"),
        format!("/fhir/R4/hospital/Development/Patient?other={token}"),
        format!("/{assertion}"),
        format!("/y/{token}."),
        format!("/z/a.{token}"),
        format!("/z/{encoded}"),
        format!("/{assertion}."),
        format!("/nowhere?subject_token={token}-&actor_token=hush-actor"),
    ] {
        let mut request = Request::new(Method::GET, &target);
        for (name, value) in [("cookie", "hush-cookie"), ("x-other", token.as_str())] {
            request.headers.insert(name, value.parse().unwrap());
        }
        redox.send(request.bearer(&token)).await;
    }
    let basic = [("client_secret", "hush-form"), ("grant_type", "x")];
    redox.send(Request::form("/v2/auth/token", &basic)).await;
    let broken = format!("{{\"secret\": \"hush-broken\", {token}");
    redox
        .send(Request::json("/auth/authenticate", broken))
        .await;
    redox
        .api(
            Method::POST,
            "faults",
            json!({ "spec": "token:truncated:times=1" }),
        )
        .await;
    redox
        .ask_token(&header("key-1"), &redox.claims("cut"))
        .await;

    let mut paths = vec!["/traffic".to_owned(), "/api/traffic".to_owned()];
    paths.extend(["/api/traffic.har", "/faults", "/api/tokens"].map(ToOwned::to_owned));
    let list = redox.api(Method::GET, "traffic", Value::Null).await;
    for number in list["exchanges"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["number"])
    {
        paths.push(format!("/traffic/{number}"));
        paths.push(format!("/api/traffic/{number}"));
        paths.push(format!("/api/traffic/{number}/curl"));
    }
    assert_eq!(paths.len(), 5 + 3 * 14);
    for path in paths {
        let answer = redox.get(&path).await;
        assert_eq!(answer.status, 200, "{path}");
        for secret in [&token, &encoded, &assertion, "hush"] {
            assert!(!answer.text.contains(secret), "{path}: {}", answer.text);
        }
    }
}
