//! A Redis that is down, slow, full or not for us: an error soon, and everything as before when it is over.

use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use core::time::Duration;
use std::sync::Arc;

use redis::Client;
use redox_auth_redis::{Error, RedisTokens};
use redox_auth_reqwest::SharedTokens;

use crate::support::{
    MINUTE, NAME, PATIENCE, RECORD, Server, holder, key, load, patient, record, why,
};

#[tokio::test]
async fn a_redis_that_is_down_is_an_error_until_it_is_up() {
    let mut server = Server::start();
    server.kill();
    let tokens = server.tokens();
    for _ in 0..3 {
        let error = why(tokens.load().await);
        assert!(error.starts_with("NoConnection"), "{error}");
    }
    server.start_again();
    assert!(load(&tokens).await.is_none());
}

#[tokio::test]
async fn a_redis_that_was_killed_is_an_error_until_it_is_up() {
    let mut server = Server::start();
    let tokens = server.tokens();
    tokens.store(RECORD, MINUTE).await.unwrap();
    server.kill();
    let calls = [
        why(tokens.load().await),
        why(tokens.store(RECORD, MINUTE).await),
        why(tokens.take_turn(holder(1), MINUTE).await),
        why(tokens.end_turn(holder(1)).await),
    ];
    for error in calls {
        assert!(error.starts_with("NoConnection"), "{error}");
    }
    server.start_again();
    assert!(load(&tokens).await.is_none());
    tokens.store(RECORD, MINUTE).await.unwrap();
    assert_eq!(record(&tokens).await, RECORD);
}

#[tokio::test]
async fn an_unnoticed_restart_costs_nothing() {
    let mut server = Server::start();
    let tokens = server.tokens();
    assert!(tokens.take_turn(holder(1), MINUTE).await.unwrap());
    server.kill();
    server.start_again();
    assert!(tokens.take_turn(holder(1), MINUTE).await.unwrap());
}

#[tokio::test]
async fn a_connection_that_was_closed_while_idle_costs_nothing() {
    let server = Server::start();
    let tokens = server.tokens();
    tokens.store(RECORD, MINUTE).await.unwrap();
    let closed: i64 = server.admin().await.ask("CLIENT KILL TYPE normal").await;
    assert_eq!(closed, 1);
    assert_eq!(record(&tokens).await, RECORD);
}

#[tokio::test]
async fn a_connection_is_kept_from_call_to_call() {
    let server = Server::start();
    let tokens = server.tokens();
    for _ in 0..5 {
        tokens.store(RECORD, MINUTE).await.unwrap();
        assert_eq!(record(&tokens).await, RECORD);
    }
    let stats: String = server.admin().await.ask("INFO stats").await;
    // Ours and the one that asks.
    assert!(
        stats.contains("total_connections_received:2\r\n"),
        "{stats}"
    );
}

#[tokio::test]
async fn a_redis_that_hangs_is_an_error_in_time() {
    let server = Server::start();
    let tokens = RedisTokens::connect(&server.url(), key(1), NAME).unwrap();
    server.halt();
    // The clock of these runs on while nothing else does.
    tokio::time::pause();
    let before = tokio::time::Instant::now();
    let connecting = why(tokens.load().await);
    assert_eq!(connecting, "TimedOut { after: 250ms }");
    let waited = before.elapsed();
    assert!(waited < Duration::from_millis(260), "{waited:?}");
    tokio::time::resume();
    server.go_on();

    let tokens = tokens.timeout(PATIENCE);
    tokens.store(RECORD, MINUTE).await.unwrap();
    server.halt();
    tokio::time::pause();
    let asking = why(tokens.load().await);
    assert_eq!(asking, "TimedOut { after: 30s }");
    tokio::time::resume();
    server.go_on();
    assert_eq!(record(&tokens).await, RECORD);
}

#[tokio::test]
async fn the_answer_to_a_dropped_call_does_not_answer_the_next_one() {
    let server = Server::start();
    let tokens = server.tokens();
    tokens.store(RECORD, MINUTE).await.unwrap();
    server.halt();
    tokio::time::pause();
    let given_up =
        tokio::time::timeout(Duration::from_secs(1), tokens.take_turn(holder(1), MINUTE));
    given_up.await.unwrap_err();
    tokio::time::resume();
    server.go_on();
    assert_eq!(record(&tokens).await, RECORD);
}

