//! What Redox sends from then on.

use redox_auth_tower::{IncomingError, VerifyLayer};

use crate::support::{TOKEN, TestServer, layer};

#[tokio::test]
async fn a_request_with_the_token_in_its_headers_reaches_the_service_unchanged() {
    let header = format!("Verification-Token: {TOKEN}");
    let bearer = format!("Authorization: bearer {TOKEN}");
    let challenge = r#"{"challenge":"a\u0062","Meta":{"DataModel":"PatientAdmin"}}"#;
    for server in TestServer::both(&layer()).await {
        let places: [&[&str]; 3] = [&[&header], &[&bearer], &[&header, &bearer]];
        for headers in places {
            for (start, body) in [
                (
                    "POST /redox",
                    r#"{"Meta":{"DataModel":"PatientAdmin\u0041"}}"#,
                ),
                ("POST /redox", challenge),
                ("POST /redox", "MSH|^~\\&|"),
                ("POST /redox?challenge=a", ""),
                ("GET /redox", ""),
                ("GET /redox?verification-token=3f9c2a7e-secret", "a"),
                ("PUT /redox", challenge),
                ("DELETE /redox?challenge=a", ""),
            ] {
                let answer = server.send(start, headers, body).await;
                assert_eq!(
                    (answer.status, answer.body.as_str()),
                    (200, body),
                    "{start}"
                );
            }
        }
        assert_eq!(server.seen().len(), 24);
        for seen in server.seen() {
            let len = u64::try_from(seen.body.len()).unwrap();
            assert_eq!(seen.announced, (Some(len), len == 0), "{}", server.kind);
        }
    }
}

#[tokio::test]
async fn a_request_without_the_right_token_never_reaches_the_service() {
    let right = format!("verification-token: {TOKEN}");
    let short = format!("verification-token: {}", &TOKEN[..14]);
    let bearer = format!("authorization: Bearer {TOKEN}");
    let basic = format!("authorization: Basic {TOKEN}");
    let headers: [&[&str]; 9] = [
        &[],
        &["verification-token:"],
        &[&short],
        &["verification-token: another"],
        &[&right, "authorization: Bearer another"],
        &["verification-token: another", &bearer],
        &[&basic],
        // Twice, which one proxy reads by its first and another by its last.
        &[&right, &right],
        &[&bearer, "authorization: Bearer another"],
    ];
    for server in TestServer::both(&layer()).await {
        let first = server.send("POST /redox", &[], "{}").await;
        assert_eq!((first.status, first.body.as_str()), (401, ""));
        for headers in headers {
            for start in ["POST /redox", "GET /redox", "PATCH /redox", "POST /nowhere"] {
                let answer = server.send(start, headers, "{}").await;
                assert_eq!(answer, first, "{}: {start} {headers:?}", server.kind);
            }
        }
        // In the query it proves a challenge only.
        let query = format!("GET /redox?verification-token={TOKEN}");
        assert_eq!(server.send(&query, &[], "").await, first);
        assert!(server.seen().is_empty());
    }
}

#[tokio::test]
async fn authorization_may_be_the_services_own() {
    let header = format!("verification-token: {TOKEN}");
    let bearer = format!("authorization: Bearer {TOKEN}");
    let own = "authorization: Bearer of-an-authorization-server";
    for server in TestServer::both(&layer().ignore_authorization()).await {
        let cases: [(&[&str], u16); 4] = [
            (&[&header, own], 200),
            (&[&header], 200),
            (&[&bearer], 401),
            (&[own], 401),
        ];
        for (headers, status) in cases {
            let answer = server.send("POST /redox", headers, "{}").await;
            assert_eq!(answer.status, status, "{headers:?}");
        }
        let seen = server.seen();
        assert_eq!(
            seen[0].headers["authorization"],
            own["authorization: ".len()..]
        );
    }
}

#[tokio::test]
async fn a_long_message_streams() {
    let header = format!("verification-token: {TOKEN}");
    let part = "a".repeat(100_000);
    for length in ["content-length: 200000", "transfer-encoding: chunked"] {
        for mut server in TestServer::both(&layer()).await {
            let mut client = server.connect().await;
            client.head("POST /redox", &[&header, length]).await;
            let is_chunked = length.ends_with("chunked");
            if is_chunked {
                client.chunk(&part).await;
            } else {
                client.write(&part).await;
            }
            // The service has it before the second half is sent.
            server.wait_for_bytes(part.len()).await;
            if is_chunked {
                client.chunk(&part).await;
                client.write("0\r\n\r\n").await;
            } else {
                client.write(&part).await;
            }
            let answer = client.answer().await;
            assert!(answer.body == part.repeat(2), "{}: {length}", server.kind);
        }
    }
}

#[tokio::test]
async fn debug_output_hides_the_token() {
    let header = format!("verification-token: {TOKEN}");
    let bearer = format!("authorization: Bearer {TOKEN}");
    for server in TestServer::both(&layer()).await {
        server.send("POST /redox", &[&header, &bearer], "{}").await;
        let headers = &server.seen()[0].headers;
        assert_eq!(headers["verification-token"], TOKEN);
        let shown = format!("{headers:?}");
        assert!(!shown.contains(TOKEN), "{shown}");
    }
    let shown = format!("{:?}", layer());
    assert!(!shown.contains(TOKEN), "{shown}");
}

#[test]
fn a_token_that_proves_nothing_is_refused_at_once() {
    assert_eq!(VerifyLayer::new("").unwrap_err(), IncomingError::EmptyToken);
    for token in ["a\n", " a", "a\r\nb"] {
        let refused = layer().also(token).unwrap_err();
        assert_eq!(refused, IncomingError::UnusableToken, "{token:?}");
    }
}
