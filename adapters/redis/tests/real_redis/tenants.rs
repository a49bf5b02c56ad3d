//! A token and a turn for each tenant, over one connection.

use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;

use redox_auth_reqwest::{Redox, SharedTokens, Tenants};
use redox_auth_sandbox::{Server as Sandbox, ServerOptions, Source};
use tokio::task::JoinSet;

use crate::support::{MINUTE, RECORD, Server, holder, load, record};

#[tokio::test]
async fn a_name_over_the_same_connection_has_its_own_token_and_turn() {
    let server = Server::start();
    let one = server.tokens();
    let other = one.with_name("other");
    one.store(RECORD, MINUTE).await.unwrap();
    assert!(load(&other).await.is_none());
    other.store(b"of the other", MINUTE).await.unwrap();
    assert_eq!(record(&one).await, RECORD);
    assert_eq!(record(&one.with_name("other")).await, b"of the other");
    assert!(one.take_turn(holder(1), MINUTE).await.unwrap());
    assert!(other.take_turn(holder(2), MINUTE).await.unwrap());
    assert!(!other.take_turn(holder(1), MINUTE).await.unwrap());

    let mut admin = server.admin().await;
    let clients: String = admin.ask("CLIENT LIST").await;
    // The other one is the admin's; the second name of this test opened none.
    assert_eq!(clients.lines().count(), 2, "{clients}");
}

#[tokio::test]
async fn a_record_does_not_open_under_another_tenants_name() {
    let server = Server::start();
    let one = server.tokens();
    one.store(RECORD, MINUTE).await.unwrap();
    let mut admin = server.admin().await;
    let copied: u64 = admin
        .ask("COPY redox-auth:{test}:token redox-auth:{other}:token")
        .await;
    assert_eq!(copied, 1);
    let stolen = one.with_name("other").load().await;
    assert!(stolen.is_err(), "{stolen:?}");
}

/// Two tables stand for two processes.
#[tokio::test]
async fn all_processes_of_a_tenant_share_one_token() {
    let redis = Server::start();
    let sandbox = Sandbox::start(ServerOptions::new()).await.unwrap();
    let keys: Vec<_> = (0..TENANTS)
        .map(|_| {
            let mut state = sandbox.sandbox();
            let source = state.add_source(Source::new("Clinic")).unwrap();
            state.register_legacy_key(&source).unwrap()
        })
        .collect();
    let (keys, made) = (Arc::new(keys), Arc::new(AtomicUsize::new(0)));
    let process = || {
        let (keys, made, tokens) = (keys.clone(), made.clone(), redis.tokens());
        let base_url = sandbox.base_url().to_owned();
        Tenants::new(move |tenant: &usize| {
            made.fetch_add(1, Ordering::SeqCst);
            let key = &keys[*tenant];
            Redox::builder()
                .base_url(&base_url)
                .legacy_key(key.api_key(), key.expose_secret())
                .shared_tokens(tokens.with_name(key.api_key()))
                .build()
        })
    };
    let processes = [process(), process()];
    let mut asking = JoinSet::new();
    for tenants in &processes {
        for tenant in 0..TENANTS {
            let tenants = tenants.clone();
            asking.spawn(async move {
                let token = tenants.token(&tenant).await.unwrap();
                (tenant, token.expose().to_owned())
            });
        }
    }
    let mut tokens = asking.join_all().await;
    tokens.sort();
    tokens.dedup();
    assert_eq!(
        tokens.len(),
        TENANTS,
        "a token for each tenant, the same in both processes"
    );
    assert_eq!(made.load(Ordering::SeqCst), 2 * TENANTS);
    assert_eq!(sandbox.counters().legacy_authenticates, TENANTS as u64);
}

const TENANTS: usize = 5;
