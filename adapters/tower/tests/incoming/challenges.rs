//! What Redox asks when a destination is set up.

use crate::support::{TOKEN, TestServer, layer};

const JSON: &str = "content-type: application/json";

fn with_token(challenge: &str) -> String {
    format!(r#"{{"verification-token":"{TOKEN}","challenge":"{challenge}"}}"#)
}

#[tokio::test]
async fn every_form_of_the_challenge_is_answered_with_its_text() {
    let in_body = with_token("8d0a5b1c");
    let alone = r#"{"challenge":"8d0a5b1c"}"#;
    let escaped = in_body
        .replace("3f9", r"\u0033f9")
        .replace("8d0", r"\u0038d0");
    let header = format!("verification-token: {TOKEN}");
    let bearer = format!("authorization: Bearer {TOKEN}");
    let query = format!("GET /redox?challenge=8d0a5b1c&verification-token={TOKEN}");
    let encoded = format!(
        "{}&x=",
        query.replace("3f9", "%33f9").replace("8d0", "8%640")
    );
    let forms: [(&str, &[&str], &str); 9] = [
        (
            "POST /redox",
            &[JSON, "application-name: RedoxEngine"],
            &in_body,
        ),
        ("POST /redox", &[JSON], &escaped),
        ("POST /redox", &[&header], alone),
        ("POST /redox", &[JSON, &bearer], alone),
        ("POST /redox", &[&header, &bearer], &in_body),
        (&query, &[], ""),
        (&encoded, &[], ""),
        ("GET /redox?challenge=8d0a5b1c", &[&header], ""),
        ("GET /redox?challenge=8d0a5b1c", &[&bearer], ""),
    ];
    for server in TestServer::both(&layer()).await {
        for (start, headers, body) in forms {
            let answer = server.send(start, headers, body).await;
            let case = format!("{}: {start} {headers:?} {body}", server.kind);
            assert_eq!(
                (answer.status, answer.body.as_str()),
                (200, "8d0a5b1c"),
                "{case}"
            );
            assert!(answer.head.contains("content-type: text/plain\n"), "{case}");
            assert!(!answer.head.contains(TOKEN), "{case}");
        }
        assert!(server.seen().is_empty());
    }
}

#[tokio::test]
async fn a_challenge_may_come_byte_by_byte_and_without_a_length() {
    for server in TestServer::both(&layer()).await {
        let mut client = server.connect().await;
        client
            .head("POST /redox", &["transfer-encoding: chunked"])
            .await;
        for byte in with_token("slow").chars() {
            client.chunk(&byte.to_string()).await;
        }
        client.write("0\r\n\r\n").await;
        assert_eq!(client.answer().await.body, "slow");
    }
}

#[tokio::test]
async fn while_the_token_is_changed_either_will_do_but_not_both_in_one_request() {
    let layer = layer().also("the-new-one").unwrap();
    for server in TestServer::both(&layer).await {
        let new = with_token("a").replace(TOKEN, "the-new-one");
        // A challenge with escapes must be unchanged when the second token is compared.
        let escaped = new.replace("the", r"\u0074he");
        for body in [with_token("a"), new.clone(), escaped] {
            let answer = server.send("POST /redox", &[], &body).await;
            assert_eq!((answer.status, answer.body.as_str()), (200, "a"), "{body}");
        }
        for token in [TOKEN, "the-new-one"] {
            let get = format!("GET /redox?challenge=a&verification-token={token}");
            assert_eq!(server.send(&get, &[], "").await.status, 200);
        }
        let old = format!("verification-token: {TOKEN}");
        assert_eq!(server.send("POST /redox", &[&old], &new).await.status, 401);
        assert!(server.seen().is_empty());
    }
}

#[tokio::test]
async fn a_challenge_with_no_token_or_a_wrong_one_is_refused_without_a_reason() {
    let right = with_token("a");
    let wrong = right.replace(TOKEN, "3f9c2a7e-secreT");
    let alone = r#"{"challenge":"a"}"#;
    let header = format!("verification-token: {TOKEN}");
    let wrong_header = "verification-token: 3f9c2a7e-secreT";
    let query = format!("GET /redox?challenge=a&verification-token={TOKEN}");
    let requests: [(&str, &[&str], &str); 11] = [
        ("POST /redox", &[], &wrong),
        ("POST /redox", &[], alone),
        ("POST /redox", &[&header], &wrong),
        ("POST /redox", &[wrong_header], &right),
        ("POST /redox", &["authorization: Basic eDp5"], &right),
        ("GET /redox?challenge=a", &[], ""),
        ("GET /redox?challenge=a&verification-token=", &[], ""),
        (
            "GET /redox?challenge=a&verification-token=b",
            &[&header],
            "",
        ),
        (&query, &[wrong_header], ""),
        // Only a POST has its token in the body, and only a GET in the query.
        ("PUT /redox", &[], &right),
        (&query.replace("GET", "DELETE"), &[], ""),
    ];
    for server in TestServer::both(&layer()).await {
        let first = server.send("POST /redox", &[], "").await;
        assert_eq!((first.status, first.body.as_str()), (401, ""));
        assert!(first.head.contains("www-authenticate: bearer\n"));
        for (start, headers, body) in requests {
            let answer = server.send(start, headers, body).await;
            assert_eq!(answer, first, "{}: {start} {headers:?} {body}", server.kind);
        }
        assert!(server.seen().is_empty());
    }
}

#[tokio::test]
async fn a_challenge_that_cannot_be_answered_is_refused() {
    let header = format!("verification-token: {TOKEN}");
    let twice = with_token("a").replace('}', r#","challenge":"b"}"#);
    let requests: [(&str, &[&str], &str); 4] = [
        ("POST /redox", &[], &with_token(r"a\n")),
        ("POST /redox", &[], &twice),
        ("GET /redox?challenge=", &[&header], ""),
        ("GET /redox?challenge=a&challenge=b", &[&header], ""),
    ];
    for server in TestServer::both(&layer()).await {
        for (start, headers, body) in requests {
            let answer = server.send(start, headers, body).await;
            assert_eq!(
                (answer.status, answer.body.as_str()),
                (400, ""),
                "{start} {body}"
            );
        }
        assert!(server.seen().is_empty());
    }
}
