//! Heads longer than their room, and headers on several lines.

use embedded_io::ErrorKind;
use redox_auth_gateway::{Error, ExchangeError, Limits};

use crate::support::peer::{Reply, Script, Then};
use crate::support::{BOTH, Memory, gateway, message};

/// Divisions at critical places, and some at uncritical places.
const SPLITS: [usize; 5] = [1, 2, 7, 63, usize::MAX];

/// The status, the kept headers, and the body.
type Found = (u16, Vec<(String, String)>, Vec<u8>);

/// The result for an answer, the same in each division into reads.
fn found(answer: &str, limits: Limits) -> Found {
    let mut all = Vec::new();
    for flavour in BOTH {
        for split in SPLITS {
            let replies = [
                Reply::token("t"),
                Reply::raw(answer, Then::Silence),
                Reply::ok(200, "", "next"),
            ];
            let mut memory = Memory::new();
            let scripts = vec![Script::new(replies).split(split)];
            let mut gateway = gateway(&mut memory, scripts).with_limits(limits);
            let mut answer = flavour.send(&mut gateway, message(b"{}")).unwrap();
            let status = answer.status();
            let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
            let headers = answer.headers().iter();
            let headers = headers.map(|(name, value)| (name.to_owned(), text(value)));
            let headers = headers.collect();
            let mut body = [0; 64];
            let body = answer.read_all(&mut body).unwrap().to_vec();
            drop(answer);
            // The connection is positioned at the next answer.
            let next = flavour.exchange(&mut gateway, message(b"{}"));
            assert_eq!(next, Ok((200, b"next".to_vec())), "by {split}");
            all.push((status, headers, body));
        }
    }
    let first = all.pop().unwrap();
    assert!(all.iter().all(|other| *other == first), "{all:?}");
    first
}

fn names(found: &Found) -> Vec<&str> {
    found.1.iter().map(|(name, _)| name.as_str()).collect()
}

const SMALL: Limits = {
    let mut limits = Limits::DEFAULT;
    limits.head_bytes = 200;
    limits.headers = 5;
    limits
};

#[test]
fn headers_that_do_not_fit_are_dropped_and_the_rest_is_as_it_came() {
    let huge = "c".repeat(60_000);
    for (headers, kept) in [
        // A header that is too long alone, before, between and after others.
        (format!("Set-Cookie: {huge}\r\nDate: now\r\n"), vec!["Date"]),
        (format!("Date: now\r\nSet-Cookie: {huge}\r\n"), vec!["Date"]),
        (
            format!("Date: now\r\nSet-Cookie: {huge}\r\nRetry-After: 5\r\n"),
            vec!["Date", "Retry-After"],
        ),
        // Without a space, on several lines, and empty.
        (
            format!("x:{huge}\r\n {huge}\r\ny: 1\r\n").replace(&huge, &huge[..30_000]),
            vec!["y"],
        ),
        (format!("{}: 1\r\ny:\r\n", &huge[..500]), vec!["y"]),
        // Too many headers.
        (
            (0..2_000).map(|n| format!("x-{n}: 1\r\n")).collect(),
            vec!["x-0", "x-1", "x-2", "x-3", "x-4"],
        ),
        // The room is full, and a shorter header still fits.
        (
            format!("a: {}\r\nb: {}\r\nc: 1\r\n", &huge[..150], &huge[..50]),
            vec!["a", "c"],
        ),
    ] {
        // The headers that frame the message may come last.
        let answer = format!("HTTP/1.1 201 Created\r\n{headers}Content-Length: 5\r\n\r\nhello");
        let found = found(&answer, SMALL);
        let shown = &headers[..headers.len().min(60)];
        assert_eq!((found.0, &found.2[..]), (201, &b"hello"[..]), "{shown}");
        let names = names(&found);
        let ours = names.iter().filter(|name| **name != "Content-Length");
        assert_eq!(ours.copied().collect::<Vec<_>>(), kept, "{shown}");
    }
}

#[test]
fn a_connection_that_closes_is_seen_in_a_header_that_is_dropped() {
    let many: String = (0..10).map(|n| format!("x-{n}: 1\r\n")).collect();
    let answer =
        format!("HTTP/1.1 200 OK\r\n{many}Connection: close\r\nContent-Length: 2\r\n\r\nok");
    let scripts = vec![
        Script::new([Reply::token("t"), Reply::raw(answer, Then::Silence)]),
        Script::new([Reply::ok(200, "", "next")]),
    ];
    let mut memory = Memory::new();
    let mut gateway = gateway(&mut memory, scripts).with_limits(SMALL);
    for expected in [&b"ok"[..], b"next"] {
        let found = BOTH[0].exchange(&mut gateway, message(b"{}"));
        assert_eq!(found, Ok((200, expected.to_vec())));
    }
}

