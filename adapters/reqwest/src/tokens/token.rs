use core::fmt;
use core::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use core::time::Duration;
use std::sync::{Arc, LazyLock};

use arc_swap::Guard;
use bytes::Bytes;
use redox_auth_core::{
    Api, AuthorizeError, Generation, Instant, Now, ServedBy, Server, TokenType, scopes_not_granted,
};
use reqwest::header::HeaderValue;
use zeroize::Zeroizing;

/// An access token, with the server's statements about it. It is wiped on drop, and `Debug` shows nothing of it.
///
/// Its clones share all of it.
// Readers of the current token do not count themselves, because they would wait for a counter.
pub struct Token(Guard<Arc<Held>>);

impl Token {
    /// The current token, if it is valid at the moment `now`.
    #[inline]
    pub(crate) fn at_hand(held: Guard<Arc<Held>>, now: Instant) -> Option<Self> {
        held.is_good_at(now).then_some(Self(held))
    }

    /// The token itself, for other HTTP clients; [`Redox::send`](crate::Redox::send) does not need it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.held().expose()
    }

    /// The client's credential that obtained it; `None` for an assertion from elsewhere.
    #[must_use]
    pub fn served_by(&self) -> Option<ServedBy> {
        self.held().served_by
    }

    /// The scheme on requests: alone, or with a proof of the key of [`Builder::dpop`](crate::Builder::dpop), which it is
    /// bound to.
    #[must_use]
    pub fn token_type(&self) -> TokenType {
        self.held().token_type
    }

    /// The key ID of the assertion for it; `None` for the token of a legacy API key, of an assertion from elsewhere, or of
    /// another run.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.held().details.key_id.as_deref()
    }

    /// The lifetime that the server gave, counted from the time of the request. `None` for a token of another run.
    /// [`Redox::time_left`](crate::Redox::time_left) returns the remaining time.
    #[must_use]
    pub fn expires_in(&self) -> Option<Duration> {
        self.held().details.lifetime
    }

    /// The granted scope, if the server named it.
    #[must_use]
    pub fn scope(&self) -> Option<&str> {
        self.held().details.scope.as_deref()
    }

    /// The names in the requested scope that are missing in the granted scope. SMART servers may grant the same under other
    /// names. The API answers 403 to a request that needs more.
    #[must_use]
    pub fn scope_not_granted(&self) -> Option<&str> {
        self.held().details.not_granted.as_deref()
    }

    pub(crate) fn held(&self) -> &Held {
        &self.0
    }
}

impl Clone for Token {
    fn clone(&self) -> Self {
        Arc::clone(&self.0).into()
    }
}

impl From<Arc<Held>> for Token {
    fn from(held: Arc<Held>) -> Self {
        Self(Guard::from_inner(held))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token")
            .field("served_by", &self.held().served_by)
            .field("details", &self.held().details)
            .finish_non_exhaustive()
    }
}

/// Distinguishes a token from all others of this process, including those of other clients.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct TokenId {
    /// The number of the client among all clients of this process.
    pub(crate) client: u64,
    /// The number of the token in its session.
    pub(crate) generation: Generation,
}

/// A token, and everything that is the same for all requests with it.
pub(crate) struct Held {
    token_type: TokenType,
    /// The type and the token; wiped when the last header with it is gone.
    text: Text,
    header: Option<HeaderValue>,
    source_id: Option<HeaderValue>,
    /// The number of the token and of its client; `None` for the token of an assertion from elsewhere.
    pub(crate) id: Option<TokenId>,
    /// When it came, on the client's clock.
    pub(crate) since: Option<Instant>,
    /// When it expires, on that clock.
    pub(crate) expires_at: Instant,
    /// How far the wall clock was ahead of the client's other clock when the token came, in milliseconds.
    wall_ahead: AtomicI64,
    /// Until this time no caller has to ask the session about it, in milliseconds of the client's clock.
    good_until: AtomicU64,
    served_by: Option<ServedBy>,
    details: Details,
    /// The APIs that do not accept it, and the reasons.
    refused: Vec<(Api, AuthorizeError)>,
}

impl Held {
    /// The current token if there is none: it is never valid. All clients share it.
    pub(crate) fn nothing() -> Arc<Self> {
        static NOTHING: LazyLock<Arc<Held>> = LazyLock::new(|| {
            let never = Instant::from_millis(0);
            let token_type = TokenType::Bearer;
            Arc::new(Held::new("", token_type, None, Details::default(), never))
        });
        Arc::clone(&NOTHING)
    }

