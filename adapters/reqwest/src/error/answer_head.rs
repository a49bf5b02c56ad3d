use redox_auth_core::{RetryAfter, StatusMeaning, Words};
use reqwest::Url;
use reqwest::header::{CONTENT_ENCODING, HeaderMap, HeaderValue, LOCATION, RETRY_AFTER};

/// The parts of an answer's head that explain an unexpected answer to a person.
#[derive(Clone, Debug, Default)]
pub(crate) struct AnswerHead {
    /// Where a redirect leads, in quotation marks: without a user name, a query or a fragment, which may hold secrets.
    pub(crate) location: Option<String>,
    /// What to change about the URL, after a redirect.
    pub(crate) advice: Option<&'static str>,
    /// When to try again: seconds, with their unit, or a date.
    pub(crate) retry_after: Option<String>,
    /// How the body is coded. Every request asks for a body without coding.
    pub(crate) coding: Option<String>,
}

impl AnswerHead {
    /// The head of the answer to a request to `url`. It shows none of these `secrets`.
    pub(crate) fn of(status: u16, headers: &HeaderMap, url: &str, secrets: &[&str]) -> Self {
        let coding = headers.get(CONTENT_ENCODING).map(|value| value.as_bytes());
        let head = Self {
            coding: coding.and_then(coding_of),
            retry_after: headers.get(RETRY_AFTER).and_then(retry_after),
            ..Self::default()
        };
        if StatusMeaning::of(status) != StatusMeaning::Redirect {
            return head;
        }
        let Ok(url) = Url::parse(url) else {
            return head;
        };
        let location = headers.get(LOCATION).map(|value| value.as_bytes());
        let location = location.and_then(|value| core::str::from_utf8(value).ok());
        let leads_to = location.and_then(|location| url.join(location).ok());
        Self {
            location: leads_to.as_ref().map(|to| {
                let bare = without_secrets(to.clone());
                Words::new(bare.as_str().as_bytes(), secrets).to_string()
            }),
            advice: Some(advice(&url, leads_to.as_ref())),
            ..head
        }
    }
}

/// The coding, unless it is none.
fn coding_of(value: &[u8]) -> Option<String> {
    let value = String::from_utf8_lossy(value.trim_ascii()).to_ascii_lowercase();
    let is_coding = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_' | ',' | ' ');
    match value.as_str() {
        "" | "identity" => None,
        coding if coding.chars().all(is_coding) => {
            Some(coding.chars().take(CODING_CHARS).collect())
        }
        _ => Some("an unreadable name".to_owned()),
    }
}

/// The part of `Retry-After` that is valid (RFC 9110 §10.2.3).
fn retry_after(value: &HeaderValue) -> Option<String> {
    let text = value.to_str().ok()?.trim();
    let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match RetryAfter::parse(text.as_bytes())? {
        _ if is_number => Some(format!("{text:.10} s")),
        _ => Some(format!("{text:.40}")),
    }
}

fn without_secrets(mut url: Url) -> Url {
    // A URL that cannot have these parts has none.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    url
}

/// What to change after a redirect from one URL to another.
fn advice(from: &Url, to: Option<&Url>) -> &'static str {
    let Some(to) = to else {
        return NOWHERE;
    };
    match (from.scheme(), to.scheme()) {
        ("https", "http") => FROM_TLS,
        _ if from.host() != to.host() => OTHER_HOST,
        ("http", "https") => TO_TLS,
        _ if from.path() == to.path()
            && from.port_or_known_default() == to.port_or_known_default() =>
        {
            CIRCLE
        }
        _ => OTHER_URL,
    }
}

/// The fault of a coded answer.
pub(crate) const CODED: &str = "the request asks for an answer without a coding (`Accept-Encoding: identity`); switch compression off for this URL at the server, or at the proxy before it";

const NOWHERE: &str =
    "the redirect names no URL in `Location`; check the URL, and what stands before the server";

const FROM_TLS: &str = "the redirect leads from https to http, where no secret may go; a proxy that ends TLS has not told the server so: set `X-Forwarded-Proto` there";

const OTHER_HOST: &str = "no redirect to another host is followed, because the request holds a secret; if `Location` names the server, set the URL to it; a sign-in page there is that of a proxy or a gateway, which must let this host pass";