#[tokio::test]
async fn a_full_redis_is_an_error_until_there_is_room() {
    let server = Server::start();
    let tokens = server.tokens();
    tokens.store(RECORD, MINUTE).await.unwrap();
    let mut admin = server.admin().await;
    let () = admin
        .ask("CONFIG SET maxmemory 1 maxmemory-policy noeviction")
        .await;
    assert_eq!(why(tokens.store(RECORD, MINUTE).await), "Full");
    assert_eq!(why(tokens.take_turn(holder(1), MINUTE).await), "Full");
    assert_eq!(record(&tokens).await, RECORD);
    tokens.end_turn(holder(1)).await.unwrap();
    let () = admin.ask("CONFIG SET maxmemory 0").await;
    tokens.store(b"the next one", MINUTE).await.unwrap();
    assert_eq!(record(&tokens).await, b"the next one");
}

#[tokio::test]
async fn a_replica_is_read_and_not_written_to() {
    let server = Server::start();
    let tokens = server.tokens();
    tokens.store(RECORD, MINUTE).await.unwrap();
    assert!(tokens.take_turn(holder(1), MINUTE).await.unwrap());
    let mut admin = server.admin().await;
    // No server listens there.
    let () = admin.ask("REPLICAOF 127.0.0.1 1").await;
    assert_eq!(why(tokens.store(RECORD, MINUTE).await), "ReadOnly");
    assert_eq!(why(tokens.take_turn(holder(2), MINUTE).await), "ReadOnly");
    assert_eq!(why(tokens.end_turn(holder(1)).await), "ReadOnly");
    assert_eq!(record(&tokens).await, RECORD);
    let () = admin.ask("REPLICAOF NO ONE").await;
    tokens.end_turn(holder(1)).await.unwrap();
    assert!(tokens.take_turn(holder(2), MINUTE).await.unwrap());
}

#[tokio::test]
async fn a_replica_is_left_for_where_the_address_leads_by_then() {
    let (first, second) = (Server::start(), Server::start());
    let clients = [&first, &second].map(|server| Client::open(server.url()).unwrap());
    let leads_to = Arc::new(AtomicUsize::new(0));
    let address = Arc::clone(&leads_to);
    let connect = move || {
        let client = clients[address.load(Relaxed)].clone();
        async move {
            client
                .get_multiplexed_async_connection_with_config(&patient())
                .await
        }
    };
    let tokens = RedisTokens::connect_by(connect, key(1), NAME).timeout(PATIENCE);
    assert!(tokens.take_turn(holder(1), MINUTE).await.unwrap());
    // No server listens there.
    let () = first.admin().await.ask("REPLICAOF 127.0.0.1 1").await;
    leads_to.store(1, Relaxed);
    assert_eq!(why(tokens.store(RECORD, MINUTE).await), "ReadOnly");
    tokens.store(RECORD, MINUTE).await.unwrap();
    assert_eq!(record(&second.tokens()).await, RECORD);
}

#[tokio::test]
async fn a_rejected_login_is_an_error_without_the_password() {
    let server = Server::start();
    let () = server
        .admin()
        .await
        .ask("CONFIG SET requirepass hunter2")
        .await;
    let without = server.tokens().load().await;
    assert_eq!(why(without), r#"Refused { code: "NOAUTH" }"#);

    let url = |password: &str| format!("{}?pass={password}", server.url());
    let wrong = RedisTokens::connect(&url("hunter3"), key(1), NAME).unwrap();
    assert_eq!(why(wrong.timeout(PATIENCE).load().await), "LogIn");
    let right = RedisTokens::connect(&url("hunter2"), key(1), NAME).unwrap();
    assert!(load(&right.timeout(PATIENCE)).await.is_none());
}

#[tokio::test]
async fn two_keys_and_few_commands_are_enough_for_the_user() {
    let server = Server::start();
    let user = "ACL SETUSER tokens on >hunter2 ~redox-auth:{test}:* +get +set +del +pttl +eval";
    let () = server.admin().await.ask(user).await;
    let url = format!("{}?user=tokens&pass=hunter2", server.url());
    let tokens = RedisTokens::connect(&url, key(1), NAME)
        .unwrap()
        .timeout(PATIENCE);
    assert!(tokens.take_turn(holder(1), MINUTE).await.unwrap());
    tokens.store(RECORD, MINUTE).await.unwrap();
    assert_eq!(record(&tokens).await, RECORD);
    tokens.end_turn(holder(1)).await.unwrap();
    let other = RedisTokens::connect(&url, key(1), "other").unwrap();
    let refused = other.timeout(PATIENCE).store(RECORD, MINUTE).await;
    assert_eq!(why(refused), r#"Refused { code: "NOPERM" }"#);
}

#[test]
fn an_invalid_url_is_an_error_that_does_not_show_it() {
    for url in [
        "",
        "hunter2",
        "http://user:hunter2@host",
        "redis://:hunter2@host:port",
    ] {
        let error = RedisTokens::connect(url, key(1), NAME).unwrap_err();
        assert!(matches!(error, Error::Url), "{error}");
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
