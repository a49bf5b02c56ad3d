use core::fmt;
use core::time::Duration;
use std::sync::Arc;

use super::places::{ApiPlace, Places};
use super::retry::Retrying;
use crate::connections::Connections;
use crate::error::Error;
use crate::tokens::Tokens;

/// What sends requests with one credential's token on them. Its clones share everything.
#[derive(Clone)]
pub(crate) struct Requests {
    pub(crate) shared: Arc<Shared>,
}

/// What the clones share.
pub(crate) struct Shared {
    pub(crate) tokens: Tokens,
    pub(crate) connections: Connections,
    /// The caller's own client, for all requests to the API.
    pub(crate) api_client: Option<reqwest::Client>,
    pub(crate) places: Places,
    pub(crate) retrying: Retrying,
    /// How long a request may take as a whole. The caller's own client knows that for itself.
    pub(crate) timeout: Duration,
}

impl Requests {
    pub(crate) fn new(shared: Shared) -> Self {
        Self {
            shared: Arc::new(shared),
        }
    }

    /// The HTTP client that speaks to a place of the API, on the caller's runtime.
    ///
    /// # Errors
    /// [`Error::NotBuilt`] and [`Error::Proxy`].
    pub(crate) fn client(&self, place: ApiPlace) -> Result<reqwest::Client, Error> {
        let shared = &self.shared;
        if let Some(client) = &shared.api_client {
            return Ok(client.clone());
        }
        let way = shared.places.way(place);
        shared.connections.client(way)
    }
}

impl fmt::Debug for Requests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Requests")
            .field("session", &self.shared.tokens.lock().session)
            .finish_non_exhaustive()
    }
}
