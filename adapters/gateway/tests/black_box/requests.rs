//! The bytes of requests on the wire.

use embedded_io::{ErrorKind, ErrorType, Read};
use redox_auth_core::{Api, AuthorizeError, UrlError};
use redox_auth_gateway::{Error, HeadError, Method, Payload, Request};

use crate::support::peer::{Reply, Script};
use crate::support::{BOTH, Flavour, Memory, gateway, gateway_of, message, redox};

fn good() -> Vec<Script> {
    vec![Script::new([
        Reply::token("the-token"),
        Reply::ok(200, "", ""),
    ])]
}

#[test]
fn a_message_carries_the_token_the_source_and_its_length() {
    for flavour in BOTH {
        let mut memory = Memory::new();
        let client = redox().with_source_id("source-1");
        let mut gateway = gateway_of(&mut memory, good(), client);
        flavour
            .exchange(&mut gateway, message(b"{\"Meta\":{}}"))
            .unwrap();
        let requests = gateway.connector_mut().requests();
        let version = env!("CARGO_PKG_VERSION");
        assert!(requests[0].starts_with(&format!(
            "POST /v2/auth/token HTTP/1.1\r\nHost: api.redoxengine.com\r\n\
             User-Agent: redox-auth/{version}\r\nAccept: application/json\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
        )));
        let (_, body) = requests[0].split_once("\r\n\r\n").unwrap();
        assert!(requests[0].contains(&format!("\r\nContent-Length: {}\r\n", body.len())));
        assert!(body.starts_with("grant_type=client_credentials&"));
        assert_eq!(
            requests[1],
            format!(
                "POST /endpoint HTTP/1.1\r\nHost: api.redoxengine.com\r\n\
                 Authorization: Bearer the-token\r\nUser-Agent: redox-auth/{version}\r\n\
                 Redox-Source-Id: source-1\r\nContent-Type: application/json\r\n\
                 Content-Length: 11\r\n\r\n{{\"Meta\":{{}}}}"
            )
        );
        assert_eq!(
            gateway.connector_mut().endpoints(),
            ["tls://api.redoxengine.com:443"]
        );
    }
}

#[test]
fn an_application_names_its_own_source_and_itself() {
    let mut memory = Memory::new();
    let client = redox().with_source_id("source-1");
    let mut gateway = gateway_of(&mut memory, good(), client);
    let headers = [("redox-source-id", "source-2"), ("user-agent", "pump/1")];
    gateway.send(message(b"{}").headers(&headers)).unwrap();
    let sent = gateway.connector_mut().requests()[1].to_lowercase();
    assert!(sent.contains("\r\nredox-source-id: source-2\r\nuser-agent: pump/1\r\n"));
    assert_eq!(sent.matches("redox-source-id").count(), 1);
    assert_eq!(sent.matches("user-agent").count(), 1);
}

#[test]
fn a_small_request_is_written_at_once() {
    let mut memory = Memory::new();
    let mut gateway = gateway(&mut memory, good());
    gateway.send(message(b"{}")).unwrap();
    assert_eq!(
        gateway.connector_mut().writes(),
        2,
        "one for the token, one for the message"
    );
}

#[test]
fn a_request_without_a_body_says_so_only_where_one_is_usual() {
    for (method, has_length) in [
        (Method::Get, false),
        (Method::Head, false),
        (Method::Delete, false),
        (Method::Post, true),
        (Method::Put, true),
        (Method::Patch, true),
    ] {
        let mut memory = Memory::new();
        let mut gateway = gateway(&mut memory, good());
        gateway
            .send(Request::new(Api::Fhir, method, "/fhir/R4/x/y/Patient"))
            .unwrap();
        let sent = &gateway.connector_mut().requests()[1];
        assert!(sent.starts_with(&format!("{method} /fhir/R4/x/y/Patient HTTP/1.1\r\n")));
        assert_eq!(
            sent.contains("\r\nContent-Length: 0\r\n"),
            has_length,
            "{method}"
        );
    }
}

