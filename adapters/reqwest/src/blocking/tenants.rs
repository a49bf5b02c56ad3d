use core::hash::Hash;
use std::io;
use std::sync::Arc;

use super::{Background, Blocking, Redox};
use crate::error::tenant::TenantError;
use crate::tenants;
use crate::tokens::token::Token;

/// The blocking form of [`crate::Tenants`]. All their clients share one runtime.
pub type Tenants<K> = Blocking<tenants::Tenants<K>>;

impl<K: Clone + Eq + Hash + Send + Sync + 'static> Tenants<K> {
    /// Gives a table of tenants a runtime of its own.
    ///
    /// # Errors
    /// The operating system's error if it starts no thread.
    pub fn new(tenants: tenants::Tenants<K>) -> io::Result<Self> {
        Ok(Self {
            value: tenants,
            background: Arc::new(Background::start()?),
        })
    }

    /// As [`crate::Tenants::get`].
    ///
    /// # Errors
    /// The same, and [`Error::InRuntime`](crate::Error::InRuntime).
    pub fn get(&self, key: &K) -> Result<Redox, TenantError> {
        let client = self.background.wait(self.value.get(key))?;
        Ok(self.with(client))
    }

    /// As [`crate::Tenants::token`].
    ///
    /// # Errors
    /// The same, and [`Error::InRuntime`](crate::Error::InRuntime).
    pub fn token(&self, key: &K) -> Result<Token, TenantError> {
        self.background.wait(self.value.token(key))
    }
}
