use core::fmt;
use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use redox_auth_core::{Started, Url};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::http::Answer;
use super::kept_alive::KeptAlive;
use super::pace::{HostPace, NotBegun};
use super::settings::Settings;
use crate::clock::Clock;
use crate::error::Error;
use crate::sync::timeout;

/// The hosts that requests go to.
#[derive(Debug, Default)]
pub(crate) struct Hosts(Mutex<Table>);

#[derive(Debug, Default)]
struct Table {
    hosts: HashMap<String, Arc<Host>>,
    /// The number of entries that starts a removal of those without a client or a pause.
    limit: usize,
}

impl Hosts {
    /// The host of a URL.
    pub(crate) fn host(&self, url: Url<'_>, settings: &Settings) -> Arc<Host> {
        let name = authority(url.as_str()).to_ascii_lowercase();
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(host) = table.hosts.get(&name) {
            return Arc::clone(host);
        }
        if table.hosts.len() >= table.limit {
            let is_in_use = |host: &Arc<Host>| Arc::strong_count(host) > 1 || host.is_paused();
            table.hosts.retain(|_, host| is_in_use(host));
            table.limit = table.hosts.len().saturating_mul(2).max(MIN_LIMIT);
        }
        let host = Arc::new(Host {
            name: name.clone(),
            turns: Semaphore::new(settings.token_requests.min(Semaphore::MAX_PERMITS)),
            paused_until: AtomicU64::new(0),
            pace: settings
                .pacing
                .map(|pacing| HostPace::new(pacing, &settings.clock)),
            kept_alive: KeptAlive::new(),
            clock: Arc::clone(&settings.clock),
        });
        table.hosts.insert(name, Arc::clone(&host));
        host
    }
}

/// One host that requests go to: all clients share its turns, the pause that it asks for, and its pace.
pub(crate) struct Host {
    name: String,
    turns: Semaphore,
    /// In milliseconds of its clock.
    paused_until: AtomicU64,
    /// Of all requests, if they keep to one.
    pub(crate) pace: Option<HostPace>,
    pub(crate) kept_alive: KeptAlive,
    clock: Arc<Clock>,
}

impl Host {
    /// Waits for the turn to send one token request, `at_most` this long.
    ///
    /// # Errors
    /// [`NoTurn`].
    pub(crate) async fn turn(&self, at_most: Duration, clock: &Clock) -> Result<Turn<'_>, NoTurn> {
        self.check_pause(clock)?;
        let turn = timeout(at_most, self.turns.acquire()).await;
        let Ok(Ok(permit)) = turn else {
            return Err(self.no_turn(Error::Busy, BUSY_PAUSE));
        };
        // An earlier request may have got the order to wait.
        self.check_pause(clock)?;
        let started = match &self.pace {
            Some(pace) => match pace.begin_ahead(at_most).await {
                Ok(started) => Some(started),
                Err(Some(trouble)) => {
                    return Err(NoTurn {
                        error: Error::Trouble(trouble),
                        retry_in: pace.left(),
                    });
                }
                Err(None) => return Err(self.no_turn(Error::Paused, pace.left())),
            },
            None => None,
        };
        Ok(Turn {
            _permit: permit,
            started,
        })
    }

    /// Waits for the pace of the host, if it has one, to begin a request that is not for a token.
    ///
    /// # Errors
    /// [`Error::Trouble`] and [`Error::NoTurn`].
    pub(crate) async fn begin(&self) -> Result<Option<Started>, Error> {
        match &self.pace {
            Some(pace) => pace.begin().await.map(Some).map_err(|why| match why {
                NotBegun::Trouble(trouble) => Error::Trouble(trouble),
                NotBegun::TooLate => Error::NoTurn(self.name.clone()),
            }),
            None => Ok(None),
        }
    }

    /// Reports the answer to a token request of this turn to the pace of the host.
    pub(crate) fn answered(&self, turn: Turn<'_>, answer: &Answer) {
        if let (Some(pace), Some(started)) = (&self.pace, turn.started) {
            pace.token_answered(started, answer.status, &answer.headers);
        }
    }

    /// Records that the host asked for a pause (`Retry-After`).
    pub(crate) fn pause(&self, pause: Duration, clock: &Clock) {
        if self.goes_by(clock) {
            let millis = u64::try_from(pause.min(LONGEST_PAUSE).as_millis()).unwrap_or(u64::MAX);
            let until = self.clock.instant().as_millis().saturating_add(millis);
            self.paused_until.fetch_max(until, Ordering::Relaxed);
        }
    }

    fn check_pause(&self, clock: &Clock) -> Result<(), NoTurn> {
        let millis = self.pause_left();
        if millis == 0 || !self.goes_by(clock) {
            return Ok(());
        }
        Err(self.no_turn(Error::Paused, Duration::from_millis(millis)))
    }

    /// Whether the host asked for a pause that is not over.
    fn is_paused(&self) -> bool {
        let by_pace = self.pace.as_ref().is_some_and(HostPace::is_paused);
        by_pace || self.pause_left() > 0
    }

    /// In milliseconds.
    fn pause_left(&self) -> u64 {
        let until = self.paused_until.load(Ordering::Relaxed);
        until.saturating_sub(self.clock.instant().as_millis())
    }

    /// Whether the client of this clock takes part in pauses. A client with a test's clock does not, unless this clock is
    /// the same.
    fn goes_by(&self, clock: &Clock) -> bool {
        self.clock.is_machines() == clock.is_machines()
    }

    fn no_turn(&self, error: fn(String) -> Error, retry_in: Duration) -> NoTurn {
        NoTurn {
            error: error(self.name.clone()),
            retry_in,
        }
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// The turn to send one token request.
pub(crate) struct Turn<'h> {
    _permit: SemaphorePermit<'h>,
    started: Option<Started>,
}

/// Why the client must not send a token request now.
pub(crate) struct NoTurn {
    pub(crate) error: Error,
    pub(crate) retry_in: Duration,
}

/// Host and port as in the URL.
fn authority(url: &str) -> &str {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    after_scheme.split(['/', '?', '#']).next().unwrap_or("")
}

/// The longest `Retry-After` that the client obeys, as in core.
const LONGEST_PAUSE: Duration = Duration::from_secs(3_600);

/// When to try again if no turn came.
const BUSY_PAUSE: Duration = Duration::from_secs(1);

const MIN_LIMIT: usize = 16;
