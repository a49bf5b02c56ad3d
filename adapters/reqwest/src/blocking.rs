//! The client for programs without async.
//!
//! ```no_run
//! # fn run(message: serde_json::Value) -> Result<(), Box<dyn core::error::Error>> {
//! use redox_auth_reqwest::{Environment, Redox, blocking};
//!
//! let redox = blocking::Redox::new(Redox::from_env()?)?;
//! let sent = redox.message(&message).send()?;
//! let fhir = redox.fhir("hospital-slug", Environment::Production);
//! let patient = fhir.get("Patient/pat-1").send()?.text()?;
//! # Ok(())
//! # }
//! ```
//!
//! There is one implementation, the async one. [`Blocking`] holds an async value together with a tokio runtime that all
//! values of one client share. A method that waits in async code has a blocking method of the same name here. Every other
//! method is the value's own: `Deref` leads to those that only read. The runtime has a thread of its own, which renews
//! tokens in the background.
//!
//! Inside another tokio runtime, waiting would block the tasks of that runtime. Therefore it is [`Error::InRuntime`], also
//! on the runtime's threads for blocking work. A program that has a runtime uses the async client, or starts a thread with
//! [`std::thread`].

mod calls;
mod tenants;

pub use tenants::Tenants;

use core::fmt;
use core::ops::Deref;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use redox_auth_core::{Api, Environment};
use reqwest::{Method, RequestBuilder};
use serde::Serialize;
use tokio::runtime::{Builder, Handle, Runtime};

use crate::error::Error;
use crate::keys::watched::WatchedFile;
use crate::requests::call;
use crate::tokens::source::{Authorization, TokenSource as _};
use crate::tokens::token::Token;
use crate::{client, message};

/// The blocking form of [`crate::Redox`]. Its clones share everything.
pub type Redox = Blocking<client::Redox>;

/// The blocking form of [`crate::Call`].
pub type Call = Blocking<call::Call>;

/// The blocking form of [`crate::Fhir`].
pub type Fhir = Blocking<call::Fhir>;

/// The blocking form of [`crate::Message`].
pub type Message = Blocking<message::Message>;

/// The blocking form of [`crate::Response`], which waits for the body.
pub type Response = Blocking<reqwest::Response>;

/// A value of the async client, with a runtime that runs its futures.
#[derive(Clone)]
pub struct Blocking<T> {
    value: T,
    background: Arc<Background>,
}

impl Redox {
    /// Gives a client a runtime of its own.
    ///
    /// # Errors
    /// The operating system's error if it starts no thread.
    pub fn new(redox: client::Redox) -> io::Result<Self> {
        Ok(Self {
            value: redox,
            background: Arc::new(Background::start()?),
        })
    }

    /// As [`crate::Redox::token`].
    ///
    /// # Errors
    /// The same, and [`Error::InRuntime`].
    pub fn token(&self) -> Result<Token, Error> {
        self.background.wait(self.value.token())
    }

    /// As [`crate::Redox::token_after`].
    ///
    /// # Errors
    /// The same, and [`Error::InRuntime`].
    pub fn token_after(&self, token: &Token) -> Result<Token, Error> {
        self.background.wait(self.value.token_after(token))
    }

    /// As [`crate::Redox::exchange`].
    ///
    /// # Errors
    /// The same, and [`Error::InRuntime`].
    pub fn exchange(&self, assertion: &str) -> Result<Token, Error> {
        self.background.wait(self.value.exchange(assertion))
    }

    /// As [`crate::Redox::read_files_again`].
    ///
    /// # Errors
    /// [`Error::InRuntime`].
    pub fn read_files_again(&self) -> Result<Vec<WatchedFile>, Error> {
        let read = async { Ok(self.value.read_files_again().await) };
        self.background.wait(read)
    }

    /// As [`TokenSource::authorize`](crate::TokenSource::authorize).
    ///
    /// # Errors
    /// The same, and [`Error::InRuntime`].
    pub fn authorize(&self, api: Api, url: &str) -> Result<Authorization, Error> {
        self.background.wait(self.value.authorize(api, url))
    }

    /// As [`crate::Redox::send`].
    ///
    /// # Errors
    /// The same, and [`Error::InRuntime`].
    pub fn send(&self, api: Api, request: RequestBuilder) -> Result<Response, Error> {
        let response = self.background.wait(self.value.send(api, request))?;
        Ok(self.with(response))
    }

    /// As [`crate::Redox::get`].
    #[must_use]
    pub fn get(&self, path_or_url: &str) -> Call {
        self.with(self.value.get(path_or_url))
    }

    /// As [`crate::Redox::post`].
    #[must_use]
    pub fn post(&self, path_or_url: &str) -> Call {
        self.with(self.value.post(path_or_url))
    }

    /// As [`crate::Redox::call`].
    #[must_use]
    pub fn call(&self, method: Method, path_or_url: &str) -> Call {
        self.with(self.value.call(method, path_or_url))
    }

    /// As [`crate::Redox::fhir`].
    #[must_use]
    pub fn fhir(&self, destination_slug: &str, environment: Environment) -> Fhir {
        self.with(self.value.fhir(destination_slug, environment))
    }

    /// As [`crate::Redox::upload`].
    #[must_use]
    pub fn upload(&self, file_name: &str, content: impl Into<Bytes>) -> Call {
        self.with(self.value.upload(file_name, content))
    }

    /// As [`crate::Redox::upload_stream`].
    #[must_use]
    pub fn upload_stream(
        &self,
        file_name: &str,
        len: u64,
        open: impl Fn() -> reqwest::Body + Send + Sync + 'static,
    ) -> Call {
        self.with(self.value.upload_stream(file_name, len, open))
    }

    /// As [`crate::Redox::message`].
    #[must_use]
    pub fn message(&self, message: &(impl Serialize + ?Sized)) -> Message {
        self.with(self.value.message(message))
    }

    /// As [`crate::Redox::message_json`].
    #[must_use]
    pub fn message_json(&self, json: impl Into<Bytes>) -> Message {
        self.with(self.value.message_json(json))
    }
}

impl<T> Blocking<T> {
    /// Another value of the same client.
    fn with<U>(&self, value: U) -> Blocking<U> {
        Blocking {
            value,
            background: Arc::clone(&self.background),
        }
    }

    fn map_value(self, change: impl FnOnce(T) -> T) -> Self {
        Self {
            value: change(self.value),
            background: self.background,
        }
    }
}

impl<T> Deref for Blocking<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Debug> fmt::Debug for Blocking<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Blocking").field(&self.value).finish()
    }
}

/// A runtime with one thread, which drives connections, timers and renewals.
struct Background {
    handle: Handle,
    /// Until it is dropped.
    runtime: Option<Runtime>,
}

impl Background {
    fn start() -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("redox-auth")
            .enable_all()
            .build()?;
        Ok(Self {
            handle: runtime.handle().clone(),
            runtime: Some(runtime),
        })
    }

    fn wait<T, E: From<Error>>(&self, work: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        match Handle::try_current() {
            Ok(_) => Err(Error::InRuntime.into()),
            Err(_) => self.handle.block_on(work),
        }
    }
}

impl Drop for Background {
    /// A runtime that waits for its end panics within another.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
