use axum::body::Body;
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::support::*;

#[tokio::test]
async fn who_watches_is_told_of_new_exchanges() {
    let redox = Redox::start().await;
    let client: Client<HttpConnector, Body> =
        Client::builder(TokioExecutor::new()).build(HttpConnector::new());
    let url = format!("http://{}/api/events", redox.host());
    let answer = client.get(url.parse().unwrap()).await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let mut events = answer.into_body();
    let mut next = async || {
        let frame = events.frame().await.unwrap().unwrap();
        String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap()
    };
    assert_eq!(next().await, "data: {\"newest\":0}\n\n");
    for jti in ["one", "two", "three"] {
        redox.token(jti).await;
    }
    let mut seen = String::new();
    // Several exchanges may be one event.
    while !seen.contains("\"newest\":3") {
        seen = next().await;
        assert!(seen.starts_with("data: {\"newest\":"), "{seen}");
    }
    drop(events);
    redox.server.stop().await.unwrap();
}
