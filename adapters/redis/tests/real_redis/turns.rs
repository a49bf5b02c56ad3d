//! One process at a time gets the next token.

use core::time::Duration;

use redox_auth_reqwest::SharedTokens;
use tokio::task::JoinSet;

use crate::support::{MINUTE, Server, TURN_KEY, holder};

#[tokio::test]
async fn one_of_two_has_the_turn_until_it_ends_it() {
    let server = Server::start();
    let (one, other) = (server.tokens(), server.tokens());
    assert!(one.take_turn(holder(1), MINUTE).await.unwrap());
    assert!(!other.take_turn(holder(2), MINUTE).await.unwrap());
    other.end_turn(holder(2)).await.unwrap();
    assert!(!other.take_turn(holder(2), MINUTE).await.unwrap());
    one.end_turn(holder(1)).await.unwrap();
    assert!(other.take_turn(holder(2), MINUTE).await.unwrap());
}

#[tokio::test]
async fn a_holder_that_missed_the_answer_still_has_the_turn() {
    let server = Server::start();
    let tokens = server.tokens();
    for _ in 0..2 {
        assert!(tokens.take_turn(holder(1), MINUTE).await.unwrap());
    }
    assert!(!tokens.take_turn(holder(2), MINUTE).await.unwrap());
}

#[tokio::test]
async fn of_many_at_once_one_has_the_turn() {
    let server = Server::start();
    let processes: Vec<_> = (0..20).map(|_| server.tokens()).collect();
    let mut asked = JoinSet::new();
    for (number, tokens) in (0..).zip(processes) {
        asked.spawn(async move { tokens.take_turn(holder(number), MINUTE).await.unwrap() });
    }
    let taken = asked.join_all().await;
    let turns = taken.into_iter().filter(|taken| *taken).count();
    assert_eq!(turns, 1);
}

#[tokio::test]
async fn the_previous_holder_cannot_end_a_lost_turn() {
    let server = Server::start();
    let (one, other) = (server.tokens(), server.tokens());
    assert!(one.take_turn(holder(1), MINUTE).await.unwrap());
    let mut admin = server.admin().await;
    let () = admin.ask(&format!("PEXPIRE {TURN_KEY} 0")).await;
    assert!(other.take_turn(holder(2), MINUTE).await.unwrap());
    one.end_turn(holder(1)).await.unwrap();
    assert!(!one.take_turn(holder(1), MINUTE).await.unwrap());
    other.end_turn(holder(2)).await.unwrap();
    assert!(one.take_turn(holder(1), MINUTE).await.unwrap());
}

#[tokio::test]
async fn a_turn_lasts_no_longer_than_was_asked() {
    let server = Server::start();
    let tokens = server.tokens();
    let at_most = Duration::from_micros(60_000_999);
    assert!(tokens.take_turn(holder(1), at_most).await.unwrap());
    let lasts: u64 = server.admin().await.ask(&format!("PTTL {TURN_KEY}")).await;
    assert!((30_000..=60_000).contains(&lasts), "{lasts} ms");
}

#[tokio::test]
async fn a_turn_of_no_time_at_all_is_one() {
    let server = Server::start();
    let taken = server.tokens().take_turn(holder(1), Duration::ZERO).await;
    assert!(taken.unwrap());
}
