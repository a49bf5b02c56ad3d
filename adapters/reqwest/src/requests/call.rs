use core::fmt;
use core::time::Duration;
use std::io;

use redox_auth_core::{Api, Environment};
use reqwest::header::{CONTENT_LENGTH, HeaderName, HeaderValue};
use reqwest::multipart::{Form, Part};
use reqwest::{Body, Method, RequestBuilder, Response, Url};
use serde::Serialize;
use zeroize::Zeroizing;

use super::places::ApiPlace;
use super::retry::Repeatable;
use super::send::{Hooks, MakeBody, Sending};
use super::shared::Requests;
use crate::error::Error;
use crate::tokens::source::SOURCE_ID;
use crate::written::written;

/// Builds a request to the API, and sends it with the token.
///
/// ```no_run
/// # async fn run(redox: redox_auth_reqwest::Redox) -> Result<(), redox_auth_reqwest::Error> {
/// use redox_auth_reqwest::Environment;
///
/// let patients = redox
///     .fhir("hospital-slug", Environment::Production)
///     .post("Patient/_search")
///     .form(&[("family", "Bixby")])
///     .repeatable()
///     .send()
///     .await?;
/// # Ok(())
/// # }
/// ```
///
/// [`Call::send`] reports errors of the settings.
#[must_use = "a request does nothing until it is sent"]
pub struct Call {
    requests: Requests,
    api: Api,
    repeatable: Repeatable,
    request: Result<RequestBuilder, Error>,
    source_id: Option<String>,
    body: Option<Box<MakeBody>>,
    hooks: Option<Box<Hooks>>,
}

impl Requests {
    /// See [`Redox::call`](crate::Redox::call).
    pub(crate) fn call(&self, method: Method, path_or_url: &str) -> Call {
        Call::new(self, method, self.shared.places.locate(path_or_url))
    }

    /// See [`Redox::fhir`](crate::Redox::fhir).
    pub(crate) fn fhir(&self, destination_slug: &str, environment: Environment) -> Fhir {
        let server = self.shared.places.server();
        let base: Option<Zeroizing<String>> =
            written(|out| server.write_fhir_base(destination_slug, environment, out)).ok();
        let folder = base.as_ref().and_then(|base| {
            let path = base.strip_prefix(server.base_url().as_str())?;
            path.strip_prefix('/').map(str::to_owned)
        });
        Fhir {
            requests: self.clone(),
            folder,
        }
    }

    /// See [`Redox::upload_stream`](crate::Redox::upload_stream).
    pub(crate) fn upload_stream(
        &self,
        file_name: &str,
        len: u64,
        open: impl Fn() -> Body + Send + Sync + 'static,
    ) -> Call {
        let Some(url) = self.shared.places.server().upload_url() else {
            let unknown = Error::Path("a server without a known URL for uploads");
            return Call::new(self, Method::POST, Err(unknown));
        };
        let file_name = file_name.to_owned();
        let call = self.call(Method::POST, url.as_str()).api(Api::Upload);
        call.made_by(move |request| {
            let part = Part::stream_with_length(open(), len).file_name(file_name.clone());
            request.multipart(Form::new().part("file", part))
        })
    }
}

/// The FHIR API of one destination.
#[derive(Clone, Debug)]
#[must_use = "a place is only named here, nothing is sent to it"]
pub struct Fhir {
    requests: Requests,
    /// Below the base URL, with a slash at its end; `None` if a path cannot contain the name of the destination.
    folder: Option<String>,
}

impl Fhir {
    /// A `GET` of a path below the base, such as `Patient/pat-1`.
    pub fn get(&self, path: &str) -> Call {
        self.call(Method::GET, path)
    }

    /// A `POST` to a path below the base, such as `Patient/_search`.
    pub fn post(&self, path: &str) -> Call {
        self.call(Method::POST, path)
    }

    /// Any other request.
    pub fn call(&self, method: Method, path: &str) -> Call {
        let located = match &self.folder {
            Some(folder) => self.requests.shared.places.below(folder, path),
            None => Err(Error::Path("a destination that cannot stand in a path")),
        };
        Call::new(&self.requests, method, located).api(Api::Fhir)
    }
}

impl Call {
    fn new(requests: &Requests, method: Method, located: Result<(ApiPlace, Url), Error>) -> Self {
        let places = &requests.shared.places;
        let api = located.as_ref().ok();
        let api = api.map_or(Api::Other, |(place, url)| places.api(*place, url));
        let repeatable = Repeatable::of(&method);
        let request =
            located.and_then(|(place, url)| Ok(requests.client(place)?.request(method, url)));
        Self {
            requests: requests.clone(),
            api,
            repeatable,
            request,
            source_id: None,
            body: None,
            hooks: None,
        }
    }

