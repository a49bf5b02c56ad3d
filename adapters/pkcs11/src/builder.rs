use core::time::Duration;
use std::path::PathBuf;
use std::time::Instant;

use redox_auth_reqwest::Algorithm;

use crate::error::Error;
use crate::holder::{GivenPin, Holder};
use crate::key::{Pkcs11Key, Settings};
use crate::module::Module;
use crate::pin::Pin;
use crate::uri::{KeyUri, PinSource};

/// The settings of a key in a token, before opening it.
#[derive(Clone, Debug)]
#[must_use]
pub struct Builder {
    uri: KeyUri,
    module: Option<PathBuf>,
    pin: Option<Pin>,
    algorithm: Option<Algorithm>,
    sessions: usize,
    wait: Duration,
    answer_within: Duration,
}

impl Pkcs11Key {
    /// Settings for the key with this URI.
    pub fn at(uri: KeyUri) -> Builder {
        Builder::new(uri)
    }
}

impl Builder {
    fn new(uri: KeyUri) -> Self {
        Self {
            uri,
            module: None,
            pin: None,
            algorithm: None,
            sessions: 4,
            wait: Duration::from_secs(10),
            answer_within: Duration::from_secs(30),
        }
    }

    /// The library of the token's maker, if the URI names none.
    pub fn module(mut self, path: impl Into<PathBuf>) -> Self {
        self.module = Some(path.into());
        self
    }

    /// A PIN from the program, instead of the URI's. It stays in memory for later logins, and is wiped with the key.
    pub fn pin(mut self, pin: Pin) -> Self {
        self.pin = Some(pin);
        self
    }

    /// The file with the PIN, if the URI names none. The crate reads it for each login, and wipes its copy.
    pub fn pin_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.uri.pin.get_or_insert(PinSource::File(path.into()));
        self
    }

    /// The environment variable with the PIN, if the URI names none.
    pub fn pin_variable(mut self, name: impl Into<String>) -> Self {
        self.uri.pin.get_or_insert(PinSource::Variable(name.into()));
        self
    }

    /// The algorithm of an RSA key, instead of RS384. A key on a curve has only one algorithm.
    pub const fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = Some(algorithm);
        self
    }

    /// The number of simultaneous signatures, each in a session of its own: 4 by default, at least one. The crate opens
    /// sessions when it needs them.
    pub fn sessions(mut self, sessions: usize) -> Self {
        self.sessions = sessions.max(1);
        self
    }

    /// How long a signature waits for a session, 10 s by default. Waiting signatures are served in order.
    pub const fn wait(mut self, limit: Duration) -> Self {
        self.wait = limit;
        self
    }

    /// How long a task waits for the answer of the token, 30 s by default. The calling thread keeps waiting, because a
    /// call of a module cannot be interrupted.
    pub const fn answer_within(mut self, limit: Duration) -> Self {
        self.answer_within = limit;
        self
    }

    /// Logs in, finds the key and its public half, and checks one signature. Blocks as long as the token needs.
    ///
    /// # Errors
    /// [`Error`].
    pub fn open(self) -> Result<Pkcs11Key, Error> {
        let mut uri = self.uri;
        let path = uri.module.take().or(self.module).ok_or(Error::NoModule)?;
        let pin = match (self.pin, uri.pin.take()) {
            (Some(pin), _) => GivenPin::Held(pin),
            (None, Some(source)) => GivenPin::At(source),
            (None, None) => GivenPin::None,
        };
        let module = Module::open(&path)?;
        let holder = Holder { module, uri, pin };
        let settings = Settings {
            sessions: self.sessions,
            wait: self.wait,
            answer_within: self.answer_within,
        };
        let now = Instant::now();
        let deadline = now.checked_add(self.answer_within).unwrap_or(now);
        Pkcs11Key::open(holder, self.algorithm, settings, deadline)
    }
}
