use redox_auth_core::{Region, Server, Url, UrlError};
use url::Host;

/// One or two URLs, with a new line between them.
///
/// # Panics
/// When the `url` crate reads a URL that ours takes as another one, says otherwise whether two have one origin, or does
/// not see Redox where a token may go.
pub fn url(input: &[u8]) {
    let mut urls = input.splitn(2, |&byte| byte == b'\n');
    let mut next = || str::from_utf8(urls.next()?).ok();
    let one = next().and_then(check);
    let two = next().and_then(check);
    if let (Some((one, theirs)), Some((two, theirs_two))) = (one, two) {
        let same = one.same_origin(two);
        assert_eq!(same, two.same_origin(one));
        // An IPv6 address has many spellings, which ours does not compare.
        if same || !one.host().starts_with('[') {
            assert_eq!(same, theirs.origin() == theirs_two.origin());
        }
    }
}

/// The URL as both read it; `None` when one of them does not.
fn check(text: &str) -> Option<(Url<'_>, url::Url)> {
    let allowed = Server::redox(Region::Us).may_receive_token(text);
    let ours = match Url::parse(text) {
        Ok(ours) => ours,
        Err(error) => {
            assert_eq!(allowed, Err(error));
            assert_ne!(error, UrlError::OtherOrigin);
            return None;
        }
    };
    let theirs = match url::Url::parse(text) {
        Ok(theirs) => theirs,
        Err(url::ParseError::IdnaError) if text.to_ascii_lowercase().contains("xn--") => {
            assert_eq!(allowed, Err(UrlError::OtherOrigin));
            return None;
        }
        Err(error) => panic!("{text}: {error}"),
    };
    assert_eq!(ours.scheme(), theirs.scheme());
    assert_eq!(Some(ours.port()), theirs.port_or_known_default());
    assert_eq!((theirs.username(), theirs.password()), ("", None));
    assert_eq!(theirs.fragment(), None);
    let is_loopback = match theirs.host() {
        Some(Host::Domain(name)) => {
            assert_eq!(ours.host().to_ascii_lowercase(), name);
            name == "localhost"
        }
        Some(Host::Ipv4(address)) => {
            assert_eq!(ours.host(), address.to_string());
            address.is_loopback()
        }
        Some(Host::Ipv6(address)) => {
            let inner = ours.host().trim_matches(['[', ']']);
            assert_eq!(inner.parse(), Ok(address));
            // Of its spellings, only the usual one is loopback to ours.
            inner == "::1"
        }
        None => panic!("{text}: no host"),
    };
    assert_eq!(ours.is_loopback(), is_loopback);
    assert!(ours.is_https() || is_loopback);
    let redox = [
        "https://api.redoxengine.com",
        "https://blob.redoxengine.com",
    ];
    let is_redox = redox.contains(&theirs.origin().ascii_serialization().as_str());
    assert_eq!(allowed.is_ok(), is_redox, "{text}");
    Some((ours, theirs))
}
