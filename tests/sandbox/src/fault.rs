mod answer;

use std::collections::VecDeque;

use http::StatusCode;
use jiff::{SignedDuration, Timestamp};

use crate::counters::count;
use crate::exchange::{Request, Response};
use crate::{Sandbox, endpoint, fhir, grant, legacy, token};

/// Something that goes wrong with one answer, on demand.
///
/// Some stand in place of the answer, and then the rules never see the request; the others change a true answer on its
/// way back, so that whatever it gave out is given out.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Fault {
    /// In place of an answer: 429, as Redox sends it beyond its quota.
    TooManyRequests(RetryAfter),
    /// In place of an answer: this status with a page of HTML, as a proxy sends it; 500, 502, 503 and 504 are usual.
    Unavailable(StatusCode, RetryAfter),
    /// In place of an answer: 400 with a blank description, Redox's words for anything from a wrong clock to a wrong
    /// signature. Beside the token endpoint it is 401 without a body.
    BlankRefusal,
    /// 200, and not what was asked for.
    Junk(Junk),
    /// The true answer out of a cache: with `Age`, in seconds.
    Aged(u32),
    /// The true answer without `Date`.
    Undated,
    /// The true answer with a `Date` so far from the truth.
    Misdated(SignedDuration),
    /// The true answer with a `Date` that is no date.
    GarbledDate,
    /// The true answer, after the token that came with the request was taken back: 401 where one is needed.
    Revoked,
    /// The connection ends where no client expects it. [`Sandbox::handle`] only says so, in
    /// [`Response::disconnect`](crate::Response::disconnect); the [`Server`](crate::Server) does it.
    Disconnect(Disconnect),
}

/// When a connection ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Disconnect {
    /// In place of an answer: once the request is there.
    Unanswered,
    /// In the middle of the true answer's body, whose length was announced: what it gave out is given out and lost.
    WithinBody,
    /// After the true answer, which said nothing of it: as when a server closes a connection that was idle for too long.
    AfterAnswer,
}

/// The header `Retry-After` of a fault (RFC 9110 §10.2.3).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum RetryAfter {
    /// None.
    #[default]
    Absent,
    /// A number of seconds.
    Secs(u32),
    /// The date so many seconds after the request.
    Date(u32),
    /// Text that is neither.
    Garbled,
}

/// What comes with status 200 in place of an answer, or of a part of it.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Junk {
    /// In place of an answer: a page of HTML.
    Html,
    /// In place of an answer: nothing at all.
    Empty,
    /// The true answer, cut in the middle: what it gave out is given out and lost.
    Truncated,
    /// In place of an answer: a token of this many bytes.
    LongToken(usize),
    /// In place of an answer: the members of a token response, each of another type than the documented one.
    WrongTypes,
}

/// Where a fault strikes, whatever the verb.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Place {
    /// `/v2/auth/token`.
    Token,
    /// `/auth/authenticate` and `/auth/refreshToken`.
    Legacy,
    /// The Data Model and FHIR APIs.
    Api,
}

/// How often a fault strikes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Times {
    /// With so many answers, and then no more.
    Next(u32),
    /// With every answer, until it is cleared.
    UntilCleared,
}

impl Sandbox {
    /// Lets `fault` strike at `place`, after all that was ordered for there before.
    ///
    /// A fault that lasts until it is cleared keeps the ones after it waiting.
    ///
    /// ```
    /// use redox_auth_sandbox::jiff::Timestamp;
    /// use redox_auth_sandbox::{Fault, Place, Request, RetryAfter, Sandbox, Times};
    ///
    /// let mut sandbox = Sandbox::new("http://sandbox.example", [7; 32]);
    /// sandbox.inject(Place::Token, Fault::TooManyRequests(RetryAfter::Secs(3)), Times::Next(1));
    /// let request = Request::form("/v2/auth/token", &[]);
    /// let statuses = [0, 1].map(|second| {
    ///     let now = Timestamp::from_second(second).unwrap_or(Timestamp::MAX);
    ///     sandbox.handle(now, &request).status.as_u16()
    /// });
    /// assert_eq!(statuses, [429, 400]);
    /// ```
    pub fn inject(&mut self, place: Place, fault: Fault, times: Times) {
        self.order(place, Some(fault), times);
    }

    /// Leaves so many answers at `place` as they are, between the faults that were ordered before and those after this.
    ///
    /// So a whole course of events can be laid down before it begins.
    pub fn spare(&mut self, place: Place, answers: u32) {
        self.order(place, None, Times::Next(answers));
    }

    /// Takes back every fault that has not struck yet.
    pub fn clear_faults(&mut self) {
        self.faults.queue.clear();
    }

    fn order(&mut self, place: Place, fault: Option<Fault>, times: Times) {
        self.faults.queue.push_back(Ordered {
            place,
            fault,
            times,
        });
    }

    /// Answers a request by the rules, by a fault in their place, or by both.
    pub(crate) fn answer(&mut self, now: Timestamp, request: &Request) -> Response {
        let place = Place::of(&request.path);
        let Some(fault) = place.and_then(|place| self.faults.next(place)) else {
            return self.truth(now, request);
        };
        count(&mut self.counters.faults);
        if let (Fault::Revoked, Some(token)) = (&fault, grant::bearer(request)) {
            self.revoke_token(token);
        }
        match answer::in_place(&fault, now, place) {
            Some(response) => response.dated(now).reason("a fault that was asked for"),
            None => answer::damaged(&fault, now, self.truth(now, request)),
        }
    }

    fn truth(&mut self, now: Timestamp, request: &Request) -> Response {
        self.route(now, request).dated(now)
    }
}

impl Place {
    fn of(path: &str) -> Option<Self> {
        match path {
            token::PATH => Some(Self::Token),
            legacy::AUTHENTICATE_PATH | legacy::REFRESH_PATH => Some(Self::Legacy),
            endpoint::PATH => Some(Self::Api),
            path => path.starts_with(fhir::PREFIX).then_some(Self::Api),
        }
    }
}

/// The faults that are still to strike, in the order in which they were asked for.
#[derive(Default)]
pub(crate) struct Faults {
    queue: VecDeque<Ordered>,
}

struct Ordered {
    place: Place,
    /// None where it is spared.
    fault: Option<Fault>,
    times: Times,
}

impl Faults {
    fn next(&mut self, place: Place) -> Option<Fault> {
        self.queue.retain(|ordered| ordered.times != Times::Next(0));
        let mut waiting = self.queue.iter_mut();
        let ordered = waiting.find(|ordered| ordered.place == place)?;
        if let Times::Next(left) = &mut ordered.times {
            *left = left.saturating_sub(1);
        }
        ordered.fault.clone()
    }
}
