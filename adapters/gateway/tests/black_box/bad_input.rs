//! Invalid answers: each causes a typed error within the limits, and the session stays usable.

use embedded_io::ErrorKind;
use redox_auth_gateway::{Error, ExchangeError, HttpError, Limits};

use crate::support::peer::{Reply, Script, Then};
use crate::support::{BOTH, Flavour, Memory, TestGateway, gateway, message};

const LIMITS: Limits = {
    let mut limits = Limits::DEFAULT;
    limits.head_bytes = 1_000;
    limits.headers = 20;
    limits.body_bytes = 5_000;
    limits.interim_answers = 3;
    limits.exchange_ms = 10_000;
    limits.idle_ms = 60_000;
    limits
};

/// A head with these headers, followed by `rest`.
fn ok(headers: &str, rest: &str) -> String {
    format!("HTTP/1.1 200 OK\r\n{headers}\r\n{rest}")
}

fn chunked(rest: &str) -> String {
    ok("Transfer-Encoding: chunked\r\n", rest)
}

/// The fault in an answer, the answer, the event after it, and the expected error.
fn bad() -> Vec<(&'static str, Reply, ExchangeError)> {
    let http = |what, bytes: String, then, error| {
        (what, Reply::raw(bytes, then), ExchangeError::Http(error))
    };
    let too_long = |found| HttpError::BodyTooLong {
        found,
        limit: 5_000,
    };
    let cut_off = |found| HttpError::BodyCutOff { found };
    let many_headers: String = (0..10_000).map(|n| format!("x-{n}: 1\r\n")).collect();
    let (silence, close) = (Then::Silence, Then::Close);
    vec![
        http(
            "a head of more than 64 KiB",
            ok(&format!("x: {}\r\n", "a".repeat(64 * 1024)), ""),
            silence,
            HttpError::HeadTooLong {
                limit: 1_000 + 64 * 1024,
            },
        ),
        http(
            "a head that never ends",
            "HTTP/1.1 200 OK".to_owned(),
            Then::Repeat,
            HttpError::HeadTooLong { limit: 1_000 },
        ),
        http(
            "10,000 headers",
            ok(&many_headers, ""),
            silence,
            HttpError::HeadTooLong {
                limit: 1_000 + 64 * 1024,
            },
        ),
        http(
            "a status that goes on and on",
            format!("HTTP/1.1 200 {}", "O".repeat(2_000)),
            silence,
            HttpError::HeadTooLong { limit: 1_000 },
        ),
        http(
            "a Connection that does not fit",
            ok(
                &format!(
                    "x: {}\r\nConnection: {}close\r\n",
                    "a".repeat(950),
                    "x, ".repeat(30)
                ),
                "",
            ),
            silence,
            HttpError::HeadTooLong { limit: 1_000 },
        ),
        http(
            "a header without a colon",
            ok("Content-Length 5\r\n", "hello"),
            silence,
            HttpError::NoColon,
        ),
        http(
            "a header without a name",
            ok(": 5\r\n", "hello"),
            close,
            HttpError::HeaderName,
        ),
        http(
            "a space before the colon",
            ok("Content-Length : 5\r\n", "hello"),
            close,
            HttpError::HeaderName,
        ),
        http(
            "a zero in a header",
            ok("x: a\0b\r\n", ""),
            close,
            HttpError::HeaderValue,
        ),
        http(
            "bare line feeds",
            "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello".to_owned(),
            silence,
            HttpError::BareLineFeed,
        ),
        http(
            "a bare line feed in one header",
            ok("x: 1\nContent-Length: 5\r\n", "hello"),
            silence,
            HttpError::BareLineFeed,
        ),
        http(
            "a bare carriage return",
            ok("x: 1\ry: 2\r\n", ""),
            silence,
            HttpError::BareCarriageReturn,
        ),
        http(
            "a Content-Length on two lines that is no number",
            ok("Content-Length: 1\r\n 5\r\n", "hello"),
            silence,
            HttpError::ContentLength,
        ),
        http(
            "a Transfer-Encoding on two lines beside a Content-Length",
            ok(
                "Content-Length: 5\r\nTransfer-Encoding:\r\n\tchunked\r\n",
                "0\r\n\r\n",
            ),
            silence,
            HttpError::LengthAndEncoding,
        ),
        http(
            "a space before the first header",
            ok(" Content-Length: 5\r\n", "hello"),
            silence,
            HttpError::FoldedHeader,
        ),
        http(
            "both Content-Length and chunked",
            ok(
                "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                "0\r\n\r\n",
            ),
            silence,
            HttpError::LengthAndEncoding,
        ),
        http(
            "both, the other way round",
            ok(
                "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                "0\r\n\r\n",
            ),
            silence,
            HttpError::LengthAndEncoding,
        ),
        http(
            "two Content-Lengths",
            ok("Content-Length: 5\r\nContent-Length: 6\r\n", "hello!"),
            silence,
            HttpError::TwoContentLengths,
        ),
        http(
            "the same Content-Length twice",
            ok("Content-Length: 5\r\ncontent-length: 5\r\n", "hello"),
            silence,
            HttpError::TwoContentLengths,
        ),
        http(
            "a list of Content-Lengths",
            ok("Content-Length: 5, 5\r\n", "hello"),
            silence,
            HttpError::ContentLength,
        ),
        http(
            "a Content-Length with a sign",
            ok("Content-Length: +5\r\n", "hello"),
            silence,
            HttpError::ContentLength,
        ),
        http(
            "an empty Content-Length",
            ok("Content-Length:\r\n", "hello"),
            silence,
            HttpError::ContentLength,
        ),
        http(
            "a Content-Length of 2^64",
            ok("Content-Length: 18446744073709551616\r\n", "hello"),
            silence,
            HttpError::ContentLength,
        ),
        http(
            "a Content-Length of 2^64 - 1",
            ok("Content-Length: 18446744073709551615\r\n", "hello"),
            silence,
            too_long(u64::MAX),
        ),
        http(
            "another transfer coding",
            ok("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"),
            silence,
            HttpError::TransferEncoding,
        ),
        http(
            "chunked twice",
            ok(
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                "0\r\n\r\n",
            ),
            silence,
            HttpError::TransferEncoding,
        ),
        http(
            "chunked in HTTP/1.0",
            "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".to_owned(),
            silence,
            HttpError::TransferEncoding,
        ),
        http(
            "a chunk of 2^64",
            chunked("10000000000000000\r\n"),
            silence,
            HttpError::ChunkSizeTooLong,
        ),
        http(
            "a chunk of 2^64 - 1",
            chunked("ffffffffffffffff\r\nhello"),
            silence,
            too_long(u64::MAX),
        ),
        http(
            "chunks that add up to 2^64",
            chunked("2\r\nhi\r\nffffffffffffffff\r\nhello"),
            silence,
            too_long(u64::MAX),
        ),
        http(
            "a chunk whose size is no number",
            chunked("five\r\nhello\r\n0\r\n\r\n"),
            silence,
            HttpError::ChunkSize,
        ),
        http(
            "a chunk without a size",
            chunked("\r\nhello\r\n0\r\n\r\n"),
            silence,
            HttpError::ChunkSize,
        ),
        http(
            "a chunk with a negative size",
            chunked("-5\r\nhello\r\n0\r\n\r\n"),
            silence,
            HttpError::ChunkSize,
        ),
        http(
            "a chunk longer than its size",
            chunked("5\r\nhello!\r\n0\r\n\r\n"),
            silence,
            HttpError::ChunkEnd,
        ),
        http(
            "a chunk whose size ends in a bare line feed",
            chunked("5\nhello\r\n0\r\n\r\n"),
            silence,
            HttpError::ChunkSize,
        ),
        http(
            "an extension that ends in a bare line feed",
            chunked("5;x=\nhello\r\n0\r\n\r\n"),
            silence,
            HttpError::BareLineFeed,
        ),
        http(
            "an endless extension",
            chunked(&format!("5;{}", "x".repeat(2_000))),
            silence,
            HttpError::ChunkExtrasTooLong { limit: 1_000 },
        ),
        http(
            "endless trailers",
            chunked(&format!("0\r\nx: {}", "x".repeat(2_000))),
            silence,
            HttpError::ChunkExtrasTooLong { limit: 1_000 },
        ),
        http(
            "a trailer without a colon",
            chunked("0\r\nhello\r\n\r\n"),
            silence,
            HttpError::NoColon,
        ),
        http(
            "a body shorter than announced",
            ok("Content-Length: 6\r\n", "hello"),
            close,
            cut_off(5),
        ),
        http(
            "a chunked body without its end",
            chunked("5\r\nhello\r\n"),
            close,
            cut_off(5),
        ),
        http(
            "a chunked body whose last empty line is missing",
            chunked("5\r\nhello\r\n0\r\n"),
            close,
            cut_off(5),
        ),
        http(
            "a body that never ends",
            ok("", "x"),
            Then::Repeat,
            too_long(5_001),
        ),
        http(
            "a body that never ends in chunks",
            chunked(&"5\r\nhello\r\n".repeat(1_001)),
            silence,
            too_long(5_005),
        ),
        http(
            "an interim 100 that never becomes a 200",
            "HTTP/1.1 100 Continue\r\n\r\n".to_owned(),
            close,
            HttpError::HeadCutOff,
        ),
        http(
            "one interim 100 after the other",
            "HTTP/1.1 100 Continue\r\n\r\n".to_owned(),
            Then::Repeat,
            HttpError::TooManyInterimAnswers { limit: 3 },
        ),
        http(
            "another protocol",
            "HTTP/1.1 101 Switching Protocols\r\n\r\n".to_owned(),
            silence,
            HttpError::SwitchingProtocols,
        ),
        http(
            "HTTP/2",
            "HTTP/2.0 200 OK\r\n\r\n".to_owned(),
            silence,
            HttpError::StatusLine,
        ),
        http(
            "another status",
            "HTTP/1.1 099 OK\r\n\r\n".to_owned(),
            silence,
            HttpError::StatusLine,
        ),
        http(
            "an empty line before the status line",
            "\r\nHTTP/1.1 200 OK\r\n\r\n".to_owned(),
            silence,
            HttpError::StatusLine,
        ),
        http(
            "something else altogether",
            "SSH-2.0-OpenSSH_9.2\r\n\r\n".to_owned(),
            silence,
            HttpError::StatusLine,
        ),
        http(
            "half a head",
            "HTTP/1.1 200 OK\r\nContent-".to_owned(),
            close,
            HttpError::HeadCutOff,
        ),
        http("nothing", String::new(), close, HttpError::Closed),
        (
            "silence",
            Reply::raw("", silence),
            ExchangeError::Transport(ErrorKind::TimedOut),
        ),
        (
            "silence in the body",
            Reply::raw(ok("Content-Length: 6\r\n", "hello"), silence),
            ExchangeError::Transport(ErrorKind::TimedOut),
        ),
        (
            "a reset where the end of the connection would end the body",
            Reply::raw(ok("", "hello"), Then::Reset),
            ExchangeError::Transport(ErrorKind::ConnectionReset),
        ),
    ]
}

