use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use tokio::runtime::{Handle, Id};

use super::way::Way;

/// An HTTP client, and with it a pool of connections, for each way and each runtime.
///
/// A connection is read and written by a task of the runtime on which it was opened. On another runtime it would hang as
/// soon as the first one stands still.
#[derive(Debug, Default)]
pub(crate) struct Pools {
    pools: ArcSwap<Vec<Pool>>,
    /// One is made at a time.
    making: Mutex<()>,
}

#[derive(Clone, Debug)]
struct Pool {
    way: Way,
    /// `None` outside of any runtime, where requests can be put together and not sent.
    runtime: Option<Id>,
    client: reqwest::Client,
}

impl Pools {
    /// The client for this way on the caller's runtime; made by `make` where there is none.
    ///
    /// # Errors
    /// As `make`.
    pub(crate) fn client<E>(
        &self,
        way: Way,
        make: impl FnOnce() -> Result<reqwest::Client, E>,
    ) -> Result<reqwest::Client, E> {
        let runtime = Handle::try_current().ok().map(|handle| handle.id());
        let find = || {
            let pools = self.pools.load();
            let pool = pools
                .iter()
                .find(|it| it.way == way && it.runtime == runtime);
            pool.map(|pool| pool.client.clone())
        };
        if let Some(client) = find() {
            return Ok(client);
        }
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = find() {
            return Ok(client);
        }
        Ok(self.add(way, runtime, make()?))
    }

    /// The same, where another client made by `make` takes the place of the one that was there. That serves the requests that
    /// are under way on it to their end.
    ///
    /// # Errors
    /// As `make`.
    pub(crate) fn renew<E>(
        &self,
        way: Way,
        make: impl FnOnce() -> Result<reqwest::Client, E>,
    ) -> Result<reqwest::Client, E> {
        let runtime = Handle::try_current().ok().map(|handle| handle.id());
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(self.add(way, runtime, make()?))
    }

    /// Adds a pool, in place of the one for the same way and runtime.
    fn add(&self, way: Way, runtime: Option<Id>, client: reqwest::Client) -> reqwest::Client {
        let pool = Pool {
            way,
            runtime,
            client: client.clone(),
        };
        let before = self.pools.load();
        let others = before
            .iter()
            .filter(|it| it.way != way || it.runtime != runtime);
        // The oldest are those of runtimes that ended, unless a program has very many of them.
        let first_kept = others
            .clone()
            .count()
            .saturating_sub(MAX_POOLS.saturating_sub(1));
        let pools = others.skip(first_kept).cloned().chain([pool]);
        self.pools.store(Arc::new(pools.collect()));
        client
    }
}

/// How many are kept. One that is dropped while requests are under way on it serves them to their end.
const MAX_POOLS: usize = 32;
