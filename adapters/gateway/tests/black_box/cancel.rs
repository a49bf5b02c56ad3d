//! Calls that are dropped early.

use core::pin::pin;
use core::task::{Context, Poll, Waker};

use redox_auth_core::Next;

use crate::support::peer::{Reply, Script};
use crate::support::{Flavour, Memory, TestGateway, gateway, message};

/// Polls a future at most this many times, and then drops it.
fn poll_times<T>(future: impl Future<Output = T>, times: u32) -> Option<T> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..times {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return Some(value);
        }
    }
    None
}

/// A token, a 401, another token and an answer, in parts.
fn scripts() -> Vec<Script> {
    let replies = [
        Reply::token("one"),
        Reply::ok(401, "", "no"),
        Reply::token("two"),
        Reply::ok(200, "", "fine"),
    ];
    vec![Script::new(replies).split(20), Script::good()]
}

/// Sends a message and reads its answer, in one future.
async fn exchange(gateway: &mut TestGateway<'_>) -> Vec<u8> {
    let mut answer = gateway.send_async(message(b"{}")).await.unwrap();
    let mut body = [0; 100];
    answer.read_all_async(&mut body).await.unwrap().to_vec()
}

#[test]
fn a_call_that_is_dropped_anywhere_gives_up_at_once_what_it_had_begun() {
    let mut drops = 0;
    for polls in 1.. {
        let mut memory = Memory::new();
        let mut gateway = gateway(&mut memory, scripts());
        if poll_times(exchange(&mut gateway), polls).is_some() {
            break;
        }
        drops += 1;
        assert_eq!(
            gateway.connector_mut().open(),
            0,
            "at {polls}: the connection"
        );
        let now = gateway.device_mut().instant();
        let next = gateway.session().next(now);
        assert!(
            matches!(next, Next::Use { .. } | Next::Fetch),
            "at {polls}: the attempt, {next:?}"
        );
        // Leaked instead of dropped: the buffers still have the bytes that the call left there.
        core::mem::forget(gateway);
        assert!(
            memory.wire.iter().all(|&byte| byte == 0),
            "at {polls}: the wire"
        );
        assert!(
            memory.token.iter().all(|&byte| byte == 0),
            "at {polls}: the token"
        );
    }
    assert!(drops > 20, "{drops} places to drop it");
}

#[test]
fn the_next_call_after_one_that_was_dropped_anywhere_is_fine() {
    for polls in 1.. {
        let mut memory = Memory::new();
        let mut gateway = gateway(&mut memory, scripts());
        let is_done = poll_times(exchange(&mut gateway), polls).is_some();
        if is_done {
            break;
        }
        // The script advances only after the first connection.
        let found = Flavour::Async.exchange(&mut gateway, message(b"{}"));
        assert_eq!(found, Ok((200, b"fine".to_vec())), "at {polls}");
        let requests = gateway.connector_mut().requests();
        let mut token_requests: Vec<_> = requests
            .iter()
            .filter(|sent| sent.starts_with("POST /v2"))
            .collect();
        let count = token_requests.len();
        token_requests.sort();
        token_requests.dedup();
        assert_eq!(
            token_requests.len(),
            count,
            "at {polls}: no jti is posted twice"
        );
    }
}

#[test]
fn a_call_that_is_forgotten_is_given_up_by_the_next() {
    for polls in 1..12 {
        let mut memory = Memory::new();
        let mut gateway = gateway(&mut memory, scripts());
        {
            let mut future = Box::pin(exchange(&mut gateway));
            let mut context = Context::from_waker(Waker::noop());
            for _ in 0..polls {
                assert!(future.as_mut().poll(&mut context).is_pending());
            }
            core::mem::forget(future);
        }
        let found = Flavour::Async.exchange(&mut gateway, message(b"{}"));
        assert_eq!(found, Ok((200, b"fine".to_vec())), "at {polls}");
    }
}