const TO_TLS: &str = "set the URL to the same with https://";

const CIRCLE: &str = "the redirect leads to the URL that was asked; something before the server wants a cookie or a sign-in, and must let this client pass";

const OTHER_URL: &str = "no redirect is followed, because the request holds a secret; set the URL to the one in `Location`, where a slash at the end counts";

/// How many characters of a coding an error shows.
const CODING_CHARS: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    fn head(status: u16, url: &str, headers: &[(&'static str, &str)]) -> AnswerHead {
        let headers = headers.iter().map(|(name, value)| {
            let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
            (reqwest::header::HeaderName::from_static(name), value)
        });
        AnswerHead::of(status, &headers.collect(), url, &["s3cret"])
    }

    #[test]
    fn a_redirect_says_where_it_leads_and_what_to_change() {
        const URL: &str = "https://api.example/a/token";
        for (from, location, shown, advice) in [
            (URL, "/b/token", "https://api.example/b/token", OTHER_URL),
            (URL, "/a/token/", "https://api.example/a/token/", OTHER_URL),
            (
                URL,
                "https://api.example:8443/a/token",
                "https://api.example:8443/a/token",
                OTHER_URL,
            ),
            (URL, "?cookie=1", "https://api.example/a/token", CIRCLE),
            (
                URL,
                "https://login.example/?next=x#y",
                "https://login.example/",
                OTHER_HOST,
            ),
            (
                URL,
                "https://user:pass@login.example/",
                "https://login.example/",
                OTHER_HOST,
            ),
            (
                URL,
                "http://api.example/a/token",
                "http://api.example/a/token",
                FROM_TLS,
            ),
            (
                "http://127.0.0.1/t",
                "https://127.0.0.1/t",
                "https://127.0.0.1/t",
                TO_TLS,
            ),
            (
                URL,
                "/s3cret/x",
                "https://api.example/[redacted]/x",
                OTHER_URL,
            ),
            (URL, "/\u{9b}2J", "https://api.example/%C2%9B2J", OTHER_URL),
        ] {
            let head = head(302, from, &[("location", location)]);
            assert_eq!(head.location, Some(format!("\"{shown}\"")), "{location}");
            assert_eq!(head.advice, Some(advice), "{location}");
        }
        for location in [
            &[][..],
            &[("location", "https://")],
            &[("location", "http://[")],
        ] {
            let head = head(301, URL, location);
            assert_eq!(
                (head.location, head.advice),
                (None, Some(NOWHERE)),
                "{location:?}"
            );
        }
        let long = format!("/{}", "x/".repeat(10_000));
        assert!(
            head(307, URL, &[("location", &*long)])
                .location
                .unwrap()
                .len()
                < 220
        );
        for status in [200, 201, 304, 404] {
            let head = head(status, URL, &[("location", "/b")]);
            assert!(head.location.is_none() && head.advice.is_none(), "{status}");
        }
    }

    #[test]
    fn the_time_to_ask_again_is_shown_where_it_is_one() {
        for (value, expected) in [
            ("120", Some("120 s")),
            (
                "Wed, 21 Oct 2026 07:28:00 GMT",
                Some("Wed, 21 Oct 2026 07:28:00 GMT"),
            ),
            ("", None),
            ("soon\u{9b}2J", None),
            ("-1", None),
        ] {
            for status in [302, 400, 429, 503] {
                let head = head(status, "https://api.example/", &[("retry-after", value)]);
                assert_eq!(head.retry_after.as_deref(), expected, "{value:?}");
            }
        }
    }

    #[test]
    fn a_coding_is_named_unless_there_is_none() {
        for (value, expected) in [
            ("", None),
            ("identity", None),
            (" Identity ", None),
            ("gzip", Some("gzip")),
            ("GZip, br", Some("gzip, br")),
            ("x\u{9b}2J", Some("an unreadable name")),
        ] {
            let head = head(200, "https://api.example/", &[("content-encoding", value)]);
            assert_eq!(head.coding.as_deref(), expected, "{value:?}");
        }
        assert!(head(200, "https://api.example/", &[]).coding.is_none());
    }
}
