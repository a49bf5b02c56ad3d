//! A device that keeps the pace of a host.

use redox_auth_core::{Instant, Now, Pace, Paced, Rate, Trouble, Turn};
use redox_auth_gateway::{Cause, Error, Limits};

use crate::support::peer::{Reply, Script};
use crate::support::{BOTH, Memory, TestGateway, gateway, message};

const HOST: &str = "api.redoxengine.com";

/// A gateway that keeps this pace with Redox's host, on one connection.
fn paced<'b>(memory: &'b mut Memory, replies: Vec<Reply>, pace: Pace) -> TestGateway<'b> {
    let mut limits = Limits::DEFAULT;
    limits.idle_ms = u32::MAX;
    let mut gateway = gateway(memory, vec![Script::new(replies)]).with_limits(limits);
    gateway.device_mut().paces.push((HOST.to_owned(), pace));
    gateway
}

/// Advances the clock to the moment that an error names.
fn pass(gateway: &mut TestGateway<'_>, until: Instant) -> u64 {
    let now = gateway.device_mut().instant();
    let wait_ms = until.as_millis().checked_sub(now.as_millis()).unwrap();
    gateway.device_mut().pass_millis(wait_ms);
    wait_ms
}

#[test]
fn a_pause_that_the_server_asks_for_is_kept_and_named() {
    for flavour in BOTH {
        let mut memory = Memory::new();
        let replies = vec![
            Reply::token("t"),
            Reply::ok(429, "Retry-After: 2\r\n", "slow down"),
            Reply::ok(200, "", "fine"),
        ];
        let mut gateway = paced(&mut memory, replies, Pace::new(1));
        let found = flavour.exchange(&mut gateway, message(b"{}"));
        assert_eq!(
            found,
            Ok((429, b"slow down".to_vec())),
            "the answer is shown"
        );
        for _ in 0..3 {
            let found = flavour.exchange(&mut gateway, message(b"{}"));
            let Err(Error::NotYet { until, trouble }) = found else {
                panic!("{found:?}");
            };
            assert_eq!(trouble, None);
            assert!(!found.unwrap_err().may_have_arrived());
            assert!(until > gateway.device_mut().instant());
        }
        assert_eq!(
            gateway.connector_mut().requests().len(),
            2,
            "nothing was sent"
        );
        let Err(Error::NotYet { until, .. }) = flavour.exchange(&mut gateway, message(b"{}"))
        else {
            panic!("not yet");
        };
        assert_eq!(pass(&mut gateway, until), 2_000);
        let found = flavour.exchange(&mut gateway, message(b"{}"));
        assert_eq!(found, Ok((200, b"fine".to_vec())));
    }
}

#[test]
fn requests_for_tokens_keep_to_the_same_pace() {
    for flavour in BOTH {
        let mut memory = Memory::new();
        let pace = Pace::new(1).at_most(Rate::per_min(5));
        let replies = vec![Reply::token("t"), Reply::ok(200, "", "fine")];
        let mut gateway = paced(&mut memory, replies, pace);
        flavour.authorize(&mut gateway).unwrap();
        let found = flavour.exchange(&mut gateway, message(b"{}"));
        let Err(Error::NotYet { until, .. }) = found else {
            panic!("{found:?}");
        };
        // One in 12 s, less the tolerance for late timers.
        assert_eq!(pass(&mut gateway, until), 11_901);
        let found = flavour.exchange(&mut gateway, message(b"{}"));
        assert_eq!(found, Ok((200, b"fine".to_vec())));
    }
}

#[test]
fn a_token_endpoint_at_its_limit_is_left_alone() {
    for flavour in BOTH {
        let mut memory = Memory::new();
        let replies = vec![Reply::ok(429, "Retry-After: 60\r\n", ""), Reply::token("t")];
        let mut gateway = paced(&mut memory, replies, Pace::new(1));
        let found = flavour.authorize(&mut gateway);
        let Err(Error::NoToken { until, cause }) = found else {
            panic!("{found:?}");
        };
        assert!(matches!(cause, Some(Cause::Refused(refused)) if refused.status == 429));
        assert_eq!(pass(&mut gateway, until), 60_000);
        assert_eq!(flavour.authorize(&mut gateway), Ok(()));
    }
}

