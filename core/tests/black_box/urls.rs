//! URLs, compared with the `url` crate, which HTTP clients use.

use proptest::prelude::*;
use redox_auth_core::{Url, UrlError};
use url::{Host, Position};

/// The same URL in the `url` crate; `None` if it cannot parse the URL. That may only happen for a host that looks like
/// malformed Punycode.
fn theirs(url: Url<'_>) -> Option<url::Url> {
    match url::Url::parse(url.as_str()) {
        Ok(theirs) => Some(theirs),
        Err(url::ParseError::IdnaError) if url.host().to_ascii_lowercase().contains("xn--") => None,
        Err(error) => panic!("{url:?}: {error}"),
    }
}

/// Panics if the `url` crate reads `text`, which core accepts, differently.
fn assert_alike(text: &str) {
    let Ok(ours) = Url::parse(text) else {
        return;
    };
    assert_eq!(ours.as_str(), text);
    let Some(theirs) = theirs(ours) else {
        return;
    };
    assert_eq!(theirs.scheme(), ours.scheme(), "{text}");
    assert_eq!(theirs.port_or_known_default(), Some(ours.port()), "{text}");
    assert_eq!((theirs.username(), theirs.password()), ("", None), "{text}");
    assert_eq!(theirs.fragment(), None, "{text}");
    let is_loopback = match theirs.host().unwrap() {
        Host::Domain(name) => {
            assert_eq!(name, ours.host().to_ascii_lowercase(), "{text}");
            name == "localhost"
        }
        Host::Ipv4(address) => {
            assert_eq!(address.to_string(), ours.host(), "{text}");
            address.is_loopback()
        }
        Host::Ipv6(address) => {
            let inner = ours.host().trim_start_matches('[').trim_end_matches(']');
            assert_eq!(Ok(address), inner.parse(), "{text}");
            ours.is_loopback()
        }
    };
    assert_eq!(ours.is_loopback(), is_loopback, "{text}");
    assert!(ours.is_https() || is_loopback, "{text}");
    let without_path = format!("{}://{}:{}", ours.scheme(), ours.host(), ours.port());
    let same = url::Url::parse(&without_path).unwrap();
    assert_eq!(theirs.origin(), same.origin(), "{text}");
}

#[test]
fn a_url_is_taken_apart() {
    for (text, scheme, host, port, path) in [
        (
            "https://api.redoxengine.com/v2/auth/token",
            "https",
            "api.redoxengine.com",
            443,
            "/v2/auth/token",
        ),
        ("https://as.example", "https", "as.example", 443, "/"),
        ("https://as.example/", "https", "as.example", 443, "/"),
        ("HTTPS://AS.Example/A", "https", "AS.Example", 443, "/A"),
        (
            "https://a-1.b--2.example:8443/?q=a|b&c=http://@[]:",
            "https",
            "a-1.b--2.example",
            8443,
            "/?q=a|b&c=http://@[]:",
        ),
        ("https://intranet:65535", "https", "intranet", 65535, "/"),
        ("https://10.0.2.2:1/x", "https", "10.0.2.2", 1, "/x"),
        ("https://0.0.0.255/", "https", "0.0.0.255", 443, "/"),
        (
            "http://localhost:8080/token",
            "http",
            "localhost",
            8080,
            "/token",
        ),
        ("http://LocalHost/", "http", "LocalHost", 80, "/"),
        ("http://127.255.0.9", "http", "127.255.0.9", 80, "/"),
        ("http://[::1]", "http", "[::1]", 80, "/"),
        ("http://[::1]:8080/a:b@c", "http", "[::1]", 8080, "/a:b@c"),
        ("https://[2001:DB8::7]/", "https", "[2001:DB8::7]", 443, "/"),
        (
            "https://[1:2:3:4:5:6:7:8]:4",
            "https",
            "[1:2:3:4:5:6:7:8]",
            4,
            "/",
        ),
        ("https://[::]/", "https", "[::]", 443, "/"),
        ("https://[1::]/", "https", "[1::]", 443, "/"),
        (
            "https://[1:2:3:4:5:6:7::]/",
            "https",
            "[1:2:3:4:5:6:7::]",
            443,
            "/",
        ),
        (
            "https://[::2:3:4:5:6:7:ffff]",
            "https",
            "[::2:3:4:5:6:7:ffff]",
            443,
            "/",
        ),
        (
            "https://xn--mnchen-3ya.example/",
            "https",
            "xn--mnchen-3ya.example",
            443,
            "/",
        ),
    ] {
        let url = Url::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let parts = (url.scheme(), url.host(), url.port(), url.path());
        assert_eq!(parts, (scheme, host, port, path), "{text}");
        assert_eq!(url.is_https(), scheme == "https", "{text}");
        assert_eq!(url.as_str(), text);
        assert_alike(text);
        assert!(theirs(url).is_some(), "{text}");
    }
}

