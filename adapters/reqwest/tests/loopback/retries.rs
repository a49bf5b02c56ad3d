//! Requests that are sent again, and requests that are not.

use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use redox_auth_reqwest::{Call, Error, Redox, Retries};

use crate::support::canned::{Answer, Canned};
use crate::support::{client_of, everything, good_token};

fn busy(status: &str) -> Answer {
    Answer::with(status, "retry-after: 0", "")
}

fn fine() -> Answer {
    Answer::json("200 OK", "{}")
}

/// A client whose API gives these answers, and the last one from then on.
fn client(answers: &[Answer]) -> (Canned, Redox) {
    let server = Canned::start([&[good_token()], answers].concat());
    let redox = client_of(&server).build().unwrap();
    (server, redox)
}

/// How often the API was asked.
fn asked(server: &Canned) -> usize {
    server.requests().len().saturating_sub(1)
}

fn write(redox: &Redox) -> Call {
    redox.post("/endpoint").body("{}")
}

#[tokio::test]
async fn an_undone_request_is_sent_again() {
    for status in ["429 Slow Down", "502 Bad Gateway", "503 Not Now"] {
        let (server, redox) = client(&[busy(status), busy(status), fine()]);
        assert_eq!(write(&redox).send().await.unwrap().status(), 200);
        assert_eq!(asked(&server), 3, "{status}");
        let bodies = server.requests().into_iter().skip(1);
        assert!(bodies.into_iter().all(|it| it.ends_with("\r\n\r\n{}")));
    }
}

#[tokio::test]
async fn an_api_that_stays_busy_has_its_answer_handed_on() {
    let (server, redox) = client(&[busy("503 Not Now")]);
    assert_eq!(write(&redox).send().await.unwrap().status(), 503);
    assert_eq!(asked(&server), 4);
    // More patience than anybody has.
    let tomorrow = Answer::with("429 Slow Down", "retry-after: 86400", "");
    let (server, redox) = client(&[tomorrow]);
    assert_eq!(write(&redox).send().await.unwrap().status(), 429);
    assert_eq!(asked(&server), 1);
    let server = Canned::start(vec![good_token(), busy("503 Not Now")]);
    let redox = client_of(&server).retries(Retries::NONE).build().unwrap();
    assert_eq!(write(&redox).send().await.unwrap().status(), 503);
    assert_eq!(asked(&server), 1);
}

#[tokio::test]
async fn an_ambiguous_request_is_sent_again_only_if_repeatable() {
    type Case = (fn(&Redox) -> Call, bool);
    let cases: [Case; 4] = [
        (|redox| redox.get("/fhir/R4/a/Staging/Patient/1"), true),
        (write, false),
        (|redox| write(redox).repeatable(), true),
        (|redox| redox.call(http::Method::PUT, "/x").body("1"), true),
    ];
    for (call, is_repeated) in cases {
        let (server, redox) = client(&[busy("504 Too Late"), fine()]);
        let status = call(&redox).send().await.unwrap().status();
        assert_eq!(status == 200, is_repeated, "{status}");
        assert_eq!(asked(&server), if is_repeated { 2 } else { 1 });

        // The API takes the request, and the connection ends.
        for cut in ["", "HTTP/1.1 200 OK\r\ncontent-le"] {
            let (server, redox) = client(&[Answer::raw(cut), fine()]);
            let outcome = call(&redox).send().await;
            assert_eq!(asked(&server), if is_repeated { 2 } else { 1 }, "{cut}");
            match outcome {
                Ok(response) => assert!(is_repeated && response.status() == 200),
                Err(error @ Error::Ambiguous(_)) => {
                    assert!(!is_repeated);
                    assert!(everything(&error).contains("may have been done"));
                }
                Err(error) => panic!("{error}"),
            }
        }
    }
}

#[tokio::test]
async fn a_closed_port_has_done_nothing() {
    let server = Canned::start(vec![good_token()]);
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = nobody.local_addr().unwrap();
    drop(nobody);
    let redox = client_of(&server)
        .base_url(format!("http://{address}"))
        .token_url(format!("{}/v2/auth/token", server.url()))
        .retries(Retries::default().times(1))
        .build()
        .unwrap();
    let error = write(&redox).send().await.unwrap_err();
    assert!(
        matches!(&error, Error::Transport(error) if error.is_connect()),
        "{error}"
    );
}

#[tokio::test]
async fn a_malformed_request_is_not_sent() {
    let server = Canned::start(vec![good_token(), fine()]);
    let http = reqwest::Client::builder().https_only(true);
    let redox = client_of(&server).api_client(http.build().unwrap());
    let error = redox.build().unwrap().get("/x").send().await.unwrap_err();
    assert!(matches!(error, Error::NotBuilt(_)), "{error:?}");
    assert_eq!(asked(&server), 0);
}

