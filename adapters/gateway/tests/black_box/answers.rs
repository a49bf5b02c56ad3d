//! Valid answers, in every division into reads.

use proptest::prelude::*;
use redox_auth_core::{Api, Instant, Url};
use redox_auth_gateway::{Exchange, HttpError, Limits, Method, Outgoing, Request};

use crate::support::peer::{Reply, Script, Then};
use crate::support::{BOTH, Memory, gateway, message};

/// Answers, the event after each, and the expected bodies.
const GOOD: &[(&str, Then, &str)] = &[
    (
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        Then::Silence,
        "hello",
    ),
    (
        "HTTP/1.1 200 OK\r\ncontent-length:5\r\n\r\nhello",
        Then::Silence,
        "hello",
    ),
    (
        "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
        Then::Silence,
        "",
    ),
    (
        "HTTP/1.1 204 No Content\r\nServer: x\r\n\r\n",
        Then::Silence,
        "",
    ),
    (
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
        Then::Silence,
        "",
    ),
    (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
        Then::Silence,
        "hello",
    ),
    (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: CHUNKED\r\n\r\n\
         00005 ; name=\"value\";other\r\nhello\r\n0;last\r\nTrailer-One: 1\r\nTwo:\r\n\r\n",
        Then::Silence,
        "hello",
    ),
    ("HTTP/1.1 200 OK\r\n\r\nhello", Then::Close, "hello"),
    ("HTTP/1.0 200 OK\r\n\r\n", Then::Close, ""),
    (
        "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        Then::Silence,
        "hello",
    ),
    (
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n\
         HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\nhello",
        Then::Silence,
        "hello",
    ),
];

#[test]
fn every_split_of_an_answer_gives_the_same_body() {
    for flavour in BOTH {
        for (answer, then, expected) in GOOD {
            for split in 1..=answer.len() {
                let replies = [Reply::token("t"), Reply::raw(answer, *then)];
                let mut memory = Memory::new();
                let mut gateway = gateway(&mut memory, vec![Script::new(replies).split(split)]);
                let (_, body) = flavour.exchange(&mut gateway, message(b"{}")).unwrap();
                assert_eq!(
                    body,
                    expected.as_bytes(),
                    "{answer:?} by {split}, {flavour:?}"
                );
            }
        }
    }
}

#[test]
fn a_body_can_be_read_in_parts_of_any_size() {
    for size in 1..8 {
        for (answer, then, expected) in GOOD {
            let replies = [Reply::token("t"), Reply::raw(answer, *then)];
            let mut memory = Memory::new();
            let mut gateway = gateway(&mut memory, vec![Script::new(replies)]);
            let mut answer = gateway.send(message(b"{}")).unwrap();
            let (mut body, mut part) = (Vec::new(), vec![0; size]);
            loop {
                match answer.read(&mut part).unwrap() {
                    0 => break,
                    len => body.extend_from_slice(&part[..len]),
                }
            }
            assert_eq!(body, expected.as_bytes(), "by {size}");
            assert_eq!(answer.read(&mut part), Ok(0), "the end stays the end");
        }
    }
}

#[test]
fn a_body_of_exactly_the_buffers_length_fits_and_one_byte_more_does_not() {
    for (answer, then, expected) in GOOD.iter().filter(|(_, _, body)| !body.is_empty()) {
        for short in [0, 1] {
            let replies = [Reply::token("t"), Reply::raw(answer, *then)];
            let mut memory = Memory::new();
            let mut gateway = gateway(&mut memory, vec![Script::new(replies)]);
            let mut answer = gateway.send(message(b"{}")).unwrap();
            let mut body = vec![0; expected.len() - short];
            let limit = u64::try_from(body.len()).unwrap();
            let error = HttpError::BodyTooLong {
                found: limit + 1,
                limit,
            };
            match answer.read_all(&mut body) {
                Ok(body) => assert_eq!((short, &*body), (0, expected.as_bytes())),
                Err(found) => assert_eq!((short, found), (1, error.into())),
            }
        }
    }
}

#[test]
fn status_and_headers_are_there_before_the_body() {
    let head = "HTTP/1.1 201 Created\r\nLocation:  /Patient/1 \r\nx-a: 1\r\nX-A: 2\r\n\
                Content-Length: 2\r\n\r\n";
    for flavour in BOTH {
        let replies = [Reply::token("t"), Reply::raw(head, Then::Silence)];
        let mut memory = Memory::new();
        let mut gateway = gateway(&mut memory, vec![Script::new(replies)]);
        let answer = flavour.send(&mut gateway, message(b"{}")).unwrap();
        assert_eq!(answer.status(), 201);
        assert_eq!(answer.header("location"), Some(&b"/Patient/1"[..]));
        assert_eq!(answer.header("X-a"), Some(&b"1"[..]));
        assert_eq!(answer.header("x"), None);
        let names: Vec<_> = answer.headers().iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["Location", "x-a", "X-A", "Content-Length"]);
    }
}

