use core::fmt;

use redox_auth_core::{
    Channel, Generation, Instant, JwtId, Method, Next, Now, Preference, Received, Rejected,
    Response, Session, Ticket,
};

use crate::Credentials;

/// A session as the simulation sees it: redox-auth-core's, or one that was broken on purpose.
pub trait Subject {
    /// The action that it asks for.
    fn next(&self, now: Instant) -> Advice;

    /// Its request, if it has one to send now.
    fn request(&mut self, now: Now, random: [u8; 16]) -> Option<Outgoing>;

    /// Takes an answer.
    fn receive(&mut self, ticket: Ticket, now: Now, answer: Answer) -> Outcome;

    /// There is no answer, and none will come.
    fn failed(&mut self, ticket: Ticket, now: Instant);

    /// Nobody waits for the answer any more.
    fn abandon(&mut self);

    /// The API answered 401.
    fn rejected(&mut self, generation: Generation, now: Instant) -> Rejected;

    /// Cuts over.
    fn prefer(&mut self, preference: Preference);

    /// Goes on with other keys or another secret.
    fn replace_credentials(&mut self, credentials: Credentials);

    /// The token as a record, if it can be saved.
    fn save(&self, now: Now) -> Option<Vec<u8>>;

    /// Goes on with the token of a record; `false` if it is refused.
    fn restore(&mut self, now: Now, record: &[u8]) -> bool;

    /// Whether it uses the server's time instead of the device's own.
    fn has_learned_time(&self) -> bool;

    /// How often it learned or corrected the time.
    fn clock_corrections(&self) -> u32;
}

/// [`Next`] without its borrows.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Advice {
    /// Use the token until then.
    Use(Held, Instant),
    /// Use the token and get the next one.
    Renew(Held),
    /// Get a token.
    Fetch,
    /// There is no token until then.
    Wait(Instant),
    /// There is no token, and no hope until then.
    Stop(Instant),
}

impl Advice {
    /// The token to use.
    #[must_use]
    pub const fn token(&self) -> Option<&Held> {
        match self {
            Self::Use(held, _) | Self::Renew(held) => Some(held),
            Self::Fetch | Self::Wait(_) | Self::Stop(_) => None,
        }
    }

    /// Whether it asks for a request.
    #[must_use]
    pub const fn asks(&self) -> bool {
        matches!(self, Self::Renew(_) | Self::Fetch)
    }

    /// The moment until which there is nothing to do.
    #[must_use]
    pub const fn until(&self) -> Option<Instant> {
        match self {
            Self::Use(_, until) | Self::Wait(until) | Self::Stop(until) => Some(*until),
            Self::Renew(_) | Self::Fetch => None,
        }
    }

    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Use(..) => "use",
            Self::Renew(_) => "renew",
            Self::Fetch => "fetch",
            Self::Wait(_) => "wait",
            Self::Stop(_) => "stop",
        }
    }
}

/// A token that is handed out.
#[derive(Clone, Eq, PartialEq)]
pub struct Held {
    /// The token itself.
    pub token: String,
    /// Its number in the session.
    pub generation: Generation,
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.generation)
    }
}

/// A request on its way.
#[derive(Debug)]
pub struct Outgoing {
    /// To hand in the answer with.
    pub ticket: Ticket,
    /// The verb.
    pub method: Method,
    /// The URL, whole.
    pub url: String,
    /// The media type of the body.
    pub content_type: Option<&'static str>,
    /// The body.
    pub body: String,
}

/// An answer on its way.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The header `Date`.
    pub date: Option<Vec<u8>>,
    /// The header `Age`.
    pub age: Option<Vec<u8>>,
    /// The header `Cache-Control`.
    pub cache_control: Option<Vec<u8>>,
    /// The header `Retry-After`.
    pub retry_after: Option<Vec<u8>>,
    /// Whether the headers can be believed.
    pub channel: Channel,
    /// The body.
    pub body: Vec<u8>,
}

/// [`Received`] without its borrows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// A token.
    Token,
    /// The time.
    Time,
    /// No time.
    NoTime,
    /// A no.
    Refused,
    /// Neither a token nor a no.
    Unusable,
    /// Not waited for any more.
    Stale,
}

impl Subject for Session<Credentials> {
    fn next(&self, now: Instant) -> Advice {
        let held = |token: redox_auth_core::Token<'_>| Held {
            token: token.expose().to_owned(),
            generation: token.generation(),
        };
        match Self::next(self, now) {
            Next::Use { token, until } => Advice::Use(held(token), until),
            Next::Renew { token } => Advice::Renew(held(token)),
            Next::Fetch => Advice::Fetch,
            Next::Wait { until } => Advice::Wait(until),
            Next::Stop { until, .. } => Advice::Stop(until),
        }
    }

    fn request(&mut self, now: Now, random: [u8; 16]) -> Option<Outgoing> {
        let mut out = [0; 2048];
        let jwt_id = JwtId::from_random(random);
        let request = Self::request(self, now, jwt_id, &mut out).ok()?;
        Some(Outgoing {
            method: request.method,
            url: format!("{}{}", request.url.as_str(), request.path),
            content_type: request.content_type,
            body: request.expose_body().to_owned(),
            ticket: request.ticket,
        })
    }

    fn receive(&mut self, ticket: Ticket, now: Now, mut answer: Answer) -> Outcome {
        let response = Response::new(answer.status, answer.channel, &mut answer.body)
            .with_date(answer.date.as_deref())
            .with_age(answer.age.as_deref())
            .with_cache_control(answer.cache_control.as_deref())
            .with_retry_after(answer.retry_after.as_deref());
        match Self::receive(self, ticket, now, response) {
            Received::Token(_) => Outcome::Token,
            Received::Time => Outcome::Time,
            Received::NoTime => Outcome::NoTime,
            Received::Refused(_) => Outcome::Refused,
            Received::Unusable(_) => Outcome::Unusable,
            Received::Stale => Outcome::Stale,
            other => panic!("an answer without an outcome: {other:?}"),
        }
    }

    fn failed(&mut self, ticket: Ticket, now: Instant) {
        Self::failed(self, ticket, now);
    }

    fn abandon(&mut self) {
        Self::abandon(self);
    }

    fn rejected(&mut self, generation: Generation, now: Instant) -> Rejected {
        Self::rejected(self, generation, now)
    }

    fn prefer(&mut self, preference: Preference) {
        Self::prefer(self, preference);
    }

    fn replace_credentials(&mut self, credentials: Credentials) {
        self.replace_identity(credentials);
    }

    fn save(&self, now: Now) -> Option<Vec<u8>> {
        let mut out = vec![0; Self::MAX_RECORD_LEN];
        Self::save(self, now, &mut out).ok().map(<[u8]>::to_vec)
    }

    fn restore(&mut self, now: Now, record: &[u8]) -> bool {
        Self::restore(self, now, record).is_ok()
    }

    fn has_learned_time(&self) -> bool {
        Self::has_learned_time(self)
    }

    fn clock_corrections(&self) -> u32 {
        self.counters().clock_corrections
    }
}