#[test]
fn what_could_lead_elsewhere_is_refused() {
    for (text, expected) in [
        ("", UrlError::Scheme),
        ("api.redoxengine.com", UrlError::Scheme),
        ("//api.redoxengine.com/", UrlError::Scheme),
        ("/v2/auth/token", UrlError::Scheme),
        ("https:api.redoxengine.com", UrlError::Scheme),
        ("https:/api.redoxengine.com", UrlError::Scheme),
        ("httpss://api.redoxengine.com", UrlError::Scheme),
        ("ftp://api.redoxengine.com", UrlError::Scheme),
        ("wss://api.redoxengine.com", UrlError::Scheme),
        ("blob:https://api.redoxengine.com/", UrlError::Scheme),
        ("http://api.redoxengine.com/", UrlError::PlainHttp),
        ("http://api.redoxengine.com:443/", UrlError::PlainHttp),
        ("http://localhost.evil.example/", UrlError::PlainHttp),
        ("http://localhos/", UrlError::PlainHttp),
        ("http://128.0.0.1/", UrlError::PlainHttp),
        ("http://126.255.255.255/", UrlError::PlainHttp),
        ("http://[::2]/", UrlError::PlainHttp),
        ("http://127.0.0.1.example/", UrlError::PlainHttp),
        (
            "https://api.redoxengine.com@evil.example/",
            UrlError::UserInfo,
        ),
        (
            "https://api.redoxengine.com:x@evil.example/",
            UrlError::UserInfo,
        ),
        ("https://@api.redoxengine.com/", UrlError::UserInfo),
        (
            "https://user:secret@api.redoxengine.com/",
            UrlError::UserInfo,
        ),
        ("http://127.0.0.1@evil.example/", UrlError::UserInfo),
        (
            "https://api.redoxengine.com\\@evil.example/",
            UrlError::Character { at: 27 },
        ),
        (
            "https:\\\\api.redoxengine.com/",
            UrlError::Character { at: 6 },
        ),
        (
            "https://api.redoxengine.com/a\\b",
            UrlError::Character { at: 29 },
        ),
        (
            " https://api.redoxengine.com",
            UrlError::Character { at: 0 },
        ),
        (
            "https://api.redoxengine.com ",
            UrlError::Character { at: 27 },
        ),
        ("https://evil.\texample/", UrlError::Character { at: 13 }),
        (
            "https://api.redoxengine.com/\r\nHost: evil",
            UrlError::Character { at: 28 },
        ),
        (
            "https://api.redoxengine.com/\0",
            UrlError::Character { at: 28 },
        ),
        (
            "https://api.redoxengine.com/\u{7f}",
            UrlError::Character { at: 28 },
        ),
        ("https://münchen.example/", UrlError::Character { at: 9 }),
        (
            "https://api．redoxengine.com/",
            UrlError::Character { at: 11 },
        ),
        (
            "https://api.redoxengine.com/é",
            UrlError::Character { at: 28 },
        ),
        ("https://api.redoxengine.com/#a", UrlError::Fragment),
        (
            "https://api.redoxengine.com#@evil.example/",
            UrlError::Fragment,
        ),
        ("https://api.redoxengine.com?a=b", UrlError::Query),
        (
            "https://api.redoxengine.com?@evil.example/",
            UrlError::Query,
        ),
        ("https://", UrlError::Host),
        ("https:///evil.example/", UrlError::Host),
        ("https://?", UrlError::Query),
        ("https://:443/", UrlError::Host),
        ("https://api.redoxengine.com./", UrlError::Host),
        ("https://api..redoxengine.com/", UrlError::Host),
        ("https://.redoxengine.com/", UrlError::Host),
        ("https://./", UrlError::Host),
        ("https://api%2eredoxengine.com/", UrlError::Host),
        (
            "https://api.redoxengine.com%2f@evil.example/",
            UrlError::UserInfo,
        ),
        ("https://api_1.redoxengine.com/", UrlError::Host),
        ("https://*.redoxengine.com/", UrlError::Host),
        ("https://api.redoxengine.com,evil.example/", UrlError::Host),
        ("https://127.1/", UrlError::Host),
        ("http://127.1/", UrlError::Host),
        ("http://2130706433/", UrlError::Host),
        ("http://0x7f.1/", UrlError::Host),
        ("http://0x7f000001/", UrlError::Host),
        ("http://127.0.0.0x1/", UrlError::Host),
        ("http://0177.0.0.1/", UrlError::Host),
        ("http://127.0.0.01/", UrlError::Host),
        ("http://127.0.0.1./", UrlError::Host),
        ("http://127.0.0.256/", UrlError::Host),
        ("http://127.0.0.1.1/", UrlError::Host),
        ("http://127.0.0.65537/", UrlError::Host),
        ("https://a.1/", UrlError::Host),
        ("https://[::1/", UrlError::Host),
        ("https://::1]/", UrlError::Host),
        ("https://::1/", UrlError::Host),
        ("https://[]/", UrlError::Host),
        ("https://[::1]]/", UrlError::Host),
        ("https://[::1].example/", UrlError::Host),
        ("https://x[::1]/", UrlError::Host),
        ("https://[:::1]/", UrlError::Host),
        ("https://[1:::2]/", UrlError::Host),
        ("https://[1::2::3]/", UrlError::Host),
        ("https://[::1:]/", UrlError::Host),
        ("https://[:1:2:3:4:5:6:7]/", UrlError::Host),
        ("https://[1:2:3:4:5:6:7]/", UrlError::Host),
        ("https://[1:2:3:4:5:6:7:8:9]/", UrlError::Host),
        ("https://[::1:2:3:4:5:6:7:8]/", UrlError::Host),
        ("https://[1:2:3:4:5:6:7:8::]/", UrlError::Host),
        ("https://[::00001]/", UrlError::Host),
        ("https://[::g]/", UrlError::Host),
        ("https://[::127.0.0.1]/", UrlError::Host),
        ("https://[fe80::1%25eth0]/", UrlError::Host),
        ("https://[v1.a]/", UrlError::Host),
        ("https://api.redoxengine.com:/", UrlError::Port),
        ("https://api.redoxengine.com:0/", UrlError::Port),
        ("https://api.redoxengine.com:00443/", UrlError::Port),
        ("https://api.redoxengine.com:65536/", UrlError::Port),
        ("https://api.redoxengine.com:4294967739/", UrlError::Port),
        ("https://api.redoxengine.com:+443/", UrlError::Port),
        ("https://api.redoxengine.com:443:443/", UrlError::Port),
        ("https://api.redoxengine.com:evil.example/", UrlError::Port),
    ] {
        assert_eq!(Url::parse(text), Err(expected), "{text}");
    }
}

