//! The rows of the table.

use core::fmt;

use redox_auth_reqwest::StatusMeaning;

use StatusMeaning as M;

/// A row of the table.
pub(super) struct Row {
    pub(super) meaning: StatusMeaning,
    pub(super) statuses: &'static [u16],
    pub(super) situation: &'static str,
    pub(super) tokens: AtTokens,
    pub(super) api: AtApi,
}

/// What happens to a request for a token.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum AtTokens {
    /// No attempt for a minute.
    Stops,
    /// Another attempt after a second or so.
    Waits,
    /// Another attempt at once, elsewhere; then as [`AtTokens::Waits`].
    Moves,
}

impl fmt::Display for AtTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stops => "no further attempt for a minute or more",
            Self::Waits => "another attempt after a pause",
            Self::Moves => "one more attempt at once on a new connection, with a new assertion; then after a pause",
        })
    }
}

/// What happens to a request to the API.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum AtApi {
    /// The caller gets the answer.
    HandsOn,
    /// One repetition with another token.
    ReplacesToken,
    /// One repetition elsewhere.
    Moves,
    /// The usual repetitions.
    Repeats,
    /// The same of what may be done twice.
    MayRepeat,
}

impl fmt::Display for AtApi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::HandsOn => "sent once",
            Self::ReplacesToken => "sent once more with a new token",
            Self::Moves => "not done; sent once more at once on a new connection",
            Self::Repeats => "not done; sent again after a pause, up to 3 times",
            Self::MayRepeat => "may have been done; sent again only if it may be done twice",
        })
    }
}

const fn row(
    meaning: StatusMeaning,
    statuses: &'static [u16],
    situation: &'static str,
    tokens: AtTokens,
    api: AtApi,
) -> Row {
    Row {
        meaning,
        statuses,
        situation,
        tokens,
        api,
    }
}

pub(super) static ROWS: [Row; 29] = {
    use AtApi::{HandsOn, MayRepeat, Repeats, ReplacesToken};
    use AtTokens::{Stops, Waits};
    [
        row(
            M::Redirect,
            &[300, 301, 302, 303, 305, 307, 308],
            "a redirect",
            Stops,
            HandsOn,
        ),
        row(
            M::NotModified,
            &[304],
            "a cache without the answer",
            Stops,
            HandsOn,
        ),
        row(
            M::Content,
            &[400, 402, 409, 412, 418, 422, 423, 424, 428],
            "the content is refused",
            Stops,
            HandsOn,
        ),
        row(
            M::Unauthorized,
            &[401],
            "credentials or the token are refused",
            Stops,
            ReplacesToken,
        ),
        row(
            M::Forbidden,
            &[403, 451],
            "no right, or a firewall",
            Stops,
            HandsOn,
        ),
        row(
            M::NotFound,
            &[404, 410],
            "nothing at this URL",
            Stops,
            HandsOn,
        ),
        row(
            M::Method,
            &[405],
            "another method is needed",
            Stops,
            HandsOn,
        ),
        row(M::Method, &[501], "the method is not known", Waits, HandsOn),
        row(
            M::NotAcceptable,
            &[406],
            "no JSON at this URL",
            Stops,
            HandsOn,
        ),
        row(
            M::ProxyCredentials,
            &[407],
            "a proxy asks for credentials",
            Stops,
            HandsOn,
        ),
        row(
            M::OtherConnection,
            &[408, 421, 425],
            "not done on this connection",
            AtTokens::Moves,
            AtApi::Moves,
        ),
        row(
            M::LengthMissing,
            &[411],
            "no `Content-Length`",
            Stops,
            HandsOn,
        ),
        row(
            M::BodyTooLong,
            &[413],
            "the body is too long",
            Stops,
            HandsOn,
        ),
        row(M::UrlTooLong, &[414], "the URL is too long", Stops, HandsOn),
        row(
            M::MediaType,
            &[415],
            "another media type is needed",
            Stops,
            HandsOn,
        ),
        row(
            M::Expectation,
            &[417],
            "`Expect` is not known",
            Stops,
            HandsOn,
        ),
        row(
            M::Version,
            &[426],
            "another protocol is needed",
            Stops,
            HandsOn,
        ),
        row(
            M::Version,
            &[505],
            "another version of HTTP is needed",
            Waits,
            HandsOn,
        ),
        row(M::TooMany, &[429], "too many requests", Waits, Repeats),
        row(
            M::HeadersTooLong,
            &[431, 494],
            "the headers are too long",
            Stops,
            HandsOn,
        ),
        row(
            M::ClientCertificate,
            &[495, 496],
            "nginx refuses the client certificate",
            Stops,
            HandsOn,
        ),
        row(
            M::PlainHttp,
            &[497],
            "nginx got HTTP at a port for HTTPS",
            Stops,
            HandsOn,
        ),
        row(M::Fault, &[500, 506, 507, 510], "a fault", Waits, HandsOn),
        row(
            M::Loop,
            &[508],
            "the request went in a circle",
            Waits,
            HandsOn,
        ),
        row(
            M::SignIn,
            &[511],
            "a network's sign-in page",
            Waits,
            HandsOn,
        ),
        row(
            M::Gateway,
            &[502, 521, 523, 530],
            "a gateway did not reach the server",
            Waits,
            Repeats,
        ),
        row(
            M::Busy,
            &[503, 529],
            "overload or maintenance",
            Waits,
            Repeats,
        ),
        row(
            M::NoAnswerInTime,
            &[504, 520, 522, 524, 598, 599],
            "a gateway waited in vain",
            Waits,
            MayRepeat,
        ),
        row(
            M::GatewayTls,
            &[525, 526],
            "a gateway has no TLS with the server",
            Waits,
            Repeats,
        ),
    ]
};
