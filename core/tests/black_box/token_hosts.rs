//! The hosts that may receive a token.

use redox_auth_core::{Region, Server, Url, UrlError};

#[test]
fn a_token_for_redox_goes_to_its_two_hosts_and_nowhere_else() {
    let us = Server::redox(Region::Us);
    for url in [
        "https://api.redoxengine.com",
        "https://api.redoxengine.com/endpoint",
        "https://API.RedoxEngine.com:443/fhir/R4/clinic/Production/Patient/_search",
        "https://blob.redoxengine.com/upload",
        "https://blob.redoxengine.com/6a1c?x=//evil.example",
    ] {
        assert_eq!(us.may_receive_token(url), Ok(()), "{url}");
    }
    for (url, expected) in [
        (
            "https://api.ca.redoxengine.com/endpoint",
            UrlError::OtherOrigin,
        ),
        ("https://redoxengine.com/", UrlError::OtherOrigin),
        (
            "https://evil.example/api.redoxengine.com",
            UrlError::OtherOrigin,
        ),
        (
            "https://api.redoxengine.com.evil.example/",
            UrlError::OtherOrigin,
        ),
        ("https://evil-api.redoxengine.com/", UrlError::OtherOrigin),
        ("https://api.redoxengine.comm/", UrlError::OtherOrigin),
        ("https://api.redoxengine.com:8443/", UrlError::OtherOrigin),
        ("https://localhost/", UrlError::OtherOrigin),
        ("http://localhost/", UrlError::OtherOrigin),
        ("http://api.redoxengine.com/endpoint", UrlError::PlainHttp),
        (
            "http://api.redoxengine.com:443/endpoint",
            UrlError::PlainHttp,
        ),
        (
            "https://api.redoxengine.com@evil.example/",
            UrlError::UserInfo,
        ),
        (
            "https://api.redoxengine.com\\.evil.example/",
            UrlError::Character { at: 27 },
        ),
        ("https://api.redoxengine.com./", UrlError::Host),
        ("//api.redoxengine.com/", UrlError::Scheme),
        ("/endpoint", UrlError::Scheme),
        ("", UrlError::Scheme),
    ] {
        assert_eq!(us.may_receive_token(url), Err(expected), "{url}");
    }
    let canada = Server::redox(Region::Ca);
    for (url, expected) in [
        ("https://api.ca.redoxengine.com/endpoint", Ok(())),
        (
            "https://api.redoxengine.com/endpoint",
            Err(UrlError::OtherOrigin),
        ),
        (
            "https://blob.redoxengine.com/upload",
            Err(UrlError::OtherOrigin),
        ),
    ] {
        assert_eq!(canada.may_receive_token(url), expected, "{url}");
    }
}

#[test]
fn a_token_goes_to_the_api_and_to_what_else_is_named_but_not_to_the_token_endpoint() {
    let server = Server::new("https://fhir.example/r4", "https://login.example/token").unwrap();
    let more = [
        Url::parse("https://files.example:8443/here").unwrap(),
        Url::parse("http://[::1]:9000").unwrap(),
    ];
    let trusting = server
        .with_upload_url("https://upload.example/x")
        .unwrap()
        .also_trust(&more);
    for (url, alone, with_more) in [
        ("https://fhir.example/r4/Patient", true, true),
        ("https://fhir.example/other", true, true),
        ("https://login.example/token", false, false),
        ("https://upload.example/y", false, true),
        ("https://files.example:8443/there", false, true),
        ("https://files.example/here", false, false),
        ("http://[::1]:9000/a", false, true),
        ("https://[::1]:9000/a", false, false),
        ("http://[::1]/a", false, false),
    ] {
        assert_eq!(server.may_receive_token(url).is_ok(), alone, "{url}");
        assert_eq!(trusting.may_receive_token(url).is_ok(), with_more, "{url}");
    }
}
