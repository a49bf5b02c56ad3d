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

/// A fault of one answer, on demand.
///
/// Some faults replace the answer, and then the rules never see the request. The others change a true answer on its way
/// back: for the rules, a token in that answer is issued.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Fault {
    /// In place of an answer: 429, as Redox sends above its quota.
    TooManyRequests(RetryAfter),
    /// In place of an answer: this status with a page of HTML, as a proxy sends it; 500, 502, 503 and 504 are usual.
    Unavailable(StatusCode, RetryAfter),
    /// In place of an answer: 400 with a blank description, Redox's answer to anything from a wrong clock to a wrong
    /// signature. On paths other than the token endpoint: 401 without a body.
    BlankRefusal,
    /// In place of an answer: the refusal of an unregistered key, as after a rotation that one side missed. On paths
    /// other than the token endpoint: 401 without a body.
    UnknownKey,
    /// In place of an answer: this status with a `Location`, which may be another host or a path of this one, and the
    /// same path as well; 301, 302, 307 and 308 are usual.
    Redirect(StatusCode, Uri),
    /// 200 with a wrong body.
    Junk(Junk),
    /// The true answer through a cache: with `Age`, in seconds. The `Date` of an answer to a `GET` is as old.
    Aged(u32),
    /// The true answer without `Date`.
    Undated,
    /// The true answer with a `Date` that is wrong by this time.
    Misdated(SignedDuration),
    /// The true answer with a `Date` that is not a date.
    GarbledDate,
    /// The true answer after the sandbox revoked the request's token: 401 if the path needs a token.
    Revoked,
    /// The connection ends unexpectedly. For this fault and all below, [`Sandbox::handle`](crate::Sandbox::handle) only
    /// sets [`Response::delivery`](crate::Response::delivery); the [`Server`](crate::Server) carries it out.
    Disconnect(Disconnect),
    /// The true answer, this long after the request.
    Late(Duration),
    /// The true answer, with its body in pieces.
    Slow {
        /// The length of a piece in bytes, at least one.
        piece: usize,
        /// The pause before each piece.
        pause: Duration,
    },
    /// In place of an answer: 200 and a body of spaces, which JSON allows, without an end.
    Endless,
    /// In place of an answer: 200 and a body of this many spaces, with the length announced.
    Oversized(u64),
}

/// The header `Retry-After` of a fault (RFC 9110 §10.2.3).
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum RetryAfter {
    /// None.
    #[default]
    Absent,
    /// A number of seconds.
    Secs(u32),
    /// The date this many seconds after the request.
    Date(u32),
    /// Text that is neither.
    Garbled,
}

/// A wrong body with status 200, in place of an answer or of a part of it.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Junk {
    /// In place of an answer: a page of HTML.
    Html,
    /// In place of an answer: an empty body.
    Empty,
    /// The true answer, cut in the middle: a token in it is issued and lost.
    Truncated,
    /// In place of an answer: a token of this many bytes.
    LongToken(usize),
    /// In place of an answer: the members of a token response, each of another type than the documented one.
    WrongTypes,
}

/// The paths of a fault, for every verb.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Place {
    /// `/v2/auth/token`, or the token endpoint of the server that this one behaves like.
    Token,
    /// `/auth/authenticate` and `/auth/refreshToken`.
    Legacy,
    /// The Data Model and FHIR APIs.
    Api,
    /// `/upload`.
    Upload,
    /// The Platform API.
    Platform,
    /// The public keys of a client, for clients registered by URL.
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
