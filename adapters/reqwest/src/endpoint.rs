use core::fmt;

use url::{Host, Url};

/// A URL that secrets may be sent to: `https`, or `http` to loopback, without user name or fragment.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Endpoint(Url);

impl Endpoint {
    /// Checks a URL.
    ///
    /// # Errors
    /// [`EndpointError`], which shows the URL that was found, less its user name and password.
    pub fn parse(url: &str) -> Result<Self, EndpointError> {
        let wrong = |problem| EndpointError {
            url: shown(url),
            problem,
        };
        let parsed = Url::parse(url).map_err(|_| wrong("no absolute URL"))?;
        if parsed.has_authority() && !(parsed.username().is_empty() && parsed.password().is_none())
        {
            return Err(wrong("a URL with a user name in it"));
        }
        match parsed.scheme() {
            "https" if parsed.host().is_some() => {}
            "http" if is_loopback(parsed.host()) => {}
            "http" => return Err(wrong("plain http to a host other than loopback")),
            _ => return Err(wrong("a URL of another scheme")),
        }
        if parsed.fragment().is_some() {
            return Err(wrong("a URL with a fragment"));
        }
        Ok(Self(parsed))
    }

    /// Checks a URL that paths will follow, which leaves no place for a query. A token endpoint may have one (RFC 6749
    /// §3.2).
    pub(crate) fn parse_base(url: &str) -> Result<Self, EndpointError> {
        let endpoint = Self::parse(url)?;
        match endpoint.0.query() {
            None => Ok(endpoint),
            Some(_) => Err(EndpointError {
                url: shown(url),
                problem: "a URL with a query, where paths are to follow",
            }),
        }
    }

    /// The URL of `path` below this one; `path` begins with a slash and may have a query.
    ///
    /// # Errors
    /// [`EndpointError`] when `path` does not begin with a slash, or leads out of this one.
    pub(crate) fn join(&self, path: &str) -> Result<Url, EndpointError> {
        let wrong = |problem| EndpointError {
            url: shown(path),
            problem,
        };
        if !path.starts_with('/') {
            return Err(wrong("a path that does not begin with a slash"));
        }
        let base = self.0.as_str().trim_end_matches('/');
        let url = Url::parse(&format!("{base}{path}")).map_err(|_| wrong("no URL"))?;
        // Dots in the path are resolved by now.
        let below = url.as_str().starts_with(&format!("{base}/"));
        if url.origin() != self.0.origin() || !below || url.fragment().is_some() {
            return Err(wrong("a path that leads elsewhere"));
        }
        Ok(url)
    }

    /// The URL.
    #[must_use]
    pub fn as_url(&self) -> &Url {
        &self.0
    }

    /// Whether there is no TLS on the way, which is only so on this machine.
    pub(crate) fn is_plain_http(&self) -> bool {
        self.0.scheme() == "http"
    }

    /// Whether the host is this machine itself.
    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback(self.0.host())
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why secrets will not be sent to a URL.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EndpointError {
    url: String,
    problem: &'static str,
}

impl fmt::Display for EndpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url, problem } = self;
        write!(
            f,
            "expected an https URL, or http to loopback, found {problem}: {url:?}"
        )
    }
}

impl core::error::Error for EndpointError {}

fn is_loopback(host: Option<Host<&str>>) -> bool {
    match host {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        // A name that resolvers must not send elsewhere (RFC 6761 §6.3).
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// A URL as an error may show it: what stands before an `@` may be a password.
fn shown(url: &str) -> String {
    match url.rsplit_once('@') {
        Some((_, rest)) => format!("…@{rest}"),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::Endpoint;

    #[test]
    fn secrets_go_over_https_or_stay_on_this_machine() {
        for url in [
            "https://api.redoxengine.com",
            "https://as.example:8443/oauth/token",
            "http://127.0.0.1:8080",
            "http://127.9.9.9/",
            "http://[::1]:1/token",
            "http://localhost:1",
        ] {
            assert!(Endpoint::parse(url).is_ok(), "{url}");
        }
        for (url, problem) in [
            ("http://api.redoxengine.com", "plain http"),
            ("http://localhost.evil.example", "plain http"),
            ("http://127.0.0.1.evil.example", "plain http"),
            ("http://0.0.0.0:80", "plain http"),
            ("http://[::ffff:10.0.0.1]", "plain http"),
            ("https://user:pass@as.example", "a user name"),
            ("https://as.example/#a", "a fragment"),
            ("ftp://as.example", "another scheme"),
            ("as.example/token", "no absolute URL"),
            ("", "no absolute URL"),
        ] {
            let error = Endpoint::parse(url).unwrap_err().to_string();
            assert!(error.contains(problem), "{url}: {error}");
            assert!(!error.contains("pass"), "{error}");
        }
    }

    #[test]
    fn only_a_token_endpoint_may_have_a_query() {
        let url = "https://as.example/token?tenant=1";
        assert_eq!(Endpoint::parse(url).unwrap().to_string(), url);
        assert!(Endpoint::parse_base(url).is_err());
    }

    #[test]
    fn a_path_stays_below_its_endpoint() {
        let base = Endpoint::parse("https://proxy.example/redox/").unwrap();
        let joined = |path: &str| base.join(path).map(String::from);
        assert_eq!(
            joined("/endpoint").unwrap(),
            "https://proxy.example/redox/endpoint"
        );
        assert_eq!(
            joined("//evil.example").unwrap(),
            "https://proxy.example/redox//evil.example"
        );
        for path in [
            "endpoint",
            "",
            "@evil.example",
            "https://evil.example",
            "/a#b",
        ] {
            assert!(joined(path).is_err(), "{path}");
        }
        let bare = Endpoint::parse("https://proxy.example").unwrap();
        for path in ["@evil.example", ".evil.example", ":1/a"] {
            assert!(bare.join(path).is_err(), "{path}");
        }
    }
}
