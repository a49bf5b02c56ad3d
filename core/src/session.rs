mod answer;
mod attempt;
mod authorize;
mod back_off;
mod checksum;
mod clock;
mod migration;
mod next;
mod receive;
mod record;
mod request;
mod slot;
mod storage;

pub use answer::{Channel, Minted, Received, Response};
pub use authorize::{Api, AuthorizeError, Authorized};
pub use migration::{Counters, Preference, SecretRotation, WhyNotYet};
pub use next::{AnswerError, Generation, Next, ServedBy, Stopped, Token};
pub use record::{RestoreError, SaveError};
pub use request::{Body, Method, Prepared, Request, RequestError, Target, Ticket};
pub use storage::TokenStorage;

use core::fmt;

use crate::identity::Identity;
use crate::response::TokenType;
use crate::time::{Instant, Now, UnixTime};
use attempt::Flight;
use back_off::BackOff;
use clock::Clock;
use migration::Way;
use slot::Slot;

/// The authentication with one server: it decides when a token is needed, writes the requests, and interprets the
/// answers and refusals.
///
/// It does no I/O, has no clock and never waits. The caller asks [`next`](Self::next) for the next step, sends the text
/// from [`request`](Self::request), and passes the answer to [`receive`](Self::receive). The token and a legacy key's
/// refresh token are kept in `S`: an array, or a [`TokenStorage`] that grows.
///
#[cfg_attr(
    feature = "es256",
    doc = r##"
```
use redox_auth_core::{
    Channel, Client, Es256Key, Instant, JwtId, Next, Now, OAuthKey, Received, Region, Response,
    Server, Session, UnixTime,
};

# // The key of RFC 7515, appendix A.3.
# const KEY: &[u8] = br#"{"kty":"EC","crv":"P-256",
#     "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
#     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
#     "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;
# let (random, millis_since_boot, clock) = ([7; 16], 5_000, Some(UnixTime::from_secs(1_800_000_000)));
# let mut answer = *br#"{"access_token":"secret","token_type":"Bearer","expires_in":300}"#;
let signer = Es256Key::parse(KEY)?;
let keys = [OAuthKey::new("2f1c7a52-7d7b-4a5c-9d6e-0d6f3d6a5b11", "key-1", &signer)];
let client = Client::new(Server::redox(Region::Us)).with_oauth_keys(&keys);
let mut session = Session::<_, [u8; 1024]>::new(client);

let now = Now { instant: Instant::from_millis(millis_since_boot), unix: clock };
if let Next::Fetch | Next::Renew { .. } = session.next(now.instant) {
    let mut buffer = [0; 1024];
    let request = session.request(now, JwtId::from_random(random), &mut buffer)?;
    assert_eq!(request.url.as_str(), "https://api.redoxengine.com/v2/auth/token");

    // Send it, and pass the answer to the session.
    let response = Response::new(200, Channel::Authenticated, &mut answer)
        .with_date(Some(b"Fri, 15 Jan 2027 08:00:00 GMT"));
    let ticket = request.ticket;
    assert!(matches!(session.receive(ticket, now, response), Received::Token(_)));
}

let Next::Use { token, until } = session.next(now.instant) else {
    panic!("no token");
};
assert_eq!(token.expose(), "secret");
// In four minutes, or up to half a minute earlier: this spreads the renewals of a fleet.
assert!(until <= now.instant.saturating_add_secs(240));
# Ok::<(), Box<dyn core::error::Error>>(())
```
"##
)]
///
/// `next` changes nothing: the same session and the same moment give the same answer. These calls can change it:
/// `request`, `prepare`, `receive`, `failed`, `abandon`, `rejected`, `postpone`, `adopt`, `restore`, `prefer` and
/// `replace_identity`.
pub struct Session<I, S: TokenStorage = [u8; 1024]> {
    identity: I,
    has_oauth: bool,
    has_legacy: bool,
    preference: Preference,
    slot: Slot<S>,
    flight: Option<Flight>,
    clock: Clock,
    oauth: BackOff,
    legacy: BackOff,
    keys: KeyChoice,
    /// The clock was corrected since the OAuth API key's last token, and the immediate attempt is used up.
    healed: bool,
    /// The server asked for another DPoP nonce since the last token, and the attempt with that nonce is used up.
    nonce_tried: bool,
    rejections: Rejections,
    /// From the first `jti`: distinguishes this instance from others of the fleet.
    seed: Option<u32>,
    /// From the last `jti`.
    last_id: u64,
    generations: u32,
    oauth_streak: u8,
    counters: Counters,
}

