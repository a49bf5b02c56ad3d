//! In place of `sync.rs` of `redox-auth-reqwest`: what shuttle can run in any order, and what may happen at any time.
//!
//! The channels of tokio and the cell of arc-swap are taken as they are, so each of their operations is one step here: what
//! is tested is what is made of them.

use core::future::{Future, poll_fn};
use core::mem::forget;
use core::pin::pin;
use core::task::Poll;
use core::time::Duration;
use std::sync::Arc;

use arc_swap::Guard;
use shuttle::rand::{Rng as _, thread_rng};
use tokio::runtime::TryCurrentError;

pub(crate) use shuttle::sync::{Mutex, MutexGuard};

/// A cell that others may come before at each access.
pub(crate) struct ArcSwap<T>(arc_swap::ArcSwap<T>);

impl<T> ArcSwap<T> {
    pub(crate) fn new(value: Arc<T>) -> Self {
        Self(arc_swap::ArcSwap::new(value))
    }

    pub(crate) fn load(&self) -> Guard<Arc<T>> {
        shuttle::thread::yield_now();
        self.0.load()
    }

    pub(crate) fn store(&self, value: Arc<T>) {
        shuttle::thread::yield_now();
        self.0.store(value);
        shuttle::thread::yield_now();
    }
}

/// A runtime, some of whose tasks end before their time, as all of them do when a runtime is dropped.
pub(crate) struct Handle;

impl Handle {
    pub(crate) const fn try_current() -> Result<Self, TryCurrentError> {
        Ok(Self)
    }

    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let task = shuttle::future::spawn(task);
        let is_aborted = thread_rng().gen_ratio(1, 3);
        let ending = shuttle::thread::spawn(move || {
            if is_aborted {
                task.abort();
            }
            forget(task);
        });
        // A run is over when all of them are: those whose handle is dropped it would not wait for.
        forget(ending);
    }
}

/// A short time may be over at every look, a long one never is.
pub(crate) async fn timeout<F: Future>(
    duration: Duration,
    future: F,
) -> Result<F::Output, TimeIsOver> {
    let mut future = pin!(future);
    poll_fn(|context| {
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return Poll::Ready(Ok(output));
        }
        if duration > SHORT {
            return Poll::Pending;
        }
        if thread_rng().gen_ratio(1, 4) {
            return Poll::Ready(Err(TimeIsOver));
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await
}

pub(crate) struct TimeIsOver;

const SHORT: Duration = Duration::from_millis(100);