#[test]
fn a_head_that_just_fits_is_kept_whole() {
    let start = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nx: ";
    for (len, is_kept) in [
        (199, true),
        (200, true),
        (201, false),
        (264, false),
        (265, false),
    ] {
        let value = "v".repeat(len - start.len() - 2);
        let found = found(&format!("{start}{value}\r\n\r\nok"), SMALL);
        let expected: &[&str] = if is_kept {
            &["Content-Length", "x"]
        } else {
            &["Content-Length"]
        };
        assert_eq!(names(&found), expected, "{len}");
        assert_eq!(found.2, b"ok", "{len}");
    }
}

#[test]
fn a_header_on_several_lines_is_one_with_spaces() {
    for (headers, expected) in [
        ("x: one\r\n two\r\n", ("x", "one   two")),
        ("x: one\r\n\ttwo\r\n", ("x", "one  \ttwo")),
        ("x:\r\n one\r\n", ("x", "one")),
        ("x: one\r\n \r\n", ("x", "one")),
        (
            "x: one\r\n  two\r\n\tthree: 3\r\n",
            ("x", "one    two  \tthree: 3"),
        ),
        (
            "Content-Type:\r\n text/html\r\n",
            ("Content-Type", "text/html"),
        ),
    ] {
        let answer = format!("HTTP/1.1 200 OK\r\n{headers}Content-Length:\r\n 2\r\n\r\nok");
        let found = found(&answer, Limits::DEFAULT);
        let (name, value) = expected;
        assert_eq!(
            found.1[0],
            (name.to_owned(), value.to_owned()),
            "{headers:?}"
        );
        assert_eq!(found.2, b"ok", "{headers:?}");
    }
}

#[test]
fn trailers_on_several_lines_and_many_of_them_end_a_body_all_the_same() {
    let many = "x: 1\r\n".repeat(100);
    for trailers in ["x: one\r\n two\r\n", &many] {
        let answer = format!(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n{trailers}\r\n"
        );
        assert_eq!(found(&answer, Limits::DEFAULT).2, b"hello");
    }
}

#[test]
fn an_answer_that_comes_before_the_server_hangs_up_is_not_lost() {
    let refusal = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 5\r\n\r\nlimit";
    for hangs_up_after in [300, 1_000, 5_000] {
        for flavour in BOTH {
            let mut reading = Script::new([Reply::raw(refusal, Then::Reset)]);
            reading.hangs_up_after = Some(hangs_up_after);
            let good = Reply::ok(200, "", "next");
            let mut memory = Memory::new();
            let token = Script::new([Reply::token("t")]);
            let scripts = vec![token, reading, Script::new([good])];
            let mut gateway = gateway(&mut memory, scripts);
            flavour.authorize(&mut gateway).unwrap();
            gateway.disconnect();
            let body = vec![b'x'; 100_000];
            let found = flavour.exchange(&mut gateway, message(&body));
            assert_eq!(
                found,
                Ok((413, b"limit".to_vec())),
                "after {hangs_up_after}"
            );
            assert_eq!(gateway.connector_mut().open(), 0, "it hung up");
            let next = flavour.exchange(&mut gateway, message(b"{}"));
            assert_eq!(next, Ok((200, b"next".to_vec())));
        }
    }
}

#[test]
fn without_an_answer_the_failed_write_is_the_error() {
    let broken = ExchangeError::Transport(ErrorKind::BrokenPipe);
    for (bytes, then) in [
        ("", Then::Close),
        ("", Then::Reset),
        ("HTTP/1.1 413 Content", Then::Close),
        ("SSH-2.0\r\n", Then::Silence),
    ] {
        for flavour in BOTH {
            let mut reading = Script::new([Reply::raw(bytes, then)]);
            reading.hangs_up_after = Some(1_000);
            let mut memory = Memory::new();
            let scripts = vec![Script::new([Reply::token("t")]), reading];
            let mut gateway = gateway(&mut memory, scripts);
            flavour.authorize(&mut gateway).unwrap();
            gateway.disconnect();
            let body = vec![b'x'; 100_000];
            let found = flavour.exchange(&mut gateway, message(&body));
            assert_eq!(found, Err(Error::Exchange(broken)), "{bytes:?}");
            assert!(found.unwrap_err().may_have_arrived());
        }
    }
}
