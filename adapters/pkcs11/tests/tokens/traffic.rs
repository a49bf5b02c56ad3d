//! Signatures that go on while a token's daemon is stopped and started.

use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::Arc;

use redox_auth_pkcs11::Pkcs11Key;

/// Signs from four tasks at once, stops what makes the token, lets signatures fail, starts it, and sees that none fails
/// any more.
pub(crate) async fn fails_only_meanwhile<D>(key: Pkcs11Key, daemon: D, start: impl FnOnce() -> D) {
    let counts = Arc::new(Counts::default());
    let signing: Vec<_> = (0..4)
        .map(|_| {
            let (key, counts) = (key.clone(), Arc::clone(&counts));
            tokio::spawn(async move {
                while !counts.is_over.load(Ordering::Relaxed) {
                    let is_back = counts.is_back.load(Ordering::Acquire);
                    match key.signature(b"message").await {
                        Ok(_) => counts.signed.fetch_add(1, Ordering::Relaxed),
                        Err(error) => {
                            // A signature that began before may still fail.
                            assert!(!is_back, "after the token is back: {error}");
                            counts.failed.fetch_add(1, Ordering::Relaxed)
                        }
                    };
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    let reached = async |counter: &AtomicUsize, more: usize| {
        let goal = counter.load(Ordering::Relaxed).saturating_add(more);
        while counter.load(Ordering::Relaxed) < goal {
            assert!(!signing.iter().any(tokio::task::JoinHandle::is_finished));
            tokio::task::yield_now().await;
        }
    };
    reached(&counts.signed, 20).await;
    tokio::task::block_in_place(|| drop(daemon));
    reached(&counts.failed, 4).await;
    let _daemon = tokio::task::block_in_place(start);
    counts.is_back.store(true, Ordering::Release);
    reached(&counts.signed, 40).await;
    counts.is_over.store(true, Ordering::Relaxed);
    for task in signing {
        task.await.unwrap();
    }
}

#[derive(Default)]
struct Counts {
    signed: AtomicUsize,
    failed: AtomicUsize,
    is_back: AtomicBool,
    is_over: AtomicBool,
}
