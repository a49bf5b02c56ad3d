//! Many who ask at the same time, and some who go away.

use core::future::Future;

use redox_auth_reqwest::{Api, Method, Redox};

use crate::support::canned::{Answer, Canned};
use crate::support::clocks::Clocks;
use crate::support::{client_of, good_token};

/// Polls a future a few times, until the server has what it sends, and drops it.
async fn drop_under_way(server: &Canned, redox: &Redox) {
    let mut asking = Box::pin(redox.token());
    while server.requests().is_empty() {
        let pause = tokio::task::yield_now();
        tokio::select! {
            biased;
            outcome = &mut asking => panic!("{outcome:?}"),
            () = pause => {}
        }
    }
}

#[tokio::test]
async fn a_future_that_is_dropped_leaves_the_client_as_usable_as_before() {
    let server = Canned::start(vec![Answer::Silence, good_token()]);
    let redox = client_of(&server).build().unwrap();
    drop_under_way(&server, &redox).await;
    assert_eq!(redox.token().await.unwrap().expose(), "granted");
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn those_who_wait_behind_a_future_that_is_dropped_get_their_token() {
    let server = Canned::start(vec![Answer::Silence, good_token()]);
    let redox = client_of(&server).build().unwrap();
    let mut waiting = tokio::task::JoinSet::new();
    let mut leader = Box::pin(redox.token());
    assert!(futures_now(&mut leader).await.is_none());
    for _ in 0..10 {
        let redox = redox.clone();
        waiting.spawn(async move { redox.token().await });
    }
    while server.requests().is_empty() {
        assert!(futures_now(&mut leader).await.is_none());
        tokio::task::yield_now().await;
    }
    drop(leader);
    for token in waiting.join_all().await {
        assert_eq!(token.unwrap().expose(), "granted");
    }
    assert_eq!(server.requests().len(), 2);
}

/// What a future has come to, after one look at it.
async fn futures_now<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    tokio::select! {
        biased;
        output = future => Some(output),
        () = core::future::ready(()) => None,
    }
}

#[tokio::test]
async fn all_who_ask_at_once_share_one_exchange_and_its_failure() {
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
async fn nobody_waits_for_a_renewal_but_the_one_who_asks_for_it() {
    let server = Canned::start(vec![good_token(), Answer::Silence]);
    let clocks = Clocks::alone();
    let redox = client_of(&server).clock(clocks.now()).build().unwrap();
    redox.token().await.unwrap();
    clocks.advance_secs(240);
    let mut first = Box::pin(redox.token());
    while server.requests().len() < 2 {
        assert!(futures_now(&mut first).await.is_none());
        tokio::task::yield_now().await;
    }
    for _ in 0..10 {
        assert_eq!(redox.token().await.unwrap().expose(), "granted");
    }
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn what_waits_for_a_token_may_move_from_thread_to_thread() {
    fn assert_send(_: impl Send) {}
    fn assert_shared<T: Send + Sync + Clone + 'static>(_: &T) {}
    let redox = Redox::builder().no_key().build().unwrap();
    assert_shared(&redox);
    assert_send(redox.token());
    assert_send(redox.exchange("a.b.c"));
    let request = redox.request(Method::GET, "/x").unwrap();
    assert_send(redox.send(Api::Other, request));
}
