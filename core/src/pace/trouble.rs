use core::fmt;

use crate::retry_after::RetryAfter;
use crate::status::StatusMeaning;
use crate::time::{Now, UnixTime};

/// The part of an answer that decides when the next request may begin: the status, and the headers unchanged.
#[non_exhaustive]
#[derive(Clone, Copy, Debug)]
pub struct Paced<'h> {
    /// The HTTP status.
    pub status: u16,
    /// The header `Retry-After`.
    pub retry_after: Option<&'h [u8]>,
    /// The header `Date`. A `Retry-After` that is a date uses the same clock.
    pub date: Option<&'h [u8]>,
    /// The body is a web page where the server sends none. A proxy, a gateway or a captive portal wrote it.
    pub is_page: bool,
}

impl<'h> Paced<'h> {
    /// An answer without headers.
    #[inline]
    #[must_use]
    pub const fn status(status: u16) -> Self {
        Self {
            status,
            retry_after: None,
            date: None,
            is_page: false,
        }
    }

    /// Sets the header `Retry-After`.
    #[inline]
    #[must_use]
    pub const fn with_retry_after(mut self, retry_after: Option<&'h [u8]>) -> Self {
        self.retry_after = retry_after;
        self
    }

    /// Sets the header `Date`.
    #[inline]
    #[must_use]
    pub const fn with_date(mut self, date: Option<&'h [u8]>) -> Self {
        self.date = date;
        self
    }

    /// Sets [`is_page`](Self::is_page).
    #[inline]
    #[must_use]
    pub const fn with_page(mut self, is_page: bool) -> Self {
        self.is_page = is_page;
        self
    }

    /// The trouble that kept the server from processing the message; `None` if the answer is about the message.
    ///
    /// | answer, by [`StatusMeaning`] | about |
    /// |---|---|
    /// | 429 | the rate ([`Trouble::TooManyRequests`]) |
    /// | 503, 529 | the rate ([`Trouble::Unavailable`]) |
    /// | 502, 521, 523, 525, 526, 530 | the path ([`Trouble::BadGateway`]) |
    /// | 300 to 399, but not 304 | the path ([`Trouble::Redirect`]) |
    /// | 407 | the path ([`Trouble::ProxyAuthentication`]) |
    /// | 511; 403, 404, 405, 410 and 451 with a web page | the path ([`Trouble::WebPage`]) |
    /// | any other | the message (`None`) |
    #[must_use]
    pub const fn trouble(&self) -> Option<Trouble> {
        match StatusMeaning::of(self.status) {
            StatusMeaning::TooMany => Some(Trouble::TooManyRequests),
            StatusMeaning::Busy => Some(Trouble::Unavailable),
            StatusMeaning::Gateway | StatusMeaning::GatewayTls => Some(Trouble::BadGateway),
            StatusMeaning::Redirect => Some(Trouble::Redirect),
            StatusMeaning::ProxyCredentials => Some(Trouble::ProxyAuthentication),
            StatusMeaning::SignIn => Some(Trouble::WebPage),
            StatusMeaning::Forbidden | StatusMeaning::NotFound | StatusMeaning::Method
                if self.is_page && self.status < 500 =>
            {
                Some(Trouble::WebPage)
            }
            _ => None,
        }
    }

    /// Whether the server asks for the request on another connection, which is unrelated to its limits.
    pub(super) const fn is_of_connection(&self) -> bool {
        matches!(
            StatusMeaning::of(self.status),
            StatusMeaning::OtherConnection
        )
    }

    /// The pause that the server asks for, in seconds.
    pub(super) fn retry_after_secs(&self, now: Now) -> Option<u32> {
        let date = self.date.and_then(UnixTime::parse_http_date);
        RetryAfter::parse(self.retry_after?)?.secs_from(date.or(now.unix))
    }
}

/// Trouble that keeps a server from processing messages. Its cause is the client or the path, not the message. The
/// caller queues the message again.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Trouble {
    /// 429: the server's limit is reached (RFC 6585 §4).
    TooManyRequests,
    /// 503 and 529: the server is overloaded or under maintenance (RFC 9110 §15.6.4).
    Unavailable,
    /// 502, and the statuses that some gateways write in its place: the gateway got no answer from the server (RFC 9110
    /// §15.6.3).
    BadGateway,
    /// The answer redirects elsewhere, and the client follows no redirect.
    Redirect,
    /// 407: the proxy requires a user and a password (RFC 9110 §15.5.8).
    ProxyAuthentication,
    /// 511: the network requires a sign-in (RFC 6585 §6). Or a refusal as a web page, before any answer to a message.
    WebPage,
}

impl Trouble {
    /// Whether a lower rate would help.
    #[must_use]
    pub const fn is_of_rate(self) -> bool {
        matches!(self, Self::TooManyRequests | Self::Unavailable)
    }

    /// The number of pauses in a row, without an answer to a message, after which waiting no longer helps.
    pub(super) const fn most_pauses(self) -> u8 {
        if self.is_of_rate() {
            MOST_PAUSES_OF_RATE
        } else {
            MOST_PAUSES
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooManyRequests => {
                "the server answers 429 after every pause; stop other programs with this key, or set a lower rate"
            }
            Self::Unavailable => {
                "the server answers 503 after every pause; look at its status page and start again later"
            }
            Self::BadGateway => {
                "a gateway answers 502 in place of the server; look at the server's status page and start again later"
            }
            Self::Redirect => {
                "the server redirects every request; change the base URL to the one in Location if it is the server's"
            }
            Self::ProxyAuthentication => {
                "the proxy answers 407; set its user and password in the proxy's URL"
            }
            Self::WebPage => {
                "a web page comes in place of every answer; sign in to the network, or check the proxy and the base URL"
            }
        })
    }
}

impl core::error::Error for Trouble {}

/// These pauses take at least five minutes, the time after which Redox resets its quota of requests (Redox: "Quotas and
/// constraints").
const MOST_PAUSES_OF_RATE: u8 = 12;

const MOST_PAUSES: u8 = 5;