fn limited<'b>(memory: &'b mut Memory, scripts: Vec<Script>) -> TestGateway<'b> {
    gateway(memory, scripts).with_limits(LIMITS)
}

/// Divisions at critical places, and some at uncritical places.
const SPLITS: [usize; 4] = [1, 2, 7, usize::MAX];

#[test]
fn a_bad_answer_to_a_message_is_an_error_and_the_next_message_is_fine() {
    for flavour in BOTH {
        for split in SPLITS {
            for (what, reply, expected) in bad() {
                let mut memory = Memory::new();
                let mut gateway = limited(
                    &mut memory,
                    vec![
                        Script::new([Reply::token("t"), reply]).split(split),
                        Script::new([Reply::ok(200, "", "fine")]),
                    ],
                );
                let found = flavour.exchange(&mut gateway, message(b"{}"));
                assert_eq!(found, Err(Error::Exchange(expected)), "{what} by {split}");
                assert_eq!(gateway.connector_mut().open(), 0, "{what}: closed");
                let next = flavour.exchange(&mut gateway, message(b"{}"));
                assert_eq!(next, Ok((200, b"fine".to_vec())), "after {what}");
                assert_eq!(
                    gateway.session().counters().requests,
                    1,
                    "one token will do"
                );
            }
        }
    }
}

