//! Connections that end while nobody looks.

use core::time::Duration;
use std::io::{Read as _, Result, Write as _};
use std::net::{TcpListener, TcpStream};

use redox_auth_reqwest::{Error, Redox, Retries};

use crate::support::canned::{Answer, Canned};
use crate::support::clocks::Clocks;
use crate::support::{client_of, good_token};

#[tokio::test]
async fn a_connection_is_not_used_for_longer_than_the_server_keeps_it() {
    for (header, millis, is_new) in [
        ("keep-alive: timeout=5", 4_000, false),
        ("keep-alive: timeout=5", 4_001, true),
        ("keep-alive: timeout=5, max=99", 3_600_000, true),
        ("keep-alive: timeout=0", 1, true),
        ("keep-alive: timeout=soon", 3_600_000, false),
        ("x: y", 3_600_000, false),
    ] {
        let server = Canned::choosing(|_| {
            move |_: usize, request: &str| {
                let is_message = request.starts_with("POST /endpoint ");
                Some(match is_message {
                    true => Answer::with("200 OK", header, "{}"),
                    false => good_token(),
                })
            }
        });
        let clocks = Clocks::alone();
        let redox = client_of(&server).clock(clocks.now()).build().unwrap();
        let send = async || {
            let sent = redox.post("/endpoint").body("{}").send().await;
            // Read to the end, because the connection is free for the next request only then.
            sent.unwrap().bytes().await.unwrap();
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
            let (connections, requests) = (server.connections(), server.requests());
            let mut messages = connections.into_iter().zip(requests);
            let last = messages.rfind(|(_, it)| it.starts_with("POST /endpoint "));
            last.unwrap().0
        };
        let first = send().await;
        clocks.advance(Duration::from_millis(millis));
        let second = send().await;
        assert_eq!(first != second, is_new, "{header} after {millis} ms");
        // Only the first request after the pause opens a connection.
        assert_eq!(send().await, second, "{header} after {millis} ms");
    }
}

#[tokio::test]
async fn a_dead_http_2_connection_is_given_up_within_ten_seconds() {
    let url = falls_silent();
    let redox: Redox = Redox::builder()
        .base_url(&url)
        .legacy_key("key-1", "secret")
        .http(|http| http.http2_prior_knowledge())
        .retries(Retries::NONE)
        .build()
        .unwrap();
    redox.token().await.unwrap();
    // From here on no bytes arrive, therefore only timers advance the clock.
    tokio::time::pause();
    let before = tokio::time::Instant::now();
    let error = redox.post("/endpoint").body("{}").send().await.unwrap_err();
    let took = before.elapsed();
    assert!(matches!(error, Error::Ambiguous(_)), "{error}");
    assert!((4..10).contains(&took.as_secs()), "{took:?}: {error}");
}

/// The URL of a server that gives a token over HTTP/2, and then takes everything and says nothing, as after a change of
/// address.
fn falls_silent() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            std::thread::spawn(move || give_one_token(client));
        }
    });
    url
}

fn give_one_token(mut client: TcpStream) -> Result<()> {
    // SETTINGS that change nothing.
    client.write_all(&[0, 0, 0, 4, 0, 0, 0, 0, 0])?;
    client.read_exact(&mut [0; "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".len()])?;
    let mut is_silent = false;
    loop {
        let mut head = [0; 9];
        client.read_exact(&mut head)?;
        let [_, high, low, kind, _, stream @ ..] = head;
        client.read_exact(&mut vec![0; u16::from_be_bytes([high, low]).into()])?;
        // HEADERS: such with `:status` 200, and DATA that ends the stream.
        if kind == 1 && !core::mem::replace(&mut is_silent, true) {
            let body = crate::support::LEGACY_TOKEN.as_bytes();
            let len = u8::try_from(body.len()).unwrap();
            let headers = [&[0, 0, 1, 1, 4], &stream[..], &[0x88]].concat();
            let data = [&[0, 0, len, 0, 1], &stream[..], body].concat();
            client.write_all(&[headers, data].concat())?;
        }
    }
}
