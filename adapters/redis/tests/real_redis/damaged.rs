//! Values that somebody else put there.

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestRunner;
use redis::aio::ConnectionLike;
use redis::{Cmd, Pipeline, RedisFuture, Value};
use redox_auth_redis::RedisTokens;
use redox_auth_reqwest::SharedTokens;
use tokio::runtime::Builder;

use crate::support::{Admin, MINUTE, NAME, PATIENCE, RECORD, Server, TOKEN_KEY, key, record};

#[test]
fn no_other_value_than_the_one_that_was_stored_is_loaded() {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let server = Server::start();
    let tokens = server.tokens();
    let (mut admin, stored) = runtime.block_on(async {
        tokens.store(RECORD, MINUTE).await.unwrap();
        let mut admin = server.admin().await;
        let stored: Vec<u8> = admin.ask(&format!("GET {TOKEN_KEY}")).await;
        (admin, stored)
    });
    let values = (
        0..4,
        any::<Index>(),
        prop::collection::vec(1..=u8::MAX, 1..40),
    );
    let values = values.prop_map(|(kind, at, bytes)| {
        let at = at.index(stored.len());
        match kind {
            0 => stored[..at].to_vec(),
            1 => [&stored[..at], &bytes, &stored[at..]].concat(),
            2 => {
                let mut changed = stored.clone();
                for (byte, change) in changed[at..].iter_mut().zip(bytes) {
                    *byte ^= change;
                }
                changed
            }
            _ => bytes,
        }
    });
    let loaded = TestRunner::default().run(&values, |value| {
        let mut admin = Admin(admin.0.clone());
        runtime.block_on(async {
            admin.set(TOKEN_KEY, &value).await;
            prop_assert!(tokens.load().await.is_err());
            Ok(())
        })
    });
    loaded.unwrap();
    runtime.block_on(async {
        admin.set(TOKEN_KEY, &stored).await;
        assert_eq!(record(&tokens).await, RECORD);
    });
}

/// A server that sends what no Redis does.
#[derive(Clone)]
struct Wrong(Value);

impl ConnectionLike for Wrong {
    fn req_packed_command<'a>(&'a mut self, _: &'a Cmd) -> RedisFuture<'a, Value> {
        Box::pin(core::future::ready(Ok(self.0.clone())))
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        _: &'a Pipeline,
        _: usize,
        _: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        Box::pin(core::future::ready(Ok(vec![self.0.clone()])))
    }

    fn get_db(&self) -> i64 {
        0
    }
}

#[tokio::test]
async fn an_answer_of_another_kind_is_an_error_that_holds_nothing_of_it() {
    let word = || Value::BulkString(b"swordfish".to_vec());
    for answer in [
        word(),
        Value::SimpleString(String::from("swordfish")),
        Value::Array(vec![word()]),
        Value::Array(vec![word(), word()]),
        Value::Array(vec![word(), Value::Int(1), word()]),
        Value::Array(vec![Value::Nil, Value::Int(1)]),
        Value::Int(7),
    ] {
        let tokens = RedisTokens::over(Wrong(answer.clone()), key(1), NAME).timeout(PATIENCE);
        let error = tokens.load().await.unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("swordfish"), "{answer:?}: {shown}");
    }
}
