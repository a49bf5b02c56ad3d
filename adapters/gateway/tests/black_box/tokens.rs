//! Obtaining a token, and the cases in which that fails.
#![expect(
    clippy::arithmetic_side_effects,
    reason = "an overflow would fail the test"
)]

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use embedded_io::ErrorKind;
use redox_auth_core::{
    Api, Channel, Client, LegacyKey, Reason, RequestError, Session, Stopped, UnixTime, WriteError,
};
use redox_auth_gateway::{Cause, Device as _, Error, ExchangeError, Gateway, HttpError, Request};

use crate::support::peer::{Network, Reply, Script, Then};
use crate::support::{
    BOTH, FakeSigner, Flavour, Memory, TestDevice, TestGateway, gateway, gateway_of, message, redox,
};

fn cause(found: Result<(), Error>) -> Cause {
    let Err(Error::NoToken {
        cause: Some(cause), ..
    }) = found
    else {
        panic!("{found:?}");
    };
    cause
}

/// The `iat` of the assertion in a token request.
fn issued_at(request: &str) -> u64 {
    let (_, assertion) = request.split_once("client_assertion=").unwrap();
    let claims = assertion.split('.').nth(1).unwrap();
    let claims = BASE64_URL_SAFE_NO_PAD.decode(claims).unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
    claims["iat"].as_u64().unwrap()
}

/// Advances the clock to the time that the gateway names.
fn pass(gateway: &mut TestGateway<'_>, found: Result<(), Error>) {
    let Err(Error::NoToken { until, .. }) = found else {
        panic!("{found:?}");
    };
    let now = gateway.device_mut().instant();
    gateway
        .device_mut()
        .pass_millis(until.as_millis() - now.as_millis());
}

#[test]
fn a_good_token_costs_no_request() {
    for flavour in BOTH {
        let mut memory = Memory::new();
        let mut gateway = gateway(&mut memory, vec![Script::new([Reply::token("t")])]);
        for _ in 0..3 {
            assert_eq!(flavour.authorize(&mut gateway), Ok(()));
        }
        assert_eq!(gateway.connector_mut().requests().len(), 1);
        assert_eq!(gateway.session().counters().oauth_tokens, 1);
    }
}

#[test]
fn a_device_without_a_clock_asks_for_the_time_first() {
    for flavour in BOTH {
        let mut memory = Memory::new();
        let time = Reply::ok(405, "Date: Fri, 15 Jan 2027 08:00:00 GMT\r\n", "");
        let mut gateway = gateway(&mut memory, vec![Script::new([time, Reply::token("t")])]);
        gateway.device_mut().unix = None;
        assert_eq!(flavour.authorize(&mut gateway), Ok(()));
        assert!(gateway.session().has_learned_time());
        let network = gateway.connector_mut();
        assert!(network.requests()[0].starts_with("GET /v2/auth/token HTTP/1.1\r\n"));
        assert_eq!(network.endpoints().len(), 1, "on one connection");
    }
}

#[test]
fn the_time_can_be_learned_without_a_token() {
    for flavour in BOTH {
        let mut memory = Memory::new();
        let time = Reply::ok(405, "Date: Fri, 15 Jan 2027 08:00:00 GMT\r\n", "");
        let mut gateway = gateway(&mut memory, vec![Script::new([time, Reply::token("t")])]);
        gateway.device_mut().unix = None;
        for _ in 0..2 {
            assert_eq!(flavour.learn_time(&mut gateway), Ok(()));
        }
        assert!(gateway.session().has_learned_time());
        assert_eq!(gateway.connector_mut().requests().len(), 1);
        assert_eq!(flavour.authorize(&mut gateway), Ok(()));
        assert_eq!(flavour.learn_time(&mut gateway), Ok(()));
        assert_eq!(gateway.connector_mut().requests().len(), 2);
    }
}

#[test]
fn a_connector_is_told_the_time_and_may_ask_for_a_connection_that_knows_it() {
    for flavour in BOTH {
        let mut memory = Memory::new();
        let time = Reply::ok(405, "Date: Fri, 15 Jan 2027 08:00:00 GMT\r\n", "");
        let scripts = vec![Script::new([time]), Script::new([Reply::token("t")])];
        let mut gateway = gateway(&mut memory, scripts);
        gateway.device_mut().unix = None;
        gateway.connector_mut().wants_time = true;
        assert_eq!(flavour.authorize(&mut gateway), Ok(()));
        let times = gateway.connector_mut().times();
        assert_eq!(times, [None, Some(UnixTime::from_secs(1_800_000_000))]);
    }
}

