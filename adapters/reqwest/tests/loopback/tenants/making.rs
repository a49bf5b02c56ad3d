//! Functions that make clients, and functions that fail.

use core::sync::atomic::{AtomicUsize, Ordering};
use core::time::Duration;
use std::sync::{Arc, Barrier};

use redox_auth_reqwest::{Redox, TenantError, Tenants};

use super::client;
use crate::support::canned::Canned;
use crate::support::good_token;

#[tokio::test]
async fn a_client_is_created_once_for_all_waiting_callers_and_kept() {
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
async fn all_waiting_callers_share_a_failure_which_is_then_forgotten() {
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