#[test]
fn what_is_said_of_a_url_holds_no_secret() {
    let url = Url::parse("https://as.example/token?key=secret").unwrap();
    assert_eq!(
        format!("{url:?}"),
        "Url(https://as.example/token?[redacted])"
    );
    let plain = Url::parse("https://as.example/token").unwrap();
    assert_eq!(format!("{plain:?}"), "Url(https://as.example/token)");
    for text in [
        "secret://a",
        "http://secret.example/",
        "https://me:secret@as.example/",
        "https://secret_/",
        "https://as.example:secret",
        "https://as.example/#secret",
        "https://as.example?secret",
        "https://as.example/secret secret",
    ] {
        let error = Url::parse(text).unwrap_err();
        let said = format!("{error} {error:?}");
        let names_rule = said.contains("expected") && said.contains("found");
        let is_scheme = said.contains("the URL must start with https://");
        assert_eq!(is_scheme, error == UrlError::Scheme, "{said}");
        assert!(names_rule || is_scheme, "{said}");
        assert!(!said.contains("secret"), "{said}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1024) })]

    #[test]
    fn every_url_taken_is_read_alike_by_the_url_crate(
        scheme in "(https://|https://|HTTPS://|http://|Http:[/\\\\]{1,3})",
        host in "(([a-z0-9A-Z]|xn--|0x|-|\\.){0,12}|([a-z]|%2e|_|\\.|@|:){0,12}|[0-9]{1,3}(\\.[0-9x]{1,4}){0,4}|\\[[0-9a-f:.]{0,20}\\]|localhost|127\\.[0-9]\\.[0-9]{1,3}\\.1)",
        port in "(:[0-9]{0,6})?",
        path in "([/?#].{0,20})?",
    ) {
        assert_alike(&format!("{scheme}{host}{port}{path}"));
    }

    #[test]
    fn every_name_and_address_of_the_usual_form_is_taken(
        host in "([a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?\\.){0,3}[a-wyz]{1,8}",
        octets in any::<[u8; 4]>(),
        groups in any::<[u16; 8]>(),
        zeros in prop::sample::subsequence((0..8).collect::<Vec<usize>>(), 0..=8),
        port in 1_u16..,
        path in "(/[a-z0-9_~$|-]{0,5}){1,4}(\\?[a-z0-9=&|:/?@-]{0,9})?",
    ) {
        let mut groups = groups;
        for zero in zeros {
            groups[zero] = 0;
        }
        let ipv4 = core::net::Ipv4Addr::from(octets).to_string();
        let ipv6 = core::net::Ipv6Addr::from(groups);
        // With an IPv4 address at its end, which core does not accept.
        prop_assume!(!ipv6.to_string().contains('.'));
        let long = groups.map(|group| format!("{group:04X}")).join(":");
        for host in [host, ipv4, format!("[{ipv6}]"), format!("[{long}]")] {
            let text = format!("https://{host}:{port}{path}");
            let ours = Url::parse(&text);
            prop_assert!(ours.is_ok(), "{}: {:?}", text, ours);
            let ours = ours.unwrap();
            prop_assert_eq!((ours.host(), ours.port(), ours.path()), (&*host, port, &*path));
            assert_alike(&text);
            prop_assert_eq!(&theirs(ours).unwrap()[Position::BeforePath..], path.as_str());
        }
    }

    #[test]
    fn the_url_crate_agrees_on_every_origin(
        one in "(https://(a|A|b|127\\.0\\.0\\.1|\\[::1\\])|http://(localhost|127\\.0\\.0\\.1))(:443|:80|:8443)?(/a?)?",
        two in "(https://(a|A|b|127\\.0\\.0\\.1|\\[::1\\])|http://(localhost|127\\.0\\.0\\.1))(:443|:80|:8443)?(/b?)?",
    ) {
        let [one, two] = [one.as_str(), two.as_str()].map(|text| Url::parse(text).unwrap());
        let same = theirs(one).unwrap().origin() == theirs(two).unwrap().origin();
        prop_assert_eq!(one.same_origin(two), same, "{:?} and {:?}", one, two);
    }
}