#[test]
fn the_answer_to_a_head_request_has_no_body() {
    let replies = [
        Reply::token("t"),
        Reply::raw(
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
            Then::Silence,
        ),
        Reply::ok(200, "", "next"),
    ];
    let mut memory = Memory::new();
    let mut gateway = gateway(&mut memory, vec![Script::new(replies)]);
    for (method, body) in [(Method::Head, ""), (Method::Get, "next")] {
        let request = Request::new(Api::DataModel, method, "/endpoint");
        let found = BOTH[0].exchange(&mut gateway, request).unwrap();
        assert_eq!(found, (200, body.as_bytes().to_vec()));
    }
}

proptest! {
    #[test]
    fn any_body_in_any_chunks_comes_out_whole(
        chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..400), 0..12),
        splits in prop::collection::vec(1..700_usize, 1..20),
        room in 1..600_usize,
    ) {
        let mut wire = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
        for chunk in &chunks {
            wire.extend_from_slice(format!("{:X}\r\n", chunk.len()).as_bytes());
            wire.extend_from_slice(chunk);
            wire.extend_from_slice(b"\r\n");
        }
        wire.extend_from_slice(b"0\r\n\r\n");
        let (status, body, end) = read(&wire, &splits, room);
        prop_assert_eq!((status, end), (Some(200), None));
        prop_assert_eq!(body, chunks.concat());
    }

    #[test]
    fn any_bytes_give_the_same_answer_however_they_are_split(
        noise in prop::collection::vec(any::<u8>(), 0..80),
        at in any::<prop::sample::Index>(),
        which in 0..GOOD.len(),
        splits in prop::collection::vec(1..40_usize, 1..20),
        room in 1..40_usize,
    ) {
        let mut wire = GOOD[which].0.as_bytes().to_vec();
        let at = at.index(wire.len());
        wire.splice(at..at, noise);
        prop_assert_eq!(read(&wire, &splits, room), read(&wire, &[usize::MAX], 4096));
    }
}

#[test]
fn a_head_behind_an_interim_one_gets_the_room_of_both() {
    let long = "x".repeat(600);
    let answer = format!(
        "HTTP/1.1 103 Early Hints\r\nLink: {long}\r\n\r\n\
         HTTP/1.1 200 OK\r\nX-Long: {long}\r\nContent-Length: 2\r\n\r\nup"
    );
    let got = read(answer.as_bytes(), &[usize::MAX], 4096);
    assert_eq!(got, (Some(200), b"up".to_vec(), None));
}

/// The status, body and error of an answer that arrives in parts of these lengths, repeatedly, and then ends.
fn read(input: &[u8], splits: &[usize], room: usize) -> (Option<u16>, Vec<u8>, Option<HttpError>) {
    let now = Instant::from_millis(0);
    let mut wire = vec![0; 1024];
    let mut exchange = Exchange::new(&mut wire, Limits::DEFAULT);
    let url = Url::parse("https://api.example/").unwrap();
    exchange
        .request(Method::Get, url, "", now)
        .send(Some(0))
        .unwrap();
    while let Outgoing::Write(bytes) = exchange.outgoing() {
        let len = bytes.len();
        exchange.written(len, now).unwrap();
    }
    exchange.flushed();

    let (mut rest, mut splits) = (input, splits.iter().cycle());
    let mut feed = |exchange: &mut Exchange<'_>| {
        let into = exchange.room();
        assert!(!into.is_empty(), "there is room to read into");
        let len = rest.len().min(into.len()).min(*splits.next().unwrap());
        into[..len].copy_from_slice(&rest[..len]);
        rest = &rest[len..];
        exchange.received(len, now).unwrap();
    };
    let status = loop {
        match exchange.head() {
            Ok(Some(status)) => break status,
            Ok(None) => feed(&mut exchange),
            Err(error) => return (None, Vec::new(), Some(error)),
        }
    };
    let (mut body, mut part) = (Vec::new(), vec![0; room]);
    let end = loop {
        match exchange.body(&mut part) {
            Ok(Some(0)) => break None,
            Ok(Some(len)) => body.extend_from_slice(&part[..len]),
            Ok(None) => feed(&mut exchange),
            Err(error) => break Some(error),
        }
    };
    (Some(status), body, end)
}
