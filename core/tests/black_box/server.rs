//! The URLs of a server and its settings for assertions.

use redox_auth_core::{
    DATA_MODEL_PATH, Environment, FHIR_PATH, JwtType, Region, Server, TOKEN_PATH, Url, UrlError,
    WriteError,
};

/// Made at compile time: a malformed URL would stop the build.
const CUSTOM: Server<'static> = match Server::new("https://fhir.example/r4/", "https://as.example")
{
    Ok(server) => server
        .with_audience("https://as.example/issuer")
        .with_typ(JwtType::ClientAuthentication)
        .with_scope("system/*.rs"),
    Err(_) => panic!("a mistake in a URL"),
};

#[test]
fn redox_in_each_region_is_where_its_pages_say() {
    for (region, base_url, upload_url) in [
        (
            Region::Us,
            "https://api.redoxengine.com",
            Some("https://blob.redoxengine.com/upload"),
        ),
        (Region::Ca, "https://api.ca.redoxengine.com", None),
    ] {
        let server = Server::redox(region);
        assert_eq!(server.base_url().as_str(), base_url);
        assert_eq!(region.base_url(), base_url);
        let token_url = format!("{base_url}{TOKEN_PATH}");
        assert_eq!(server.token_url().as_str(), token_url);
        assert_eq!(region.token_url(), token_url);
        assert_eq!(server.audience(), token_url);
        assert_eq!(server.upload_url().map(|url| url.as_str()), upload_url);
        assert_eq!(region.upload_url(), upload_url);
        assert_eq!((server.typ(), server.scope()), (JwtType::Jwt, None));
        let endpoint = format!("{base_url}{DATA_MODEL_PATH}");
        assert_eq!(server.may_receive_token(&endpoint), Ok(()));
    }
}

#[test]
fn another_server_says_what_it_wants_to_hear() {
    assert_eq!(CUSTOM.base_url().as_str(), "https://fhir.example/r4");
    assert_eq!(CUSTOM.base_url().path(), "/r4");
    assert_eq!(CUSTOM.token_url().as_str(), "https://as.example");
    assert_eq!(CUSTOM.token_url().path(), "/");
    assert_eq!(CUSTOM.audience(), "https://as.example/issuer");
    assert_eq!(CUSTOM.typ(), JwtType::ClientAuthentication);
    assert_eq!(CUSTOM.scope(), Some("system/*.rs"));
    assert_eq!(CUSTOM.with_scope("").scope(), None);
    assert_eq!(CUSTOM.upload_url(), None);
}

#[test]
fn a_slash_at_the_end_of_the_base_url_is_not_doubled_by_a_path() {
    for (given, kept, path) in [
        ("https://a.example", "https://a.example", "/"),
        ("https://a.example/", "https://a.example", "/"),
        ("https://a.example//", "https://a.example", "/"),
        ("https://a.example/b/", "https://a.example/b", "/b"),
        ("http://[::1]:8080/", "http://[::1]:8080", "/"),
    ] {
        let server = Server::new(given, "https://a.example/token/").unwrap();
        assert_eq!(server.base_url(), Url::parse(kept).unwrap(), "{given}");
        assert_eq!(server.base_url().path(), path, "{given}");
        assert_eq!(
            server.token_url().path(),
            "/token/",
            "the audience is exact"
        );
    }
}

#[test]
fn a_url_that_secrets_must_not_go_to_makes_no_server() {
    let good = "https://a.example/token";
    for (base, token, expected) in [
        ("http://a.example", good, UrlError::PlainHttp),
        ("https://a.example/?tenant=1", good, UrlError::Query),
        ("https://a.example/?", good, UrlError::Query),
        ("https://a.example#", good, UrlError::Fragment),
        ("", good, UrlError::Scheme),
        (good, "http://a.example/token", UrlError::PlainHttp),
        (good, "/token", UrlError::Scheme),
        (good, "", UrlError::Scheme),
    ] {
        assert_eq!(
            Server::new(base, token).err(),
            Some(expected),
            "{base} {token}"
        );
    }
    // RFC 6749 §3.2 lets a token endpoint have a query.
    assert!(Server::new(good, "https://a.example/token?tenant=1").is_ok());
    let upload = Server::new(good, good)
        .unwrap()
        .with_upload_url("http://a.example");
    assert_eq!(upload.err(), Some(UrlError::PlainHttp));
}

#[test]
fn the_fhir_base_names_the_destination_and_the_environment() {
    let us = Server::redox(Region::Us);
    for (environment, expected) in [
        (
            Environment::Development,
            "https://api.redoxengine.com/fhir/R4/redox-fhir-sandbox/Development/",
        ),
        (
            Environment::Staging,
            "https://api.redoxengine.com/fhir/R4/redox-fhir-sandbox/Staging/",
        ),
        (
            Environment::Production,
            "https://api.redoxengine.com/fhir/R4/redox-fhir-sandbox/Production/",
        ),
    ] {
        let mut out = [0; 128];
        let written = us.write_fhir_base("redox-fhir-sandbox", environment, &mut out);
        assert_eq!(written, Ok(expected));
        assert_eq!(us.may_receive_token(expected), Ok(()));
        for short in 0..expected.len() {
            let short = us.write_fhir_base("redox-fhir-sandbox", environment, &mut out[..short]);
            let needed = expected.len();
            assert_eq!(short, Err(WriteError::BufferTooSmall { needed }));
        }
    }
    let mut out = [0; 128];
    let local = Server::new("http://127.0.0.1:8080/", "http://127.0.0.1:8080/token").unwrap();
    let written = local.write_fhir_base("a.b_c~1", Environment::Staging, &mut out);
    let expected = format!("http://127.0.0.1:8080{FHIR_PATH}a.b_c~1/Staging/");
    assert_eq!(written, Ok(expected.as_str()));
}

#[test]
fn a_slug_that_leads_elsewhere_is_refused() {
    for slug in [
        "",
        ".",
        "..",
        "../..",
        "a/b",
        "/",
        "a/",
        "a\\b",
        "a?b",
        "a#b",
        "%2e%2e",
        "a b",
        "a\r\nHost: evil.example",
        "@evil.example",
        "a:b",
        "klinik-süd",
        "\0",
    ] {
        let mut out = [0; 128];
        let written =
            Server::redox(Region::Us).write_fhir_base(slug, Environment::Production, &mut out);
        assert_eq!(written, Err(WriteError::DestinationSlug), "{slug:?}");
        assert_eq!(out, [0; 128], "{slug:?}");
    }
    let said = WriteError::DestinationSlug.to_string();
    assert!(said.contains("destination slug"), "{said}");
}