    pub(crate) fn new(
        token: &str,
        token_type: TokenType,
        served_by: Option<ServedBy>,
        details: Details,
        expires_at: Instant,
    ) -> Self {
        // The scheme is the type (RFC 6750 §2.1, RFC 9449 §7.1).
        let text = [token_type.as_str(), " ", token].concat();
        let text = Text(Arc::new(Zeroizing::new(text)));
        let mut header = HeaderValue::from_maybe_shared(Bytes::from_owner(text.clone())).ok();
        if let Some(header) = &mut header {
            header.set_sensitive(true);
        }
        Self {
            token_type,
            text,
            header,
            source_id: None,
            id: None,
            since: None,
            expires_at,
            wall_ahead: AtomicI64::new(UNKNOWN),
            good_until: AtomicU64::new(0),
            served_by,
            details,
            refused: Vec::new(),
        }
    }

    /// The same, as this token of a session's.
    pub(crate) fn of_session(
        self,
        id: TokenId,
        since: Instant,
        source_id: Option<HeaderValue>,
        refused: Vec<(Api, AuthorizeError)>,
    ) -> Self {
        Self {
            id: Some(id),
            since: Some(since),
            source_id,
            refused,
            ..self
        }
    }

    /// Records the time on both clocks.
    pub(crate) fn came_at(&self, now: Now) {
        self.wall_ahead
            .store(wall_ahead(now).unwrap_or(UNKNOWN), Ordering::Relaxed);
    }

    /// How much more the wall clock has advanced than the other one since then. They do not tick at the same moment, and a
    /// wall clock that was set back shows nothing.
    pub(crate) fn outran(&self, now: Now) -> Duration {
        let before = self.wall_ahead.load(Ordering::Relaxed);
        let ahead = wall_ahead(now).filter(|_| before != UNKNOWN);
        let millis = ahead.map_or(0, |ahead| ahead.saturating_sub(before));
        match u64::try_from(millis) {
            Ok(millis) if millis >= NOTICED_MILLIS => Duration::from_millis(millis),
            _ => Duration::ZERO,
        }
    }

    /// Whether it may be used at the moment `now` without another question to the session, if it is the current one.
    #[inline]
    fn is_good_at(&self, now: Instant) -> bool {
        now.as_millis() < self.good_until.load(Ordering::Relaxed)
    }

    /// The session allows it until then, unless something changes.
    pub(crate) fn let_be_good_until(&self, until: Instant) {
        self.good_until.store(until.as_millis(), Ordering::Relaxed);
    }

    /// The headers of a request to `api`: `Authorization`, and `Redox-Source-Id` if there is a source.
    ///
    /// # Errors
    /// [`AuthorizeError`] if this API does not accept the token.
    pub(crate) fn headers(
        &self,
        api: Api,
    ) -> Result<(&HeaderValue, Option<&HeaderValue>), AuthorizeError> {
        match self.refused.iter().find(|(refused, _)| *refused == api) {
            Some((_, error)) => Err(*error),
            // A token is printable ASCII, therefore a header can hold it.
            None => {
                let header = self.header.as_ref().ok_or(AuthorizeError::NoToken)?;
                Ok((header, self.source_id.as_ref()))
            }
        }
    }

    pub(crate) fn expose(&self) -> &str {
        let start = self.token_type.as_str().len().saturating_add(1);
        self.text.0.get(start..).unwrap_or("")
    }
}

/// How far the wall clock is ahead of the other one, in milliseconds.
fn wall_ahead(now: Now) -> Option<i64> {
    let unix = now.unix?.as_secs().saturating_mul(1_000);
    let ahead = i128::from(unix).checked_sub(now.instant.as_millis().into())?;
    i64::try_from(ahead).ok()
}

/// The value for an unknown time.
const UNKNOWN: i64 = i64::MIN;

/// The wall clock has no fractions of a second.
const NOTICED_MILLIS: u64 = 2_000;

#[derive(Clone)]
struct Text(Arc<Zeroizing<String>>);

impl AsRef<[u8]> for Text {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// The facts about a token for callers: the session decides with its own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Details {
    /// The number of the token, if the session has one.
    pub(crate) generation: Option<Generation>,
    pub(crate) key_id: Option<String>,
    pub(crate) lifetime: Option<Duration>,
    pub(crate) scope: Option<String>,
    /// The requested scopes that it lacks.
    pub(crate) not_granted: Option<String>,
}

/// The names in the scope asked for that are not in the scope granted.
pub(super) fn not_granted(server: &Server<'_>, granted: Option<&str>) -> Option<String> {
    let missing: Vec<_> = scopes_not_granted(server.scope()?, granted?).collect();
    (!missing.is_empty()).then(|| missing.join(" "))
}