#[test]
fn nothing_with_a_line_break_reaches_the_wire() {
    const REQUEST: Request<'static, redox_auth_gateway::Bytes<'static>> =
        Request::get(Api::DataModel, "/endpoint");
    let (name, value, path) = (HeadError::Name, HeadError::Value, HeadError::Path);
    for (request, expected) in [
        (REQUEST.headers(&[("x", "1\r\nEvil: 1")]), value),
        (REQUEST.headers(&[("x", "1\nEvil: 1")]), value),
        (REQUEST.headers(&[("x", "1\0")]), value),
        (REQUEST.headers(&[("x", "é")]), value),
        (REQUEST.content_type("text/plain\r\nEvil: 1"), value),
        (REQUEST.headers(&[("x\r\nEvil", "1")]), name),
        (REQUEST.headers(&[("x:", "1")]), name),
        (REQUEST.headers(&[("x ", "1")]), name),
        (REQUEST.headers(&[("", "1")]), name),
        (REQUEST.headers(&[("host", "evil.example")]), name),
        (REQUEST.headers(&[("Authorization", "Basic x")]), name),
        (REQUEST.headers(&[("Content-Length", "9")]), name),
        (REQUEST.headers(&[("transfer-encoding", "chunked")]), name),
        (Request::get(Api::DataModel, "/a HTTP/1.1\r\nEvil: 1"), path),
        (Request::get(Api::DataModel, "/a b"), path),
        (Request::get(Api::DataModel, "/é"), path),
        (Request::get(Api::DataModel, "/a#b"), path),
    ] {
        let mut memory = Memory::new();
        let mut gateway = gateway(&mut memory, good());
        let found = gateway.send(request).map(|answer| answer.status());
        assert_eq!(found, Err(Error::Head(expected)), "{request:?}");
        assert_eq!(
            gateway.connector_mut().requests().len(),
            1,
            "only that for a token"
        );
        // The connection was not the cause, and serves the next request.
        Flavour::Blocking
            .exchange(&mut gateway, message(b"{}"))
            .unwrap();
        assert_eq!(gateway.connector_mut().endpoints().len(), 1);
    }
}

#[test]
fn a_token_goes_to_its_own_servers_only() {
    let url = |error| Error::Authorize(AuthorizeError::Url(error));
    for (place, expected) in [
        ("https://evil.example/endpoint", url(UrlError::OtherOrigin)),
        (
            "http://api.redoxengine.com/endpoint",
            url(UrlError::PlainHttp),
        ),
        (
            "https://api.redoxengine.com@evil.example/",
            url(UrlError::UserInfo),
        ),
        (
            "https://api.redoxengine.com:444/",
            url(UrlError::OtherOrigin),
        ),
        ("endpoint", url(UrlError::Scheme)),
        ("/../x", Error::Path),
        ("/a/%2e%2E/x?y", Error::Path),
        ("/a/.", Error::Path),
        ("https://api.redoxengine.com/a/.%2e", Error::Path),
    ] {
        let mut memory = Memory::new();
        let mut gateway = gateway(&mut memory, good());
        let found = gateway.send(Request::get(Api::DataModel, place));
        assert_eq!(
            found.map(|answer| answer.status()),
            Err(expected),
            "{place}"
        );
        assert!(
            gateway.connector_mut().endpoints().is_empty(),
            "{place}: nothing was sent"
        );
    }
}

#[test]
fn an_upload_goes_to_its_own_host_over_a_connection_of_its_own() {
    let mut memory = Memory::new();
    let scripts = vec![
        Script::new([Reply::token("t")]),
        Script::new([Reply::ok(201, "", "{}")]),
    ];
    let mut gateway = gateway(&mut memory, scripts);
    let request = Request::post(Api::Upload, "https://blob.redoxengine.com/upload").body(b"x");
    assert_eq!(
        Flavour::Blocking.exchange(&mut gateway, request).unwrap().0,
        201
    );
    let network = gateway.connector_mut();
    assert_eq!(
        network.endpoints(),
        [
            "tls://api.redoxengine.com:443",
            "tls://blob.redoxengine.com:443"
        ]
    );
    let sent = &network.requests()[1];
    assert!(
        sent.starts_with("POST /upload HTTP/1.1\r\nHost: blob.redoxengine.com\r\n"),
        "{sent}"
    );
}

/// A body that is generated while it is read.
struct Letters {
    total: u64,
    left: u64,
    says: Option<u64>,
    fails: bool,
}

impl Letters {
    const fn new(total: u64, says: Option<u64>) -> Self {
        Self {
            total,
            left: total,
            says,
            fails: false,
        }
    }

    fn next(&mut self, buf: &mut [u8]) -> usize {
        // Sometimes shorter than the room.
        let len = buf.len().min(777).min(usize::try_from(self.left).unwrap());
        buf[..len].fill(b'a');
        self.left = self.left.saturating_sub(u64::try_from(len).unwrap());
        len
    }
}

impl Payload for Letters {
    fn content_length(&self) -> Option<u64> {
        self.says
    }

    fn rewind(&mut self) -> bool {
        self.left = self.total;
        true
    }
}

#[derive(Debug)]
struct Broken;

impl core::fmt::Display for Broken {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("broken")
    }
}

impl core::error::Error for Broken {}

impl embedded_io::Error for Broken {
    fn kind(&self) -> ErrorKind {
        ErrorKind::InvalidData
    }
}

