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

/// How a key in a token is used, before it is opened.
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
    /// The key that this URI names, to be opened.
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

    /// The library that the token's maker delivers, where the URI names none.
    pub fn module(mut self, path: impl Into<PathBuf>) -> Self {
        self.module = Some(path.into());
        self
    }

    /// A PIN that the program has from elsewhere, instead of what the URI names. It stays in memory for later logins, and
    /// is wiped with the key.
    pub fn pin(mut self, pin: Pin) -> Self {
        self.pin = Some(pin);
        self
    }

    /// The file with the PIN, where the URI names none. It is read for each login, and what was read is wiped.
    pub fn pin_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.uri.pin.get_or_insert(PinSource::File(path.into()));
        self
    }

    /// The environment variable with the PIN, where the URI names none.
    pub fn pin_variable(mut self, name: impl Into<String>) -> Self {
        self.uri.pin.get_or_insert(PinSource::Variable(name.into()));
        self
    }

    /// What an RSA key signs with, instead of RS384. A key on a curve has one algorithm only.
    pub const fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = Some(algorithm);
        self
    }

    /// How many signatures the token makes at a time, each in a session of its own: 4 unless said otherwise, and at least
    /// one. Sessions are opened when they are needed.
    pub fn sessions(mut self, sessions: usize) -> Self {
        self.sessions = sessions.max(1);
        self
    }

    /// How long a signature waits for a session, 10 s unless said otherwise. Those that wait are served in the order in
    /// which they came.
    pub const fn wait(mut self, limit: Duration) -> Self {
        self.wait = limit;
        self
    }

    /// How long a task waits for the answer of the token, 30 s unless said otherwise. The thread that asked goes on waiting,
    /// since a call of a module cannot be broken off.
    pub const fn answer_within(mut self, limit: Duration) -> Self {
        self.answer_within = limit;
        self
    }

    /// Logs in, finds the key and its public half, and checks one signature. It blocks, for as long as the token takes.
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
