//! What an answer of the API does to a token.

use redox_auth_reqwest::{Api, Method};

use crate::support::canned::{Answer, Canned};
use crate::support::{Sandbox, client_of, good_token};

#[tokio::test]
async fn a_revoked_token_costs_one_new_one_and_each_request_one_repetition() {
    let (sandbox, _, redox) = Sandbox::with_client().await;
    redox.token().await.unwrap();
    sandbox.server.sandbox().revoke_all_tokens();
    let mut sent = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (redox, message) = (redox.clone(), sandbox.message(&redox));
        sent.spawn(async move { redox.send(Api::DataModel, message).await });
    }
    for answer in sent.join_all().await {
        assert_eq!(answer.unwrap().status(), 200);
    }
    let counters = sandbox.server.counters();
    assert_eq!(
        (counters.token_requests, counters.messages_accepted),
        (2, 20)
    );
    assert!(counters.unauthorized <= 20, "{counters:?}");
    assert_eq!(redox.counters().rejections, 1);
}

#[tokio::test]
async fn an_api_that_says_401_whatever_the_token_gets_two_requests_and_costs_one_token() {
    let refusal = Answer::with("401 Unauthorized", "content-type: text/html", "no");
    let server = Canned::start(vec![good_token(), refusal.clone(), good_token(), refusal]);
    let redox = client_of(&server).build().unwrap();
    let send = async || {
        let request = redox.request(Method::POST, "/endpoint").unwrap();
        let answer = redox
            .send(Api::DataModel, request.body("{}"))
            .await
            .unwrap();
        assert_eq!(answer.status(), 401);
    };
    send().await;
    assert_eq!(server.requests().len(), 4);
    // The token is not the cause: the client keeps it, and repeats nothing.
    send().await;
    assert_eq!(server.requests().len(), 5);
    let ids = server.requests();
    let bodies: Vec<_> = ids.iter().filter(|it| it.ends_with("\r\n\r\n{}")).collect();
    assert_eq!(bodies.len(), 3);
}

#[tokio::test]
async fn other_answers_than_401_are_returned_as_they_are() {
    for status in [
        "400 Bad Request",
        "403 Forbidden",
        "404 Not Found",
        "500 Oops",
    ] {
        let server = Canned::start(vec![good_token(), Answer::with(status, "a: b", "")]);
        let redox = client_of(&server).build().unwrap();
        let request = redox.request(Method::POST, "/endpoint").unwrap();
        let answer = redox
            .send(Api::DataModel, request.body("{}"))
            .await
            .unwrap();
        assert!(status.starts_with(answer.status().as_str()));
        assert_eq!(server.requests().len(), 2, "{status}");
    }
}

#[tokio::test]
async fn a_request_that_names_its_source_itself_keeps_it() {
    let server = Canned::start(vec![good_token(), Answer::json("200 OK", "{}")]);
    let redox = client_of(&server).source_id("source-1").build().unwrap();
    let request = redox.request(Method::GET, "/fhir/R4/x").unwrap();
    let request = request.header("Redox-Source-Id", "source-2");
    redox.send(Api::Fhir, request).await.unwrap();
    let head = server.requests()[1].to_lowercase();
    assert!(head.contains("\r\nredox-source-id: source-2\r\n"), "{head}");
    assert!(!head.contains("source-1"), "{head}");
}

#[tokio::test]
async fn a_token_that_another_program_saw_refused_is_replaced_once() {
    let (_sandbox, clocks, redox) = Sandbox::with_client().await;
    let first = redox.token().await.unwrap();
    // Neither a stranger's token nor a piece of this one is this one.
    for other in ["", "another", &first.expose()[1..]] {
        assert_eq!(redox.reject(other), Ok(()), "{other}");
        assert_eq!(redox.token().await.unwrap().expose(), first.expose());
    }
    assert_eq!(redox.reject(first.expose()), Ok(()));
    let second = redox.token().await.unwrap();
    assert_ne!(second.expose(), first.expose());
    assert_eq!(redox.reject(first.expose()), Ok(()));
    clocks.advance_secs(3);
    let kept_for = redox.reject(second.expose()).unwrap_err();
    assert_eq!(kept_for.as_secs(), 7);
    assert_eq!(redox.token().await.unwrap().expose(), second.expose());
    clocks.advance(kept_for);
    assert_eq!(redox.reject(second.expose()), Ok(()));
    assert_ne!(redox.token().await.unwrap().expose(), second.expose());
    assert_eq!(redox.counters().rejections, 2);
}
