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
/// Made once by [`Redox::builder`]. Its clones share everything: token, connections, back-off.
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

    /// Cuts over to one of two credentials, or back, without dropping the token that is there.
    pub fn prefer(&self, preference: Preference) {
        self.tokens.lock().session.prefer(preference);
    }

    /// Whether a new secret for the legacy API key, which ends the old one at once, would be noticed by nobody here.
    #[must_use]
    pub fn legacy_secret_rotation(&self) -> SecretRotation {
        let state = self.tokens.lock();
        state.session.legacy_secret_rotation(self.tokens.now())
    }

    /// Goes on with these private keys under the same client ID, the preferred one first. The token is kept; what was
    /// refused may be tried again at once. The client does not read key files any more.
    ///
    /// # Errors
    /// [`BuildError::Missing`] without a key, or for a client that had none; [`BuildError::Empty`] for a key without an
    /// ID. Nothing has changed then.
    pub fn replace_keys(&self, keys: impl IntoIterator<Item = Key>) -> Result<(), BuildError> {
        self.tokens.replace_keys(keys.into_iter().collect())
    }

    /// Goes on with this secret of the legacy API key. The token is kept; what was refused may be tried again at once. The
    /// client does not read the file of the secret any more.
    ///
    /// # Errors
    /// [`BuildError::Missing`] for a client that had none, [`BuildError::Empty`]. Nothing has changed then.
    pub fn replace_legacy_secret(&self, secret: impl Into<String>) -> Result<(), BuildError> {
        self.tokens.replace_legacy_secret(secret.into())
    }

    /// Reads the files of [`Builder::key_file`](crate::Builder::key_file) and
    /// [`Builder::legacy_secret_file`](crate::Builder::legacy_secret_file) again at once, such as on a signal, and returns
    /// them as [`Redox::files`] does. The token is kept. After a refusal the next request for a token may be sent at once, with
    /// or without another key, as the server may have learned of the key; a pause that the server asked for is kept.
    ///
    /// Only programs that use [`Redox::assertion`] alone need this call: the client reads the files itself before it requests
    /// a token. Outside a tokio runtime nothing is read.
    pub async fn read_files_again(&self) -> Vec<WatchedFile> {
        self.tokens.read_files_at_once().await;
        self.files()
    }

    /// The files that the client reads again, as they were when it last read them. Empty without such files.
    #[must_use]
    pub fn files(&self) -> Vec<WatchedFile> {
        self.tokens.files()
    }

    /// What has happened so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.tokens.lock().session.counters()
    }

    /// What went wrong with the last attempt to get a token that brought none, also when a later one, with another key,
    /// did; `None` when none ever failed.
    #[must_use]
    pub fn last_failure(&self) -> Option<Arc<Error>> {
        self.tokens.lock().last_failure.clone()
    }

    /// The time at the server: that of this machine's clock until the server has shown that it is another.
    #[must_use]
    pub fn server_time(&self) -> Option<UnixTime> {
        self.tokens.server_time()
    }
}

/// Its token.
impl Redox {
    /// The token to use now: the current one while it is good, which costs no request, no lock and no allocation; else
    /// the next one.
    ///
    /// A token that is due is renewed in the background. Callers use it meanwhile, also when the renewal fails. Without
    /// a token, one request is made for all callers that wait, and they share its outcome, also when that is an error.
    /// What another request can put right is tried again at once, by the rules of [`Session`](redox_auth_core::Session):
    /// with the server's time after a refusal that a wrong clock explains, with the next key, with the secret after a
    /// refused refresh token.
    ///
    /// The request is a task of the caller's runtime. It does not end when the caller is dropped. When the runtime ends,
    /// another caller's request begins.
    ///
    /// # Errors
    /// [`Error::NoToken`] with what went wrong and when another attempt is allowed; before that time nothing is sent.
    /// [`Error::Stopped`] without a key, [`Error::NoRuntime`] outside of tokio.
    #[inline]
    pub fn token(&self) -> impl Future<Output = Result<Token, Error>> + Send {
        self.tokens.token()
    }

    /// Waits for a token other than this one: until it is time for the next one, or this one was replaced for another
    /// reason. For those who hand tokens on; nobody else needs to wait for one before [`Redox::token`] says so.
    ///
    /// In a loop it keeps the token fresh also while nobody asks for it. After a sleep of the machine it takes at most a
    /// second to see that the token is old.
    ///
    /// # Errors
    /// As [`Redox::token`]. A renewal that fails is no error while this token is good.
    pub async fn token_after(&self, token: &Token) -> Result<Token, Error> {
        self.tokens.token_after(token).await
    }

    /// How long one of this client's tokens is good still, by its clock: never longer than the server said, and nothing
    /// when it is over. An API may reject it before that.
    ///
    /// Where the wall clock was set forward since the token came, less is left by as much: a machine that was restored from
    /// a snapshot knows only from that clock how much time has passed. [`Redox::token_after`] replaces a token of which
    /// nothing is left; requests to the API meet a 401 and replace it then.
    #[must_use]
    pub fn time_left(&self, token: &Token) -> Duration {
        self.tokens.time_left(token)
    }