#[tokio::test]
async fn a_request_that_http_2_returns_undone_is_sent_again() {
    // GOAWAY after no stream at all without an error, and RST_STREAM with REFUSED_STREAM (RFC 9113 §8.7).
    let goes_away = [&[0, 0, 8, 7, 0, 0, 0, 0, 0], &[0; 8][..]].concat();
    let refuses = [0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, 7].to_vec();
    // After CANCEL the server may have done it.
    let breaks_off = [0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, 8].to_vec();
    for (answer, is_done) in [(goes_away, true), (refuses, true), (breaks_off, false)] {
        let server = Canned::always(good_token());
        let http = reqwest::Client::builder().http2_prior_knowledge();
        let redox = client_of(&server)
            .base_url(http2_server(answer.clone()))
            .token_url(format!("{}/v2/auth/token", server.url()))
            .api_client(http.retry(reqwest::retry::never()).build().unwrap())
            .build()
            .unwrap();
        let outcome = redox.post("/endpoint").body("{}").send().await;
        let is_right = match &outcome {
            Ok(response) => is_done && response.status() == 200,
            Err(error) => !is_done && matches!(error, Error::Ambiguous(_)),
        };
        assert!(is_right, "{answer:?}: {outcome:?}");
    }
}

/// The URL of a server that answers its first request with this frame, and the others with status 200.
fn http2_server(first: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let is_first = Arc::new(AtomicBool::new(true));
    thread::spawn(move || {
        for client in listener.incoming() {
            let (first, is_first) = (first.clone(), Arc::clone(&is_first));
            thread::spawn(move || serve_http2(client?, &first, &is_first));
        }
    });
    url
}

fn serve_http2(mut client: TcpStream, first: &[u8], is_first: &AtomicBool) -> std::io::Result<()> {
    // SETTINGS that change nothing.
    client.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0])?;
    client.read_exact(&mut [0; "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".len()])?;
    loop {
        let mut head = [0; 9];
        client.read_exact(&mut head)?;
        let [_, high, low, kind, _, stream @ ..] = head;
        client.read_exact(&mut vec![0; u16::from_be_bytes([high, low]).into()])?;
        // HEADERS, answered with such that have `:status` 200 and end the stream.
        if kind == 1 && !is_first.swap(false, Ordering::Relaxed) {
            client.write_all(&[&[0, 0, 1, 1, 5], &stream[..], &[0x88]].concat())?;
        } else if kind == 1 {
            client.write_all(first)?;
        }
    }
}

#[tokio::test]
async fn a_stream_is_sent_once() {
    for answer in [busy("503 Not Now"), busy("401 Unauthorized")] {
        let (server, redox) = client(&[answer, fine()]);
        let body = reqwest::Body::wrap(http_body_util::Full::new(bytes::Bytes::from("{}")));
        let status = redox
            .post("/endpoint")
            .body(body)
            .send()
            .await
            .unwrap()
            .status();
        assert_ne!(status, 200);
        assert_eq!(asked(&server), 1);
    }
}

#[tokio::test]
async fn a_stream_is_made_anew_each_time_that_it_is_sent() {
    const CONTENT: &str = "{\"a\":1}";
    let another_token = [busy("401 Unauthorized"), good_token(), fine()];
    for answers in [&[busy("503 Not Now"), fine()][..], &another_token] {
        for is_upload in [false, true] {
            let server = Canned::start([&[good_token()], answers].concat());
            let upload_url = format!("{}/upload", server.url());
            let redox = client_of(&server).upload_url(upload_url).build().unwrap();
            let opened = Arc::new(AtomicUsize::new(0));
            let open = {
                let opened = Arc::clone(&opened);
                move || {
                    opened.fetch_add(1, Ordering::Relaxed);
                    let content = Ok::<_, std::io::Error>(CONTENT);
                    reqwest::Body::wrap_stream(futures_util::stream::iter([content]))
                }
            };
            let len = CONTENT.len().try_into().unwrap();
            let call = match is_upload {
                true => redox.upload_stream("a.json", len, open),
                false => redox.post("/endpoint").stream(len, open),
            };
            assert_eq!(call.send().await.unwrap().status(), 200);
            assert_eq!(opened.load(Ordering::Relaxed), 2);
            let path = if is_upload {
                "POST /upload "
            } else {
                "POST /endpoint "
            };
            let requests = server.requests();
            let sent: Vec<&String> = requests.iter().filter(|it| it.starts_with(path)).collect();
            assert_eq!(sent.len(), 2);
            for request in sent {
                assert!(request.contains(CONTENT), "{request}");
                assert!(!request.contains("transfer-encoding"), "{request}");
            }
        }
    }
}
