use redox_auth_core::Url;

/// The kind of HTTP client that a URL needs: proxies and certificates depend on the URL.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Way {
    /// Over https to another machine, through a proxy where the system has one.
    Remote,
    /// Over https to this machine.
    LoopbackTls,
    /// Over plain http to this machine. Core allows no other plain http.
    LoopbackPlain,
}

impl Way {
    pub(crate) const fn to(url: Url<'_>) -> Self {
        match (url.is_https(), url.is_loopback()) {
            (true, false) => Self::Remote,
            (true, true) => Self::LoopbackTls,
            (false, _) => Self::LoopbackPlain,
        }
    }

    pub(crate) const fn is_loopback(self) -> bool {
        matches!(self, Self::LoopbackTls | Self::LoopbackPlain)
    }
}
