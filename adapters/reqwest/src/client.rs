use core::fmt;
use core::time::Duration;
use std::sync::Arc;

use bytes::Bytes;
use redox_auth_core::{
    Api, AuthorizeError, Counters, Environment, Preference, Rejected, SecretRotation, UnixTime,
};
use reqwest::{Body, Method, RequestBuilder, Response};
use zeroize::Zeroizing;

use crate::error::Error;
use crate::error::build::BuildError;
use crate::keys::key::Key;
use crate::keys::watched::WatchedFile;
use crate::requests::Requests;
use crate::requests::call::{Call, Fhir};
use crate::requests::send::Sending;
use crate::tokens::Tokens;
use crate::tokens::renewal::Renewal;
use crate::tokens::source::{Authorization, TokenSource};
use crate::tokens::token::Token;

/// A client of Redox, or of another SMART Backend Services server, with its credentials and its token.
///
/// [`Redox::builder`] makes it once. Its clones share everything: token, connections, back-off.
#[derive(Clone)]
pub struct Redox {
    tokens: Tokens,
    requests: Requests,
}

/// The client itself.
impl Redox {
    pub(crate) const fn new(tokens: Tokens, requests: Requests) -> Self {
        Self { tokens, requests }
    }

    /// The URL of the token endpoint.
    #[must_use]
    pub fn token_url(&self) -> String {
        let server = self.requests.shared.places.server();
        server.token_url().as_str().to_owned()
    }

    /// Switches to one of two credentials, or back. The current token stays in use.
    pub fn prefer(&self, preference: Preference) {
        self.tokens.lock().session.prefer(preference);
    }

    /// Whether a new secret for the legacy API key, which ends the old secret at once, would disturb no request of this
    /// client.
    #[must_use]
    pub fn legacy_secret_rotation(&self) -> SecretRotation {
        let state = self.tokens.lock();
        state.session.legacy_secret_rotation(self.tokens.now())
    }

    /// Replaces the private keys under the same client ID; the preferred key comes first. The token stays in use, and a
    /// refused request may be tried again at once. The client no longer reads key files.
    ///
    /// # Errors
    /// [`BuildError::Missing`] without a key, or for a client that had none; [`BuildError::Empty`] for a key without an ID.
    /// After an error nothing has changed.
    pub fn replace_keys(&self, keys: impl IntoIterator<Item = Key>) -> Result<(), BuildError> {
        self.tokens.replace_keys(keys.into_iter().collect())
    }

    /// Replaces the secret of the legacy API key. The token stays in use, and a refused request may be tried again at once.
    /// The client no longer reads the file of the secret.
    ///
    /// # Errors
    /// [`BuildError::Missing`] for a client that had none, [`BuildError::Empty`]. After an error nothing has changed.
    pub fn replace_legacy_secret(&self, secret: impl Into<String>) -> Result<(), BuildError> {
        self.tokens.replace_legacy_secret(secret.into())
    }

    /// Reads the files of [`Builder::key_file`](crate::Builder::key_file) and
    /// [`Builder::legacy_secret_file`](crate::Builder::legacy_secret_file) again at once, for example on a signal. Returns
    /// them as [`Redox::files`] does. The token stays in use. After a refusal the next token request may be sent at once,
    /// even with the same key, because the server may have learned of the key. The client still keeps a pause that the
    /// server asked for.
    ///
    /// Only programs that use nothing but [`Redox::assertion`] need this call, because the client itself reads the files
    /// before it requests a token. Outside a tokio runtime the call reads nothing.
    pub async fn read_files_again(&self) -> Vec<WatchedFile> {
        self.tokens.read_files_at_once().await;
        self.files()
    }

    /// The files that the client reads again, as they were when it last read them. Empty without such files.
    #[must_use]
    pub fn files(&self) -> Vec<WatchedFile> {
        self.tokens.files()
    }

    /// The counters of this client.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.tokens.lock().session.counters()
    }

    /// The error of the last attempt to obtain a token that failed, even if a later attempt with another key succeeded.
    /// `None` if no attempt ever failed.
    #[must_use]
    pub fn last_failure(&self) -> Option<Arc<Error>> {
        self.tokens.lock().last_failure.clone()
    }

    /// The time at the server: that of this machine's clock until the server has shown another time.
    #[must_use]
    pub fn server_time(&self) -> Option<UnixTime> {
        self.tokens.server_time()
    }
}