    /// Whether the next token is late, and why: for those who hand tokens on and must not hand on one that is about to
    /// end without a word.
    #[must_use]
    pub fn renewal(&self, token: &Token) -> Renewal {
        self.tokens.renewal(token)
    }

    /// The API answered 401 to this token, says a program that got it from this one. If it is still the current token, the
    /// client drops it, and [`Redox::token`] obtains another.
    ///
    /// A program that rejects every token does not make the client request one after the other: after the first, tokens
    /// are kept for 10 s, then for 20 s and so on up to 300 s.
    ///
    /// # Errors
    /// Keeps the token, and returns how long it will be kept.
    pub fn reject(&self, token: &str) -> Result<(), Duration> {
        self.tokens.reject_text(token)
    }

    /// Exchanges an assertion that was signed before, here or elsewhere, for a token, which is the caller's alone.
    ///
    /// # Errors
    /// [`Error::Refused`] with the server's words; [`Error::Answer`] and [`Error::AnswerTooLong`] for an answer that is
    /// none; [`Error::Transport`]. Nothing is sent again.
    pub async fn exchange(&self, assertion: &str) -> Result<Token, Error> {
        self.tokens.exchange(assertion).await
    }

    /// Signs an assertion as if `now` were the time, with the first of the keys: to look at, or to exchange later.
    ///
    /// # Errors
    /// [`Error::NotWritten`], [`Error::Random`], and [`Error::WrongCredential`] without an OAuth API key, or when the first
    /// is one that has to be waited for ([`Key::from_remote_signer`]).
    pub fn assertion(&self, now: UnixTime) -> Result<Zeroizing<String>, Error> {
        self.tokens.identity().assertion(now)
    }

    /// The token as a record that outlives this process: absolute times, the token in the clear, a checksum. Keep it as
    /// safe as the private key.
    ///
    /// # Errors
    /// [`Error::Save`] without a token, or while nobody knows the time.
    pub fn save(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        self.tokens.save()
    }

    /// Goes on with the token of a record that [`Redox::save`] made, if it is still good.
    ///
    /// # Errors
    /// [`Error::Restore`] for a record that is damaged, of another client or server, or of no use any more. The client
    /// is as it was, and gets a token of its own when one is needed.
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

    /// Any other request. Which API it is for is seen from its URL; see [`Call::api`].
    pub fn call(&self, method: Method, path_or_url: &str) -> Call {
        self.requests.call(method, path_or_url)
    }

    /// The FHIR API of a destination, which has this name in paths.
    pub fn fhir(&self, destination_slug: &str, environment: Environment) -> Fhir {
        self.requests.fhir(destination_slug, environment)
    }

    /// Uploads a file for Data Model messages to refer to, up to 30 MB; the answer is 201 with its URI (Redox's page
    /// "Transferring files").
    pub fn upload(&self, file_name: &str, content: impl Into<Bytes>) -> Call {
        let content = content.into();
        let len = u64::try_from(content.len()).unwrap_or(u64::MAX);
        self.upload_stream(file_name, len, move || content.clone().into())
    }

    /// The same of a file of `len` bytes that is read while it is sent: by what `open` makes, anew each time that it is
    /// sent.
    pub fn upload_stream(
        &self,
        file_name: &str,
        len: u64,
        open: impl Fn() -> Body + Send + Sync + 'static,
    ) -> Call {
        self.requests.upload_stream(file_name, len, open)
    }

    /// A request to the API, still without a token: [`Redox::send`] puts that on it. [`Redox::get`] and [`Redox::post`]
    /// are shorter; this is for what only reqwest's own builder can do.
    ///
    /// It goes to a path that follows the base URL and begins with a slash, or to a whole URL of this server, such as
    /// that for uploads.
    ///
    /// # Errors
    /// [`Error::Path`] when the path would lead out of the base URL; [`Error::Authorize`] for a URL that the token must
    /// not go to.
    pub fn request(&self, method: Method, path_or_url: &str) -> Result<RequestBuilder, Error> {
        self.requests.request(method, path_or_url)
    }

    /// Sends a request to `api` with the token on it, and with the source that it is for unless it names one itself.
    ///
    /// Where the token is bound to a key ([`Builder::dpop`](crate::Builder::dpop)), a new proof goes with it each time, and a
    /// nonce that the API asks for costs one repetition.
    ///
    /// When the API answers 401, the token is replaced, once for all whose requests were on their way with it, and the
    /// request is sent once more. What the API has not done for the moment is sent again by the rules of
    /// [`Retries`](crate::Retries). A body that is a stream cannot be sent twice. Whatever the API answers last is
    /// returned, whatever its status. No redirect is followed.
    ///
    /// # Errors
    /// [`Error::Authorize`] for a URL that the token must not go to, or an API that does not take it; [`Error::NotBuilt`];
    /// as [`Redox::token`]: nothing was done then. [`Error::Transport`]; [`Error::Ambiguous`] where a request that
    /// changes something may have been done, though there is no answer. 504, which is an answer, says the same.
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
        // As it is written: who sends it may read it in another way than reqwest does.
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
