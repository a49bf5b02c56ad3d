//! Many tenants in one process: each has its own client and its own token, and none is in another's way.

#[cfg(test)]
mod apart;
#[cfg(test)]
mod making;
#[cfg(test)]
mod table;

use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;
use std::sync::Arc;

use redox_auth_reqwest::{BuildError, Instant, Now, Redox, UnixTime};

use crate::support::canned::Canned;
use crate::support::keys;

/// What a test makes the clients of its tenants from.
pub(crate) fn client(server: &Canned, tenant: &str) -> Result<Redox, BuildError> {
    Redox::builder()
        .base_url(server.url())
        .oauth_key(format!("client-of-{tenant}"), keys::es256())
        .build()
}

/// Milliseconds that a test moves, as the clock of clients and tenants.
#[derive(Clone, Default)]
pub(crate) struct Millis(Arc<AtomicU64>);

impl Millis {
    pub(crate) fn pass(&self, time: Duration) {
        let millis = u64::try_from(time.as_millis()).unwrap();
        self.0.fetch_add(millis, Ordering::SeqCst);
    }

    pub(crate) fn now(&self) -> impl Fn() -> Now + Send + Sync + 'static {
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
