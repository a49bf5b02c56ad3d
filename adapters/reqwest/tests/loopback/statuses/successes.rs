//! Answers with success that are not what was asked for, and answers that are coded.

use redox_auth_reqwest::{Error, MessageError, Sent};
use reqwest::ResponseBuilderExt as _;

use super::message;
use crate::support::canned::{Answer, Canned};
use crate::support::{assert_hidden, client_of, everything, good_token};

const PAGE: &str =
    "<html><head><title>Sign in\n to the hotel</title></head><body>never-shown</body>";

async fn sent(answer: Answer) -> Result<Sent, MessageError> {
    let server = Canned::start(vec![good_token(), answer]);
    let redox = client_of(&server).build().unwrap();
    message(&redox).send().await
}

async fn token_error(answer: Answer) -> Error {
    let server = Canned::always(answer);
    let redox = client_of(&server).build().unwrap();
    redox.token().await.unwrap_err()
}

#[tokio::test]
async fn an_empty_answer_is_a_success_of_every_server_but_redox() {
    let no_content = "HTTP/1.1 204 No Content\r\n\r\n";
    for (status, answer) in [
        (200, Answer::json("200 OK", "")),
        (202, Answer::json("202 Accepted", " \r\n")),
        (204, Answer::raw(no_content)),
    ] {
        let sent = sent(answer.clone()).await.unwrap();
        assert_eq!(sent.status, status);
        assert!(sent.logs.is_empty() && sent.body.trim_ascii().is_empty());
        // There is no token in it, wherever it comes from.
        let shown = token_error(answer).await.to_string();
        assert!(shown.contains("found nothing, at byte"), "{shown}");
        assert!(shown.contains("answered in place of the server"), "{shown}");
    }
    for (url, is_redox) in [
        ("https://api.redoxengine.com/endpoint", true),
        ("https://api.ca.redoxengine.com/endpoint", true),
        ("https://redoxengine.com/", true),
        ("https://api.notredoxengine.com/endpoint", false),
        ("https://api.redoxengine.com.example/endpoint", false),
    ] {
        let answer = http::Response::builder()
            .status(204)
            .url(url.parse().unwrap());
        let read = Sent::read(answer.body("").unwrap().into(), 100).await;
        match read {
            Ok(_) => assert!(!is_redox, "{url}"),
            Err(error) => assert!(is_redox && error.is_ambiguous(), "{url}: {error}"),
        }
    }
}

#[tokio::test]
async fn a_web_page_is_shown_by_its_title() {
    let page = |status| Answer::with(status, "content-type: text/html", PAGE);
    let error = token_error(page("200 OK")).await;
    assert!(
        matches!(error.cause(), Error::Page(title) if title == "Sign in to the hotel"),
        "{error}"
    );
    let refused = token_error(page("403 Forbidden")).await;
    assert_eq!(
        refused.refused().unwrap().words(),
        Some("the web page \"Sign in to the hotel\"")
    );
    let taken = sent(page("200 OK")).await.unwrap_err();
    assert!(taken.is_ambiguous(), "{taken}");
    let refused_message = sent(page("403 Forbidden")).await.unwrap_err();
    assert!(!refused_message.is_ambiguous(), "{refused_message}");
    for error in [
        everything(&error),
        everything(&refused),
        everything(&taken),
        everything(&refused_message),
    ] {
        assert!(
            error.contains("the web page \"Sign in to the hotel\""),
            "{error}"
        );
        assert_hidden(&error, &[b"never-shown"]);
    }
}

#[tokio::test]
async fn no_request_asks_for_a_coding_and_a_coded_answer_is_named() {
    let server = Canned::start(vec![good_token(), Answer::json("200 OK", "")]);
    let redox = client_of(&server).build().unwrap();
    message(&redox).send().await.unwrap();
    for request in server.requests() {
        let head = request.to_lowercase();
        assert_eq!(
            head.matches("\r\naccept-encoding: identity\r\n").count(),
            1,
            "{head}"
        );
    }
    // Unless the caller says otherwise.
    let call = redox.get("/x").header("accept-encoding", "gzip");
    call.send().await.unwrap();
    let head = server.requests().pop().unwrap().to_lowercase();
    assert!(head.contains("\r\naccept-encoding: gzip\r\n"), "{head}");
    assert!(!head.contains("identity"), "{head}");

    let coded = |status| Answer::with(status, "content-encoding: gzip", "\u{1f}\u{8b}garbage");
    let error = token_error(coded("200 OK")).await;
    assert!(
        matches!(error.cause(), Error::Coded(coding) if coding == "gzip"),
        "{error}"
    );
    let refused = token_error(coded("400 Bad Request")).await;
    let answer = refused.refused().unwrap();
    assert_eq!(
        (answer.words(), answer.content_encoding.as_deref()),
        (None, Some("gzip"))
    );
    let taken = sent(coded("200 OK")).await.unwrap_err();
    let refused_message = sent(coded("400 Bad Request")).await.unwrap_err();
    for shown in [
        error.to_string(),
        refused.to_string(),
        taken.to_string(),
        refused_message.to_string(),
    ] {
        assert!(shown.contains("is coded (gzip)"), "{shown}");
        assert!(shown.contains("switch compression off"), "{shown}");
        assert!(!shown.contains("garbage"), "{shown}");
    }
}

#[tokio::test]
async fn an_undone_request_is_repeated_on_another_connection() {
    for status in [
        "408 Request Timeout",
        "421 Misdirected Request",
        "425 Too Early",
    ] {
        let other = || Answer::with(status, "retry-after: 0", "");
        let good = Answer::json("200 OK", r#"{"Meta":{}}"#);
        let server = Canned::start(vec![other(), good_token(), other(), good]);
        let redox = client_of(&server).build().unwrap();
        assert_eq!(message(&redox).send().await.unwrap().status, 200);
        let requests = server.requests();
        assert_eq!(requests.len(), 4, "{status}");
        assert_eq!(redox.counters().refusals, 0);
        // An assertion is used once, also where it was not used.
        let assertion = |request: &String| {
            request
                .split_once("client_assertion=")
                .unwrap()
                .1
                .to_owned()
        };
        assert_ne!(assertion(&requests[0]), assertion(&requests[1]), "{status}");
        let bodies = [&requests[2], &requests[3]].map(|it| it.split_once("\r\n\r\n").unwrap().1);
        assert_eq!(bodies[0], bodies[1]);
        let connections = server.connections();
        assert_ne!(connections[0], connections[1], "{status}");
        assert!(!connections[..3].contains(&connections[3]), "{status}");
    }
}
