//! Many who ask at the same time, and some who go away.

use core::future::Future;
use core::task::{Context, Poll, Waker};
use core::time::Duration;

use redox_auth_reqwest::{Api, Error, Method, Redox};
use tokio::runtime::Runtime;

use crate::support::canned::{Answer, Canned};
use crate::support::clocks::Clocks;
use crate::support::{Sandbox, client_of, good_token, keys};

#[tokio::test]
async fn callers_get_their_token_when_the_first_caller_is_dropped() {
    let sandbox = Sandbox::start().await;
    // As far as it gets, one look after the other, and from the start again with each look more.
    for looks in 0.. {
        let redox = sandbox.client(keys::es256()).build().unwrap();
        let mut leader = Box::pin(redox.token());
        let mut is_done = false;
        for _ in 0..looks {
            is_done = futures_now(&mut leader).await.is_some();
            if is_done {
                break;
            }
            tokio::task::yield_now().await;
        }
        let waiting = redox.clone();
        let waiting = tokio::spawn(async move { waiting.token().await });
        tokio::task::yield_now().await;
        drop(leader);
        assert!(waiting.await.unwrap().is_ok(), "after {looks} looks");
        assert_eq!(redox.counters().requests, 1, "after {looks} looks");
        if is_done {
            break;
        }
    }
}

#[test]
fn when_the_runtime_of_a_flight_ends_another_one_begins_again() {
    let server = Canned::start(vec![Answer::Silence, good_token()]);
    let redox = client_of(&server).build().unwrap();
    let first = runtime();
    first.block_on(async {
        let mut leader = Box::pin(redox.token());
        while server.requests().is_empty() {
            assert!(futures_now(&mut leader).await.is_none());
            tokio::task::yield_now().await;
        }
    });
    let second = runtime();
    let (waiting, other) = (redox.clone(), redox.clone());
    second.block_on(async move {
        let waiting = tokio::spawn(async move { waiting.token().await });
        tokio::task::yield_now().await;
        // Its task goes with it, half way.
        tokio::task::spawn_blocking(move || drop(first))
            .await
            .unwrap();
        assert_eq!(waiting.await.unwrap().unwrap().expose(), "granted");
        assert_eq!(other.token().await.unwrap().expose(), "granted");
    });
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn the_wait_for_a_flight_on_a_stopped_runtime_ends() {
    let server = Canned::always(good_token());
    let timeout = Duration::from_secs(15);
    let redox = client_of(&server).token_timeout(timeout).build().unwrap();
    let idle = runtime();
    // It is begun, and nothing more.
    idle.block_on(async { assert!(futures_now(&mut Box::pin(redox.token())).await.is_none()) });
    let token = runtime().block_on(async {
        let mut asking = Box::pin(redox.token());
        tokio::time::pause();
        assert!(futures_now(&mut asking).await.is_none());
        tokio::time::advance(timeout.saturating_mul(8)).await;
        assert!(futures_now(&mut asking).await.is_none());
        tokio::time::advance(timeout.saturating_mul(2)).await;
        tokio::time::resume();
        asking.await
    });
    assert_eq!(token.unwrap().expose(), "granted");
    drop(idle);
}

#[test]
fn outside_of_a_runtime_a_token_that_is_there_is_read_and_none_is_asked_for() {
    let server = Canned::always(good_token());
    let redox = client_of(&server).build().unwrap();
    let (waker, mut asking) = (Waker::noop(), Box::pin(redox.token()));
    let outcome = asking.as_mut().poll(&mut Context::from_waker(waker));
    assert!(
        matches!(outcome, Poll::Ready(Err(Error::NoRuntime))),
        "{outcome:?}"
    );
    runtime().block_on(redox.token()).unwrap();
    let mut asking = Box::pin(redox.token());
    let outcome = asking.as_mut().poll(&mut Context::from_waker(waker));
    assert!(matches!(outcome, Poll::Ready(Ok(_))), "{outcome:?}");
}

#[test]
fn outside_of_a_runtime_a_caller_does_not_wait_for_a_flight() {
    let server = Canned::start(vec![good_token(), Answer::Silence]);
    let clocks = Clocks::alone();
    let redox = client_of(&server).clock(clocks.now()).build().unwrap();
    let there = runtime();
    let token = there.block_on(redox.token()).unwrap();
    let (waker, mut waiting) = (Waker::noop(), Box::pin(redox.token_after(&token)));
    let outcome = waiting.as_mut().poll(&mut Context::from_waker(waker));
    assert!(
        matches!(outcome, Poll::Ready(Err(Error::NoRuntime))),
        "{outcome:?}"
    );

    clocks.advance_secs(300);
    there.block_on(async { assert!(futures_now(&mut Box::pin(redox.token())).await.is_none()) });
    let mut asking = Box::pin(redox.token());
    let outcome = asking.as_mut().poll(&mut Context::from_waker(waker));
    assert!(
        matches!(outcome, Poll::Ready(Err(Error::NoRuntime))),
        "{outcome:?}"
    );
}

fn runtime() -> Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().unwrap()
}

/// The state of a future after one poll.
async fn futures_now<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    tokio::select! {
        biased;
        output = future => Some(output),
        () = core::future::ready(()) => None,
    }
}

#[tokio::test]
async fn simultaneous_callers_share_one_exchange_and_its_failure() {
    let busy = Answer::with("503 Service Unavailable", "retry-after: 5", "");
    for (answer, good) in [(good_token(), true), (busy, false)] {
        let server = Canned::always(answer);
        let redox = client_of(&server).build().unwrap();
        let mut asking = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let redox = redox.clone();
            asking.spawn(async move { redox.token().await });
        }
        for outcome in asking.join_all().await {
            assert_eq!(outcome.is_ok(), good, "{outcome:?}");
            if let Err(error) = outcome {
                assert!(error.refused().is_some(), "{error}");
            }
        }
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_renewal_delays_no_caller() {
    let server = Canned::start(vec![good_token(), Answer::Silence]);
    let clocks = Clocks::alone();
    let redox = client_of(&server).clock(clocks.now()).build().unwrap();
    redox.token().await.unwrap();
    clocks.advance_secs(240);
    while server.requests().len() < 2 {
        let token = futures_now(&mut Box::pin(redox.token())).await;
        assert_eq!(token.unwrap().unwrap().expose(), "granted");
        tokio::task::yield_now().await;
    }
    for _ in 0..10 {
        assert_eq!(redox.token().await.unwrap().expose(), "granted");
    }
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn a_future_that_waits_for_a_token_may_move_between_threads() {
    fn assert_send(_: impl Send) {}
    fn assert_shared<T: Send + Sync + Clone + 'static>(_: &T) {}
    let redox = Redox::builder().no_key().build().unwrap();
    assert_shared(&redox);
    assert_send(redox.token());
    assert_send(redox.exchange("a.b.c"));
    let request = redox.request(Method::GET, "/x").unwrap();
    assert_send(redox.send(Api::Other, request));
}