#[test]
fn a_bad_answer_to_a_token_request_is_no_token_and_the_next_attempt_is_fine() {
    for (what, reply, expected) in bad() {
        let mut memory = Memory::new();
        let mut gateway = limited(
            &mut memory,
            vec![
                Script::new([reply]),
                Script::new([Reply::token("t"), Reply::ok(200, "", "fine")]),
            ],
        );
        let found = gateway.authorize();
        let Err(Error::NoToken { until, cause }) = found else {
            panic!("{what}: {found:?}");
        };
        match (what, cause) {
            // These are longer than the buffer, and therefore the limits do not apply.
            ("a body that never ends" | "a body that never ends in chunks", _) => (),
            (_, cause) => assert_eq!(
                cause,
                Some(redox_auth_gateway::Cause::Exchange(expected)),
                "{what}"
            ),
        }
        assert_eq!(
            gateway.authorize(),
            Err(Error::NoToken { until, cause }),
            "{what}: not yet"
        );
        assert_eq!(
            gateway.connector_mut().endpoints().len(),
            1,
            "{what}: nothing was tried"
        );
        let wait = until.as_millis() - gateway.device_mut().instant().as_millis();
        gateway.device_mut().pass_millis(wait);
        let next = Flavour::Blocking.exchange(&mut gateway, message(b"{}"));
        assert_eq!(next, Ok((200, b"fine".to_vec())), "after {what}");
        assert_eq!(gateway.session().counters().failures, 1, "{what}");
    }
}

