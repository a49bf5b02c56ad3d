//! Connections that are used again, and connections that ended meanwhile.

use embedded_io::ErrorKind;
use redox_auth_core::Api;
use redox_auth_gateway::{Cause, Error, ExchangeError, HttpError, Limits, Method, Request};

use crate::support::peer::{Reply, Script, Then};
use crate::support::{BOTH, Flavour, Memory, gateway, message};

#[test]
fn requests_follow_each_other_on_one_connection() {
    for flavour in BOTH {
        let mut memory = Memory::new();
        let mut replies = vec![Reply::token("t")];
        replies.extend((0..5).map(|n| Reply::ok(200, "", &n.to_string())));
        let mut gateway = gateway(&mut memory, vec![Script::new(replies)]);
        for n in 0..5 {
            let found = flavour.exchange(&mut gateway, message(b"{}"));
            assert_eq!(found, Ok((200, n.to_string().into_bytes())));
        }
        assert_eq!(gateway.connector_mut().endpoints().len(), 1);
    }
}

#[test]
fn a_connection_that_ends_or_is_in_doubt_is_not_used_again() {
    for answer in [
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nConnection: x, CLOSE\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nConnection: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 204 OK\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 204 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        // Unexpected bytes may be another answer.
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nx",
    ] {
        let mut memory = Memory::new();
        let scripts = vec![
            Script::new([Reply::token("t"), Reply::raw(answer, Then::Silence)]),
            Script::new([Reply::ok(200, "", "next")]),
        ];
        let mut gateway = gateway(&mut memory, scripts);
        Flavour::Blocking
            .exchange(&mut gateway, message(b"{}"))
            .unwrap();
        assert_eq!(gateway.connector_mut().open(), 0, "{answer}");
        let next = Flavour::Blocking.exchange(&mut gateway, message(b"{}"));
        assert_eq!(next, Ok((200, b"next".to_vec())), "{answer}");
    }
}

#[test]
fn an_answer_that_is_not_read_to_its_end_costs_its_connection() {
    for flavour in BOTH {
        let mut memory = Memory::new();
        let scripts = vec![
            Script::new([Reply::token("t"), Reply::ok(200, "", "hello")]),
            Script::new([Reply::ok(200, "", "next")]),
        ];
        let mut gateway = gateway(&mut memory, scripts);
        let answer = flavour.send(&mut gateway, message(b"{}")).unwrap();
        drop(answer);
        assert_eq!(gateway.connector_mut().open(), 0);
        let next = flavour.exchange(&mut gateway, message(b"{}"));
        assert_eq!(next, Ok((200, b"next".to_vec())));
    }
}

#[test]
fn a_connection_that_was_idle_for_long_or_is_dead_is_not_used_again() {
    let limit = u64::from(Limits::DEFAULT.idle_ms);
    for (idle_ms, is_alive, connections) in [
        (0, true, 1),
        (limit - 1, true, 1),
        (limit, true, 2),
        (0, false, 2),
    ] {
        let mut memory = Memory::new();
        let scripts = vec![
            Script::new([Reply::token("t"), Reply::ok(200, "", "")]),
            Script::new([Reply::ok(200, "", "")]),
        ];
        let mut gateway = gateway(&mut memory, scripts);
        gateway.authorize().unwrap();
        gateway.device_mut().pass_millis(idle_ms);
        gateway.connector_mut().is_alive = is_alive;
        Flavour::Blocking
            .exchange(&mut gateway, message(b"{}"))
            .unwrap();
        assert_eq!(
            gateway.connector_mut().endpoints().len(),
            connections,
            "{idle_ms} ms"
        );
    }
}

