use core::fmt;
use core::time::Duration;
use std::sync::Arc;

use super::places::{ApiPlace, Places};
use super::retry::Retrying;
use crate::connections::Connections;
use crate::connections::host::Host;
use crate::connections::pace::HostPace;
use crate::error::Error;
use crate::tokens::Tokens;

/// Sends requests with one credential's token. Its clones share everything.
#[derive(Clone)]
pub(crate) struct Requests {
    pub(crate) shared: Arc<Shared>,
}

/// The state that the clones share.
pub(crate) struct Shared {
    pub(crate) tokens: Tokens,
    pub(crate) connections: Connections,
    /// The caller's own client, for all requests to the API.
    pub(crate) api_client: Option<reqwest::Client>,
    pub(crate) places: Places,
    /// The hosts of the API and of uploads.
    pub(crate) api_host: Arc<Host>,
    pub(crate) upload_host: Option<Arc<Host>>,
    pub(crate) retrying: Retrying,
    /// The timeout of a whole request. The caller's own client has its own.
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

    /// The pace of requests to a place of the API, if there is one.
    pub(crate) fn pace(&self, place: ApiPlace) -> Option<&HostPace> {
        self.shared.host(place).pace.as_ref()
    }

    /// A client with a new pool of connections, if the server may be about to close the idle ones.
    ///
    /// # Errors
    /// As [`client`](Self::client).
    pub(crate) fn renewed_client(&self, place: ApiPlace) -> Result<Option<reqwest::Client>, Error> {
        let shared = &self.shared;
        let (kept_alive, now) = (&shared.host(place).kept_alive, shared.tokens.now());
        if shared.api_client.is_some() {
            return Ok(None);
        }
        let Some(_renewing) = kept_alive.is_over(now) else {
            return Ok(None);
        };
        let way = shared.places.way(place);
        let client = shared.connections.renewed_client(way);
        kept_alive.renewed(now);
        client.map(Some)
    }

    /// A client for one request with new connections only. The caller's own client decides this for itself.
    ///
    /// # Errors
    /// As [`client`](Self::client).
    pub(crate) fn another_client(&self, place: ApiPlace) -> Result<reqwest::Client, Error> {
        let shared = &self.shared;
        if let Some(client) = &shared.api_client {
            return Ok(client.clone());
        }
        let way = shared.places.way(place);
        shared.connections.another_client(way)
    }
}

impl Shared {
    /// The host of this place.
    pub(crate) fn host(&self, place: ApiPlace) -> &Host {
        match (place, &self.upload_host) {
            (ApiPlace::Upload, Some(host)) => host,
            _ => &self.api_host,
        }
    }
}

impl fmt::Debug for Requests {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Requests")
            .field("session", &self.shared.tokens.lock().session)
            .finish_non_exhaustive()
    }
}
