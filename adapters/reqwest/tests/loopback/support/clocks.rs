//! Clocks that a test moves: the client's own and the sandbox's.

use core::time::Duration;
use std::sync::{Arc, Mutex};

use redox_auth_reqwest::{Instant, Now, UnixTime};
use redox_auth_sandbox::Clock;

/// The sandbox's clock stands still until it is moved, and the client's two with it.
#[derive(Clone)]
pub(crate) struct Clocks {
    server: Clock,
    own: Arc<Mutex<Own>>,
}

struct Own {
    millis: u64,
    /// The lead of the client's wall clock, in seconds; `None` without a wall clock.
    ahead: Option<i64>,
}

impl Clocks {
    pub(crate) fn with(server: &Clock) -> Self {
        server.freeze();
        let own = Own {
            millis: 1_000_000,
            ahead: Some(0),
        };
        Self {
            server: server.clone(),
            own: Arc::new(Mutex::new(own)),
        }
    }

    /// Without a sandbox.
    pub(crate) fn alone() -> Self {
        Self::with(&Clock::system())
    }

    pub(crate) fn advance(&self, by: Duration) {
        let millis = u64::try_from(by.as_millis()).unwrap();
        // Nobody reads the client's clock before both have moved. Otherwise the client could obtain a token between the two,
        // which the server's move would end.
        let mut own = self.own.lock().unwrap();
        own.millis = own.millis.checked_add(millis).unwrap();
        self.server.advance(by);
    }

    pub(crate) fn advance_secs(&self, secs: u64) {
        self.advance(Duration::from_secs(secs));
    }

    /// Both go with the timers of this runtime from now on, which is paused: whenever everybody waits, they jump.
    pub(crate) fn follow_timers(&self) {
        let clocks = self.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(TICK).await;
                clocks.advance(TICK);
            }
        });
    }

    /// Sets the client's wall clock wrong, or takes it away.
    pub(crate) fn set_ahead(&self, secs: Option<i64>) {
        self.own.lock().unwrap().ahead = secs;
    }

    /// For [`Builder::clock`](redox_auth_reqwest::Builder::clock).
    pub(crate) fn now(&self) -> impl Fn() -> Now + Send + Sync + 'static {
        let clocks = self.clone();
        move || {
            let own = clocks.own.lock().unwrap();
            let server = clocks.server.now().as_second();
            let unix = own.ahead.and_then(|ahead| server.checked_add(ahead));
            Now {
                instant: Instant::from_millis(own.millis),
                unix: unix.map(|secs| UnixTime::from_secs(u64::try_from(secs).unwrap())),
            }
        }
    }
}

const TICK: Duration = Duration::from_millis(100);