#[test]
fn a_server_that_says_how_long_it_waits_is_believed() {
    let default = u64::from(Limits::DEFAULT.idle_ms);
    for (header, idle_ms, connections) in [
        ("Keep-Alive: timeout=3\r\n", 1_999, 1),
        ("Keep-Alive: timeout=3\r\n", 2_000, 2),
        ("keep-alive: max=100, TIMEOUT=3\r\n", 1_999, 1),
        ("keep-alive: max=100, TIMEOUT=3\r\n", 2_000, 2),
        ("Keep-Alive: timeout=0\r\n", 0, 2),
        ("Keep-Alive: timeout=1\r\n", 0, 2),
        // The gateway's own limit is the shorter one.
        ("Keep-Alive: timeout=75\r\n", default - 1, 1),
        ("Keep-Alive: timeout=75\r\n", default, 2),
        (
            "Keep-Alive: timeout=18446744073709551615\r\n",
            default - 1,
            1,
        ),
        // A malformed value counts as none.
        ("Keep-Alive: timeout=soon\r\n", default - 1, 1),
        ("Keep-Alive: timeout=-1\r\n", default - 1, 1),
        ("Keep-Alive: timeout\r\n", default - 1, 1),
        ("Keep-Alive: 3\r\n", default - 1, 1),
        ("X-Keep-Alive: timeout=0\r\n", default - 1, 1),
    ] {
        for flavour in BOTH {
            let mut memory = Memory::new();
            let scripts = vec![
                Script::new([Reply::ok(200, header, TOKEN), Reply::ok(200, "", "")]),
                Script::new([Reply::ok(200, "", "")]),
            ];
            let mut gateway = gateway(&mut memory, scripts);
            flavour.authorize(&mut gateway).unwrap();
            gateway.device_mut().pass_millis(idle_ms);
            flavour.exchange(&mut gateway, message(b"{}")).unwrap();
            let found = gateway.connector_mut().endpoints().len();
            assert_eq!(found, connections, "{header:?} after {idle_ms} ms");
        }
    }
}

#[test]
fn a_server_that_hangs_up_sooner_than_it_says_costs_one_message() {
    let kept = |body| Reply::ok(200, "Keep-Alive: timeout=60\r\n", body);
    for flavour in BOTH {
        let mut memory = Memory::new();
        let scripts = vec![
            Script::new([kept(TOKEN), Reply::close()]),
            Script::new([kept("one"), kept("two"), Reply::close()]),
            Script::new([kept("three"), Reply::close()]),
            Script::new([kept("four")]),
        ];
        let mut gateway = gateway(&mut memory, scripts);
        flavour.authorize(&mut gateway).unwrap();
        gateway.device_mut().pass_millis(3_000);
        assert!(flavour.exchange(&mut gateway, message(b"{}")).is_err());
        // From now on connections are replaced after 1.5 s, before the request instead of after it.
        for (idle_ms, expected, connections) in [
            (0, "one", 2),
            (1_499, "two", 2),
            (1_500, "three", 3),
            (3_000, "four", 4),
        ] {
            gateway.device_mut().pass_millis(idle_ms);
            let found = flavour.exchange(&mut gateway, message(b"{}"));
            assert_eq!(found, Ok((200, expected.as_bytes().to_vec())));
            let found = gateway.connector_mut().endpoints().len();
            assert_eq!(found, connections, "{expected}");
        }
    }
}

#[test]
fn however_soon_a_connection_has_ended_the_next_is_kept_for_a_second() {
    let mut memory = Memory::new();
    let scripts = vec![
        Script::new([Reply::token("t"), Reply::close()]),
        Script::new([Reply::ok(200, "", "one"), Reply::ok(200, "", "two")]),
    ];
    let mut gateway = gateway(&mut memory, scripts);
    gateway.authorize().unwrap();
    assert!(gateway.send(message(b"{}")).is_err());
    for (idle_ms, expected) in [(0, "one"), (999, "two")] {
        gateway.device_mut().pass_millis(idle_ms);
        let found = Flavour::Blocking.exchange(&mut gateway, message(b"{}"));
        assert_eq!(found, Ok((200, expected.as_bytes().to_vec())));
    }
}

