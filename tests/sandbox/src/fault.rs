mod answer;
mod delivery;
mod mix;
mod order;
mod spec;
mod text;

pub use delivery::{Delivery, Disconnect};
pub use mix::Mix;
pub use order::{FaultOrder, Times};
pub(crate) use order::{Faults, IN_PLACE};
pub use spec::ParseFaultError;

pub(crate) use spec::duration;

use core::time::Duration;

use http::{StatusCode, Uri};
use jiff::SignedDuration;

use crate::{endpoint, fhir, legacy, platform, route, upload};

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
    /// In place of an answer: the refusal of a key that is not registered, as after a rotation that one of the two sides
    /// has missed. Beside the token endpoint it is 401 without a body.
    UnknownKey,
    /// In place of an answer: this status with a `Location`, which may be another host or a path of this one, and the
    /// same path as well; 301, 302, 307 and 308 are usual.
    Redirect(StatusCode, Uri),
    /// 200, and not what was asked for.
    Junk(Junk),
    /// The true answer through a cache: with `Age`, in seconds. That to a `GET` was made as long ago, by its `Date`.
    Aged(u32),
    /// The true answer without `Date`.
    Undated,
    /// The true answer with a `Date` so far from the truth.
    Misdated(SignedDuration),
    /// The true answer with a `Date` that is no date.
    GarbledDate,
    /// The true answer, after the token that came with the request was taken back: 401 where one is needed.
    Revoked,
    /// The connection ends where no client expects it. Like all that follow, [`Sandbox::handle`](crate::Sandbox::handle)
    /// only says so, in [`Response::delivery`](crate::Response::delivery); the [`Server`](crate::Server) does it.
    Disconnect(Disconnect),
    /// The true answer, so long after the request.
    Late(Duration),
    /// The true answer, whose body comes in pieces.
    Slow {
        /// How many bytes a piece has, and one at least.
        piece: usize,
        /// How long it is quiet before each of them.
        pause: Duration,
    },
    /// In place of an answer: 200 and a body of spaces, which JSON allows, without an end.
    Endless,
    /// In place of an answer: 200 and a body of so many spaces, whose length is announced.
    Oversized(u64),
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
    /// `/v2/auth/token`, or the token endpoint of the server that this one is like.
    Token,
    /// `/auth/authenticate` and `/auth/refreshToken`.
    Legacy,
    /// The Data Model and FHIR APIs.
    Api,
    /// `/upload`.
    Upload,
    /// The Platform API.
    Platform,
    /// The public keys of a client, which a client registered by URL needs.
    Jwks,
}

impl Place {
    pub(crate) fn of(path: &str, token_path: &str) -> Option<Self> {
        match path {
            path if path == token_path => Some(Self::Token),
            legacy::AUTHENTICATE_PATH | legacy::REFRESH_PATH => Some(Self::Legacy),
            endpoint::PATH => Some(Self::Api),
            upload::PATH => Some(Self::Upload),
            path => [
                (fhir::PREFIX, Self::Api),
                (platform::PREFIX, Self::Platform),
                (route::JWKS_PREFIX, Self::Jwks),
            ]
            .into_iter()
            .find_map(|(prefix, place)| path.starts_with(prefix).then_some(place)),
        }
    }
}
