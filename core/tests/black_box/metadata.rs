//! A server's metadata: parsed unchanged, and used only if the user named or confirmed the host.

mod trust;

use proptest::prelude::*;
use redox_auth_core::MetadataKind::{OAuth, OpenId, Smart, Udap};
use redox_auth_core::ParseErrorKind::{
    Duplicate, Empty, Html, NotAnObject, NotUtf8, Syntax, TooDeep, Truncated, WrongType,
};
use redox_auth_core::{
    MetadataUrl, NameList, ParseErrorKind, ServerMetadata, UrlError, WriteError,
};
use serde_json::json;

fn kind(body: impl AsRef<[u8]>) -> Result<(), ParseErrorKind> {
    let mut body = body.as_ref().to_owned();
    let read = ServerMetadata::parse(&mut body);
    read.map(|_| ()).map_err(|error| error.kind)
}

fn strings(list: Option<NameList<'_>>) -> Option<Vec<String>> {
    Some(list?.map(|name| name.chars().collect()).collect())
}

#[test]
fn the_url_of_each_document_is_that_of_its_specification() {
    const HOST: &str = "https://as.example";
    for (base, path) in [
        (HOST, ""),
        ("https://as.example/", ""),
        ("https://as.example/tenant/1", "/tenant/1"),
        ("https://as.example/tenant/1/", "/tenant/1"),
        ("https://as.example/as.example", "/as.example"),
    ] {
        for (kind, expected) in [
            (
                OAuth,
                format!("{HOST}/.well-known/oauth-authorization-server{path}"),
            ),
            (
                OpenId,
                format!("{HOST}{path}/.well-known/openid-configuration"),
            ),
            (
                Smart,
                format!("{HOST}{path}/.well-known/smart-configuration"),
            ),
            (Udap, format!("{HOST}{path}/.well-known/udap")),
        ] {
            let asked = MetadataUrl::new(kind, base).unwrap();
            let mut out = [0; 100];
            assert_eq!(asked.write(&mut out), Ok(&*expected), "{base}");
            let needed = expected.len();
            for short in 0..needed {
                let written = asked.write(&mut out[..short]);
                assert_eq!(
                    written,
                    Err(WriteError::BufferTooSmall { needed }),
                    "{base}"
                );
            }
        }
    }
    for (base, expected) in [
        ("http://as.example", UrlError::PlainHttp),
        ("https://as.example/?tenant=1", UrlError::Query),
        ("https://as.example?tenant=1", UrlError::Query),
        ("https://as.example/#1", UrlError::Fragment),
        ("https://me@as.example", UrlError::UserInfo),
        ("as.example", UrlError::Scheme),
    ] {
        assert_eq!(MetadataUrl::new(OAuth, base), Err(expected), "{base}");
    }
}

#[test]
fn every_member_is_read_and_what_is_absent_is_not_made_up() {
    let mut body = br#"{ "unknown": { "issuer": 1 }, "issuer": "https:\/\/as.example",
        "token_endpoint": "https:\u002f/as.example/token", "jwks_uri": "https://as.example/jwks",
        "signed_metadata": "e30.e30.AA",
        "token_endpoint_auth_methods_supported": ["private_key_jwt", "none"],
        "token_endpoint_auth_signing_alg_values_supported": [ "RS384" , "\u0045S384" ],
        "grant_types_supported": [], "scopes_supported": ["system/*.rs", "\"\u00e9"],
        "capabilities": ["client-confidential-asymmetric"], "udap_versions_supported": ["1"],
        "dpop_signing_alg_values_supported": ["ES256"] }"#
        .to_vec();
    let read = ServerMetadata::parse(&mut body).unwrap();
    assert_eq!(read.issuer(), Some("https://as.example"));
    assert_eq!(read.token_endpoint(), Some("https://as.example/token"));
    assert_eq!(read.jwks_uri(), Some("https://as.example/jwks"));
    assert!(read.is_signed());
    let list = |names: &[&str]| Some(names.iter().map(|&name| name.to_owned()).collect());
    for (found, expected) in [
        (read.auth_methods(), list(&["private_key_jwt", "none"])),
        (read.algorithms(), list(&["RS384", "ES384"])),
        (read.grant_types(), list(&[])),
        (read.scopes(), list(&["system/*.rs", "\"é"])),
        (
            read.capabilities(),
            list(&["client-confidential-asymmetric"]),
        ),
        (read.udap_versions(), list(&["1"])),
        (read.dpop_algorithms(), list(&["ES256"])),
    ] {
        assert_eq!(strings(found), expected);
    }
    let algorithms = read.algorithms().unwrap();
    assert!(algorithms.has("ES384") && !algorithms.has("ES38") && !algorithms.has("ES3844"));
    assert_eq!(algorithms.to_string(), "RS384, ES384");

    for body in [
        "{}",
        r#"{"issuer":null,"scopes_supported":null,"signed_metadata":null}"#,
    ] {
        let mut body = body.as_bytes().to_owned();
        let read = ServerMetadata::parse(&mut body).unwrap();
        assert_eq!(read.issuer(), None);
        assert!(read.scopes().is_none() && read.algorithms().is_none() && !read.is_signed());
    }
}

