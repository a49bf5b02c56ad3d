use core::fmt;
use core::time::Duration;
use std::sync::Arc;

use super::Error;

/// Why a tenant has no client, or no token. It names no other tenant.
#[non_exhaustive]
#[derive(Clone, Debug)]
pub enum TenantError {
    /// The caller's function returned no client for this tenant. All waiting callers share its error.
    NotMade(Arc<dyn core::error::Error + Send + Sync>),
    /// The caller's function panicked.
    Panicked,
    /// The caller's function did not return in time.
    TimedOut {
        /// The longest time for the function.
        limit: Duration,
    },
    /// The table is full, and every tenant in it was in use lately.
    Full {
        /// The maximum number of tenants.
        capacity: usize,
    },
    /// Another tenant in the table has this client, or the same client ID at the same token endpoint: this tenant would act
    /// in the name of that one.
    SameClient {
        /// The client ID, or the ID of the legacy API key.
        client_id: String,
    },
    /// A client can be created only within a tokio runtime, and there was none.
    NoRuntime,
    /// The client has no token.
    Token(Arc<Error>),
}

impl fmt::Display for TenantError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotMade(error) => write!(f, "no client for this tenant: {error}"),
            Self::Panicked => f.write_str("the function that creates a tenant's client panicked"),
            Self::TimedOut { limit } => write!(
                f,
                "the function that creates a tenant's client did not return within {} s",
                limit.as_secs_f32()
            ),
            Self::Full { capacity } => write!(
                f,
                "all {capacity} tenants of the table are in use; raise `TenantsBuilder::capacity`"
            ),
            Self::SameClient { client_id } => write!(
                f,
                "another tenant has the client ID {client_id:?} at the same token endpoint; if that is intended, call `TenantsBuilder::allow_same_client_id`"
            ),
            Self::NoRuntime => {
                f.write_str("a tenant's client can be created only within a tokio runtime")
            }
            Self::Token(error) => error.fmt(f),
        }
    }
}

impl From<Error> for TenantError {
    fn from(error: Error) -> Self {
        Self::Token(Arc::new(error))
    }
}

impl core::error::Error for TenantError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::NotMade(error) => error.source(),
            Self::Token(error) => error.source(),
            _ => None,
        }
    }
}