#[test]
fn no_part_of_a_bad_body_is_ever_followed_by_its_end() {
    for (what, reply, _) in bad() {
        for size in [1, 5, 600] {
            let mut memory = Memory::new();
            let mut gateway = limited(
                &mut memory,
                vec![Script::new([Reply::token("t"), reply.clone()])],
            );
            let Ok(mut answer) = gateway.send(message(b"{}")) else {
                continue;
            };
            let mut part = vec![0; size];
            let error = loop {
                match answer.read(&mut part) {
                    Ok(0) => panic!("{what}: an end"),
                    Ok(_) => (),
                    Err(error) => break error,
                }
            };
            for _ in 0..3 {
                assert!(
                    answer.read(&mut part).is_err(),
                    "{what}: {error} and then more"
                );
            }
        }
    }
}

#[test]
fn a_server_that_sends_a_byte_a_second_is_given_up_when_its_time_is_over() {
    let slow = || {
        let body = "x".repeat(100);
        let mut script = Script::new([Reply::ok(200, "", &body)]).split(1);
        script.read_ms = 1_000;
        script
    };
    let timed_out = HttpError::TimedOut { limit_ms: 10_000 };
    for flavour in BOTH {
        let mut memory = Memory::new();
        let mut gateway = limited(
            &mut memory,
            vec![Script::new([Reply::token("t"), Reply::close()]), slow()],
        );
        assert!(flavour.exchange(&mut gateway, message(b"{}")).is_err());
        let before = gateway.device_mut().instant();
        let found = flavour.exchange(&mut gateway, message(b"{}"));
        assert_eq!(found, Err(timed_out.into()));
        let after = gateway.device_mut().instant();
        assert_eq!(
            after.as_millis() - before.as_millis(),
            10_000,
            "not a read longer"
        );
    }
}

#[test]
fn a_body_whose_every_byte_comes_in_time_is_read_to_the_last() {
    let mut script = Script::new([Reply::token("t"), Reply::raw(ok("", "hello"), Then::Close)]);
    script.read_ms = 400;
    script.split = 100;
    let mut memory = Memory::new();
    let mut gateway = limited(&mut memory, vec![script]);
    let found = Flavour::Blocking.exchange(&mut gateway, message(b"{}"));
    assert_eq!(found, Ok((200, b"hello".to_vec())));
}

#[test]
fn an_answer_may_have_as_much_as_the_limits_say() {
    let head_len = |padding: usize| ok(&format!("x: {}\r\n", "a".repeat(padding)), "").len();
    let padding = 1_000 - head_len(0);
    let headers: String = (0..20).map(|n| format!("x-{n}: 1\r\n")).collect();
    for answer in [
        ok(&format!("x: {}\r\n", "a".repeat(padding)), ""),
        ok(&headers, ""),
        ok("", &"x".repeat(5_000)),
        ok("Content-Length: 5000\r\n", &"x".repeat(5_000)),
        chunked(&format!("1388\r\n{}\r\n0\r\n\r\n", "x".repeat(5_000))),
        format!("{}{}", "HTTP/1.1 100 x\r\n\r\n".repeat(3), ok("", "")),
    ] {
        let mut memory = Memory::new();
        let reply = Reply::raw(&answer, Then::Close);
        let mut gateway = limited(&mut memory, vec![Script::new([Reply::token("t"), reply])]);
        let found = Flavour::Blocking.exchange(&mut gateway, message(b"{}"));
        assert!(found.is_ok(), "{found:?}: {answer}");
    }
}
