//! No tenant gets anything of another tenant, and none waits for another.

use core::time::Duration;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use redox_auth_reqwest::{
    Algorithm, Api, Connections, Error, Key, Redox, TenantError, Tenants, TokenSource as _,
};

use super::Millis;
use crate::support::canned::{Answer, Canned};
use crate::support::{Sandbox, good_token, keys};

/// Every call of one tenant is tried with the token, the authorization and the record of another.
#[tokio::test]
async fn no_call_of_one_tenant_gives_the_token_of_another() {
    let sandbox = Sandbox::start().await;
    let tenant_of = |name: &'static str| {
        let key = keys::es256();
        (name, (sandbox.register(&key), key))
    };
    let credentials: HashMap<_, _> = ["a", "b"].into_iter().map(tenant_of).collect();
    let credentials = Mutex::new(credentials);
    let url = sandbox.server.base_url().to_owned();
    let tenants = Tenants::new(move |tenant: &&str| {
        let taken: Option<(String, Key)> = credentials.lock().unwrap().remove(tenant);
        let (client_id, key) = taken.ok_or("no such tenant")?;
        let redox = Redox::builder().base_url(&url).oauth_key(client_id, key);
        redox.build().map_err(|_| "cannot be built")
    });
    let token_of_a = tenants.token(&"a").await.unwrap();
    let (a, b) = (
        tenants.get(&"a").await.unwrap(),
        tenants.get(&"b").await.unwrap(),
    );
    let secret = token_of_a.expose().to_owned();
    let messages = format!("{}/endpoint", sandbox.server.base_url());

    // With nothing of its own yet.
    assert!(b.save().is_err());
    assert!(b.restore(&a.save().unwrap()).is_err());
    let authorization_of_a = a.authorize(Api::DataModel, &messages).await.unwrap();
    b.rejected(&authorization_of_a);
    let mut found = vec![
        tenants.token(&"b").await.unwrap().expose().to_owned(),
        b.token().await.unwrap().expose().to_owned(),
        b.token_after(&token_of_a)
            .await
            .unwrap()
            .expose()
            .to_owned(),
        format!(
            "{:?}",
            b.authorize(Api::DataModel, &messages).await.unwrap()
        ),
        format!(
            "{b:?} {tenants:?} {:?} {:?}",
            b.last_failure(),
            b.counters()
        ),
        String::from_utf8_lossy(&b.save().unwrap()).into_owned(),
    ];
    let mut headers = reqwest::header::HeaderMap::new();
    let authorization = b.authorize(Api::DataModel, &messages).await.unwrap();
    authorization.apply(&mut headers);
    found.extend(headers.values().map(|it| it.to_str().unwrap().to_owned()));
    for shown in found {
        assert!(!shown.contains(&secret), "b has the token of a");
    }
    // What b does to the tokens of a changes nothing for a.
    assert!(b.restore(&a.save().unwrap()).is_err());
    b.rejected(&authorization_of_a);
    assert_eq!(tenants.token(&"a").await.unwrap().expose(), secret);
    let error = tenants.token(&"c").await.unwrap_err();
    assert!(error.to_string().contains("no such tenant"), "{error}");
}

#[tokio::test]
async fn a_thousand_tenants_of_a_busy_host_ask_it_once_and_delay_no_other() {
    let busy = Answer::with("429 Too Many Requests", "retry-after: 30", "");
    let (busy, good) = (
        Arc::new(Canned::always(busy)),
        Arc::new(Canned::always(good_token())),
    );
    let connections = Connections::new().token_requests_at_once(1);
    let key = keys::pkcs8(Algorithm::Es256);
    let servers = (Arc::clone(&busy), Arc::clone(&good));
    let tenants = Tenants::new(move |tenant: &u32| {
        let server = if tenant.is_multiple_of(10) {
            &servers.1
        } else {
            &servers.0
        };
        Redox::builder()
            .base_url(server.url())
            .oauth_key(format!("client-{tenant}"), Key::parse(&key).unwrap())
            .connections(connections.clone())
            .build()
    });
    let all: Vec<u32> = (0..1_000).collect();
    let tokens = all.iter().map(|tenant| tenants.token(tenant));
    let tokens = futures_util::future::join_all(tokens).await;
    for (tenant, token) in all.iter().zip(tokens) {
        if tenant.is_multiple_of(10) {
            assert_eq!(token.unwrap().expose(), "granted", "tenant {tenant}");
            continue;
        }
        let TenantError::Token(error) = token.unwrap_err() else {
            panic!("tenant {tenant}");
        };
        assert!(
            matches!(error.cause(), Error::Refused(_) | Error::Paused(_)),
            "{error}"
        );
    }
    assert_eq!(busy.requests().len(), 1);
    assert_eq!(good.requests().len(), 100);
}

/// No task and no request for an idle tenant, neither while its token lives nor when the token expires.
#[tokio::test]
async fn an_idle_tenant_has_no_task_and_sends_nothing() {
    let server = Arc::new(Canned::always(good_token()));
    let (url, millis) = (Arc::clone(&server), Millis::default());
    let clock = millis.clone();
    let tenants = Tenants::builder()
        .clock(millis.now())
        .build(move |tenant: &u32| {
            Redox::builder()
                .base_url(url.url())
                .oauth_key(format!("client-{tenant}"), keys::es256())
                .clock(clock.now())
                .build()
        });
    let metrics = tokio::runtime::Handle::current().metrics();
    for tenant in 0..10 {
        tenants.token(&tenant).await.unwrap();
    }
    // The task of each connection, of which one is enough.
    while metrics.num_alive_tasks() > 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(server.requests().len(), 10);
    millis.pass(Duration::from_secs(250));
    tenants.token(&3).await.unwrap();
    while server.requests().len() < 11 {
        tokio::task::yield_now().await;
    }
    millis.pass(Duration::from_secs(250));
    tenants.token(&4).await.unwrap();
    assert_eq!(server.requests().len(), 12);
}

#[tokio::test]
async fn a_dead_host_keeps_no_tenant_of_another_waiting() {
    let (dead, good) = (
        Canned::always(Answer::Silence),
        Canned::always(good_token()),
    );
    let (dead, good) = (Arc::new(dead), Arc::new(good));
    // Even the tenants of the dead host have a turn only one after the other.
    let connections = Connections::new().token_requests_at_once(1);
    let servers = (Arc::clone(&dead), Arc::clone(&good));
    let tenants = Tenants::new(move |tenant: &u32| {
        let server = if *tenant < 3 { &servers.0 } else { &servers.1 };
        Redox::builder()
            .base_url(server.url())
            .oauth_key(format!("client-{tenant}"), keys::es256())
            .connections(connections.clone())
            .build()
    });
    let waiting: Vec<_> = (0..3)
        .map(|tenant| {
            let tenants = tenants.clone();
            tokio::spawn(async move { tenants.token(&tenant).await.map(drop) })
        })
        .collect();
    while dead.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    for tenant in 3..20 {
        tenants.token(&tenant).await.unwrap();
    }
    assert!(waiting.iter().all(|task| !task.is_finished()));
    assert_eq!(dead.requests().len(), 1);
}
