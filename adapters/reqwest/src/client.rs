use core::fmt;
use core::time::Duration;
use std::sync::Arc;

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use redox_auth_core::{
    AnswerError, Counters, Instant, JwtId, Method, Preference, RestoreError, SecretRotation,
    Server, Session, TokenReply, TokenRequest, UnixTime, WriteError, write_token_request,
};
use tokio::sync::futures::Notified;
use zeroize::{Zeroize, Zeroizing};

use crate::builder::{BuildError, Builder};
use crate::clock::Clock;
use crate::fleet::Fleet;
use crate::http::{Http, Message, Place};
use crate::identity::Identity;
use crate::places::Places;
use crate::retry::Retrying;
use crate::state::{Guard, SharedState, TOKEN_CAPACITY, between};
use crate::token::{Details, Held, Token};
use crate::{Error, Key, RefusedAnswer};

/// A client of Redox, or of another SMART Backend Services server, with its credentials and its token.
///
/// Made once by [`Redox::builder`]. Its clones share everything: token, connections, back-off.
#[derive(Clone)]
pub struct Redox {
    pub(crate) shared: Arc<Shared>,
}

/// What the clones of a client share.
pub(crate) struct Shared {
    pub(crate) http: Http,
    pub(crate) places: Places,
    pub(crate) clock: Clock,
    pub(crate) retrying: Retrying,
    pub(crate) fleet: Option<Fleet>,
    /// How long a flight is waited for: the requests of one, if each of them takes as long as it may.
    pub(crate) patience: Duration,
    pub(crate) state: SharedState,
}

impl Shared {
    /// See [`SharedState::changed`].
    pub(crate) fn changed(&self) -> Notified<'_> {
        self.state.changed()
    }
}

impl Redox {
    pub(crate) fn new(shared: Shared) -> Self {
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Begins a client; see [`Builder`] for what can be said.
    pub fn builder() -> Builder {
        Builder::new()
    }

    /// The URL of the token endpoint.
    #[must_use]
    pub fn token_url(&self) -> String {
        self.server().token_url().as_str().to_owned()
    }

    /// Exchanges an assertion that was signed before, here or elsewhere, for a token, which is the caller's alone.
    ///
    /// # Errors
    /// [`Error::Refused`] with the server's words; [`Error::Answer`] and [`Error::AnswerTooLong`] for an answer that is
    /// none; [`Error::Transport`]. Nothing is sent again.
    pub async fn exchange(&self, assertion: &str) -> Result<Token, Error> {
        let server = self.server();
        let message = Message {
            place: Place::TokenEndpoint,
            method: Method::Post,
            url: server.token_url().as_str().to_owned(),
            content_type: Some(TokenRequest::<Key>::CONTENT_TYPE),
            body: written(|out| write_token_request(assertion, server.scope(), out))?,
        };
        let sent_at = self.now();
        let mut answer = self.shared.http.send(message, &self.shared.clock).await?;
        match TokenReply::parse(answer.status, &mut answer.body) {
            Ok(TokenReply::Token(token)) => {
                let lifetime_secs = token.lifetime_secs();
                let details = Details {
                    lifetime: Some(Duration::from_secs(lifetime_secs.into())),
                    scope: token.scope.map(str::to_owned),
                    ..Details::default()
                };
                let expires_at = sent_at.saturating_add_secs(lifetime_secs);
                let held = Held::new(token.access_token.expose(), None, details, expires_at);
                Ok(Token::from(Arc::new(held)))
            }
            Ok(TokenReply::Refusal(refusal)) => Err(RefusedAnswer::new(&refusal, None).into()),
            Err(error) => Err(Error::Answer(AnswerError::Parse(error))),
        }
    }

    /// Signs an assertion as if `now` were the time, with the first of the keys: to look at, or to exchange later.
    ///
    /// # Errors
    /// [`Error::NotWritten`], [`Error::Random`], and [`Error::WrongCredential`] without an OAuth API key, or when the first
    /// is one that has to be waited for ([`Key::from_remote_signer`]).
    pub fn assertion(&self, now: UnixTime) -> Result<Zeroizing<String>, Error> {
        use redox_auth_core::Identity as _;

        let identity = self.identity();
        let key = identity.oauth_key(0).ok_or(Error::WrongCredential {
            expected: "an OAuth API key",
        })?;
        if identity.has_to_be_waited_for(0) {
            return Err(Error::WrongCredential {
                expected: "an OAuth API key that signs without being waited for",
            });
        }
        let (server, jwt_id) = (self.server(), jwt_id()?);
        let assertion = key
            .assertion(server.audience(), &jwt_id, now)
            .typ(server.typ());
        Ok(written(|out| assertion.write(out))?)
    }

    /// How long one of this client's tokens is good still, by its clock: never longer than the server said, and nothing
    /// when it is over. An API may reject it before that.
    #[must_use]
    pub fn time_left(&self, token: &Token) -> Duration {
        between(self.now(), token.held().expires_at)
    }

    /// Cuts over to one of two credentials, or back, without dropping the token that is there.
    pub fn prefer(&self, preference: Preference) {
        self.lock().session.prefer(preference);
    }

    /// Whether a new secret for the legacy API key, which ends the old one at once, would be noticed by nobody here.
    #[must_use]
    pub fn legacy_secret_rotation(&self) -> SecretRotation {
        let state = self.lock();
        state.session.legacy_secret_rotation(self.now())
    }

    /// Goes on with these private keys under the same client ID, the preferred one first. The token is kept; what was
    /// refused may be tried again at once.
    ///
    /// # Errors
    /// [`BuildError::Missing`] without a key, or for a client that had none; [`BuildError::Empty`] for a key without an
    /// ID. Nothing has changed then.
    pub fn replace_keys(&self, keys: impl IntoIterator<Item = Key>) -> Result<(), BuildError> {
        let keys = keys.into_iter().collect();
        self.replace_identity(|identity| identity.with_keys(keys))
    }

    /// Goes on with this secret of the legacy API key. The token is kept; what was refused may be tried again at once.
    ///
    /// # Errors
    /// [`BuildError::Missing`] for a client that had none, [`BuildError::Empty`]. Nothing has changed then.
    pub fn replace_legacy_secret(&self, secret: impl Into<String>) -> Result<(), BuildError> {
        let secret = secret.into();
        self.replace_identity(|identity| identity.with_legacy_secret(secret))
    }

    /// What has happened so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.lock().session.counters()
    }

