//! What is in the table, and for how long.

use core::sync::atomic::{AtomicUsize, Ordering};
use core::time::Duration;
use std::sync::{Arc, Mutex};

use redox_auth_reqwest::{
    Algorithm, BuildError, Key, Redox, SignError, Signer, TenantError, Tenants,
};

use super::{Millis, client};
use crate::support::canned::Canned;
use crate::support::{Sandbox, good_token, keys};

#[tokio::test]
async fn a_table_full_of_busy_tenants_says_so_and_an_idle_one_makes_room() {
    let server = Arc::new(Canned::always(good_token()));
    let (url, millis) = (Arc::clone(&server), Millis::default());
    let clock = millis.clone();
    let tenants = Tenants::builder()
        .capacity(3)
        .idle_after(Duration::from_secs(60))
        .clock(millis.now())
        .build(move |tenant: &&str| {
            Redox::builder()
                .base_url(url.url())
                .oauth_key(format!("client-of-{tenant}"), keys::es256())
                .clock(clock.now())
                .build()
        });
    for tenant in ["one", "two", "three"] {
        tenants.get(&tenant).await.unwrap();
    }
    for _ in 0..2 {
        let error = tenants.get(&"four").await.unwrap_err();
        assert!(
            matches!(error, TenantError::Full { capacity: 3 }),
            "{error}"
        );
    }
    millis.pass(Duration::from_secs(59));
    assert!(tenants.existing(&"one").is_some());
    assert!(tenants.existing(&"three").is_some());
    assert!(tenants.get(&"four").await.is_err(), "a second too early");
    millis.pass(Duration::from_secs(1));
    tenants.get(&"four").await.unwrap();
    assert_eq!(tenants.len(), 3);
    assert!(tenants.existing(&"two").is_none());
    // Also where nothing is made: those who renew find the idle ones.
    for _ in 0..2 {
        millis.pass(Duration::from_secs(280));
        tenants.token(&"one").await.unwrap();
    }
    assert_eq!(tenants.len(), 1);
}

#[tokio::test]
async fn two_tenants_with_one_client_id_are_noticed() {
    let server = Arc::new(Canned::always(good_token()));
    let url = Arc::clone(&server);
    let same = move |_: &&str| client(&url, "shared");
    let tenants = Tenants::new(same.clone());
    tenants.get(&"one").await.unwrap();
    for _ in 0..2 {
        let error = tenants.get(&"two").await.unwrap_err();
        let shown = error.to_string();
        match error {
            TenantError::SameClient { client_id } => assert_eq!(client_id, "client-of-shared"),
            other => panic!("{other}"),
        }
        assert!(!shown.contains("one"), "{shown} names another tenant");
    }
    assert!(tenants.remove(&"one"));
    tenants.get(&"two").await.unwrap();

    let tenants = Tenants::builder().allow_same_client_id().build(same);
    tenants.get(&"one").await.unwrap();
    tenants.get(&"two").await.unwrap();
}

#[tokio::test]
async fn one_client_for_two_tenants_is_noticed_whatever_is_allowed() {
    let server = Canned::always(good_token());
    let shared = client(&server, "shared").unwrap();
    let make = move |_: &&str| Ok::<_, BuildError>(shared.clone());
    for builder in [
        Tenants::builder(),
        Tenants::builder().allow_same_client_id(),
    ] {
        let tenants = builder.build(make.clone());
        tenants.get(&"one").await.unwrap();
        let error = tenants.get(&"two").await.unwrap_err();
        assert!(matches!(error, TenantError::SameClient { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_credential_is_replaced_while_the_tenant_is_in_use() {
    let sandbox = Sandbox::start().await;
    let (old, new, other) = (keys::es256(), keys::es256(), keys::es256());
    let client_id = sandbox.register(&old);
    let other_id = sandbox.register(&other);
    let base_url = sandbox.server.base_url().to_owned();
    let (url, old) = (base_url.clone(), Mutex::new(Some(old)));
    let tenants = Tenants::new(move |_: &&str| {
        let key = old.lock().unwrap().take().ok_or("made twice")?;
        let redox = Redox::builder().base_url(&url).oauth_key(&client_id, key);
        redox.build().map_err(|_| "cannot be built")
    });
    let first = tenants.token(&"one").await.unwrap();
    let client = tenants.existing(&"one").unwrap();
    client.replace_keys([new]).unwrap();
    assert_eq!(
        tenants.token(&"one").await.unwrap().expose(),
        first.expose()
    );

    let replacement = Redox::builder()
        .base_url(base_url)
        .oauth_key(&other_id, other)
        .build()
        .unwrap();
    tenants.replace("one", replacement).unwrap();
    let second = tenants.token(&"one").await.unwrap();
    assert_ne!(second.expose(), first.expose());
    assert_eq!(tenants.len(), 1);
    // Those who hold the client from before go on with it.
    assert_eq!(client.token().await.unwrap().expose(), first.expose());

    assert!(tenants.remove(&"one"));
    assert!(!tenants.remove(&"one"));
    let error = tenants.get(&"one").await.unwrap_err();
    assert!(error.to_string().contains("made twice"), "{error}");
}

/// Signs nothing, and counts those of its kind that are gone.
struct Gone(Arc<AtomicUsize>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Signer for Gone {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn signature_len(&self) -> usize {
        64
    }

    fn sign(&self, _: &[u8], _: &mut [u8]) -> Result<(), SignError> {
        Err(SignError::Backend)
    }
}

/// Removed, replaced or idle: its key is wiped at once, not when a later change of the table gets to it.
#[tokio::test]
async fn a_key_goes_with_its_tenant() {
    let (gone, millis) = (Arc::new(AtomicUsize::new(0)), Millis::default());
    let count = Arc::clone(&gone);
    let with_key = move |tenant: &u32| {
        Redox::builder()
            .oauth_key(
                format!("client-{tenant}"),
                Key::from_signer("key", Gone(count.clone())),
            )
            .build()
    };
    let tenants = Tenants::builder()
        .capacity(3)
        .idle_after(Duration::from_secs(60))
        .clock(millis.now())
        .build(with_key.clone());
    for tenant in 0..3 {
        tenants.get(&tenant).await.unwrap();
    }
    assert!(tenants.remove(&0));
    assert_eq!(gone.load(Ordering::SeqCst), 1);
    tenants.replace(1, with_key(&10).unwrap()).unwrap();
    assert_eq!(gone.load(Ordering::SeqCst), 2);
    millis.pass(Duration::from_secs(60));
    tenants.get(&3).await.unwrap();
    assert_eq!((gone.load(Ordering::SeqCst), tenants.len()), (4, 1));
    drop(tenants);
    // The task that made the last one has a clone until it ends.
    while gone.load(Ordering::SeqCst) < 5 {
        tokio::task::yield_now().await;
    }
}
