use core::fmt;
use core::future::poll_fn;
use core::hash::Hash;
use core::task::Poll;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::timeout;

use super::book::Book;
use super::clients::Clients;
use super::making::{Made, MadeReceiver, Making, UnderWay};
use super::settings::Settings;
use crate::client::Redox;
use crate::error::tenant::TenantError;
use crate::telemetry;
use crate::tokens::token::Token;

/// The clients of many tenants, each with a credential of its own: a bounded table from the caller's key to a [`Redox`].
///
/// A key is anything that distinguishes tokens: the name of a tenant, or a tenant and a purpose. The caller's function
/// creates the client at its first use, once for all waiting callers. They share its error, and the next caller starts it
/// again. An idle tenant costs no task, timer, thread or connection, and leaves the table after a while. Clones share
/// everything.
///
/// All clients share the connections of the process, and its limit of token requests for each host; see [`Connections`].
///
/// ```no_run
/// use redox_auth_reqwest::{Key, Redox, Tenants};
/// # use redox_auth_reqwest::TenantError;
///
/// # async fn run() -> Result<(), TenantError> {
/// let tenants = Tenants::new(|hospital: &String| -> Result<Redox, Box<dyn core::error::Error + Send + Sync>> {
///     let client_id = std::fs::read_to_string(format!("/etc/hospitals/{hospital}/client-id"))?;
///     let key = Key::from_file(format!("/etc/hospitals/{hospital}/private-key.pem"))?;
///     Ok(Redox::builder().oauth_key(client_id.trim(), key).build()?)
/// });
/// let redox = tenants.get(&"st-mary".to_owned()).await?;
/// # Ok(())
/// # }
/// ```
///
/// [`Connections`]: crate::Connections
pub struct Tenants<K>(Arc<Shared<K>>);

struct Shared<K> {
    clients: Clients<K>,
    settings: Settings,
    make: Box<Make<K>>,
    /// Locked to change the table, never across an `.await`, and never to read it.
    changes: Mutex<Changes<K>>,
}

/// The function that creates a client.
type Make<K> = dyn Fn(K) -> Making + Send + Sync;

struct Changes<K> {
    book: Book<K>,
    under_way: UnderWay<K>,
}

