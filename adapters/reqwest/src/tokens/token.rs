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

/// An access token, with what the server said about it. Wiped on drop; `Debug` shows nothing of it.
///
/// Its clones share all of it.
// Those who only read the token at hand do not count each other: a counter would be what they wait for.
pub struct Token(Guard<Arc<Held>>);

impl Token {
    /// The token at hand, if it is good at the moment `now`.
    #[inline]
    pub(crate) fn at_hand(held: Guard<Arc<Held>>, now: Instant) -> Option<Self> {
        held.is_good_at(now).then_some(Self(held))
    }

    /// The token itself. For other HTTP clients; [`Redox::send`](crate::Redox::send) needs it not.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.held().expose()
    }

    /// Which of the client's credentials got it; `None` when an assertion from elsewhere did.
    #[must_use]
    pub fn served_by(&self) -> Option<ServedBy> {
        self.held().served_by
    }

    /// How it goes on requests: by itself, or with a proof by the key of [`Builder::dpop`](crate::Builder::dpop), to which it
    /// is bound.
    #[must_use]
    pub fn token_type(&self) -> TokenType {
        self.held().token_type
    }

    /// The key ID under which the assertion for it was signed; `None` for the token of a legacy API key, of an assertion
    /// from elsewhere, or of another run.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.held().details.key_id.as_deref()
    }

    /// How long it may be used from when the request for it was sent: what the server said. `None` for one of another run.
    /// What is left of that says [`Redox::time_left`](crate::Redox::time_left).
    #[must_use]
    pub fn expires_in(&self) -> Option<Duration> {
        self.held().details.lifetime
    }

    /// The scope granted, where the server said so.
    #[must_use]
    pub fn scope(&self) -> Option<&str> {
        self.held().details.scope.as_deref()
    }

    /// The names in the scope asked for that the server left out of the scope granted. SMART servers may grant the same
    /// under other names, and a request that needs more is answered with 403.
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

/// Tells a token from all others of this process, also from those of other clients.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct TokenId {
    /// The number of the client among all that this process has made.
    pub(crate) client: u64,
    /// Which of its session's tokens.
    pub(crate) generation: Generation,
}

/// A token, and everything that is the same for all requests with it.
pub(crate) struct Held {
    token_type: TokenType,
    /// The type and the token; wiped when the last header with it is gone.
    text: Text,
    header: Option<HeaderValue>,
    source_id: Option<HeaderValue>,
    /// Which token of which client; `None` for that of an assertion from elsewhere.
    pub(crate) id: Option<TokenId>,
    /// When it was there, by the client's clock.
    pub(crate) since: Option<Instant>,
    /// When it ends, by that clock.
    pub(crate) expires_at: Instant,
    /// How far the wall clock was ahead of the client's other clock when the token was there, in milliseconds.
    wall_ahead: AtomicI64,
    /// Until when nobody has to ask the session about it, in milliseconds of the client's clock.
    good_until: AtomicU64,
    served_by: Option<ServedBy>,
    details: Details,
    /// The APIs that do not take it, and why.
    refused: Vec<(Api, AuthorizeError)>,
}

impl Held {
    /// What is at hand where there is no token: it is never good. All clients share it.
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

    /// Remembers the time by both clocks.
    pub(crate) fn came_at(&self, now: Now) {
        self.wall_ahead
            .store(wall_ahead(now).unwrap_or(UNKNOWN), Ordering::Relaxed);
    }

    /// By how much more the wall clock has gone on than the other one since then. They do not tick at the same moment, and
    /// a wall clock that was set back says nothing.
    pub(crate) fn outran(&self, now: Now) -> Duration {
        let before = self.wall_ahead.load(Ordering::Relaxed);
        let ahead = wall_ahead(now).filter(|_| before != UNKNOWN);
        let millis = ahead.map_or(0, |ahead| ahead.saturating_sub(before));
        match u64::try_from(millis) {
            Ok(millis) if millis >= NOTICED_MILLIS => Duration::from_millis(millis),
            _ => Duration::ZERO,
        }
    }

    /// Whether it may be used at the moment `now` without another look at the session, if it is the one at hand.
    #[inline]
    fn is_good_at(&self, now: Instant) -> bool {
        now.as_millis() < self.good_until.load(Ordering::Relaxed)
    }

    /// The session says that it may be used until then, unless something changes.
    pub(crate) fn let_be_good_until(&self, until: Instant) {
        self.good_until.store(until.as_millis(), Ordering::Relaxed);
    }

    /// The headers of a request to `api`: `Authorization`, and where there is one `Redox-Source-Id`.
    ///
    /// # Errors
    /// [`AuthorizeError`] when this API does not take the token.
    pub(crate) fn headers(
        &self,
        api: Api,
    ) -> Result<(&HeaderValue, Option<&HeaderValue>), AuthorizeError> {
        match self.refused.iter().find(|(refused, _)| *refused == api) {
            Some((_, error)) => Err(*error),
            // A token is printable ASCII, so a header can hold it.
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

/// In place of a time that nobody knows.
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

/// What is known about a token, to be shown: a session decides by what it remembers itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Details {
    /// Of which token, where a session numbers them.
    pub(crate) generation: Option<Generation>,
    pub(crate) key_id: Option<String>,
    pub(crate) lifetime: Option<Duration>,
    pub(crate) scope: Option<String>,
    /// What was asked for and is not in it.
    pub(crate) not_granted: Option<String>,
}

/// The names in the scope asked for that are not in the scope granted.
pub(super) fn not_granted(server: &Server<'_>, granted: Option<&str>) -> Option<String> {
    let missing: Vec<_> = scopes_not_granted(server.scope()?, granted?).collect();
    (!missing.is_empty()).then(|| missing.join(" "))
}
