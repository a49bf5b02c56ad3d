//! Nothing in Redis shows the token, and a record that does not open is an error.

use redox_auth_redis::{RedisTokens, SealingKey};
use redox_auth_reqwest::SharedTokens;

use crate::support::{
    Admin, MINUTE, NAME, PATIENCE, RECORD, Server, TOKEN_KEY, holder, key, record, why,
};

/// All keys of a server with their raw values.
async fn everything(admin: &mut Admin) -> Vec<Vec<u8>> {
    let keys: Vec<String> = admin.ask("KEYS *").await;
    let mut all = Vec::new();
    for key in keys {
        all.push(admin.ask(&format!("GET {key}")).await);
        all.push(key.into_bytes());
    }
    all
}

#[tokio::test]
async fn redis_holds_no_part_of_the_record() {
    let server = Server::start();
    let tokens = server.tokens();
    tokens.store(RECORD, MINUTE).await.unwrap();
    tokens.take_turn(holder(1), MINUTE).await.unwrap();
    let all = everything(&mut server.admin().await).await;
    assert_eq!(all.len(), 4);
    for part in RECORD.windows(4) {
        for held in &all {
            assert!(!held.windows(4).any(|held| held == part), "{part:?}");
        }
    }
}

#[tokio::test]
async fn keys_change_while_every_process_continues() {
    let server = Server::start();
    let old = server.tokens_with(key(1));
    let old_and_new = server.tokens_with(key(1)).also_opens(key(2));
    let new_and_old = server.tokens_with(key(2)).also_opens(key(1));
    let new = server.tokens_with(key(2));

    old.store(RECORD, MINUTE).await.unwrap();
    assert_eq!(record(&old_and_new).await, RECORD);
    assert_eq!(record(&new_and_old).await, RECORD);
    assert_eq!(why(new.load().await), "NotOpened { keys: 1 }");

    old_and_new.store(b"the second", MINUTE).await.unwrap();
    assert_eq!(record(&old).await, b"the second");

    new_and_old.store(b"the third", MINUTE).await.unwrap();
    assert_eq!(record(&old_and_new).await, b"the third");
    assert_eq!(record(&new).await, b"the third");
    assert_eq!(why(old.load().await), "NotOpened { keys: 1 }");
    let others = server.tokens_with(key(3)).also_opens(key(4));
    assert_eq!(why(others.load().await), "NotOpened { keys: 2 }");
}

#[tokio::test]
async fn a_token_does_not_open_under_another_name() {
    let server = Server::start();
    server.tokens().store(RECORD, MINUTE).await.unwrap();
    let copy = format!("COPY {TOKEN_KEY} redox-auth:{{other}}:token");
    let () = server.admin().await.ask(&copy).await;
    let other = RedisTokens::connect(&server.url(), key(1), "other").unwrap();
    let loaded = other.timeout(PATIENCE).load().await;
    assert_eq!(why(loaded), "NotOpened { keys: 1 }");
}

#[tokio::test]
async fn the_next_token_replaces_a_record_that_does_not_open() {
    let server = Server::start();
    let tokens = server.tokens();
    server.admin().await.set(TOKEN_KEY, b"junk").await;
    assert_eq!(
        why(tokens.load().await),
        "TooShort { found: 4, expected: 29 }"
    );
    tokens.store(RECORD, MINUTE).await.unwrap();
    assert_eq!(record(&tokens).await, RECORD);
}

#[tokio::test]
async fn a_store_shows_no_secret() {
    let url = "redis://user:hunter2@127.0.0.1:1/0";
    let key = SealingKey::from_bytes(b"swordfish swordfish swordfish 32");
    let tokens = RedisTokens::connect(url, key, NAME).unwrap();
    let tokens = tokens.timeout(PATIENCE);
    let shown = format!("{tokens:?} {}", why(tokens.load().await));
    for secret in ["hunter2", "swordfish", "115, 119, 111"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
