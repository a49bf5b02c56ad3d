use core::time::Duration;

use redox_auth_sandbox::{Clock, Disconnect, Fault, OAuthKey, Place, Server, ServerOptions, Times};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::support::*;
use crate::tls;

/// What a client sees of a connection up to its end.
struct Seen {
    text: String,
    /// Whether the end was announced; without TLS nothing tells.
    was_announced: bool,
}

/// Asks for a token with this `jti` and reads until the connection ends.
async fn ask(mut stream: impl AsyncRead + AsyncWrite + Unpin, server: &Server, jti: &str) -> Seen {
    let claims = with(&claims(jti), "aud", server.sandbox().token_url().into());
    let request = token_request(&sign("ES384", &header("ES384"), &claims));
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: sandbox.example\r\nContent-Length: {}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\n",
        request.path,
        request.body.len(),
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&request.body).await.unwrap();
    let mut read = Vec::new();
    // A connection that does not end must not keep the tests waiting.
    let end = timeout(Duration::from_secs(60), stream.read_to_end(&mut read)).await;
    let end = end.expect("the connection ends");
    Seen {
        text: String::from_utf8(read).unwrap(),
        was_announced: end.is_ok(),
    }
}

async fn start(options: ServerOptions, disconnect: Disconnect) -> Server {
    let options = options.clock(Clock::frozen_at(at(NOW)));
    let server = Server::start(options).await.unwrap();
    let key = OAuthKey::new().client_id(CLIENT_ID).jwks(&jwks());
    server.sandbox().register_oauth_key(key).unwrap();
    let fault = Fault::Disconnect(disconnect);
    server.sandbox().inject(Place::Token, fault, Times::Next(1));
    server
}

/// The same without TLS and over it; the second says whether the end was announced.
async fn both(disconnect: Disconnect) -> [(Server, Seen); 2] {
    let plain = start(ServerOptions::new(), disconnect).await;
    let stream = TcpStream::connect(plain.address()).await.unwrap();
    let over_plain = ask(stream, &plain, "plain").await;
    let secret = start(
        ServerOptions::new().tls().host("sandbox.example"),
        disconnect,
    )
    .await;
    let over_tls = ask(tls::connect(&secret).await, &secret, "secret").await;
    [(plain, over_plain), (secret, over_tls)]
}

/// The stated length of the body, and its real length.
fn lengths(text: &str) -> (usize, usize) {
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let (_, rest) = head.split_once("content-length: ").unwrap();
    (rest.lines().next().unwrap().parse().unwrap(), body.len())
}

#[tokio::test]
async fn a_connection_that_ends_unanswered_leaves_nothing_done() {
    let both = both(Disconnect::Unanswered).await;
    assert!(!both[1].1.was_announced);
    for (server, seen) in both {
        assert_eq!(seen.text, "");
        let counters = server.counters();
        assert_eq!((counters.faults, counters.tokens_minted), (1, 0));
        server.stop().await.unwrap();
    }
}

#[tokio::test]
async fn a_connection_that_ends_before_the_body_has_a_head_and_nothing_else() {
    let both = both(Disconnect::BeforeBody).await;
    assert!(!both[1].1.was_announced);
    for (server, seen) in both {
        assert!(
            seen.text.starts_with("HTTP/1.1 200 OK\r\n"),
            "{}",
            seen.text
        );
        let (announced, read) = lengths(&seen.text);
        assert!(announced > 0);
        assert_eq!(read, 0);
        assert_eq!(server.counters().tokens_minted, 1);
        server.stop().await.unwrap();
    }
}

#[tokio::test]
async fn a_connection_that_ends_within_the_body_loses_what_was_given_out() {
    let both = both(Disconnect::WithinBody).await;
    assert!(!both[1].1.was_announced);
    for (server, seen) in both {
        assert!(
            seen.text.starts_with("HTTP/1.1 200 OK\r\n"),
            "{}",
            seen.text
        );
        let (announced, read) = lengths(&seen.text);
        assert_eq!(read, announced / 2);
        assert_ne!(read, 0);
        assert_eq!(server.counters().tokens_minted, 1);
        server.stop().await.unwrap();
    }
}

#[tokio::test]
async fn a_connection_that_ends_after_the_answer_does_not_say_so_before() {
    let both = both(Disconnect::AfterAnswer).await;
    assert!(both[1].1.was_announced);
    for (server, seen) in both {
        let (announced, read) = lengths(&seen.text);
        assert_eq!(read, announced, "{}", seen.text);
        assert!(!seen.text.contains("connection: close"), "{}", seen.text);
        assert_eq!(server.counters().tokens_minted, 1);
        server.stop().await.unwrap();
    }
}
