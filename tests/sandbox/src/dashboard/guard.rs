use core::net::Ipv4Addr;

use http::header::{HOST, ORIGIN};
use http::{HeaderMap, HeaderName, StatusCode};

use super::call::Problem;

/// Rejects requests that are not from this machine's user: a request with another host name, as after DNS rebinding,
/// and a request that a page of another origin made a browser send.
///
/// Programs send neither `Origin` nor `Sec-Fetch-Site`. A browser sends at least one of them with every request of a
/// page, except with navigations in old browsers. A navigation changes nothing, and shows the other page nothing.
pub(super) fn check(headers: &HeaderMap, port: u16) -> Result<(), Problem> {
    let forbidden = |text| Err(Problem::new(StatusCode::FORBIDDEN, text));
    let Some(host) = only(headers, &HOST).filter(|host| is_own(host, port)) else {
        return forbidden("the dashboard answers only under http://127.0.0.1 or http://localhost");
    };
    if headers.contains_key(ORIGIN) {
        let own = format!("http://{host}");
        if only(headers, &ORIGIN).is_none_or(|origin| !origin.eq_ignore_ascii_case(&own)) {
            return forbidden("a page of another origin may not use the dashboard");
        }
    }
    if headers.contains_key(&SEC_FETCH_SITE) {
        match only(headers, &SEC_FETCH_SITE) {
            // An address that the user has typed or bookmarked.
            Some("same-origin" | "none") => {}
            // A link on another page may lead the user here, but the page may not load the dashboard.
            Some(_) if is_visit(headers) => {}
            _ => return forbidden("a page of another origin may not use the dashboard"),
        }
    }
    Ok(())
}

/// Whether the user navigates to the page in a top-level window.
fn is_visit(headers: &HeaderMap) -> bool {
    only(headers, &SEC_FETCH_MODE) == Some("navigate")
        && only(headers, &SEC_FETCH_DEST) == Some("document")
        && !headers.contains_key(ORIGIN)
}

fn is_own(host: &str, port: u16) -> bool {
    let (name, given) = match host.rsplit_once(':') {
        Some((name, given)) => (name, given.parse().ok()),
        None => (host, Some(80)),
    };
    let is_loopback = name.parse().is_ok_and(|it: Ipv4Addr| it.is_loopback());
    given == Some(port) && (is_loopback || name.eq_ignore_ascii_case("localhost"))
}

/// The value of a header that appears once.
fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    values.next().is_none().then(|| value.to_str().ok())?
}

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");

const SEC_FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

#[cfg(test)]
mod tests {
    use super::*;

    fn is_taken(headers: &[(&'static str, &'static str)]) -> bool {
        let headers = headers.iter().map(|(name, value)| {
            let name = HeaderName::from_static(name);
            (name, http::HeaderValue::from_static(value))
        });
        let mut map = HeaderMap::new();
        headers.for_each(|(name, value)| {
            map.append(name, value);
        });
        check(&map, 8080).is_ok()
    }

    #[test]
    fn only_the_loopback_host_with_the_port_is_answered() {
        for good in ["127.0.0.1:8080", "localhost:8080", "LocalHost:8080"] {
            assert!(is_taken(&[("host", good)]), "{good}");
        }
        for bad in [
            "127.0.0.1",
            "127.0.0.1:80",
            "127.0.0.1:8080:8080",
            "evil.example:8080",
            "localhost.evil.example:8080",
            "127.0.0.1.evil.example:8080",
            "192.168.0.1:8080",
            "",
        ] {
            assert!(!is_taken(&[("host", bad)]), "{bad}");
        }
        assert!(!is_taken(&[]), "no Host");
        let twice = [("host", "127.0.0.1:8080"), ("host", "127.0.0.1:8080")];
        assert!(!is_taken(&twice), "two of them");
    }

    #[test]
    fn a_page_of_another_origin_gets_nothing() {
        let host = ("host", "127.0.0.1:8080");
        assert!(is_taken(&[host, ("origin", "http://127.0.0.1:8080")]));
        for origin in [
            "http://localhost:8080",
            "https://127.0.0.1:8080",
            "http://127.0.0.1:8081",
            "http://evil.example",
            "null",
        ] {
            assert!(!is_taken(&[host, ("origin", origin)]), "{origin}");
        }
        for (site, expected) in [
            ("same-origin", true),
            ("none", true),
            ("same-site", false),
            ("cross-site", false),
            ("", false),
        ] {
            assert_eq!(is_taken(&[host, ("sec-fetch-site", site)]), expected);
        }
    }

    #[test]
    fn a_link_on_another_page_may_lead_here_but_not_into_a_frame() {
        let visit = |dest, mode| {
            is_taken(&[
                ("host", "127.0.0.1:8080"),
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-dest", dest),
                ("sec-fetch-mode", mode),
            ])
        };
        assert!(visit("document", "navigate"));
        for (dest, mode) in [
            ("iframe", "navigate"),
            ("document", "no-cors"),
            ("script", "no-cors"),
            ("empty", "cors"),
        ] {
            assert!(!visit(dest, mode), "{dest} {mode}");
        }
    }
}