#[test]
fn a_request_that_may_be_done_twice_is_sent_again_when_a_kept_connection_has_ended() {
    let post = Request::post(Api::DataModel, "/endpoint").body(b"{}");
    for (request, is_repeated) in [
        (Request::get(Api::DataModel, "/x"), true),
        (
            Request::new(Api::DataModel, Method::Put, "/x").body(b"{}"),
            true,
        ),
        (Request::new(Api::DataModel, Method::Delete, "/x"), true),
        (
            Request::new(Api::DataModel, Method::Patch, "/x").body(b"{}"),
            false,
        ),
        (post, false),
        (post.idempotent(), true),
    ] {
        for end in [Then::Close, Then::Reset] {
            for flavour in BOTH {
                let mut memory = Memory::new();
                let scripts = vec![
                    Script::new([Reply::token("t"), Reply::raw("", end)]),
                    Script::new([Reply::ok(200, "", "fine")]),
                ];
                let mut gateway = gateway(&mut memory, scripts);
                let found = flavour.exchange(&mut gateway, request);
                if is_repeated {
                    assert_eq!(found, Ok((200, b"fine".to_vec())), "{request:?}");
                    let sent = gateway.connector_mut().requests();
                    assert_eq!(sent[1], sent[2]);
                } else {
                    let error = found.unwrap_err();
                    assert!(matches!(error, Error::Exchange(_)), "{request:?}: {error}");
                    assert!(error.may_have_arrived());
                    assert_eq!(gateway.connector_mut().requests().len(), 2);
                }
            }
        }
    }
}

#[test]
fn a_request_is_sent_again_once_and_only_if_nothing_came_back() {
    let closed = Error::Exchange(ExchangeError::Http(HttpError::Closed));
    let cut_off = Error::Exchange(ExchangeError::Http(HttpError::HeadCutOff));
    let reset = Error::Exchange(ExchangeError::Transport(ErrorKind::ConnectionReset));
    let kept = |reply| Script::new([Reply::token("t"), reply]);
    for (scripts, expected) in [
        (vec![kept(Reply::raw("H", Then::Reset))], reset),
        (
            vec![kept(Reply::close()), Script::new([Reply::close()])],
            closed,
        ),
        (vec![kept(Reply::raw("H", Then::Close))], cut_off),
        (
            vec![
                Script::new([Reply::ok(200, "Connection: close\r\n", TOKEN)]),
                Script::new([Reply::close()]),
            ],
            closed,
        ),
    ] {
        let mut memory = Memory::new();
        let mut gateway = gateway(&mut memory, scripts);
        let request = Request::get(Api::DataModel, "/x");
        let found = Flavour::Blocking.exchange(&mut gateway, request);
        assert_eq!(found, Err(expected));
    }
}

const TOKEN: &str = r#"{"access_token":"t","token_type":"Bearer","expires_in":300}"#;

#[test]
fn a_token_request_that_meets_the_end_of_a_kept_connection_has_failed() {
    for flavour in BOTH {
        let mut memory = Memory::new();
        let scripts = vec![
            Script::new([
                Reply::token("one"),
                Reply::ok(401, "", "no"),
                Reply::close(),
            ]),
            Script::new([Reply::token("two"), Reply::ok(200, "", "fine")]),
        ];
        let mut gateway = gateway(&mut memory, scripts);
        let found = flavour.exchange(&mut gateway, message(b"{}"));
        let Err(Error::NoToken { until, cause }) = found else {
            panic!("{found:?}");
        };
        let closed = ExchangeError::Http(HttpError::Closed);
        assert_eq!(cause, Some(Cause::Exchange(closed)));
        assert_eq!(gateway.session().counters().failures, 1);
        let wait = until.as_millis() - gateway.device_mut().instant().as_millis();
        gateway.device_mut().pass_millis(wait);
        let found = flavour.exchange(&mut gateway, message(b"{}"));
        assert_eq!(found, Ok((200, b"fine".to_vec())));
        let sent = gateway.connector_mut().requests();
        assert_ne!(sent[2], sent[3], "another jti");
    }
}

#[test]
fn a_gateway_can_be_told_to_hang_up() {
    let mut memory = Memory::new();
    let mut gateway = gateway(&mut memory, vec![Script::new([Reply::token("t")])]);
    gateway.authorize().unwrap();
    assert_eq!(gateway.connector_mut().open(), 1);
    gateway.disconnect();
    assert_eq!(gateway.connector_mut().open(), 0);
}