#[test]
fn what_is_no_metadata_is_named() {
    let string = |member| {
        let expected = "a string";
        Err(WrongType { member, expected })
    };
    let list = |member| {
        let expected = "an array of strings";
        Err(WrongType { member, expected })
    };
    for (body, expected) in [
        (r#"{"token_endpoint":5}"#, string("token_endpoint")),
        (
            r#"{"token_endpoint":["https://as.example"]}"#,
            string("token_endpoint"),
        ),
        (r#"{"issuer":{}}"#, string("issuer")),
        (r#"{"jwks_uri":true}"#, string("jwks_uri")),
        (r#"{"signed_metadata":{}}"#, string("signed_metadata")),
        (r#"{"scopes_supported":"a b"}"#, list("scopes_supported")),
        (
            r#"{"grant_types_supported":{}}"#,
            list("grant_types_supported"),
        ),
        (r#"{"capabilities":["a",1]}"#, list("capabilities")),
        (r#"{"capabilities":[["a"]]}"#, list("capabilities")),
        (
            r#"{"issuer":"a","\u0069ssuer":"b"}"#,
            Err(Duplicate("issuer")),
        ),
        (
            r#"{"capabilities":[],"capabilities":[]}"#,
            Err(Duplicate("capabilities")),
        ),
        ("", Err(Empty)),
        ("<!DOCTYPE html>", Err(Html)),
        ("Not Found", Err(NotAnObject)),
        ("[]", Err(NotAnObject)),
        (r#"{"issuer":"a"}}"#, Err(Syntax)),
        (r#"{"capabilities":["a",]}"#, Err(Syntax)),
        (r#"{"issuer":"\ud83d"}"#, Err(Syntax)),
    ] {
        assert_eq!(kind(body), expected, "{body}");
    }
    assert_eq!(kind(b"{\"issuer\":\"\xff\"}"), Err(NotUtf8));
}

#[test]
fn a_document_cut_off_anywhere_is_an_error() {
    let body = r#"{"issuer":"a\u00e9","capabilities":["b"],"c":[{"d":1}]}"#;
    assert_eq!(kind(body), Ok(()));
    for end in 0..body.len() {
        let expected = if end == 0 { Empty } else { Truncated };
        assert_eq!(kind(&body[..end]), Err(expected), "after {end} bytes");
    }
}

#[test]
fn large_and_deep_documents_cost_no_heap_and_no_stack() {
    let scopes = vec!["user/\"Patient\".rs"; 50_000];
    let mut body = json!({ "scopes_supported": scopes })
        .to_string()
        .into_bytes();
    assert!(body.len() > 1_000_000);
    let read = ServerMetadata::parse(&mut body).unwrap();
    assert_eq!(read.scopes().unwrap().count(), 50_000);
    for before in ["{\"a\":", "{\"issuer\":", "{\"capabilities\":["] {
        let body = format!("{before}{}", "[".repeat(100_000));
        assert_eq!(kind(&body), Err(TooDeep), "{before}");
    }
}

fn names() -> impl Strategy<Value = Option<Vec<String>>> {
    prop::option::of(prop::collection::vec("[\"\\\\/a-zé👍\u{1}]{0,8}", 0..4))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_serde_json_wrote_is_read_the_same(
        issuer in prop::option::of(any::<String>()),
        token_endpoint in prop::option::of(".{0,20}"),
        algorithms in names(),
        scopes in names(),
        is_pretty in any::<bool>(),
    ) {
        let document = json!({
            "token_endpoint_auth_signing_alg_values_supported": algorithms,
            "a": [scopes, { "issuer": issuer }],
            "issuer": issuer,
            "scopes_supported": scopes,
            "token_endpoint": token_endpoint,
        });
        let text = if is_pretty { format!("{document:#}") } else { document.to_string() };
        let mut body = text.into_bytes();
        let read = ServerMetadata::parse(&mut body).unwrap();
        prop_assert_eq!(read.issuer(), issuer.as_deref());
        prop_assert_eq!(read.token_endpoint(), token_endpoint.as_deref());
        prop_assert_eq!(strings(read.algorithms()), algorithms);
        prop_assert_eq!(strings(read.scopes()), scopes);
    }

    #[test]
    fn any_bytes_are_metadata_or_an_error(mut body in prop::collection::vec(any::<u8>(), 0..200)) {
        let len = body.len();
        if let Err(error) = ServerMetadata::parse(&mut body) {
            prop_assert!(error.at <= len);
        }
    }
}