impl ErrorType for Letters {
    type Error = Broken;
}

impl Read for Letters {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Broken> {
        if self.fails {
            return Err(Broken);
        }
        Ok(self.next(buf))
    }
}

impl embedded_io_async::Read for Letters {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Broken> {
        crate::support::peer::pause().await;
        Read::read(self, buf)
    }
}

#[test]
fn a_large_body_needs_no_large_buffer() {
    for flavour in BOTH {
        for write_max in [usize::MAX, 100] {
            for (len, says_len) in [(100_000, true), (100_000, false), (1, false), (0, false)] {
                let mut memory = Memory::new();
                memory.wire.truncate(600);
                let mut script = Script::new([Reply::token("t"), Reply::ok(200, "", "")]);
                script.write_max = write_max;
                let mut gateway = gateway(&mut memory, vec![script]);
                let letters = Letters::new(len, says_len.then_some(len));
                let request = Request::post(Api::Upload, "/upload").stream(letters);
                flavour.exchange(&mut gateway, request).unwrap();
                let sent = &gateway.connector_mut().requests()[1];
                let (head, body) = sent.split_once("\r\n\r\n").unwrap();
                let body = if says_len {
                    assert!(head.ends_with("Content-Length: 100000"), "{head}");
                    body.to_owned()
                } else {
                    assert!(head.ends_with("Transfer-Encoding: chunked"), "{head}");
                    unchunked(body)
                };
                assert_eq!(body, "a".repeat(usize::try_from(len).unwrap()));
            }
        }
    }
}

/// The data of a chunked body.
fn unchunked(mut body: &str) -> String {
    let mut data = String::new();
    loop {
        let (size, rest) = body.split_once("\r\n").unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        let (chunk, rest) = rest.split_at(size);
        body = rest.strip_prefix("\r\n").unwrap();
        if size == 0 {
            assert_eq!(body, "");
            return data;
        }
        data.push_str(chunk);
    }
}

/// A body that claims more bytes than its buffer has.
struct Boaster(Option<u64>, bool);

impl Payload for Boaster {
    fn content_length(&self) -> Option<u64> {
        self.0
    }

    fn rewind(&mut self) -> bool {
        false
    }
}

impl ErrorType for Boaster {
    type Error = Broken;
}

impl Read for Boaster {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Broken> {
        buf.fill(b'a');
        Ok(if core::mem::replace(&mut self.1, true) {
            0
        } else {
            100_000
        })
    }
}

#[test]
fn a_body_cannot_break_its_frame() {
    for (says, expected) in [(Some(5), 5), (None, 2048)] {
        let mut memory = Memory::new();
        let mut gateway = gateway(&mut memory, good());
        let request = Request::post(Api::Upload, "/upload").stream(Boaster(says, false));
        gateway.send(request).unwrap();
        let sent = &gateway.connector_mut().requests()[1];
        let (_, body) = sent.split_once("\r\n\r\n").unwrap();
        let body = says.map_or_else(|| unchunked(body), |_| body.to_owned());
        assert!(
            body.len() <= expected && body.len() >= 5,
            "{} bytes",
            body.len()
        );
    }
}

#[test]
fn a_body_that_fails_or_ends_early_ends_the_connection() {
    for (letters, expected) in [
        (
            Letters::new(900, Some(1_000)),
            Error::PayloadTooShort { missing: 100 },
        ),
        (
            Letters {
                fails: true,
                ..Letters::new(900, Some(900))
            },
            Error::Payload(ErrorKind::InvalidData),
        ),
    ] {
        let mut memory = Memory::new();
        let mut scripts = good();
        scripts.extend(good());
        let mut gateway = gateway(&mut memory, scripts);
        let request = Request::post(Api::Upload, "/upload").stream(letters);
        let found = gateway.send(request).map(|answer| answer.status());
        assert_eq!(found, Err(expected));
        assert_eq!(gateway.connector_mut().open(), 0);
        assert_eq!(
            gateway.connector_mut().requests().len(),
            1,
            "that for a token"
        );
    }
}

#[test]
fn a_wire_that_is_too_short_is_told_how_long_it_has_to_be() {
    let mut needed = 0;
    for len in [0, 64, 300] {
        let mut memory = Memory::new();
        memory.wire.truncate(len);
        let mut gateway = gateway(&mut memory, good());
        let Err(Error::Head(HeadError::BufferTooSmall { needed: found })) = gateway.authorize()
        else {
            continue;
        };
        assert!(found > len);
        needed = found;
    }
    let mut memory = Memory::new();
    memory.wire.truncate(needed);
    let mut gateway = gateway(&mut memory, good());
    gateway.authorize().unwrap();
}