    /// Names the API, if the URL does not: [`Api::Tefca`] accepts only tokens that live shorter than a day.
    pub fn api(mut self, api: Api) -> Self {
        self.api = api;
        self
    }

    /// Marks a request that may be done twice although its method does not allow it: a query with `POST`, or a message whose
    /// receiver recognizes duplicates.
    pub fn repeatable(mut self) -> Self {
        self.repeatable = Repeatable::Yes;
        self
    }

    /// Sets the source of the request, instead of the client's own.
    pub fn source_id(mut self, source_id: &str) -> Self {
        self.source_id = Some(source_id.to_owned());
        self
    }

    /// Adds a header.
    pub fn header<N, V>(self, name: N, value: V) -> Self
    where
        HeaderName: TryFrom<N, Error: Into<http::Error>>,
        HeaderValue: TryFrom<V, Error: Into<http::Error>>,
    {
        self.map(|request| request.header(name, value))
    }

    /// Adds fields to the query of its URL.
    pub fn query(self, fields: &(impl Serialize + ?Sized)) -> Self {
        self.map(|request| request.query(fields))
    }

    /// Sets a body of JSON.
    pub fn json(self, body: &(impl Serialize + ?Sized)) -> Self {
        self.map(|request| request.json(body))
    }

    /// Sets a body of form fields, for FHIR searches with `POST`.
    pub fn form(self, fields: &(impl Serialize + ?Sized)) -> Self {
        self.map(|request| request.form(fields))
    }

    /// Sets a body. Bytes and texts can be sent again, streams cannot; see [`Call::stream`].
    pub fn body(self, body: impl Into<Body>) -> Self {
        self.map(|request| request.body(body))
    }

    /// Sets a body of `len` bytes that the client reads during the request. Each attempt reads what `open` returns.
    pub fn stream(self, len: u64, open: impl Fn() -> Body + Send + Sync + 'static) -> Self {
        self.made_by(move |request| request.header(CONTENT_LENGTH, len).body(open()))
    }

    fn made_by(
        mut self,
        body: impl Fn(RequestBuilder) -> RequestBuilder + Send + Sync + 'static,
    ) -> Self {
        self.body = Some(Box::new(body));
        self
    }

    /// Runs a function before each attempt, when all waits are over: those for a token, for the pace of
    /// [`Builder::pace`](crate::Builder::pace) and between repetitions. Use it to record that the request may have been
    /// done.
    ///
    /// If the function fails, the client sends nothing, and [`Call::send`] fails with [`Error::Before`].
    pub fn before(mut self, before: impl Fn() -> io::Result<()> + Send + Sync + 'static) -> Self {
        self.hooks.get_or_insert_default().before = Some(Box::new(before));
        self
    }

    /// Runs a function each time that the request waits for another attempt and the server did nothing of it: after a 429 or
    /// other trouble on the way if the client keeps to a pace, and after a 401. Until the next call of the function of
    /// [`Call::before`], dropping the future leaves no doubt.
    pub fn put_back(mut self, put_back: impl Fn() + Send + Sync + 'static) -> Self {
        self.hooks.get_or_insert_default().put_back = Some(Box::new(put_back));
        self
    }

    /// Sets the timeout of each attempt, instead of [`Builder::timeout`](crate::Builder::timeout).
    pub fn timeout(self, timeout: Duration) -> Self {
        self.map(|request| request.timeout(timeout))
    }

    /// Changes the request with a function, for everything else that reqwest can do.
    pub fn map(mut self, change: impl FnOnce(RequestBuilder) -> RequestBuilder) -> Self {
        self.request = self.request.map(change);
        self
    }

    /// Sends the request, with the rules of [`Redox::send`](crate::Redox::send).
    ///
    /// # Errors
    /// As [`Redox::send`](crate::Redox::send) and [`Redox::request`](crate::Redox::request).
    pub fn send(self) -> impl Future<Output = Result<Response, Error>> + Send {
        // Not earlier, because reqwest would add a second header.
        let request = self.request.map(|request| match self.source_id {
            Some(source_id) => request.header(SOURCE_ID, source_id),
            None => request,
        });
        let sending = request.and_then(|request| Sending::new(self.requests, self.api, request));
        let sending = sending.map(|sending| sending.with(self.repeatable, self.body, self.hooks));
        async { sending?.run().await }
    }
}

impl fmt::Debug for Call {
    /// Without the URL, which may be about a patient, and without the body.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("api", &self.api)
            .field("repeatable", &self.repeatable)
            .finish_non_exhaustive()
    }
}