    /// What went wrong with the last attempt to get a token that brought none, also when a later one, with another key,
    /// did; `None` when none ever failed.
    #[must_use]
    pub fn last_failure(&self) -> Option<Arc<Error>> {
        self.lock().last_failure.clone()
    }

    /// The time at the server: that of this machine's clock until the server has shown that it is another.
    #[must_use]
    pub fn server_time(&self) -> Option<UnixTime> {
        let state = self.lock();
        state.session.unix_time(self.shared.clock.now())
    }

    /// The token as a record that outlives this process: absolute times, the token in the clear, a checksum. Keep it as
    /// safe as the private key.
    ///
    /// # Errors
    /// [`Error::Save`] without a token, or while nobody knows the time.
    pub fn save(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let mut record =
            Zeroizing::new(vec![0; Session::<Identity, [u8; TOKEN_CAPACITY]>::MAX_RECORD_LEN]);
        let state = self.lock();
        let now = self.shared.clock.now();
        let len = match state.session.save(now, &mut record) {
            Ok(written) => written.len(),
            Err(error) => return Err(Error::Save(error)),
        };
        record.truncate(len);
        Ok(record)
    }

    /// Goes on with the token of a record that [`Redox::save`] made, if it is still good.
    ///
    /// # Errors
    /// [`Error::Restore`] for a record that is damaged, of another client or server, or of no use any more. The client
    /// is as it was, and gets a token of its own when one is needed.
    pub fn restore(&self, record: &[u8]) -> Result<(), Error> {
        let mut state = self.lock();
        let now = self.shared.clock.now();
        let restored: Result<(), RestoreError> = state.session.restore(now, record);
        restored.map_err(Error::Restore)
    }

    fn server(&self) -> Server<'_> {
        self.shared.places.server()
    }

    pub(crate) fn lock(&self) -> Guard<'_> {
        self.shared.state.lock(&self.shared.clock)
    }

    /// The token to use, where there is nothing else to be done: see [`SharedState::at_hand`].
    #[inline]
    pub(crate) fn at_hand(&self) -> Option<Token> {
        self.shared.state.at_hand(self.now())
    }

    pub(crate) fn now(&self) -> Instant {
        self.shared.clock.instant()
    }

    pub(crate) fn identity(&self) -> Identity {
        self.lock().session.identity().clone()
    }

    fn replace_identity(
        &self,
        change: impl FnOnce(&Identity) -> Result<Identity, BuildError>,
    ) -> Result<(), BuildError> {
        let mut state = self.lock();
        let identity = change(state.session.identity())?;
        state.session.replace_identity(identity);
        Ok(())
    }
}

impl fmt::Debug for Redox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redox")
            .field("session", &self.lock().session)
            .finish_non_exhaustive()
    }
}

/// What `write` writes, in a copy of just that length. A buffer too short costs no signature.
pub(crate) fn written<F, O>(write: F) -> Result<Zeroizing<O>, WriteError>
where
    F: Fn(&mut [u8]) -> Result<&str, WriteError>,
    O: for<'t> From<&'t str> + Zeroize,
{
    let owned = |text: &str| Zeroizing::new(O::from(text));
    let mut buffer = Zeroizing::new(Vec::new());
    match write(&mut buffer) {
        Err(WriteError::BufferTooSmall { needed }) => buffer.resize(needed, 0),
        other => return other.map(owned),
    }
    write(&mut buffer).map(owned)
}

pub(crate) fn jwt_id() -> Result<JwtId, Error> {
    let mut random = [0; 16];
    SystemRandom::new()
        .fill(&mut random)
        .map_err(|_| Error::Random)?;
    Ok(JwtId::from_random(random))
}
