//! The requests that a 401 from the API causes.

use embedded_io::{ErrorType, Read};
use redox_auth_core::Api;
use redox_auth_gateway::{Error, Payload, Request};

use crate::support::peer::{Reply, Script, Then};
use crate::support::{BOTH, Flavour, Memory, gateway, message};

fn no() -> Reply {
    Reply::ok(401, "", "no")
}

#[test]
fn a_rejected_token_is_replaced_and_the_request_repeated_once() {
    for flavour in BOTH {
        let mut memory = Memory::new();
        let replies = [
            Reply::token("one"),
            no(),
            Reply::token("two"),
            Reply::ok(200, "", "fine"),
        ];
        let mut gateway = gateway(&mut memory, vec![Script::new(replies)]);
        let found = flavour.exchange(&mut gateway, message(b"{}"));
        assert_eq!(found, Ok((200, b"fine".to_vec())));
        let sent = gateway.connector_mut().requests();
        assert!(sent[1].contains("Bearer one\r\n") && sent[1].ends_with("\r\n\r\n{}"));
        assert!(sent[3].contains("Bearer two\r\n") && sent[3].ends_with("\r\n\r\n{}"));
        let endpoints = gateway.connector_mut().endpoints();
        assert_eq!(endpoints.len(), 1, "the rest of the 401 is read");
        assert_eq!(gateway.session().counters().rejections, 1);
    }
}

#[test]
fn a_second_401_is_the_answer() {
    for flavour in BOTH {
        let mut memory = Memory::new();
        let replies = [Reply::token("one"), no(), Reply::token("two"), no()];
        let mut gateway = gateway(&mut memory, vec![Script::new(replies)]);
        let found = flavour.exchange(&mut gateway, message(b"{}"));
        assert_eq!(found, Ok((401, b"no".to_vec())));
        assert_eq!(gateway.connector_mut().requests().len(), 4);
    }
}

#[test]
fn a_request_is_repeated_once_however_long_the_answers_take() {
    for flavour in BOTH {
        // At the time of the second 401 the session would drop another token.
        let replies = [
            Reply::token("one"),
            no(),
            Reply::token("two"),
            no(),
            Reply::token("three"),
            Reply::ok(200, "", "fine"),
        ];
        let mut script = Script::new(replies);
        script.read_ms = 12_000;
        let mut memory = Memory::new();
        let mut gateway = gateway(&mut memory, vec![script]);
        let found = flavour.exchange(&mut gateway, message(b"{}"));
        assert_eq!(found, Ok((401, b"no".to_vec())));
        assert_eq!(gateway.connector_mut().requests().len(), 4);
    }
}

#[test]
fn an_api_that_says_401_whatever_the_token_does_not_get_one_after_the_other() {
    let mut memory = Memory::new();
    let mut replies = vec![Reply::token("one")];
    for _ in 0..20 {
        replies.extend([no(), Reply::token("more")]);
    }
    let mut gateway = gateway(&mut memory, vec![Script::new(replies.clone())]);
    for _ in 0..3 {
        // After a while the script's answers no longer match the requests. Only the count matters.
        let _ = Flavour::Blocking.exchange(&mut gateway, message(b"{}"));
    }
    assert!(gateway.session().counters().requests <= 4);
}

#[test]
fn a_long_or_broken_401_costs_its_connection_and_nothing_else() {
    let long = "x".repeat(20_000);
    for reply in [
        Reply::ok(401, "", &long),
        Reply::ok(401, "Connection: close\r\n", "no"),
        Reply::raw(
            "HTTP/1.1 401 no\r\nContent-Length: 5\r\n\r\nno",
            Then::Close,
        ),
        Reply::raw(
            "HTTP/1.1 401 no\r\nContent-Length: 5\r\n\r\nno",
            Then::Reset,
        ),
        Reply::raw(
            "HTTP/1.1 401 no\r\nTransfer-Encoding: chunked\r\n\r\nx",
            Then::Close,
        ),
    ] {
        for flavour in BOTH {
            let mut memory = Memory::new();
            let scripts = vec![
                Script::new([Reply::token("one"), reply.clone()]),
                Script::new([Reply::token("two"), Reply::ok(200, "", "fine")]),
            ];
            let mut gateway = gateway(&mut memory, scripts);
            let found = flavour.exchange(&mut gateway, message(b"{}"));
            assert_eq!(found, Ok((200, b"fine".to_vec())), "{reply:?}");
        }
    }
}

#[test]
fn the_answer_is_that_no_token_came_when_none_came() {
    let mut memory = Memory::new();
    let scripts = vec![Script::new([
        Reply::token("one"),
        no(),
        Reply::ok(503, "Retry-After: 7\r\n", ""),
    ])];
    let mut gateway = gateway(&mut memory, scripts);
    let found = gateway.send(message(b"{}")).map(|answer| answer.status());
    assert!(matches!(found, Err(Error::NoToken { .. })), "{found:?}");
}

/// A body that can be read once.
struct Once(Option<u8>);

impl Payload for Once {
    fn content_length(&self) -> Option<u64> {
        Some(1)
    }

    fn rewind(&mut self) -> bool {
        false
    }
}

impl ErrorType for Once {
    type Error = core::convert::Infallible;
}

impl Read for Once {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Self::Error> {
        Ok(self.0.take().map_or(0, |byte| {
            buf[0] = byte;
            1
        }))
    }
}

impl embedded_io_async::Read for Once {
    async fn read(&mut self, buf: &mut [u8]) -> Result<usize, Self::Error> {
        Read::read(self, buf)
    }
}

#[test]
fn a_body_that_comes_once_is_not_sent_twice_but_the_token_is_dropped() {
    for flavour in BOTH {
        let mut memory = Memory::new();
        let replies = [
            Reply::token("one"),
            no(),
            Reply::token("two"),
            Reply::ok(200, "", "fine"),
        ];
        let mut gateway = gateway(&mut memory, vec![Script::new(replies)]);
        let request = || Request::post(Api::DataModel, "/endpoint").stream(Once(Some(b'x')));
        let found = flavour.exchange(&mut gateway, request());
        assert_eq!(found, Ok((401, b"no".to_vec())));
        let found = flavour.exchange(&mut gateway, request());
        assert_eq!(found, Ok((200, b"fine".to_vec())));
        assert!(gateway.connector_mut().requests()[3].contains("Bearer two\r\n"));
    }
}