impl<K: Clone + Eq + Hash + Send + Sync + 'static> Tenants<K> {
    pub(super) fn with(settings: Settings, make: Box<Make<K>>) -> Self {
        Self(Arc::new(Shared {
            clients: Clients::with_capacity(settings.capacity),
            settings,
            make,
            changes: Mutex::new(Changes {
                book: Book::new(),
                under_way: UnderWay::new(),
            }),
        }))
    }

    /// Returns the client of a tenant, and creates it if there is none.
    ///
    /// # Errors
    /// [`TenantError`].
    pub async fn get(&self, key: &K) -> Result<Redox, TenantError> {
        match self.existing(key) {
            Some(client) => Ok(client),
            None => self.made(key).await,
        }
    }

    /// Returns a token of a tenant, as [`Redox::token`] of its client. A current token costs no lock and no allocation.
    ///
    /// # Errors
    /// [`TenantError`].
    pub fn token(&self, key: &K) -> impl Future<Output = Result<Token, TenantError>> + Send {
        let mut wait = None;
        poll_fn(move |context| match &mut wait {
            None => match self.at_hand(key) {
                Some(token) => Poll::Ready(Ok(token)),
                None => {
                    let wait = wait.insert(Box::pin(self.wait_for_token(key)));
                    wait.as_mut().poll(context)
                }
            },
            Some(wait) => wait.as_mut().poll(context),
        })
    }

    /// Returns the client of a tenant, if there is one, for example to replace its key with [`Redox::replace_keys`].
    #[must_use]
    pub fn existing(&self, key: &K) -> Option<Redox> {
        self.0.clients.read(key, |tenant| {
            tenant.touch(self.0.settings.clock.instant());
            tenant.client.clone()
        })
    }

    /// Replaces the client of a tenant, for example with one that has another client ID. Requests that are under way
    /// continue with the previous client.
    ///
    /// # Errors
    /// [`TenantError::SameClient`] and [`TenantError::Full`]; the tenant then keeps its client.
    pub fn replace(&self, key: K, client: Redox) -> Result<(), TenantError> {
        let mut changes = self.changes();
        changes.under_way.forget(&key);
        let before = changes.book.remove(&self.0.clients, &key);
        let added = self.add(&mut changes, key.clone(), client);
        if let (Err(_), Some(before)) = (&added, before) {
            self.add(&mut changes, key, before)?;
        }
        added
    }

    /// Drops a tenant's client with its key and its token, unless the caller holds a clone. The next use creates a new
    /// client. Returns whether there was one.
    pub fn remove(&self, key: &K) -> bool {
        let mut changes = self.changes();
        changes.under_way.forget(key);
        let removed = changes.book.remove(&self.0.clients, key).is_some();
        telemetry::tenants(changes.book.len());
        removed
    }

    /// The number of tenants that have a client.
    #[must_use]
    pub fn len(&self) -> usize {
        self.changes().book.len()
    }

    /// Whether no tenant has one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    #[inline]
    fn at_hand(&self, key: &K) -> Option<Token> {
        let clock = &self.0.settings.clock;
        let read = self.0.clients.read(key, |tenant| {
            let now = clock.instant();
            tenant.touch(now);
            tenant.client.tokens().at_hand_by(clock, now)
        });
        read?
    }

    #[cold]
    #[inline(never)]
    async fn wait_for_token(&self, key: &K) -> Result<Token, TenantError> {
        let client = self.get(key).await?;
        self.look_for_idle();
        Ok(client.token().await?)
    }

    /// The client, which a task of its own creates: dropping a caller does not end it.
    async fn made(&self, key: &K) -> Made {
        loop {
            let mut receiver = match self.start_or_join(key)? {
                Start::Made(client) => return Ok(client),
                Start::UnderWay(receiver) => receiver,
            };
            // Its runtime may have ended, or a caller has removed the tenant: then it is created anew.
            if let Ok(made) = receiver.wait_for(Option::is_some).await
                && let Some(made) = made.clone()
            {
                return made;
            }
        }
    }

    fn start_or_join(&self, key: &K) -> Result<Start, TenantError> {
        let mut changes = self.changes();
        if let Some(client) = self.existing(key) {
            return Ok(Start::Made(client));
        }
        if let Some(receiver) = changes.under_way.of(key)
            && receiver.has_changed().is_ok()
        {
            return Ok(Start::UnderWay(receiver));
        }
        let runtime = Handle::try_current().map_err(|_| TenantError::NoRuntime)?;
        let (sender, receiver) = changes.under_way.begin(key.clone());
        drop(changes);
        let (tenants, key) = (self.clone(), key.clone());
        runtime.spawn(async move { tenants.make(key, sender).await });
        Ok(Start::UnderWay(receiver))
    }

    async fn make(self, key: K, sender: watch::Sender<Option<Made>>) {
        let limit = self.0.settings.make_timeout;
        let (tenants, making) = (self.clone(), key.clone());
        // A task of its own, so that a panic ends nothing else.
        let mut making = tokio::spawn(async move { (tenants.0.make)(making).await });
        let made = match timeout(limit, &mut making).await {
            Ok(Ok(made)) => made,
            Ok(Err(_)) => Err(TenantError::Panicked),
            Err(_) => {
                making.abort();
                Err(TenantError::TimedOut { limit })
            }
        };
        let mut changes = self.changes();
        if !changes.under_way.end(&key, &sender) {
            // Another caller has removed or replaced the tenant meanwhile.
            return;
        }
        let made = made.and_then(|client| {
            self.add(&mut changes, key, client.clone())?;
            Ok(client)
        });
        drop(changes);
        telemetry::tenant_made(made.as_ref().err());
        sender.send_replace(Some(made));
    }

    fn add(&self, changes: &mut Changes<K>, key: K, client: Redox) -> Result<(), TenantError> {
        let Shared {
            clients, settings, ..
        } = &*self.0;
        let Settings {
            capacity,
            idle_after,
            allows_same_client_id,
            ..
        } = *settings;
        let now = settings.clock.instant();
        let book = &mut changes.book;
        book.look_for_idle(clients, LOOKS, now, idle_after);
        let is_full = book.len() >= capacity;
        if is_full && !book.make_room(clients, now, idle_after) {
            return Err(TenantError::Full { capacity });
        }
        book.add(clients, key, client, now, allows_same_client_id)?;
        telemetry::tenants(book.len());
        Ok(())
    }

    /// Each tenant in use renews its token every few minutes. In that time the search covers the whole table.
    fn look_for_idle(&self) {
        let settings = &self.0.settings;
        let now = settings.clock.instant();
        let mut changes = self.changes();
        let book = &mut changes.book;
        let dropped = book.look_for_idle(&self.0.clients, LOOKS, now, settings.idle_after);
        if dropped > 0 {
            telemetry::tenants(book.len());
        }
    }

    fn changes(&self) -> MutexGuard<'_, Changes<K>> {
        let changes = self.0.changes.lock();
        changes.unwrap_or_else(PoisonError::into_inner)
    }
}

enum Start {
    Made(Redox),
    UnderWay(MadeReceiver),
}

impl<K> Clone for Tenants<K> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K> fmt::Debug for Tenants<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tenants")
            .field("settings", &self.0.settings)
            .finish_non_exhaustive()
    }
}

/// How many tenants each creation or wait for a token checks for idleness.
const LOOKS: usize = 4;
