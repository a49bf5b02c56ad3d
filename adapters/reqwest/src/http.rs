use core::fmt;
use core::time::Duration;

use bytes::Bytes;
use redox_auth_core::{Channel, Method, Now, Response, Server, Url};
use reqwest::ClientBuilder;
use reqwest::header::{ACCEPT, AGE, CONTENT_TYPE, DATE, HeaderMap, HeaderName, RETRY_AFTER};
use reqwest::redirect::Policy;
use zeroize::Zeroizing;

use crate::Error;
use crate::clock::Clock;
use crate::places::ApiPlace;

/// The connections, apart for each of a server's places: proxies and certificates depend on where that is.
#[derive(Debug)]
pub(crate) struct Http {
    token: reqwest::Client,
    api: reqwest::Client,
    upload: Option<reqwest::Client>,
}

impl Http {
    pub(crate) fn new(server: &Server<'_>, settings: &Settings) -> Result<Self, reqwest::Error> {
        let api = |url| match &settings.api_client {
            Some(client) => Ok(client.clone()),
            None => settings.client(url, settings.timeout),
        };
        Ok(Self {
            token: settings.client(server.token_url(), settings.token_timeout)?,
            api: api(server.base_url())?,
            upload: server.upload_url().map(api).transpose()?,
        })
    }

    /// What speaks to a place of the API.
    pub(crate) fn to_api(&self, place: ApiPlace) -> &reqwest::Client {
        match &self.upload {
            Some(client) if place == ApiPlace::Upload => client,
            _ => &self.api,
        }
    }

    /// Sends what a session, or an exchange of an assertion, asks for; once. Reads the whole answer, up to
    /// [`MAX_ANSWER`]; of a longer refusal its beginning will do.
    pub(crate) async fn send(&self, message: Message, clock: &Clock) -> Result<Answer, Error> {
        let client = match message.place {
            Place::TokenEndpoint => &self.token,
            Place::Api => &self.api,
        };
        let method = match message.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
        };
        let mut request = client
            .request(method, message.url)
            .header(ACCEPT, "application/json");
        if let Some(content_type) = message.content_type {
            // The owner goes where the bytes go, and wipes them when the last reader is done.
            request = request
                .header(CONTENT_TYPE, content_type)
                .body(Bytes::from_owner(message.body));
        }
        let mut response = request.send().await?;
        let received_at = clock.now();
        let status = response.status();
        let mut body = Zeroizing::new(Vec::with_capacity(MAX_ANSWER));
        while let Some(chunk) = response.chunk().await? {
            if body.len().saturating_add(chunk.len()) > MAX_ANSWER {
                if status.is_success() {
                    return Err(Error::AnswerTooLong { limit: MAX_ANSWER });
                }
                break;
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status: status.as_u16(),
            headers: core::mem::take(response.headers_mut()),
            body,
            received_at,
        })
    }
}

/// A request to get a token with. Its body is a secret.
pub(crate) struct Message {
    pub(crate) place: Place,
    pub(crate) method: Method,
    pub(crate) url: String,
    pub(crate) content_type: Option<&'static str>,
    pub(crate) body: Zeroizing<Vec<u8>>,
}

/// Where tokens come from: those of OAuth API keys, and those of legacy API keys.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    TokenEndpoint,
    Api,
}

/// A whole answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: HeaderMap,
    pub(crate) body: Zeroizing<Vec<u8>>,
    /// When its head was there: its `Date` is no older than the way it came.
    pub(crate) received_at: Now,
}

impl Answer {
    /// The answer as core reads it.
    pub(crate) fn response(&mut self) -> Response<'_> {
        let value = |name: HeaderName| Some(self.headers.get(name)?.as_bytes());
        Response {
            status: self.status,
            date: value(DATE),
            age: value(AGE),
            retry_after: value(RETRY_AFTER),
            // TLS with the certificate verified, or loopback: core lets no other URL pass.
            channel: Channel::Authenticated,
            body: &mut self.body,
        }
    }
}

/// What is said about connections.
pub(crate) struct Settings {
    /// How long a request to the API may take as a whole.
    pub(crate) timeout: Duration,
    /// How long a request for a token may take as a whole.
    pub(crate) token_timeout: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) configure: Option<Box<Configure>>,
    pub(crate) api_client: Option<reqwest::Client>,
}

/// What the caller does to every [`reqwest::ClientBuilder`].
pub(crate) type Configure = dyn Fn(ClientBuilder) -> ClientBuilder + Send + Sync;

impl Settings {
    /// No redirects, no repetition. To loopback neither a proxy, which would be another machine, nor over plain http the
    /// system's certificates, which need not be there.
    fn client(&self, url: Url<'_>, timeout: Duration) -> Result<reqwest::Client, reqwest::Error> {
        let mut builder = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .connect_timeout(self.connect_timeout)
            .timeout(timeout);
        if !url.is_https() {
            builder = builder.tls_certs_only([]);
        }
        if let Some(configure) = &self.configure {
            builder = configure(builder);
        }
        if url.is_loopback() {
            builder = builder.no_proxy();
        }
        builder
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .build()
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(30),
            token_timeout: Duration::from_secs(15),
            connect_timeout: Duration::from_secs(10),
            configure: None,
            api_client: None,
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("timeout", &self.timeout)
            .field("token_timeout", &self.token_timeout)
            .field("connect_timeout", &self.connect_timeout)
            .finish_non_exhaustive()
    }
}

const USER_AGENT: &str = concat!("redox-auth/", env!("CARGO_PKG_VERSION"));

/// The longest answer of a token endpoint that is read, in bytes; a token takes a few hundred.
const MAX_ANSWER: usize = 64 * 1024;
