/// The meaning of an HTTP status alone, whether the server or a proxy or gateway before it wrote the answer.
///
/// [`Reason`](crate::Reason) uses it to classify the refusals of a token endpoint. Adapters use it to decide whether a
/// request to an API may be sent again. If the body of the answer says more, the body counts.
///
/// ```
/// use redox_auth_core::{Done, StatusMeaning};
///
/// let meaning = StatusMeaning::of(421);
/// assert_eq!(meaning, StatusMeaning::OtherConnection);
/// assert_eq!(meaning.done(), Done::No);
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum StatusMeaning {
    /// 2xx: success.
    Success,
    /// 3xx except 304: the request belongs at another URL.
    Redirect,
    /// 304: a cache answered, though the request asked for no cached answer.
    NotModified,
    /// 401: the credentials are missing or wrong.
    Unauthorized,
    /// 403 and 451: the server, or a firewall before it, does not allow the request.
    Forbidden,
    /// 404 and 410: there is nothing at this URL.
    NotFound,
    /// 405 and 501: the URL does not support this method.
    Method,
    /// 406: the URL has no JSON.
    NotAcceptable,
    /// 407: a proxy asks for credentials.
    ProxyCredentials,
    /// 408, 421 and 425: the request was not done. Send it on another connection (RFC 9110 §15.5.9, §15.5.20, RFC 8470
    /// §5.2).
    OtherConnection,
    /// 411: the length of the body is missing.
    LengthMissing,
    /// 413: the body is too long.
    BodyTooLong,
    /// 414: the URL is too long.
    UrlTooLong,
    /// 415: the URL does not support this type of body.
    MediaType,
    /// 417: a proxy or a server does not support `Expect`.
    Expectation,
    /// 426 and 505: the server requires another version of HTTP, or TLS.
    Version,
    /// 429: too many requests.
    TooMany,
    /// 431, and nginx's 494: the headers are too long.
    HeadersTooLong,
    /// nginx's 495 and 496: the client's certificate is missing or wrong.
    ClientCertificate,
    /// nginx's 497: plain HTTP reached a port for HTTPS.
    PlainHttp,
    /// Other 4xx: the content of the request is wrong.
    Content,
    /// 502, and Cloudflare's 521, 523 and 530: a gateway did not reach the server.
    Gateway,
    /// 503 and 529: the server is overloaded or in maintenance.
    Busy,
    /// 504, Cloudflare's 520, 522 and 524, and 598 and 599 of some proxies: the server did not answer the gateway in
    /// time.
    NoAnswerInTime,
    /// 508: the request was forwarded in a loop.
    Loop,
    /// 511: a network requires a sign-in (RFC 6585 §6).
    SignIn,
    /// Cloudflare's 525 and 526: a gateway could not establish TLS with the server.
    GatewayTls,
    /// Other 5xx: a fault of the server.
    Fault,
    /// 1xx, and numbers that are not a status.
    Unknown,
}

/// Whether the server carried out a request that it answered with a status other than success, as far as the status
/// tells.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Done {
    /// The request was not carried out.
    No,
    /// The request may have been carried out.
    Perhaps,
    /// The status does not tell, and the same request would get the same answer.
    Unsaid,
}

impl StatusMeaning {
    /// The meaning of `status`.
    #[must_use]
    pub const fn of(status: u16) -> Self {
        match status {
            200..=299 => Self::Success,
            304 => Self::NotModified,
            300..=399 => Self::Redirect,
            401 => Self::Unauthorized,
            403 | 451 => Self::Forbidden,
            404 | 410 => Self::NotFound,
            405 | 501 => Self::Method,
            406 => Self::NotAcceptable,
            407 => Self::ProxyCredentials,
            408 | 421 | 425 => Self::OtherConnection,
            411 => Self::LengthMissing,
            413 => Self::BodyTooLong,
            414 => Self::UrlTooLong,
            415 => Self::MediaType,
            417 => Self::Expectation,
            426 | 505 => Self::Version,
            429 => Self::TooMany,
            431 | 494 => Self::HeadersTooLong,
            495 | 496 => Self::ClientCertificate,
            497 => Self::PlainHttp,
            400..=499 => Self::Content,
            502 | 521 | 523 | 530 => Self::Gateway,
            503 | 529 => Self::Busy,
            504 | 520 | 522 | 524 | 598 | 599 => Self::NoAnswerInTime,
            508 => Self::Loop,
            511 => Self::SignIn,
            525 | 526 => Self::GatewayTls,
            500..=599 => Self::Fault,
            _ => Self::Unknown,
        }
    }