/// 401 is an answer to one key (RFC 6749 §5.2), and does not affect other clients of the host.
#[test]
fn a_refused_key_pauses_nothing() {
    for flavour in BOTH {
        let mut memory = Memory::new();
        let replies = vec![Reply::ok(401, "", r#"{"error":"invalid_client"}"#)];
        let mut gateway = paced(&mut memory, replies, Pace::new(1));
        let found = flavour.authorize(&mut gateway);
        assert!(matches!(found, Err(Error::NoToken { .. })), "{found:?}");
        let now = gateway.device_mut().instant();
        let (_, pace) = &gateway.device_mut().paces[0];
        assert_eq!(pace.next(now), Turn::Begin);
    }
}

#[test]
fn a_renewal_that_the_pace_puts_off_leaves_the_token_that_is_good() {
    for flavour in BOTH {
        let mut memory = Memory::new();
        let mut gateway = paced(&mut memory, vec![Reply::token("t")], Pace::new(1));
        assert_eq!(flavour.authorize(&mut gateway), Ok(()));
        gateway.device_mut().pass_millis(295_000);
        let now = Now {
            instant: gateway.device_mut().instant(),
            unix: None,
        };
        let (_, pace) = &mut gateway.device_mut().paces[0];
        let started = pace.begin(now.instant);
        let busy = Paced::status(429).with_retry_after(Some(b"60"));
        let _ = pace.answered(started, now, &busy);
        assert_eq!(flavour.authorize(&mut gateway), Ok(()));
        // After the pause has ended, no signature is wasted.
        gateway.device_mut().pass_millis(6_000);
        let found = flavour.authorize(&mut gateway);
        assert!(matches!(found, Err(Error::NotYet { .. })), "{found:?}");
        assert_eq!(gateway.connector_mut().requests().len(), 1);
    }
}

#[test]
fn trouble_that_pauses_do_not_end_is_named() {
    for (reply, trouble) in [
        (Reply::ok(502, "", ""), Trouble::BadGateway),
        (Reply::ok(307, "Location: /\r\n", ""), Trouble::Redirect),
        (Reply::ok(407, "", ""), Trouble::ProxyAuthentication),
        (Reply::ok(511, "", ""), Trouble::WebPage),
    ] {
        let mut memory = Memory::new();
        let mut replies = vec![Reply::token("t")];
        replies.extend((0..6).map(|_| reply.clone()));
        let mut gateway = paced(&mut memory, replies, Pace::new(1));
        let found = loop {
            match BOTH[0].exchange(&mut gateway, message(b"{}")) {
                Ok(_) => (),
                Err(Error::NotYet {
                    trouble: Some(trouble),
                    ..
                }) => break trouble,
                Err(Error::NotYet { until, .. }) => {
                    pass(&mut gateway, until);
                }
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(found, trouble);
        assert_eq!(gateway.connector_mut().requests().len(), 7, "{trouble:?}");
    }
}

#[test]
fn another_host_has_its_own_pace_or_none() {
    let mut memory = Memory::new();
    let replies = vec![
        Reply::token("t"),
        Reply::ok(429, "Retry-After: 2\r\n", ""),
        Reply::ok(200, "", "fine"),
    ];
    let mut gateway = gateway(&mut memory, vec![Script::new(replies)]);
    let elsewhere = ("blob.redoxengine.com".to_owned(), Pace::new(1));
    gateway.device_mut().paces.push(elsewhere);
    for status in [429, 200] {
        let found = BOTH[0].exchange(&mut gateway, message(b"{}"));
        assert_eq!(found.map(|(status, _)| status), Ok(status));
    }
}
