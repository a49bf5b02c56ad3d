//! The headers of a request, the number of attempts, and the check with the client before each.

use tower::{Layer, ServiceExt};

use crate::support::{Recorder, Sandbox};

#[tokio::test]
async fn a_request_has_a_hidden_token_and_a_source_unless_it_names_one() {
    let sandbox = Sandbox::start().await;
    let recorder = Recorder::answering(200);
    let client = sandbox.layer().layer(recorder.clone());
    client.clone().oneshot(sandbox.post()).await.unwrap();
    let mut request = sandbox.post();
    let headers = request.headers_mut();
    headers.insert("redox-source-id", "another".parse().unwrap());
    headers.insert("authorization", "Bearer another".parse().unwrap());
    client.clone().oneshot(request).await.unwrap();

    let token = sandbox.redox.token().await.unwrap();
    let bearer = format!("Bearer {}", token.expose());
    for (headers, source) in recorder.sent().iter().zip([&sandbox.source_id, "another"]) {
        let tokens: Vec<_> = headers.get_all("authorization").iter().collect();
        assert_eq!(tokens, [&bearer]);
        assert!(headers["authorization"].is_sensitive());
        assert_eq!(headers["redox-source-id"], source);
    }
    assert!(!format!("{client:?}").contains(token.expose()));
}

#[tokio::test]
async fn an_api_that_says_401_whatever_the_token_gets_two_requests_and_costs_one_token() {
    let sandbox = Sandbox::start().await;
    let recorder = Recorder::answering(401);
    let client = sandbox.layer().layer(recorder.clone());
    let answer = client.clone().oneshot(sandbox.post()).await.unwrap();
    assert_eq!((answer.status().as_u16(), recorder.sent().len()), (401, 2));
    let [first, second] = recorder.sent().try_into().unwrap();
    assert_ne!(first["authorization"], second["authorization"]);
    // The token is not the cause: the client keeps it, and repeats nothing.
    let answer = client.oneshot(sandbox.post()).await.unwrap();
    assert_eq!((answer.status().as_u16(), recorder.sent().len()), (401, 3));
    assert_eq!(sandbox.counts().0, 2);
}

#[tokio::test]
async fn other_answers_than_401_are_returned_as_they_are() {
    let sandbox = Sandbox::start().await;
    for status in [200, 307, 400, 403, 404, 500] {
        let recorder = Recorder::answering(status);
        let client = sandbox.layer().layer(recorder.clone());
        let answer = client.oneshot(sandbox.post()).await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), recorder.sent().len()),
            (status, 1)
        );
    }
    assert_eq!(sandbox.counts().0, 1);
}
