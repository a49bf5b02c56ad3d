//! The proxies that the environment names, and the hosts that it excludes.

mod no_proxy;
mod proxy;
mod tunnel;

pub use proxy::Proxy;
pub use tunnel::Tunnel;

use std::env;
use std::ffi::OsString;

use redox_auth_core::Url;

use crate::error::proxy::{ProxyError, ProxyProblem};
use no_proxy::NoProxy;

/// The content of the variables at one time.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Proxies {
    proxy: Option<Proxy>,
    no_proxy: NoProxy,
}

impl Proxies {
    /// Reads the variables. An empty variable counts as unset.
    ///
    /// # Errors
    /// [`ProxyError`] if the variable names no usable proxy.
    pub(crate) fn from_env() -> Result<Self, ProxyError> {
        Self::of(|name| env::var_os(name))
    }

    fn of(variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, ProxyError> {
        let value = |name: &&'static str| {
            let value = variable(name).filter(|value| !value.is_empty())?;
            Some((*name, value))
        };
        let proxy = PROXY.iter().find_map(value).map(|(variable, value)| {
            let proxy = match value.to_str() {
                Some(value) => Proxy::parse(variable, value),
                None => Err(ProxyProblem::NotUrl),
            };
            proxy.map_err(|problem| ProxyError::of_variable(variable, problem))
        });
        let no_proxy = NO_PROXY.iter().find_map(value);
        Ok(Self {
            proxy: proxy.transpose()?,
            no_proxy: no_proxy
                .map(|(_, value)| NoProxy::parse(&value.to_string_lossy()))
                .unwrap_or_default(),
        })
    }

    /// The proxy that requests to a host go through.
    pub(crate) fn to(&self, host: &str, port: u16) -> Option<&Proxy> {
        self.proxy
            .as_ref()
            .filter(|_| !self.no_proxy.excepts(host, port))
    }

    /// The proxy that requests to a URL go through. None for this machine, because a proxy would be another machine.
    pub(crate) fn to_url(&self, url: Url<'_>) -> Option<&Proxy> {
        self.to(url.host(), url.port())
            .filter(|_| !url.is_loopback())
    }

    /// The proxy that requests to a URL avoid because `NO_PROXY` excludes the host.
    pub(crate) fn excepted(&self, url: Url<'_>) -> Option<&Proxy> {
        let is_excepted = !url.is_loopback() && self.no_proxy.excepts(url.host(), url.port());
        self.proxy.as_ref().filter(|_| is_excepted)
    }

    /// Entries of `NO_PROXY` that exclude nothing.
    pub(crate) fn ignored(&self) -> &[String] {
        self.no_proxy.ignored()
    }

    /// The same for an HTTP client.
    pub(crate) fn for_client(self) -> reqwest::Proxy {
        reqwest::Proxy::custom(move |url| {
            let port = url.port_or_known_default()?;
            let proxy = self.to(url.host_str()?, port)?;
            Some(proxy.url().clone())
        })
    }
}

/// In the order of precedence. Only `https` leaves this machine, therefore `HTTP_PROXY` names no proxy for it.
const PROXY: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

const NO_PROXY: [&str; 2] = ["NO_PROXY", "no_proxy"];

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(variables: &[(&str, &str)]) -> Result<Proxies, ProxyError> {
        Proxies::of(|name| {
            let found = variables.iter().find(|(given, _)| *given == name);
            found.map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn the_first_variable_that_says_something_names_the_proxy() {
        for (variables, expected) in [
            (&[][..], None),
            (&[("HTTP_PROXY", "http://a:1")], None),
            (
                &[("https_proxy", "http://a:1")],
                Some("http://a:1 (https_proxy)"),
            ),
            (
                &[("ALL_PROXY", "a:1"), ("all_proxy", "b:1")],
                Some("http://a:1 (ALL_PROXY)"),
            ),
            (
                &[("HTTPS_PROXY", ""), ("all_proxy", "https://user:secret@a")],
                Some("https://a:443 (all_proxy)"),
            ),
        ] {
            let proxies = proxies(variables).unwrap();
            let shown = proxies.to("as.example", 443).map(Proxy::to_string);
            assert_eq!(shown.as_deref(), expected, "{variables:?}");
        }
    }

    #[test]
    fn loopback_goes_through_no_proxy() {
        let proxies = proxies(&[("HTTPS_PROXY", "http://a:1")]).unwrap();
        for (url, goes_through) in [
            ("https://as.example/", true),
            ("https://localhost/", false),
            ("http://127.0.0.1:8080/", false),
            ("https://[::1]/", false),
        ] {
            let url = Url::parse(url).unwrap();
            assert_eq!(proxies.to_url(url).is_some(), goes_through, "{url:?}");
        }
    }

    #[test]
    fn a_variable_without_a_proxy_is_an_error_without_secrets() {
        for (value, part) in [
            ("http://user:secret@", "expected a proxy"),
            ("ftp://user:secret@a", "found \"ftp\""),
            ("://secret", "expected a proxy"),
            ("http://a:secret", "expected a proxy"),
            ("http://user:secret@a:70000", "expected a proxy"),
        ] {
            let error = proxies(&[("HTTPS_PROXY", value)]).unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(shown.starts_with("HTTPS_PROXY: "), "{value}: {shown}");
            assert!(shown.contains(part), "{value}: {shown}");
            assert!(!shown.contains("secret"), "{shown}");
        }
    }
}
