//! No secret stays in a buffer, and no printed text has one.

use redox_auth_gateway::{Error, Limits};

use crate::support::peer::{Reply, Script, Then};
use crate::support::{BOTH, Memory, gateway, message};

#[test]
fn buffers_are_empty_after_every_call_also_after_one_that_fails() {
    let good = || Reply::ok(200, "", "a patient");
    for (what, replies) in [
        ("good", vec![Reply::token("secret-token"), good()]),
        ("refused", vec![Reply::ok(401, "", "{}")]),
        ("no answer", vec![Reply::close()]),
        (
            "half a token",
            vec![Reply::raw(
                "HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{\"access_token\":\"secret",
                Then::Close,
            )],
        ),
        (
            "no answer to the message",
            vec![Reply::token("secret-token"), Reply::close()],
        ),
        (
            "a bad answer",
            vec![
                Reply::token("secret-token"),
                Reply::raw("HTTP/1.1 200 OK\r\nx", Then::Close),
            ],
        ),
        (
            "half an answer",
            vec![
                Reply::token("secret-token"),
                Reply::raw(
                    "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na pa",
                    Then::Close,
                ),
            ],
        ),
    ] {
        for flavour in BOTH {
            let mut memory = Memory::new();
            let mut gateway = gateway(&mut memory, vec![Script::new(replies.clone())]);
            let _ = flavour.exchange(&mut gateway, message(b"{}"));
            // Leaked instead of dropped: the buffers still have the bytes that the call left there.
            core::mem::forget(gateway);
            assert!(
                memory.wire.iter().all(|&byte| byte == 0),
                "wire, {what}, {flavour:?}"
            );
            assert!(
                memory.token.iter().all(|&byte| byte == 0),
                "token, {what}, {flavour:?}"
            );
        }
    }
}

#[test]
fn debug_shows_neither_token_nor_message() {
    let mut memory = Memory::new();
    let replies = [
        Reply::token("secret-token"),
        Reply::ok(200, "Location: /Patient/17\r\n", "a patient"),
    ];
    let mut gateway = gateway(&mut memory, vec![Script::new(replies)]).with_limits(Limits::DEFAULT);
    let request = message(b"a patient").headers(&[("x", "patient-17")]);
    let mut shown = format!("{request:?}");
    let answer = gateway.send(request).unwrap();
    shown.push_str(&format!("{answer:?}{:?}", answer.headers()));
    drop(answer);
    shown.push_str(&format!("{gateway:?}"));
    for secret in ["secret-token", "patient-17", "a patient", "Patient/17"] {
        assert!(!shown.contains(secret), "{secret} is in {shown}");
    }
}

#[test]
fn errors_are_small_and_copied() {
    fn is_copy<T: Copy + Send + Sync + 'static>() {}
    is_copy::<Error>();
    assert!(size_of::<Error>() <= 64, "{} bytes", size_of::<Error>());
}