    /// Whether the request was carried out.
    #[must_use]
    pub const fn done(self) -> Done {
        match self {
            Self::OtherConnection
            | Self::TooMany
            | Self::Gateway
            | Self::Busy
            | Self::GatewayTls => Done::No,
            Self::NoAnswerInTime => Done::Perhaps,
            _ => Done::Unsaid,
        }
    }

    /// The usual meaning and the remedy, in one or two sentences for a person, for any server.
    #[must_use]
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Success => "the request succeeded",
            Self::Redirect => {
                "this client follows no redirect, because the request holds a secret; check its URL, and set the one that \
                 `Location` names if that belongs to the server"
            }
            Self::NotModified => {
                "a cache answered in place of the server; configure it to pass this URL through"
            }
            Self::Unauthorized => {
                "the server did not accept the token; check that the API and the token endpoint belong together, and that no \
                 proxy on the way removes the header `Authorization`, as Squid does as an accelerator without \
                 `login=PASSTHRU`"
            }
            Self::Forbidden => {
                "the server, or a firewall before it, does not allow this; check the rights and the scope of the client, and \
                 whether the firewall knows this machine's address"
            }
            Self::NotFound => "there is nothing here; check its URL",
            Self::Method => {
                "this URL does not take the method of the request; check its URL, and whether a proxy or gateway lets the \
                 method pass"
            }
            Self::NotAcceptable => {
                "this URL has no answer in JSON; check its URL, which may be that of a page for people"
            }
            Self::ProxyCredentials => {
                "a proxy asks for credentials; put them into the URL of the proxy, or let the proxy pass this machine without"
            }
            Self::OtherConnection => {
                "the request was not done; check what stands before the server: a time limit for slow \
                 requests (408), a certificate for several hosts (421), TLS early data (425)"
            }
            Self::LengthMissing => {
                "the header `Content-Length` did not arrive; check its URL, and whether a proxy on the way removes the header"
            }
            Self::BodyTooLong => {
                "the body is longer than the server or a proxy before it takes; the usual limits are 1 MiB in nginx \
                 (`client_max_body_size`), 30,000,000 bytes in IIS (`maxAllowedContentLength`) and 10 MB in Amazon's API \
                 Gateway"
            }
            Self::UrlTooLong => {
                "the URL is longer than the server or a proxy before it takes; shorten it, or send a search by POST"
            }
            Self::MediaType => {
                "this URL does not take the type of the body; check its URL, and whether a proxy or gateway changes \
                 `Content-Type`"
            }
            Self::Expectation => {
                "the server or a proxy before it does not know the header `Expect`; remove it from the request"
            }
            Self::Version => {
                "the server or a proxy before it asks for another protocol; check its URL (https or http, and the port), and \
                 whether the proxy lets HTTP/1.1 and HTTP/2 pass"
            }
            Self::TooMany => "too many requests; wait and try again",
            Self::HeadersTooLong => {
                "the headers are longer than the server or a proxy before it takes, and most of them is the token; the usual \
                 limits are 8 KiB a line in nginx (`large_client_header_buffers`), 8,190 bytes in Apache \
                 (`LimitRequestFieldSize`) and 16 KiB in Node (`--max-http-header-size`)"
            }
            Self::ClientCertificate => {
                "the server asks for a client certificate, and did not accept the one it got or got none; set one that its \
                 authority has signed"
            }
            Self::PlainHttp => {
                "plain HTTP reached a port for HTTPS; check its URL, which must start with https://"
            }
            Self::Content => {
                "the server does not take the content of the request; check it against the server's documentation"
            }
            Self::Gateway => {
                "a gateway did not reach the server behind it, which may be restarting; wait and try again"
            }
            Self::Busy => "the server is busy or in maintenance; wait and try again",
            Self::NoAnswerInTime => {
                "a gateway had no answer from the server in time; the server may have done the request; wait and try again \
                 if it may be done twice"
            }
            Self::Loop => {
                "the request went round in a circle; check its URL, and whether a proxy sends it back to itself"
            }
            Self::SignIn => {
                "the network asks for a sign-in before it lets requests pass; sign in with a browser, or use another network"
            }
            Self::GatewayTls => {
                "a gateway has no TLS connection with the server behind it; the server's operator has to fix the certificate \
                 there; try again later"
            }
            Self::Fault => "the server has a fault; wait and try again",
            Self::Unknown => {
                "this is no answer of a server; check its URL, and what stands before the server"
            }
        }
    }
}
