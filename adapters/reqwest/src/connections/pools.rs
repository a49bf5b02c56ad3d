use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use tokio::runtime::{Handle, Id};

use super::way::Way;

/// An HTTP client, and with it a pool of connections, for each way and each runtime.
///
/// A task of the runtime that opened a connection reads and writes it. On another runtime the connection would hang as soon
/// as the first runtime stands still.
#[derive(Debug, Default)]
pub(crate) struct Pools {
    pools: ArcSwap<Vec<Pool>>,
    /// One is made at a time.
    making: Mutex<()>,
}

#[derive(Clone, Debug)]
struct Pool {
    way: Way,
    /// `None` outside of any runtime, where requests can be built but not sent.
    runtime: Option<Id>,
    client: reqwest::Client,
}

impl Pools {
    /// The client for this way on the caller's runtime; `make` creates it if there is none.
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

    /// The same, but a client from `make` replaces the existing client, which continues to serve the requests that are under
    /// way on it.
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
        // The oldest belong to runtimes that ended, unless a program has very many runtimes.
        let first_kept = others
            .clone()
            .count()
            .saturating_sub(MAX_POOLS.saturating_sub(1));
        let pools = others.skip(first_kept).cloned().chain([pool]);
        self.pools.store(Arc::new(pools.collect()));
        client
    }
}

/// The number of pools. A dropped pool continues to serve the requests that are under way on it.
const MAX_POOLS: usize = 32;
