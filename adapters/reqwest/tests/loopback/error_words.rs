//! A failure says by `Display` what failed and why, in words of its own. Its sources are those of the library below, and add
//! what `Display` does not say.

use core::error::Error as _;

use redox_auth_reqwest::{Discovery, Error, MessageError, Redox, StoreError, TenantError, Tenants};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpSocket};

use crate::support::canned::{Answer, Canned};

/// Everything that a report of `anyhow` or `eyre` prints of an error, one cause a line.
fn report(error: &(dyn core::error::Error + 'static)) -> Vec<String> {
    let mut lines = vec![error.to_string()];
    lines.extend(error.source().into_iter().flat_map(report));
    lines
}

/// Fails where a report names a cause twice, and returns its first line.
fn said_once(error: &(dyn core::error::Error + 'static)) -> String {
    let lines = report(error);
    for (index, line) in lines.iter().enumerate() {
        let (earlier, _) = lines.split_at(index);
        let again = earlier.iter().find(|earlier| earlier.contains(line));
        assert!(again.is_none(), "{line:?} is said again: {lines:?}");
    }
    lines.into_iter().next().unwrap()
}

fn client_at(url: &str) -> Redox {
    let builder = Redox::builder().base_url(url).legacy_key("key-1", "secret");
    builder.build().unwrap()
}

async fn failed_token(url: &str) -> Error {
    client_at(url).token().await.unwrap_err()
}

#[tokio::test]
async fn a_transport_error_names_host_and_reason() {
    // Taken, so that no other program gets it, and not listening.
    let taken = TcpSocket::new_v4().unwrap();
    taken.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let port = taken.local_addr().unwrap().port();
    let error = failed_token(&format!("http://127.0.0.1:{port}")).await;
    assert_eq!(
        said_once(error.cause()),
        format!("cannot connect to 127.0.0.1 port {port}: connection refused")
    );
    assert!(error.source().is_some_and(|it| it.is::<reqwest::Error>()));
    for (case, bytes, reason) in [
        (
            "nothing at all",
            "",
            "the server closed the connection before its answer was complete",
        ),
        (
            "a body that breaks off",
            "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{",
            "the server closed the connection before its answer was complete",
        ),
        (
            "another protocol",
            "SSH-2.0-OpenSSH_9.2p1\r\n",
            "the answer is not HTTP; check scheme and port of the URL",
        ),
    ] {
        let server = Canned::always(Answer::raw(bytes));
        let error = failed_token(&server.url()).await;
        let shown = said_once(error.cause());
        assert_eq!(
            shown,
            format!("no answer from 127.0.0.1: {reason}"),
            "{case}"
        );
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_by_discovery() {
    let url = "https://no-such-host.invalid/r4";
    let error = Discovery::new().fhir_server(url).await.unwrap_err();
    let shown = said_once(&error);
    assert!(
        shown.contains("cannot connect to no-such-host.invalid port 443: DNS has no address"),
        "{shown}"
    );
}

#[tokio::test]
async fn a_port_without_tls_is_named_and_so_is_the_remedy() {
    // It speaks first, as servers of mail do.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let greets = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream
            .write_all(b"220 mail.example ESMTP\r\n")
            .await
            .unwrap();
        stream
    };
    let url = format!("https://127.0.0.1:{port}");
    let (error, _stream) = tokio::join!(failed_token(&url), greets);
    let shown = said_once(error.cause());
    let expected =
        format!("cannot connect to 127.0.0.1 port {port}: there is no TLS at this port; ");
    assert!(shown.starts_with(&expected), "{shown}");
}

#[tokio::test(start_paused = true)]
async fn a_timeout_names_the_host() {
    let server = Canned::always(Answer::Silence);
    let error = failed_token(&server.url()).await;
    assert_eq!(said_once(error.cause()), "no answer from 127.0.0.1 in time");
}

#[tokio::test]
async fn an_error_around_another_repeats_no_cause() {
    let refusal = r#"{"error":"invalid_client"}"#;
    let server = Canned::always(Answer::json("401 Unauthorized", refusal));
    let redox = client_at(&server.url());
    let refused = redox.token().await.unwrap_err();
    said_once(&refused);
    // The second attempt is not allowed yet.
    let waiting = redox.token().await.unwrap_err();
    said_once(&waiting);
    said_once(&MessageError::Call(waiting));
    said_once(&TenantError::from(refused));

    let inner = std::io::Error::other("the disk is full");
    let store = StoreError::new(inner);
    let shown = said_once(&store);
    assert_eq!(shown, "the shared token's store failed: the disk is full");
    assert!(store.get_ref().is::<std::io::Error>());

    let tenants = Tenants::new(|_: &u8| -> Result<Redox, redox_auth_reqwest::BuildError> {
        Redox::builder().base_url("ftp://redox.example").build()
    });
    said_once(&tenants.get(&1).await.unwrap_err());
    let missing = redox_auth_reqwest::Key::from_file("no/such/key.pem").unwrap_err();
    let shown = said_once(&missing);
    assert!(
        shown.starts_with("no/such/key.pem: cannot be read: "),
        "{shown}"
    );
}
