use core::time::Duration;
use std::io;

use bytes::Bytes;
use redox_auth_core::Api;
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Method, RequestBuilder};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Blocking, Call, Fhir, Message, Response};
use crate::error::Error;
use crate::message::{MessageError, Sent, Uploaded};
use crate::requests::body::Body;
use crate::requests::body::USUAL_LIMIT;

impl Fhir {
    /// As [`crate::Fhir::get`].
    #[must_use]
    pub fn get(&self, path: &str) -> Call {
        self.with(self.value.get(path))
    }

    /// As [`crate::Fhir::post`].
    #[must_use]
    pub fn post(&self, path: &str) -> Call {
        self.with(self.value.post(path))
    }

    /// As [`crate::Fhir::call`].
    #[must_use]
    pub fn call(&self, method: Method, path: &str) -> Call {
        self.with(self.value.call(method, path))
    }
}

/// Methods that change the value and do not wait.
macro_rules! pass_on {
    ($value:ident: $($method:ident($($argument:ident: $type:ty)?)),+) => {
        impl Blocking<crate::$value> {
            $(
                #[doc = concat!("As [`crate::", stringify!($value), "::", stringify!($method), "`].")]
                #[must_use]
                pub fn $method(self $(, $argument: $type)?) -> Self {
                    self.map_value(|value| value.$method($($argument)?))
                }
            )+
        }
    };
}

pass_on!(
    Call: api(api: Api),
    repeatable(),
    source_id(source_id: &str),
    query(fields: &(impl Serialize + ?Sized)),
    json(body: &(impl Serialize + ?Sized)),
    form(fields: &(impl Serialize + ?Sized)),
    body(body: impl Into<reqwest::Body>),
    timeout(timeout: Duration),
    map(change: impl FnOnce(RequestBuilder) -> RequestBuilder)
);

pass_on!(
    Message: repeatable(),
    tefca(),
    source_id(source_id: &str),
    timeout(timeout: Duration),
    answer_limit(bytes: usize)
);

impl Call {
    /// As [`crate::Call::header`].
    #[must_use]
    pub fn header<N, V>(self, name: N, value: V) -> Self
    where
        HeaderName: TryFrom<N, Error: Into<http::Error>>,
        HeaderValue: TryFrom<V, Error: Into<http::Error>>,
    {
        self.map_value(|call| call.header(name, value))
    }

    /// As [`crate::Call::stream`].
    #[must_use]
    pub fn stream(
        self,
        len: u64,
        open: impl Fn() -> reqwest::Body + Send + Sync + 'static,
    ) -> Self {
        self.map_value(|call| call.stream(len, open))
    }

    /// As [`crate::Call::before`].
    #[must_use]
    pub fn before(self, before: impl Fn() -> io::Result<()> + Send + Sync + 'static) -> Self {
        self.map_value(|call| call.before(before))
    }

    /// As [`crate::Call::send`].
    ///
    /// # Errors
    /// The same, and [`Error::InRuntime`].
    pub fn send(self) -> Result<Response, Error> {
        let response = self.background.wait(self.value.send())?;
        Ok(Blocking {
            value: response,
            background: self.background,
        })
    }
}

impl Message {
    /// As [`crate::Message::into_json`].
    ///
    /// # Errors
    /// The same.
    pub fn into_json(self) -> Result<Bytes, MessageError> {
        self.value.into_json()
    }

    /// As [`crate::Message::send`].
    ///
    /// # Errors
    /// The same, and [`Error::InRuntime`].
    pub fn send(self) -> Result<Sent, MessageError> {
        self.background.wait(self.value.send())
    }
}

impl Response {
    /// The body, up to 64 MiB.
    ///
    /// # Errors
    /// As [`Response::body_up_to`].
    pub fn body(self) -> Result<Body, Error> {
        self.body_up_to(USUAL_LIMIT)
    }

    /// The body, up to `limit` bytes.
    ///
    /// # Errors
    /// [`Error::BodyTooLong`], [`Error::Transport`] if it breaks off, [`Error::InRuntime`].
    pub fn body_up_to(mut self, limit: usize) -> Result<Body, Error> {
        let mut body = Body::default();
        self.background.wait(body.read(&mut self.value, limit))?;
        Ok(body)
    }

    /// As [`Sent::read`].
    ///
    /// # Errors
    /// The same, and [`Error::InRuntime`].
    pub fn sent(self, limit: usize) -> Result<Sent, MessageError> {
        self.background.wait(Sent::read(self.value, limit))
    }

    /// As [`Uploaded::read`].
    ///
    /// # Errors
    /// The same, and [`Error::InRuntime`].
    pub fn uploaded(self) -> Result<Uploaded, MessageError> {
        self.background.wait(Uploaded::read(self.value))
    }

    /// The body as text, up to 64 MiB; bytes that are not UTF-8 are replaced.
    ///
    /// # Errors
    /// As [`Response::body_up_to`].
    pub fn text(self) -> Result<String, Error> {
        Ok(self.body()?.text().into_owned())
    }

    /// The body, up to 64 MiB, deserialized with `serde`.
    ///
    /// # Errors
    /// As [`Response::body_up_to`] and [`Body::json`].
    pub fn json<T: DeserializeOwned>(self) -> Result<T, Error> {
        self.body()?.json()
    }
}
