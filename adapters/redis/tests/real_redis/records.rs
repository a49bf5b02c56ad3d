//! A record that one process stores can be loaded by another one until it expires in Redis.

use core::time::Duration;

use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::{Cmd, Pipeline, RedisFuture, Value};
use redox_auth_redis::RedisTokens;
use redox_auth_reqwest::SharedTokens;

use crate::support::{MINUTE, NAME, PATIENCE, RECORD, Server, TOKEN_KEY, key, load, record, why};

#[tokio::test]
async fn another_process_loads_a_stored_record() {
    let server = Server::start();
    let (one, other) = (server.tokens(), server.tokens());
    assert!(load(&other).await.is_none());
    one.store(RECORD, MINUTE).await.unwrap();
    assert_eq!(record(&other).await, RECORD);
    other.store(b"the next one", MINUTE).await.unwrap();
    assert_eq!(record(&one).await, b"the next one");
}

#[tokio::test]
async fn a_name_has_its_own_token() {
    let server = Server::start();
    let tokens = server.tokens();
    tokens.store(RECORD, MINUTE).await.unwrap();
    let other = RedisTokens::connect(&server.url(), key(1), "other").unwrap();
    assert!(load(&other.timeout(PATIENCE)).await.is_none());
}

#[tokio::test]
async fn a_token_lives_as_long_as_redis_says() {
    let server = Server::start();
    let tokens = server.tokens();
    tokens
        .store(RECORD, Duration::from_micros(60_000_999))
        .await
        .unwrap();
    let mut admin = server.admin().await;
    let lives_for: u64 = admin.ask(&format!("PTTL {TOKEN_KEY}")).await;
    assert!((30_000..=60_000).contains(&lives_for), "{lives_for} ms");

    let () = admin.ask(&format!("PEXPIRE {TOKEN_KEY} 40000")).await;
    let lives_for = load(&tokens).await.unwrap().lives_for;
    let expected = Duration::from_secs(20)..=Duration::from_secs(40);
    assert!(expected.contains(&lives_for), "{lives_for:?}");

    let () = admin.ask(&format!("PEXPIRE {TOKEN_KEY} 0")).await;
    assert!(load(&tokens).await.is_none());
}

/// Its answers take 10 s on their way.
#[derive(Clone)]
struct FarAway(MultiplexedConnection);

impl ConnectionLike for FarAway {
    fn req_packed_command<'a>(&'a mut self, cmd: &'a Cmd) -> RedisFuture<'a, Value> {
        Box::pin(async {
            let answer = self.0.req_packed_command(cmd).await;
            tokio::time::pause();
            tokio::time::advance(Duration::from_secs(10)).await;
            tokio::time::resume();
            answer
        })
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        commands: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        self.0.req_packed_commands(commands, offset, count)
    }

    fn get_db(&self) -> i64 {
        self.0.get_db()
    }
}

#[tokio::test]
async fn the_way_of_the_answer_counts_as_life() {
    let server = Server::start();
    server.tokens().store(RECORD, MINUTE).await.unwrap();
    let far_away = FarAway(server.admin().await.0);
    let tokens = RedisTokens::over(far_away, key(1), NAME).timeout(PATIENCE);
    let lives_for = load(&tokens).await.unwrap().lives_for;
    assert!(lives_for <= Duration::from_secs(50), "{lives_for:?}");
}

#[tokio::test]
async fn an_expired_record_is_not_stored() {
    let server = Server::start();
    let tokens = server.tokens();
    tokens
        .store(RECORD, Duration::from_micros(999))
        .await
        .unwrap();
    assert!(load(&tokens).await.is_none());
}

#[tokio::test]
async fn a_life_longer_than_redis_takes_is_an_error() {
    let server = Server::start();
    let stored = server.tokens().store(RECORD, Duration::MAX).await;
    assert_eq!(why(stored), r#"Refused { code: "ERR" }"#);
}

#[tokio::test]
async fn a_token_without_an_end_is_an_error() {
    let server = Server::start();
    let tokens = server.tokens();
    tokens.store(RECORD, MINUTE).await.unwrap();
    let () = server
        .admin()
        .await
        .ask(&format!("PERSIST {TOKEN_KEY}"))
        .await;
    assert_eq!(why(tokens.load().await), "NoEnd");
}

#[tokio::test]
async fn a_value_of_another_type_is_an_error() {
    let server = Server::start();
    let () = server
        .admin()
        .await
        .ask(&format!("LPUSH {TOKEN_KEY} a"))
        .await;
    let loaded = server.tokens().load().await;
    assert_eq!(why(loaded), r#"Refused { code: "WRONGTYPE" }"#);
}