impl<I: Identity, const N: usize> Session<I, [u8; N]> {
    /// A session without a token, with room for `N` bytes of tokens inside.
    #[must_use]
    pub fn new(identity: I) -> Self {
        Self::assemble(identity, || [0; N])
    }
}

impl<I: Identity, S: TokenStorage> Session<I, S> {
    /// A session without a token. `storage` holds the session's tokens.
    #[must_use]
    pub fn with_storage(identity: I, storage: S) -> Self {
        Self::assemble(identity, || storage)
    }

    fn assemble(identity: I, storage: impl FnOnce() -> S) -> Self {
        let mut session = Self {
            identity,
            has_oauth: false,
            has_legacy: false,
            preference: Preference::default(),
            slot: Slot::new(storage),
            flight: None,
            clock: Clock::default(),
            oauth: BackOff::NONE,
            legacy: BackOff::NONE,
            keys: KeyChoice::default(),
            healed: false,
            nonce_tried: false,
            rejections: Rejections::NONE,
            seed: None,
            last_id: 0,
            generations: 0,
            oauth_streak: 0,
            counters: Counters::default(),
        };
        session.look_at_identity();
        session
    }

    /// The next step at the moment `now`. The same `now` always gives the same answer, and this call changes nothing.
    ///
    /// The answer stays valid until the moment that it names, unless another method is called. A program with many
    /// thousand sessions sorts them by this moment and asks only the sessions that are due.
    pub fn next(&self, now: Instant) -> Next<'_> {
        let live = self.slot.live(now);
        let Some(way) = self.way(now) else {
            return match live {
                Some(held) => Next::Use {
                    token: self.slot.token(held),
                    until: held.expiry.expires_at(),
                },
                None => Next::Stop {
                    reason: Stopped::NoCredential,
                    until: Instant::END,
                },
            };
        };
        let back_off = self.back_off(way);
        let due_at = match live {
            Some(held) if Way::of(held.served_by) == way => held.expiry.refresh_at(),
            _ => now,
        };
        let in_flight = self.in_flight(now);
        let allowed_at = in_flight.map_or(back_off.until(), |flight| {
            back_off.until().max(flight.deadline)
        });
        let at = due_at.max(allowed_at);
        match live {
            Some(held) if at <= now => Next::Renew {
                token: self.slot.token(held),
            },
            Some(held) => Next::Use {
                token: self.slot.token(held),
                until: self
                    .reconsider_at(way, now, at)
                    .min(held.expiry.expires_at()),
            },
            None if at <= now => Next::Fetch,
            None => {
                let until = self.reconsider_at(way, now, at);
                match back_off.stopped() {
                    Some(reason) if in_flight.is_none() => Next::Stop { reason, until },
                    _ => Next::Wait { until },
                }
            }
        }
    }

    /// The API answered 401 to a request with the token of this `generation`.
    ///
    /// Drops only that token, because another request may have renewed it meanwhile. Repeat the request once, with the
    /// next token, unless the answer is [`Rejected::Kept`].
    pub fn rejected(&mut self, generation: Generation, now: Instant) -> Rejected {
        if self
            .slot
            .held()
            .is_none_or(|held| held.generation != generation)
        {
            return Rejected::Replaced;
        }
        if !self.rejections.allow(now) {
            return Rejected::Kept;
        }
        self.counters.rejections = self.counters.rejections.saturating_add(1);
        self.slot.drop_token();
        Rejected::Dropped
    }

    /// The time from which [`rejected`](Self::rejected) drops a token again. Before it, `rejected` returns
    /// [`Rejected::Kept`].
    #[must_use]
    pub const fn keeps_rejected_until(&self) -> Instant {
        self.rejections.until
    }

    /// Makes no attempt in the next `secs` seconds, at most an hour. It is meant for a caller that knows more about the
    /// server, such as the `Retry-After` of an answer to another session. The current token stays in use.
    pub fn postpone(&mut self, now: Instant, secs: u32) {
        self.oauth.postpone(now, secs);
        self.legacy.postpone(now, secs);
    }

    /// The expiry of the token that is valid at the moment `now`, whether or not it is due for renewal.
    #[must_use]
    pub fn token_expires_at(&self, now: Instant) -> Option<Instant> {
        self.slot.live(now).map(|held| held.expiry.expires_at())
    }

    /// The server's time: the device's clock, corrected if the server has shown another time.
    ///
    /// `None` if the device's clock shows no time, or a time before [`Identity::earliest_time`].
    #[must_use]
    pub fn unix_time(&self, now: Now) -> Option<UnixTime> {
        self.clock.time(now, self.identity.earliest_time())
    }

    /// The type of the tokens of this credential, which decides how requests carry them. The tokens of an OAuth API key
    /// are bound to [`Identity::dpop_key`], if there is one. The tokens of a legacy API key are never bound.
    #[must_use]
    pub fn token_type(&self, served_by: ServedBy) -> TokenType {
        match (served_by, self.identity.dpop_key()) {
            (ServedBy::OAuth { .. }, Some(_)) => TokenType::Dpop,
            _ => TokenType::Bearer,
        }
    }

    /// Whether the session learned the time from the server, because the device's clock was unset or the server refused
    /// its time.
    #[must_use]
    pub const fn has_learned_time(&self) -> bool {
        self.clock.is_learned()
    }

    /// The identity that the session authenticates.
    #[must_use]
    pub const fn identity(&self) -> &I {
        &self.identity
    }

    /// Replaces keys, secrets or settings. Use it to rotate them at run time.
    ///
    /// The session keeps its token, which is still valid, and may retry at once whatever the server refused. If the
    /// subject, claims or fields change, or the DPoP key, the session drops the token and a request under way. For
    /// another client ID or server, make a new session.
    pub fn replace_identity(&mut self, identity: I) -> I {
        let asked_for = self.what_is_asked_for();
        let before = core::mem::replace(&mut self.identity, identity);
        if self.what_is_asked_for() != asked_for {
            self.flight = None;
            let held = self.slot.held();
            if held.is_some_and(|held| Way::of(held.served_by) == Way::OAuth) {
                self.slot.drop_token();
            }
        }
        self.oauth = BackOff::NONE;
        self.legacy = BackOff::NONE;
        self.keys = KeyChoice::default();
        self.healed = false;
        self.nonce_tried = false;
        self.look_at_identity();
        before
    }

    /// Ends the session and wipes its token.
    #[must_use]
    pub fn into_identity(self) -> I {
        self.identity
    }

    /// The counters of this session.
    #[must_use]
    pub const fn counters(&self) -> Counters {
        self.counters
    }

    fn look_at_identity(&mut self) {
        self.has_oauth = self.identity.oauth_key(0).is_some();
        self.has_legacy =
            self.identity.legacy_key().is_some() && self.identity.policy().allows_legacy();
    }

    /// The request under way, unless it has taken too long.
    fn in_flight(&self, now: Instant) -> Option<&Flight> {
        self.flight.as_ref().filter(|flight| now < flight.deadline)
    }

    const fn back_off(&self, way: Way) -> &BackOff {
        match way {
            Way::OAuth => &self.oauth,
            Way::Legacy => &self.legacy,
        }
    }

    const fn back_off_mut(&mut self, way: Way) -> &mut BackOff {
        match way {
            Way::OAuth => &mut self.oauth,
            Way::Legacy => &mut self.legacy,
        }
    }

    fn seed(&self) -> u32 {
        self.seed.unwrap_or(0)
    }
}