/// The token of the client.
impl Redox {
    /// Returns the token to use now. While the current token is valid, this costs no request, no lock and no allocation.
    /// Otherwise it obtains the next token.
    ///
    /// When a token is due, the client renews it in the background. Callers use the current token meanwhile, also when the
    /// renewal fails. Without a token, the client sends one request for all waiting callers, and they share its result, also
    /// an error. [`Session`](redox_auth_core::Session) tries again at once where another request can help: with the server's
    /// time after a refusal that a wrong clock explains, with the next key, or with the secret after a refused refresh
    /// token.
    ///
    /// The request is a task of the caller's runtime. It continues when the caller is dropped. When the runtime ends,
    /// another caller's request begins.
    ///
    /// # Errors
    /// [`Error::NoToken`] with the cause and the time when another attempt is allowed; before that time the client sends
    /// nothing. [`Error::Stopped`] without a key, [`Error::NoRuntime`] outside of tokio.
    #[inline]
    pub fn token(&self) -> impl Future<Output = Result<Token, Error>> + Send {
        self.tokens.token()
    }

    /// Waits for a token other than this one: until it is time for the next token, or until another cause replaced this
    /// token. Programs that hand tokens on need this; all others use [`Redox::token`] alone.
    ///
    /// In a loop it keeps the token fresh while no request asks for it. After a sleep of the machine it notices within a
    /// second that the token is old.
    ///
    /// # Errors
    /// As [`Redox::token`]. A failed renewal is no error while this token is valid.
    pub async fn token_after(&self, token: &Token) -> Result<Token, Error> {
        self.tokens.token_after(token).await
    }

    /// How long one of this client's tokens remains valid by its clock: never longer than the server said, and zero after
    /// its end. An API may reject the token before that.
    ///
    /// If the wall clock was set forward since the token came, the remaining time shrinks by that amount: on a machine that
    /// was restored from a snapshot, only the wall clock shows how much time has passed. [`Redox::token_after`] replaces a
    /// token without remaining time; requests to the API get a 401 and replace it then.
    #[must_use]
    pub fn time_left(&self, token: &Token) -> Duration {
        self.tokens.time_left(token)
    }

    /// Whether the next token is late, and why, for programs that hand tokens on: they should not hand on a token that is
    /// about to expire without a warning.
    #[must_use]
    pub fn renewal(&self, token: &Token) -> Renewal {
        self.tokens.renewal(token)
    }

    /// Reports that the API answered 401 to this token, for a program that received the token from this one. If the token is
    /// still the current one, the client drops it, and [`Redox::token`] obtains another.
    ///
    /// A program that rejects every token does not make the client send one request after the other: after the first report,
    /// the client keeps tokens for 10 s, then for 20 s and so on up to 300 s.
    ///
    /// # Errors
    /// The time for which the client keeps the token.
    pub fn reject(&self, token: &str) -> Result<(), Duration> {
        self.tokens.reject_text(token)
    }

    /// Exchanges an assertion that was signed before, here or elsewhere, for a token. Only the caller gets this token.
    ///
    /// # Errors
    /// [`Error::Refused`] with the server's words; [`Error::Answer`] and [`Error::AnswerTooLong`] for an unusable answer;
    /// [`Error::Transport`]. The client does not send the request again.
    pub async fn exchange(&self, assertion: &str) -> Result<Token, Error> {
        self.tokens.exchange(assertion).await
    }

    /// Signs an assertion as if `now` were the time, with the first of the keys, to inspect it or to exchange it later.
    ///
    /// # Errors
    /// [`Error::NotWritten`], [`Error::Random`], and [`Error::WrongCredential`] without an OAuth API key, or if the first
    /// key is a remote signer ([`Key::from_remote_signer`]).
    pub fn assertion(&self, now: UnixTime) -> Result<Zeroizing<String>, Error> {
        self.tokens.identity().assertion(now)
    }

    /// Returns the token as a record that outlives this process: absolute times, the token in the clear, a checksum. Keep
    /// the record as safe as the private key.
    ///
    /// # Errors
    /// [`Error::Save`] without a token, or while the time is unknown.
    pub fn save(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        self.tokens.save()
    }

    /// Uses the token of a record that [`Redox::save`] returned, if the token is still valid.
    ///
    /// # Errors
    /// [`Error::Restore`] for a record that is damaged, of another client or server, or expired. The client does not change,
    /// and obtains a token when it needs one.
    pub fn restore(&self, record: &[u8]) -> Result<(), Error> {
        self.tokens.restore(record)
    }
}

