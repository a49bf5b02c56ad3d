use core::fmt;
use core::hash::Hash;
use core::marker::PhantomData;
use core::time::Duration;
use std::sync::Arc;

use redox_auth_core::Now;
use tokio::task::spawn_blocking;

use super::making::Making;
use super::settings::Settings;
use super::table::Tenants;
use crate::client::Redox;
use crate::clock::Clock;
use crate::error::tenant::TenantError;

/// Settings of [`Tenants`]: limits, times, and the function that creates clients.
#[must_use = "a builder does nothing until `build`"]
pub struct TenantsBuilder<K> {
    settings: Settings,
    key: PhantomData<fn(K)>,
}

impl<K: Clone + Eq + Hash + Send + Sync + 'static> Tenants<K> {
    /// Creates a table with the usual settings, whose clients `make` creates; see [`TenantsBuilder::build`].
    #[must_use]
    pub fn new<E>(make: impl Fn(&K) -> Result<Redox, E> + Send + Sync + 'static) -> Self
    where
        E: Into<Box<dyn core::error::Error + Send + Sync>> + 'static,
    {
        Self::builder().build(make)
    }

    /// Creates a builder for a table with other settings.
    pub fn builder() -> TenantsBuilder<K> {
        TenantsBuilder::new()
    }
}

impl<K: Clone + Eq + Hash + Send + Sync + 'static> TenantsBuilder<K> {
    fn new() -> Self {
        Self {
            settings: Settings::default(),
            key: PhantomData,
        }
    }

    /// Sets the maximum number of tenants. The default is 10,000.
    pub const fn capacity(mut self, capacity: usize) -> Self {
        self.settings.capacity = capacity;
        self
    }

    /// Sets how long a tenant without requests keeps its place. The default is 15 minutes. After that its client, its token
    /// and its key are dropped, unless the caller holds a clone.
    ///
    /// It needs no timer: the table finds idle tenants while it creates or renews others.
    pub const fn idle_after(mut self, idle_after: Duration) -> Self {
        self.settings.idle_after = idle_after;
        self
    }

    /// Sets the timeout of the function that creates a client. The default is 10 s.
    pub const fn make_timeout(mut self, timeout: Duration) -> Self {
        self.settings.make_timeout = timeout;
        self
    }

    /// Allows several tenants with one client ID at one token endpoint. Use it for keys that name more than a tenant, such
    /// as a tenant and a purpose, with a token for each.
    ///
    /// Without it the second tenant gets [`TenantError::SameClient`], because usually it got another tenant's credential by
    /// mistake.
    pub const fn allow_same_client_id(mut self) -> Self {
        self.settings.allows_same_client_id = true;
        self
    }

    /// Reads the time from `now` instead of from the machine's clocks, for tests that give the same clock to each
    /// [`Builder::clock`](crate::Builder::clock).
    pub fn clock(mut self, now: impl Fn() -> Now + Send + Sync + 'static) -> Self {
        self.settings.clock = Clock::of(now);
        self
    }

    /// Builds a table whose clients `make` creates, on a thread where it may block, for example to read a file or to ask a
    /// database.
    pub fn build<E>(
        self,
        make: impl Fn(&K) -> Result<Redox, E> + Send + Sync + 'static,
    ) -> Tenants<K>
    where
        E: Into<Box<dyn core::error::Error + Send + Sync>> + 'static,
    {
        let make = Arc::new(make);
        self.build_any(move |key| {
            let make = Arc::clone(&make);
            let made = spawn_blocking(move || make(&key).map_err(not_made));
            Box::pin(async {
                // The thread has caught the panic; this reports it.
                match made.await {
                    Ok(made) => made,
                    Err(_) => Err(TenantError::Panicked),
                }
            })
        })
    }

    /// Builds a table whose clients an async function creates, for example from a vault or a service.
    pub fn build_async<E, F>(self, make: impl Fn(K) -> F + Send + Sync + 'static) -> Tenants<K>
    where
        E: Into<Box<dyn core::error::Error + Send + Sync>> + 'static,
        F: Future<Output = Result<Redox, E>> + Send + 'static,
    {
        self.build_any(move |key| {
            let made = make(key);
            Box::pin(async { made.await.map_err(not_made) })
        })
    }

    fn build_any(self, make: impl Fn(K) -> Making + Send + Sync + 'static) -> Tenants<K> {
        Tenants::with(self.settings, Box::new(make))
    }
}

fn not_made(error: impl Into<Box<dyn core::error::Error + Send + Sync>>) -> TenantError {
    TenantError::NotMade(error.into().into())
}

impl<K> fmt::Debug for TenantsBuilder<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TenantsBuilder")
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
