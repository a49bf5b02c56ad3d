//! Many tenants in one process: each has its own client and its own token, and none is in another's way.

use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use core::time::Duration;
use std::collections::HashMap;
use std::sync::{Arc, Barrier, Mutex};

use redox_auth_reqwest::{
    Algorithm, Api, BuildError, Connections, Error, Instant, Key, Now, Redox, SignError, Signer,
    TenantError, Tenants, TokenSource as _, UnixTime,
};

use crate::support::canned::{Answer, Canned};
use crate::support::{Sandbox, good_token, keys};

/// What a test makes the clients of its tenants from.
fn client(server: &Canned, tenant: &str) -> Result<Redox, BuildError> {
    Redox::builder()
        .base_url(server.url())
        .oauth_key(format!("client-of-{tenant}"), keys::es256())
        .build()
}

/// Milliseconds that a test moves, as the clock of clients and tenants.
#[derive(Clone, Default)]
struct Millis(Arc<AtomicU64>);

impl Millis {
    fn pass(&self, time: Duration) {
        let millis = u64::try_from(time.as_millis()).unwrap();
        self.0.fetch_add(millis, Ordering::SeqCst);
    }

    fn now(&self) -> impl Fn() -> Now + Send + Sync + 'static {
        let millis = self.clone();
        move || {
            let millis = millis.0.load(Ordering::SeqCst);
            Now {
                instant: Instant::from_millis(millis),
                unix: Some(UnixTime::from_secs(
                    1_800_000_000_u64.saturating_add(millis / 1_000),
                )),
            }
        }
    }
}

#[tokio::test]
async fn a_client_is_made_once_for_all_who_wait_and_kept() {
    let server = Arc::new(Canned::always(good_token()));
    let made = Arc::new(AtomicUsize::new(0));
    let (count, url) = (Arc::clone(&made), Arc::clone(&server));
    let tenants = Tenants::new(move |tenant: &String| {
        count.fetch_add(1, Ordering::SeqCst);
        client(&url, tenant)
    });
    let key = "one".to_owned();
    let all = (0..100).map(|_| tenants.token(&key));
    for token in futures_util::future::join_all(all).await {
        assert_eq!(token.unwrap().expose(), "granted");
    }
    assert_eq!(made.load(Ordering::SeqCst), 1);
    assert_eq!(server.requests().len(), 1);
    tenants.get(&"two".to_owned()).await.unwrap();
    assert_eq!(made.load(Ordering::SeqCst), 2);
    assert_eq!(tenants.len(), 2);
}

#[tokio::test]
async fn a_failure_is_shared_by_all_who_wait_and_forgotten() {
    let server = Arc::new(Canned::always(good_token()));
    let made = Arc::new(AtomicUsize::new(0));
    let (count, url) = (Arc::clone(&made), Arc::clone(&server));
    let tenants = Tenants::builder().build_async(move |tenant: &'static str| {
        let (nth, url) = (count.fetch_add(1, Ordering::SeqCst), Arc::clone(&url));
        async move {
            tokio::task::yield_now().await;
            match nth {
                0 => Err("the vault is sealed".to_owned()),
                _ => client(&url, tenant).map_err(|error| error.to_string()),
            }
        }
    });
    let all = (0..10).map(|_| tenants.get(&"one"));
    for made in futures_util::future::join_all(all).await {
        let error = made.unwrap_err();
        assert!(matches!(error, TenantError::NotMade(_)), "{error}");
        assert!(error.to_string().contains("the vault is sealed"), "{error}");
    }
    assert_eq!((made.load(Ordering::SeqCst), tenants.len()), (1, 0));
    tenants.token(&"one").await.unwrap();
    assert_eq!((made.load(Ordering::SeqCst), tenants.len()), (2, 1));
}

#[tokio::test]
async fn a_function_that_panics_is_an_error_of_that_tenant_alone() {
    let server = Arc::new(Canned::always(good_token()));
    let url = Arc::clone(&server);
    let tenants = Tenants::new(move |tenant: &&str| {
        assert!(*tenant != "bad", "as a test wants it");
        client(&url, tenant)
    });
    for _ in 0..2 {
        let error = tenants.get(&"bad").await.unwrap_err();
        assert!(matches!(error, TenantError::Panicked), "{error}");
    }
    tenants.token(&"good").await.unwrap();
    let url = Arc::clone(&server);
    let tenants = Tenants::builder().build_async(move |tenant: &'static str| {
        assert!(tenant != "bad", "before its future is there");
        let url = Arc::clone(&url);
        async move {
            assert!(tenant != "worse", "within its future");
            client(&url, tenant)
        }
    });
    for tenant in ["bad", "worse"] {
        let error = tenants.get(&tenant).await.unwrap_err();
        assert!(matches!(error, TenantError::Panicked), "{error}");
    }
    tenants.token(&"good").await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_function_that_never_returns_is_an_error_of_that_tenant_alone() {
    let limit = Duration::from_secs(10);
    let tenants =
        Tenants::builder()
            .make_timeout(limit)
            .build_async(|tenant: &'static str| async move {
                if tenant == "bad" {
                    core::future::pending::<()>().await;
                }
                Redox::builder().no_key().build()
            });
    let before = tokio::time::Instant::now();
    let (bad, good) = tokio::join!(tenants.get(&"bad"), tenants.get(&"good"));
    let error = bad.unwrap_err();
    assert!(
        matches!(error, TenantError::TimedOut { limit: found } if found == limit),
        "{error}"
    );
    assert!(before.elapsed() < limit.saturating_mul(2));
    good.unwrap();
}

#[tokio::test]
async fn a_caller_that_goes_away_ends_nothing() {
    let server = Arc::new(Canned::always(good_token()));
    let (began, may_end) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
    let (url, first, last) = (server.clone(), began.clone(), may_end.clone());
    let tenants = Tenants::new(move |tenant: &&str| {
        first.wait();
        last.wait();
        client(&url, tenant)
    });
    let asking = tokio::spawn({
        let tenants = tenants.clone();
        async move { tenants.get(&"one").await.map(drop) }
    });
    tokio::task::spawn_blocking(move || began.wait())
        .await
        .unwrap();
    asking.abort();
    assert!(asking.await.unwrap_err().is_cancelled());
    let waiting = tenants.get(&"one");
    let (made, _) = tokio::join!(waiting, tokio::task::spawn_blocking(move || may_end.wait()));
    made.unwrap();
    assert_eq!(tenants.len(), 1);
}

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
async fn a_thousand_tenants_of_a_busy_host_ask_it_once_and_hold_up_nobody_else() {
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

/// No task for a tenant that nobody asks for, and no request: neither while its token lives nor when it ends.
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

#[test]
fn outside_of_a_runtime_there_is_no_client() {
    let tenants = Tenants::new(|_: &u32| Redox::builder().no_key().build());
    let asking = core::pin::pin!(tenants.get(&1));
    let mut context = core::task::Context::from_waker(core::task::Waker::noop());
    match Future::poll(asking, &mut context) {
        core::task::Poll::Ready(Err(TenantError::NoRuntime)) => {}
        other => panic!("{other:?}"),
    }
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