impl<I: fmt::Debug, S: TokenStorage> fmt::Debug for Session<I, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("identity", &self.identity)
            .field("preference", &self.preference)
            .field("has_token", &self.slot.held().is_some())
            .field("counters", &self.counters)
            .finish_non_exhaustive()
    }
}

/// The effect of an API's 401.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Rejected {
    /// The session dropped the token. Obtain the next token and repeat the request once.
    Dropped,
    /// The session no longer holds that token. Repeat the request once with its current or next token.
    Replaced,
    /// The session kept the token, because it had just replaced another rejected one. The token is therefore not the
    /// cause, and another would not help. Do not repeat the request.
    Kept,
}

/// The signing key in use, among several.
#[derive(Clone, Copy, Debug, Default)]
struct KeyChoice {
    current: usize,
    /// The number of other keys tried since a key last worked.
    tried: usize,
}

/// Limits renewals while an API answers 401 for a reason other than the token.
#[derive(Clone, Copy, Debug)]
struct Rejections {
    count: u8,
    /// No token is dropped before this moment.
    until: Instant,
}

impl Rejections {
    const NONE: Self = Self {
        count: 0,
        until: Instant::from_millis(0),
    };

    fn allow(&mut self, now: Instant) -> bool {
        if now < self.until {
            return false;
        }
        if now >= self.until.saturating_add_secs(REJECTIONS_FORGOTTEN_SECS) {
            self.count = 0;
        }
        let slot_secs = REJECTION_SLOT_SECS
            .saturating_mul(1 << self.count.min(16))
            .min(REJECTION_SLOT_MAX_SECS);
        self.count = self.count.saturating_add(1);
        self.until = now.saturating_add_secs(slot_secs);
        true
    }
}

const REJECTION_SLOT_SECS: u32 = 10;
const REJECTION_SLOT_MAX_SECS: u32 = 300;
const REJECTIONS_FORGOTTEN_SECS: u32 = 300;
