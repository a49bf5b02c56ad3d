use core::net::IpAddr;

/// The hosts without a proxy, as `NO_PROXY` lists them: separated by commas or white space.
///
/// | entry | excluded hosts |
/// |---|---|
/// | `*` | every host |
/// | `clinic.example`, `.clinic.example`, `*.clinic.example` | this host and those below it |
/// | `10.0.0.7`, `::1` | this address |
/// | `10.0.0.0/8`, `fd00::/8` | the addresses of this network (CIDR) |
/// | one of these with a port: `clinic.example:8443`, `[fd00::1]:8443`, `10.0.0.0/8:8443` | the same at this port only |
///
/// Names are compared with names and addresses with addresses, in the form of the URL: there is no DNS lookup.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct NoProxy {
    rules: Vec<Rule>,
    ignored: Vec<String>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
struct Rule {
    host: Host,
    /// The entries.
    port: Option<u16>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Host {
    All,
    /// In lower case, without dots around it.
    Domain(String),
    /// The addresses that begin with the same bits.
    Network {
        address: IpAddr,
        bits: u32,
    },
}

impl NoProxy {
    pub(super) fn parse(list: &str) -> Self {
        let mut all = Self::default();
        let entries = list.split(|c: char| c == ',' || c.is_whitespace());
        for entry in entries.filter(|entry| !entry.is_empty()) {
            match Rule::parse(entry) {
                Some(rule) => all.rules.push(rule),
                None => all.ignored.push(entry.to_owned()),
            }
        }
        all
    }

    /// Whether this host of a URL is excluded from proxies.
    pub(super) fn excepts(&self, host: &str, port: u16) -> bool {
        let host = host.trim_matches(['[', ']']).trim_end_matches('.');
        let host = host.to_ascii_lowercase();
        let address = host.parse::<IpAddr>().ok();
        let is_excepted = |rule: &Rule| match (&rule.host, address) {
            (Host::All, _) => true,
            (Host::Domain(domain), None) => {
                let before = host.strip_suffix(domain.as_str());
                before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
            }
            (Host::Network { address, bits }, Some(host)) => shares_bits(*address, host, *bits),
            _ => false,
        };
        let is_at_port = |rule: &Rule| rule.port.is_none_or(|it| it == port);
        self.rules
            .iter()
            .any(|rule| is_at_port(rule) && is_excepted(rule))
    }

    /// Entries that exclude nothing.
    pub(super) fn ignored(&self) -> &[String] {
        &self.ignored
    }
}

impl Rule {
    fn parse(entry: &str) -> Option<Self> {
        // An IPv6 address has colons as well.
        if let Some(host) = Host::parse(entry) {
            return Some(Self { host, port: None });
        }
        let (host, port) = entry.rsplit_once(':')?;
        Some(Self {
            host: Host::parse(host)?,
            port: Some(port.parse().ok()?),
        })
    }
}

impl Host {
    fn parse(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self::All);
        }
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse().ok()?)),
            None => (text, None),
        };
        if let Ok(address) = address.trim_matches(['[', ']']).parse::<IpAddr>() {
            let most = if address.is_ipv4() { 32 } else { 128 };
            let bits = bits.unwrap_or(most);
            return (bits <= most).then_some(Self::Network { address, bits });
        }
        let domain = text.strip_prefix('*').unwrap_or(text).trim_matches('.');
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        let is_domain = !domain.is_empty() && domain.bytes().all(is_part);
        is_domain.then(|| Self::Domain(domain.to_ascii_lowercase()))
    }
}

/// Whether two addresses begin with the same bits.
fn shares_bits(one: IpAddr, other: IpAddr, bits: u32) -> bool {
    let differ = match (one, other) {
        (IpAddr::V4(one), IpAddr::V4(other)) => (one.to_bits() ^ other.to_bits()).leading_zeros(),
        (IpAddr::V6(one), IpAddr::V6(other)) => (one.to_bits() ^ other.to_bits()).leading_zeros(),
        _ => return false,
    };
    differ >= bits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_excludes_the_hosts_of_the_table() {
        for (list, host, port, expected) in [
            ("", "a.example", 443, false),
            ("*", "a.example", 443, true),
            ("*", "10.0.0.1", 443, true),
            ("clinic.example", "clinic.example", 443, true),
            ("clinic.example", "as.clinic.example", 443, true),
            ("clinic.example", "myclinic.example", 443, false),
            ("clinic.example", "clinic.example.com", 443, false),
            (".clinic.example", "clinic.example", 443, true),
            (".clinic.example", "as.clinic.example", 443, true),
            ("*.clinic.example", "AS.Clinic.Example.", 443, true),
            ("Clinic.Example.", "clinic.example", 443, true),
            ("clinic.example:8443", "clinic.example", 8443, true),
            ("clinic.example:8443", "clinic.example", 443, false),
            ("a.example, b.example c.example", "c.example", 443, true),
            ("10.0.0.7", "10.0.0.7", 443, true),
            ("10.0.0.7", "10.0.0.8", 443, false),
            ("10.0.0.7:8443", "10.0.0.7", 443, false),
            ("10.0.0.0/8", "10.200.0.1", 443, true),
            ("10.0.0.0/8", "11.0.0.1", 443, false),
            ("10.0.0.0/8", "ten.example", 443, false),
            ("10.0.0.0/8:8443", "10.0.0.1", 8443, true),
            ("10.0.0.0/8:8443", "10.0.0.1", 443, false),
            ("0.0.0.0/0", "192.0.2.1", 443, true),
            ("0.0.0.0/0", "[2001:db8::1]", 443, false),
            ("10.0.0.1/32", "10.0.0.1", 443, true),
            ("fd00::/8", "[fd12::1]", 443, true),
            ("fd00::/8", "[fe80::1]", 443, false),
            ("2001:db8::1", "[2001:db8::1]", 443, true),
            ("[2001:db8::1]:8443", "[2001:db8::1]", 8443, true),
            ("[2001:db8::1]:8443", "[2001:db8::1]", 443, false),
            ("10", "10.0.0.1", 443, false),
        ] {
            let found = NoProxy::parse(list).excepts(host, port);
            assert_eq!(found, expected, "{list:?} for {host} at {port}");
        }
    }

    #[test]
    fn an_entry_that_excepts_nothing_is_known() {
        let list = "https://a.example,10.0.0.0/33,fd00::/129,a.example:70000,a b,.";
        let ignored = [
            "https://a.example",
            "10.0.0.0/33",
            "fd00::/129",
            "a.example:70000",
            ".",
        ];
        assert_eq!(NoProxy::parse(list).ignored(), ignored);
    }
}