/// Requests to the API, with the token on them.
impl Redox {
    /// A `GET` of a path that follows the base URL and begins with a slash, or of a whole URL of this server.
    pub fn get(&self, path_or_url: &str) -> Call {
        self.call(Method::GET, path_or_url)
    }

    /// A `POST` to a path that follows the base URL and begins with a slash, or to a whole URL of this server.
    pub fn post(&self, path_or_url: &str) -> Call {
        self.call(Method::POST, path_or_url)
    }

    /// Any other request. Its URL shows which API it is for; see [`Call::api`].
    pub fn call(&self, method: Method, path_or_url: &str) -> Call {
        self.requests.call(method, path_or_url)
    }

    /// The FHIR API of a destination, which has this name in URL paths.
    pub fn fhir(&self, destination_slug: &str, environment: Environment) -> Fhir {
        self.requests.fhir(destination_slug, environment)
    }

    /// Uploads a file that Data Model messages refer to, up to 30 MB; the answer is 201 with its URI (Redox's page
    /// "Transferring files").
    pub fn upload(&self, file_name: &str, content: impl Into<Bytes>) -> Call {
        let content = content.into();
        let len = u64::try_from(content.len()).unwrap_or(u64::MAX);
        self.upload_stream(file_name, len, move || content.clone().into())
    }

    /// Uploads a file of `len` bytes and reads it during the request. Each attempt reads what `open` returns.
    pub fn upload_stream(
        &self,
        file_name: &str,
        len: u64,
        open: impl Fn() -> Body + Send + Sync + 'static,
    ) -> Call {
        self.requests.upload_stream(file_name, len, open)
    }

    /// Builds a request to the API without a token, which [`Redox::send`] adds. [`Redox::get`] and [`Redox::post`] are
    /// shorter; use this for a request that only reqwest's own builder can make.
    ///
    /// `url` is a path below the base URL that begins with a slash, or a whole URL of this server, such as the URL for
    /// uploads.
    ///
    /// # Errors
    /// [`Error::Path`] if the path leads out of the base URL; [`Error::Authorize`] for a URL that the token must not go to.
    pub fn request(&self, method: Method, path_or_url: &str) -> Result<RequestBuilder, Error> {
        self.requests.request(method, path_or_url)
    }

    /// Sends a request to `api` with the token, and with the client's source unless the request names one.
    ///
    /// Where the token is bound to a key ([`Builder::dpop`](crate::Builder::dpop)), each attempt has a new proof, and a
    /// nonce that the API asks for costs one repetition.
    ///
    /// When the API answers 401, the client replaces the token, once for all requests that used it, and sends the request
    /// once more. [`Retries`](crate::Retries) has the rules for answers that ask for a later attempt. A body that is a
    /// stream cannot be sent twice. Returns the last answer of the API, whatever its status. The client follows no redirect.
    ///
    /// # Errors
    /// Nothing was done after [`Error::Authorize`] for a URL that the token must not go to, or an API that does not accept
    /// it; after [`Error::NotBuilt`]; and after the errors of [`Redox::token`]. [`Error::Transport`]; [`Error::Ambiguous`]
    /// if a request that changes something may have been done although there is no answer. The answer 504 means the same.
    pub fn send(
        &self,
        api: Api,
        request: RequestBuilder,
    ) -> impl Future<Output = Result<Response, Error>> + Send + use<> {
        let sending = Sending::new(self.requests.clone(), api, request);
        async { sending?.run().await }
    }
}

/// For the rooms above.
impl Redox {
    pub(crate) const fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    #[cfg(test)]
    pub(crate) fn places(&self) -> &crate::requests::places::Places {
        &self.requests.shared.places
    }
}

impl TokenSource for Redox {
    async fn authorize(&self, api: Api, url: &str) -> Result<Authorization, Error> {
        // As it is written, because the sender may read it in another way than reqwest does.
        let asked = self.requests.shared.places.server().may_receive_token(url);
        asked.map_err(AuthorizeError::Url)?;
        Ok(Authorization::new(&self.token().await?, api)?)
    }

    fn rejected(&self, authorization: &Authorization) -> Rejected {
        self.tokens.reject(authorization.id)
    }
}

impl fmt::Debug for Redox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redox")
            .field("session", &self.tokens.lock().session)
            .finish_non_exhaustive()
    }
}
