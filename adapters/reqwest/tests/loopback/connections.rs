//! The parts of connections that clients share, and those that they do not.

use core::sync::atomic::{AtomicUsize, Ordering};
use core::time::Duration;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Barrier};

use redox_auth_reqwest::{Builder, Connections, Error, Redox};
use tokio::runtime::Builder as Runtime;

use crate::support::canned::{Answer, Canned};
use crate::support::{CLIENT_ID, client_of, good_token, keys};

/// A token endpoint that counts its connections and the most requests at a time. Each request waits for `at_once` of them.
struct Counting {
    url: String,
    connections: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

impl Counting {
    fn start(at_once: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let counting = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            connections: Arc::default(),
            most: Arc::default(),
        };
        let (connections, most) = (counting.connections.clone(), counting.most.clone());
        let together = Arc::new(Barrier::new(at_once));
        std::thread::spawn(move || {
            let now = Arc::new(AtomicUsize::new(0));
            for stream in listener.incoming().flatten() {
                connections.fetch_add(1, Ordering::SeqCst);
                let (now, most, together) = (now.clone(), most.clone(), together.clone());
                std::thread::spawn(move || serve(stream, &now, &most, &together));
            }
        });
        counting
    }

    fn client(&self) -> Builder {
        Redox::builder()
            .base_url(&self.url)
            .oauth_key(CLIENT_ID, keys::es256())
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

fn serve(mut stream: TcpStream, now: &AtomicUsize, most: &AtomicUsize, together: &Barrier) {
    let body = r#"{"access_token":"granted","token_type":"Bearer","expires_in":300}"#;
    let len = body.len();
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len}\r\n\r\n{body}"
    );
    let mut request = Vec::new();
    let mut part = [0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut part) {
        request.extend_from_slice(&part[..read]);
        // The last field of the form, whose signature of 64 bytes ends a JWS.
        let text = String::from_utf8_lossy(&request);
        let assertion = text.split_once("client_assertion=").map(|(_, it)| it);
        let signature = assertion.and_then(|it| it.splitn(3, '.').nth(2));
        if signature.is_none_or(|it| it.len() < 86) {
            continue;
        }
        request.clear();
        let running = now.fetch_add(1, Ordering::SeqCst).saturating_add(1);
        most.fetch_max(running, Ordering::SeqCst);
        together.wait();
        now.fetch_sub(1, Ordering::SeqCst);
        if stream.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

#[tokio::test]
async fn clients_with_the_same_settings_share_a_connection() {
    let server = Counting::start(1);
    let timeout = Duration::from_secs(9);
    let one = server.client().connect_timeout(timeout).build().unwrap();
    let other = server.client().connect_timeout(timeout).build().unwrap();
    assert_eq!(server.connections(), 0);
    one.token().await.unwrap();
    other.token().await.unwrap();
    assert_eq!(server.connections(), 1);

    let own = Connections::new();
    for connections in [own.clone(), own] {
        let client = server.client().connections(connections).build().unwrap();
        client.token().await.unwrap();
        assert_eq!(server.connections(), 2);
    }
    for _ in 0..2 {
        let client = server.client().http(|http| http).build().unwrap();
        client.token().await.unwrap();
    }
    assert_eq!(server.connections(), 4);
}

/// A connection belongs to the runtime on which it was opened: on another it would never answer.
#[test]
fn a_runtime_that_stands_still_delays_no_other() {
    let server = Counting::start(1);
    let connections = Connections::new();
    let client = || {
        server
            .client()
            .connections(connections.clone())
            .build()
            .unwrap()
    };
    let runtime = || Runtime::new_current_thread().enable_all().build().unwrap();
    let (first, second) = (runtime(), runtime());
    first.block_on(client().token()).unwrap();
    second.block_on(client().token()).unwrap();
    assert_eq!(server.connections(), 2);
    // And each still has its own.
    first.block_on(client().token()).unwrap();
    second.block_on(client().token()).unwrap();
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn no_more_token_requests_than_allowed_are_under_way_with_a_host() {
    let server = Counting::start(3);
    let connections = Connections::new().token_requests_at_once(3);
    let clients: Vec<_> = (0..30)
        .map(|_| {
            server
                .client()
                .connections(connections.clone())
                .build()
                .unwrap()
        })
        .collect();
    let tokens = clients.iter().map(Redox::token);
    for token in futures_util::future::join_all(tokens).await {
        token.unwrap();
    }
    assert_eq!(server.most.load(Ordering::SeqCst), 3);
}

#[tokio::test(start_paused = true)]
async fn a_host_without_a_turn_in_time_is_named() {
    let silent = Canned::always(Answer::Silence);
    let hour = Duration::from_secs(3_600);
    let connections = Connections::new()
        .connect_timeout(hour)
        .token_requests_at_once(1);
    let client = |secs| {
        let client = client_of(&silent).connections(connections.clone());
        let client = client.token_timeout(Duration::from_secs(secs));
        client.build().unwrap()
    };
    let (slow, waiting) = (client(60), client(1));
    let (slow, waiting) = tokio::join!(biased; slow.token(), waiting.token());
    let host = silent.url().replace("http://", "");
    let error = waiting.unwrap_err();
    assert!(
        matches!(error.cause(), Error::Busy(found) if *found == host),
        "{error}"
    );
    assert!(matches!(slow.unwrap_err().cause(), Error::Transport(_)));
}

#[tokio::test]
async fn a_pause_that_a_host_asks_for_is_kept_by_all_its_clients() {
    let busy = Answer::with("429 Too Many Requests", "retry-after: 30", "");
    let (busy, good) = (
        Canned::start(vec![busy, good_token()]),
        Canned::always(good_token()),
    );
    let connections = Connections::new();
    let client = |server: &Canned| {
        client_of(server)
            .connections(connections.clone())
            .build()
            .unwrap()
    };
    client(&busy).token().await.unwrap_err();
    for _ in 0..3 {
        let error = client(&busy).token().await.unwrap_err();
        let host = busy.url().replace("http://", "");
        assert!(
            matches!(error.cause(), Error::Paused(found) if *found == host),
            "{error}"
        );
        let Error::NoToken { retry_in, .. } = error else {
            panic!("{error}");
        };
        assert!(retry_in > Duration::from_secs(20) && retry_in <= Duration::from_secs(31));
    }
    assert_eq!(busy.requests().len(), 1);
    client(&good).token().await.unwrap();
}
