use redox_auth_sandbox::http::{HeaderValue, Method};
use redox_auth_sandbox::{Request, UPLOAD_LIMIT};

use crate::server::{by_value, send, start};
use crate::support::*;

/// A multipart body of these parts, each with its name.
fn upload(parts: &[(&str, &[u8])]) -> Request {
    let mut request = Request::new(Method::POST, "/upload");
    let content_type = HeaderValue::from_static("multipart/form-data; boundary=X-9");
    request.headers.insert("content-type", content_type);
    for (name, content) in parts {
        let head = format!(
            "--X-9\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.pdf\"\r\n\r\n"
        );
        request.body.extend(head.bytes());
        request.body.extend(*content);
        request.body.extend(b"\r\n");
    }
    request.body.extend(b"--X-9--\r\n");
    request
}

#[test]
fn a_file_is_taken_and_gets_a_uri_of_its_own() {
    let (mut sandbox, token) = ready();
    let request = upload(&[("file", b"%PDF")]).bearer(&token);
    let uris = [(); 2].map(|()| {
        let taken = sandbox.handle(at(NOW), &request);
        assert_eq!(taken.status, 201, "{}", reason(&taken));
        text(&body(&taken)["URI"])
    });
    assert!(uris[0].starts_with("http://sandbox.example/"), "{uris:?}");
    assert_ne!(uris[0], uris[1]);
    assert_eq!(sandbox.counters().uploads, 2);
}

#[test]
fn a_file_of_30_mb_is_taken_and_one_byte_more_is_refused() {
    let (mut sandbox, token) = ready();
    for (len, status) in [(UPLOAD_LIMIT, 201), (UPLOAD_LIMIT + 1, 413)] {
        let content = vec![b'a'; len];
        let request = upload(&[("file", &content)]).bearer(&token);
        let answer = sandbox.handle(at(NOW), &request);
        assert_eq!(answer.status, status, "{len}: {}", reason(&answer));
    }
    assert_eq!(sandbox.counters().uploads_refused, 1);
}

#[test]
fn what_is_not_one_file_in_multipart_is_refused() {
    let (mut sandbox, token) = ready();
    let mut json = upload(&[("file", b"a")]);
    let content_type = HeaderValue::from_static("application/json");
    json.headers.insert("content-type", content_type);
    let mut without_boundary = upload(&[("file", b"a")]);
    let content_type = HeaderValue::from_static("multipart/form-data");
    without_boundary
        .headers
        .insert("content-type", content_type);
    let mut untyped = upload(&[("file", b"a")]);
    untyped.headers.remove("content-type");
    let mut cut = upload(&[("file", b"a")]);
    cut.body.truncate(cut.body.len() - 8);
    let mut garbage = upload(&[]);
    garbage.body = b"{}".to_vec();
    for (what, request) in [
        ("JSON", json),
        ("no boundary", without_boundary),
        ("no type", untyped),
        ("no end", cut),
        ("garbage", garbage),
        ("no part", upload(&[])),
        ("another name", upload(&[("document", b"a")])),
        ("two files", upload(&[("file", b"a"), ("file", b"b")])),
        (
            "something beside it",
            upload(&[("file", b"a"), ("note", b"b")]),
        ),
    ] {
        let answer = sandbox.handle(at(NOW), &request.bearer(&token));
        assert_eq!(answer.status, 400, "{what}");
        assert!(!reason(&answer).is_empty(), "{what}");
    }
    let counters = sandbox.counters();
    assert_eq!((counters.uploads, counters.uploads_refused), (0, 9));
}

#[test]
fn an_upload_needs_a_live_token_and_a_post() {
    let (mut sandbox, token) = ready();
    let request = upload(&[("file", b"a")]);
    assert_eq!(sandbox.handle(at(NOW), &request).status, 401);
    let late = sandbox.handle(at(NOW + 300), &request.clone().bearer(&token));
    assert_eq!(late.status, 401);
    let mut get = request.bearer(&token);
    get.method = Method::GET;
    assert_eq!(sandbox.handle(at(NOW), &get).status, 403);
}

#[tokio::test]
async fn over_a_socket_the_length_has_to_be_announced() {
    let server = start().await;
    by_value(&server);
    let minted = send(&server, token_request(&assertion("upload"))).await;
    let token = text(&body(&minted)["access_token"]);
    let announced = upload(&[("file", b"a")]).bearer(&token);
    assert_eq!(send(&server, announced.clone()).await.status, 201);
    let mut chunked = announced;
    let encoding = HeaderValue::from_static("chunked");
    chunked.headers.insert("transfer-encoding", encoding);
    assert_eq!(send(&server, chunked).await.status, 411);
}