#[test]
fn nothing_secret_goes_to_a_server_that_could_be_anybody() {
    let anybody = |reply| {
        let mut script = Script::new([reply]);
        script.channel = Channel::Unauthenticated;
        script
    };
    let unauthenticated = ExchangeError::Unauthenticated;
    for flavour in BOTH {
        let mut memory = Memory::new();
        let mut gateway = gateway(
            &mut memory,
            vec![
                anybody(Reply::token("t")),
                Script::new([Reply::token("t"), Reply::close()]),
                anybody(Reply::ok(200, "", "")),
            ],
        );
        let found = flavour.authorize(&mut gateway);
        assert_eq!(cause(found), Cause::Exchange(unauthenticated));
        assert!(gateway.connector_mut().requests().is_empty());
        pass(&mut gateway, found);
        assert_eq!(flavour.authorize(&mut gateway), Ok(()));
        gateway.disconnect();
        let found = flavour.exchange(&mut gateway, message(b"{}"));
        assert_eq!(found, Err(unauthenticated.into()));
        assert_eq!(gateway.connector_mut().requests().len(), 1);
    }
}

#[test]
fn the_time_of_a_server_that_could_be_anybody_is_not_believed() {
    let mut script = Script::new([Reply::ok(
        405,
        "Date: Fri, 15 Jan 2027 08:00:00 GMT\r\n",
        "",
    )]);
    script.channel = Channel::Unauthenticated;
    let mut memory = Memory::new();
    let mut gateway = gateway(&mut memory, vec![script]);
    gateway.device_mut().unix = None;
    let found = gateway.authorize();
    assert_eq!(cause(found), Cause::NoTime { status: 405 });
    assert!(!gateway.session().has_learned_time());
}

#[test]
fn behind_a_cache_that_marks_every_answer_a_device_without_a_clock_gets_its_token() {
    for (marks, expected) in [
        ("Age: 0\r\n", Some(0)),
        ("Age: 7\r\nAge: 1099511627776\r\n", Some(7)),
        (
            "age: 86400\r\ncache-control: private, no-store\r\n",
            Some(0),
        ),
        ("Age: 1099511627776\r\n", None),
        ("Age: soon\r\n", None),
    ] {
        for flavour in BOTH {
            let mut memory = Memory::new();
            let headers = format!("Date: Fri, 15 Jan 2027 08:00:00 GMT\r\n{marks}");
            let script = Script::new([Reply::ok(405, &headers, ""), Reply::token("t")]);
            let mut gateway = gateway(&mut memory, vec![script]);
            gateway.device_mut().unix = None;
            let found = flavour.authorize(&mut gateway);
            let now = gateway.device_mut().now();
            let time = gateway.session().unix_time(now);
            let Some(secs) = expected else {
                assert_eq!(cause(found), Cause::NoTime { status: 405 }, "{marks}");
                continue;
            };
            assert_eq!(found, Ok(()), "{marks}");
            // The token's answer has the same time as the first.
            let date = UnixTime::from_secs(1_800_000_000);
            assert_eq!(time, Some(date), "{marks}");
            let times = gateway.connector_mut().times();
            assert_eq!(times, [None], "{marks}: one connection");
            let requests = gateway.connector_mut().requests();
            assert!(requests[0].starts_with("GET /v2/auth/token "), "{marks}");
            assert_eq!(issued_at(&requests[1]), 1_800_000_000 + secs - 5, "{marks}");
        }
    }
}

#[test]
fn a_refusal_is_told_and_not_repeated_before_its_time() {
    let refusal = r#"{"error":"invalid_client","error_description":"unknown client"}"#;
    for flavour in BOTH {
        let mut memory = Memory::new();
        let mut gateway = gateway(
            &mut memory,
            vec![Script::new([
                Reply::ok(401, "", refusal),
                Reply::token("t"),
            ])],
        );
        let found = flavour.authorize(&mut gateway);
        let Cause::Refused(refused) = cause(found) else {
            panic!("{found:?}");
        };
        assert_eq!(refused.status, 401);
        assert_eq!(flavour.authorize(&mut gateway), found);
        assert_eq!(
            flavour.exchange(&mut gateway, message(b"{}")).map(|_| ()),
            found
        );
        assert_eq!(gateway.connector_mut().requests().len(), 1);
        let log = [r#""invalid_client": "unknown client""#];
        assert_eq!(gateway.device_mut().log, log, "once");
    }
}

#[test]
fn a_legacy_keys_refusal_reaches_the_devices_log_in_redoxs_own_words() {
    for flavour in BOTH {
        let mut memory = Memory::new();
        let client =
            Client::<FakeSigner>::new(redox_auth_core::Server::redox(redox_auth_core::Region::Us))
                .with_legacy_key(LegacyKey::new("key-1", "s3cret"));
        let said = "This source is not authorized: s3cret";
        let script = Script::new([Reply::ok(403, "", said)]);
        let mut gateway = gateway_of(&mut memory, vec![script], client);
        let found = flavour.authorize(&mut gateway);
        assert!(matches!(cause(found), Cause::Refused(_)), "{found:?}");
        let log = [r#""This source is not authorized: [redacted]""#];
        assert_eq!(gateway.device_mut().log, log);
    }
}

#[test]
fn a_busy_server_is_left_alone_for_as_long_as_it_says() {
    let page = "x".repeat(10_000);
    for flavour in BOTH {
        // The page is longer than the buffer. The status and the header are enough.
        for page in ["", &page] {
            let mut memory = Memory::new();
            let busy = Reply::ok(429, "Retry-After: 30\r\n", page);
            let mut gateway = gateway(
                &mut memory,
                vec![
                    Script::new([busy, Reply::token("t")]),
                    Script::new([Reply::token("t")]),
                ],
            );
            let found = flavour.authorize(&mut gateway);
            let Cause::Refused(refused) = cause(found) else {
                panic!("{found:?}");
            };
            assert_eq!((refused.status, refused.reason), (429, Reason::TryLater));
            let before = gateway.device_mut().instant().as_millis();
            pass(&mut gateway, found);
            assert!(gateway.device_mut().instant().as_millis() >= before + 30_000);
            assert_eq!(flavour.authorize(&mut gateway), Ok(()));
        }
    }
}

#[test]
fn every_attempt_has_a_jti_of_its_own_and_none_is_posted_twice() {
    for flavour in BOTH {
        let mut memory = Memory::new();
        let mut gateway = gateway(
            &mut memory,
            vec![
                Script::new([Reply::close()]),
                Script::new([Reply::raw("HTTP/1.1 200 OK\r\n", Then::Close)]),
                Script::refused(),
                Script::new([Reply::token("t")]),
            ],
        );
        let expected = [
            ExchangeError::Http(HttpError::Closed),
            ExchangeError::Http(HttpError::HeadCutOff),
            ExchangeError::Connect(ErrorKind::ConnectionRefused),
        ];
        for expected in expected {
            let found = flavour.authorize(&mut gateway);
            assert_eq!(cause(found), Cause::Exchange(expected));
            pass(&mut gateway, found);
        }
        assert_eq!(flavour.authorize(&mut gateway), Ok(()));
        assert_eq!(gateway.last_failure(), None);
        let mut bodies = gateway.connector_mut().requests();
        bodies.sort();
        bodies.dedup();
        assert_eq!(bodies.len(), 3, "one for each connection that came about");
    }
}

#[test]
fn a_failed_renewal_leaves_the_token_that_is_still_good() {
    for flavour in BOTH {
        let mut memory = Memory::new();
        let mut gateway = gateway(
            &mut memory,
            vec![
                Script::new([Reply::token("one")]),
                Script::refused(),
                Script::new([Reply::ok(200, "", "fine")]),
            ],
        );
        flavour.authorize(&mut gateway).unwrap();
        gateway.device_mut().pass_millis(250_000);
        let found = flavour.exchange(&mut gateway, message(b"{}"));
        assert_eq!(found, Ok((200, b"fine".to_vec())));
        let refused = ExchangeError::Connect(ErrorKind::ConnectionRefused);
        assert_eq!(gateway.last_failure(), Some(Cause::Exchange(refused)));
        assert!(gateway.connector_mut().requests()[1].contains("Bearer one\r\n"));
    }
}

#[test]
fn a_due_token_is_renewed_on_the_way() {
    let mut memory = Memory::new();
    let mut gateway = gateway(
        &mut memory,
        vec![
            Script::new([Reply::token("one")]),
            Script::new([Reply::token("two"), Reply::ok(200, "", "fine")]),
        ],
    );
    gateway.authorize().unwrap();
    gateway.device_mut().pass_millis(250_000);
    Flavour::Blocking
        .exchange(&mut gateway, message(b"{}"))
        .unwrap();
    assert!(gateway.connector_mut().requests()[2].contains("Bearer two\r\n"));
}

#[test]
fn a_token_that_is_dead_on_arrival_is_not_asked_for_again_and_again() {
    let mut slow = Script::new([Reply::ok(
        200,
        "",
        r#"{"access_token":"t","token_type":"Bearer","expires_in":1}"#,
    )]);
    slow.read_ms = 2_000;
    let mut memory = Memory::new();
    let mut gateway = gateway(&mut memory, vec![slow]);
    assert!(matches!(cause(gateway.authorize()), Cause::Answer(_)));
    assert_eq!(gateway.connector_mut().requests().len(), 1);
}

#[test]
fn what_keeps_a_request_from_being_written_is_said() {
    let mut memory = Memory::new();
    memory.token.truncate(100);
    let mut one = gateway(&mut memory, vec![]);
    let found = one.authorize();
    let Err(Error::NotWritten(RequestError::Write(WriteError::BufferTooSmall { needed }))) = found
    else {
        panic!("{found:?}");
    };
    let mut memory = Memory::new();
    memory.token.truncate(needed);
    let mut other = gateway(&mut memory, vec![Script::new([Reply::token("t")])]);
    assert_eq!(other.authorize(), Ok(()));

    let mut memory = Memory::new();
    let mut mute = gateway(&mut memory, vec![]);
    mute.device_mut().has_random = false;
    assert_eq!(mute.authorize(), Err(Error::Random));
}

#[test]
fn without_a_credential_nothing_is_asked_for() {
    let mut memory = Memory::new();
    let client = Client::new(redox_auth_core::Server::redox(redox_auth_core::Region::Us));
    let mut gateway = gateway_of(&mut memory, vec![], client);
    let Err(Error::NoToken { cause, .. }) = gateway.authorize() else {
        panic!("there is no token");
    };
    assert_eq!(cause, Some(Cause::Stopped(Stopped::NoCredential)));
}

#[test]
fn a_legacy_key_gets_its_token_at_its_own_endpoint() {
    for flavour in BOTH {
        let token =
            r#"{"accessToken":"one","expires":"2027-01-16T08:00:00.000Z","refreshToken":"two"}"#;
        let mut memory = Memory::new();
        let client =
            Client::<FakeSigner>::new(redox_auth_core::Server::redox(redox_auth_core::Region::Us))
                .with_legacy_key(LegacyKey::new("key-1", "s3cret"));
        let replies = [Reply::ok(200, "", token), Reply::ok(200, "", "fine")];
        let mut gateway = gateway_of(&mut memory, vec![Script::new(replies)], client);
        flavour.exchange(&mut gateway, message(b"{}")).unwrap();
        let sent = gateway.connector_mut().requests();
        assert!(sent[0].starts_with("POST /auth/authenticate HTTP/1.1\r\n"));
        assert!(sent[0].contains("\r\nContent-Type: application/json\r\n"));
        assert!(sent[1].contains("\r\nAuthorization: Bearer one\r\n"));
        let fhir = gateway
            .send(Request::get(Api::Fhir, "/fhir/R4/x"))
            .map(|_| ());
        assert!(matches!(fhir, Err(Error::Authorize(_))), "{fhir:?}");
    }
}

#[test]
fn a_saved_token_serves_another_gateway() {
    let mut memory = Memory::new();
    let mut first = gateway(&mut memory, vec![Script::new([Reply::token("kept")])]);
    first.authorize().unwrap();
    let now = redox_auth_gateway::Device::now(first.device_mut());
    let mut record = [0; Session::<Client<'static, FakeSigner>, [u8; 1024]>::MAX_RECORD_LEN];
    let record = first.session().save(now, &mut record).unwrap();

    let mut memory = Memory::new();
    let mut second: Gateway<'_, _, TestDevice, Network, [u8; 1024]> = gateway_of(
        &mut memory,
        vec![Script::new([Reply::ok(200, "", "")])],
        redox(),
    );
    second.session_mut().restore(now, record).unwrap();
    Flavour::Blocking
        .exchange(&mut second, message(b"{}"))
        .unwrap();
    assert!(second.connector_mut().requests()[0].contains("Bearer kept\r\n"));
}
