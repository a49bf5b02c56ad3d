//! What a server says about itself: read as it says it, and used only where the user named or confirmed the host.

use proptest::prelude::*;
use redox_auth_core::ParseErrorKind::{
    Duplicate, Empty, Html, NotAnObject, NotUtf8, Syntax, TooDeep, Truncated, WrongType,
};
use redox_auth_core::{
    MetadataError, MetadataKind, MetadataUrl, NameList, ParseErrorKind, ServerMetadata, UrlError,
    WriteError,
};
use serde_json::{Value, json};

use MetadataKind::{OAuth, OpenId, Smart, Udap};

const ISSUER: &str = "https://login.example/tenant-1";

fn kind(body: impl AsRef<[u8]>) -> Result<(), ParseErrorKind> {
    let mut body = body.as_ref().to_owned();
    let read = ServerMetadata::parse(&mut body);
    read.map(|_| ()).map_err(|error| error.kind)
}

/// The token URL and the issuer that a document yields.
fn verified(
    kind: MetadataKind,
    asked: &str,
    document: &Value,
    confirmed: &[&str],
) -> Result<(String, Option<String>), MetadataError> {
    let mut body = document.to_string().into_bytes();
    let metadata = ServerMetadata::parse(&mut body).unwrap();
    let asked = MetadataUrl::new(kind, asked).unwrap();
    let server = metadata.verify(&asked, confirmed)?;
    let token_url = server.token_url.as_str().to_owned();
    Ok((token_url, server.issuer.map(str::to_owned)))
}

/// As an issuer's document with this token endpoint.
fn endpoint(token_endpoint: &str, confirmed: &[&str]) -> Result<(), MetadataError> {
    let document = json!({ "issuer": ISSUER, "token_endpoint": token_endpoint });
    verified(OAuth, ISSUER, &document, confirmed).map(|_| ())
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

#[test]
fn a_token_endpoint_is_used_only_on_a_host_that_was_named_or_confirmed() {
    use MetadataError::{OtherHost, TokenEndpoint};
    for (token_endpoint, confirmed, expected) in [
        ("https://login.example/token", &[][..], Ok(())),
        ("https://LOGIN.example:443/other/tenant?a=b", &[], Ok(())),
        ("https://login.example:8443/token", &[], Err(OtherHost)),
        (
            "https://login.example.evil.example/token",
            &[],
            Err(OtherHost),
        ),
        ("https://evil.example/login.example", &[], Err(OtherHost)),
        ("https://login.example/token", &["other.example"], Ok(())),
        ("https://other.example/token", &["other.example"], Ok(())),
        (
            "https://other.example/token",
            &["a.example", "OTHER.example"],
            Ok(()),
        ),
        (
            "https://other.example/token",
            &["other.example:443"],
            Ok(()),
        ),
        (
            "https://other.example:8443/token",
            &["other.example"],
            Err(OtherHost),
        ),
        (
            "https://other.example:8443/token",
            &["other.example:8443"],
            Ok(()),
        ),
        (
            "https://other.example/token",
            &["other.example:8443"],
            Err(OtherHost),
        ),
        (
            "https://other.example/token",
            &["https://other.example"],
            Err(OtherHost),
        ),
        (
            "https://other.example/token",
            &["other.example.org", "other.exampl"],
            Err(OtherHost),
        ),
        (
            "https://other.example/token",
            &["example", "", "*"],
            Err(OtherHost),
        ),
        ("http://127.0.0.1/token", &[], Err(OtherHost)),
        ("http://127.0.0.1:81/token", &["127.0.0.1:81"], Ok(())),
        ("https://[2001:db8::1]/token", &["[2001:db8::1]"], Ok(())),
        (
            "http://login.example/token",
            &[],
            Err(TokenEndpoint(UrlError::PlainHttp)),
        ),
        (
            "http://login.example/token",
            &["login.example"],
            Err(TokenEndpoint(UrlError::PlainHttp)),
        ),
        (
            "https://login.example@evil.example/",
            &[],
            Err(TokenEndpoint(UrlError::UserInfo)),
        ),
        (
            "https://login.example\\@evil.example/",
            &[],
            Err(TokenEndpoint(UrlError::Character { at: 21 })),
        ),
        ("/token", &[], Err(TokenEndpoint(UrlError::Scheme))),
        ("", &[], Err(TokenEndpoint(UrlError::Scheme))),
    ] {
        let found = endpoint(token_endpoint, confirmed);
        assert_eq!(found, expected, "{token_endpoint} with {confirmed:?}");
    }
    let missing = json!({ "issuer": ISSUER, "token_endpoint": null });
    let missing = verified(OAuth, ISSUER, &missing, &[]);
    assert_eq!(missing, Err(MetadataError::Missing("token_endpoint")));
}

#[test]
fn an_issuer_is_the_one_that_was_asked_for_to_the_last_character() {
    use MetadataError::{IssuerSlash, Missing, OtherIssuer};
    for kind in [OAuth, OpenId] {
        for (issuer, expected) in [
            (json!(ISSUER), Ok(())),
            (json!("https://login.example/tenant-1/"), Err(IssuerSlash)),
            (json!("https://login.example/tenant-2"), Err(OtherIssuer)),
            (json!("https://login.example/"), Err(OtherIssuer)),
            (json!("https://LOGIN.example/tenant-1"), Err(OtherIssuer)),
            (
                json!("https://login.example:443/tenant-1"),
                Err(OtherIssuer),
            ),
            (json!(""), Err(OtherIssuer)),
            (Value::Null, Err(Missing("issuer"))),
        ] {
            let document = json!({ "issuer": issuer, "token_endpoint": "https://login.example/t" });
            let found = verified(kind, ISSUER, &document, &[]).map(|_| ());
            assert_eq!(found, expected, "{issuer}");
        }
    }
    let document =
        json!({ "issuer": "https://a.example/", "token_endpoint": "https://a.example/t" });
    let found = verified(OAuth, "https://a.example", &document, &[]);
    assert_eq!(found, Err(IssuerSlash));
    assert!(verified(OAuth, "https://a.example/", &document, &[]).is_ok());
}

#[test]
fn the_issuer_of_a_fhir_server_is_an_audience_only_from_a_trusted_host() {
    let fhir = "https://fhir.example/r4";
    for (issuer, confirmed, expected) in [
        (json!("https://fhir.example/auth"), &[][..], true),
        (json!("https://other.example"), &[], false),
        (json!("https://other.example"), &["other.example"], true),
        (json!("other.example"), &["other.example"], false),
        (Value::Null, &[], false),
    ] {
        for kind in [Smart, Udap] {
            let document = json!({ "issuer": issuer, "token_endpoint": "https://fhir.example/t" });
            let (_, found) = verified(kind, fhir, &document, confirmed).unwrap();
            assert_eq!(found.is_some(), expected, "{issuer}");
        }
    }
}

#[test]
fn documents_of_real_servers_are_read_with_what_they_leave_out() {
    // Their issuer is Okta's, their token endpoint their own.
    let athenahealth = json!({
        "issuer": "https://athena.okta.com/oauth2/aus2hff5eqFb7Wqfh297",
        "token_endpoint": "https://api.platform.athenahealth.com/oauth2/v1/token",
        "token_endpoint_auth_methods_supported": ["private_key_jwt", "client_secret_basic"],
    });
    let fhir = "https://api.platform.athenahealth.com/fhir/r4";
    let token_url = "https://api.platform.athenahealth.com/oauth2/v1/token".to_owned();
    let found = verified(Smart, fhir, &athenahealth, &[]);
    assert_eq!(found, Ok((token_url, None)));

    // One server for all FHIR bases, on a host of its own, without a list of algorithms.
    let ecw = json!({
        "token_endpoint": "https://oauthserver.eclinicalworks.com/oauth/oauth2/token",
        "capabilities": ["client-confidential-asymmetric"],
    });
    let fhir = "https://fhir4.eclinicalworks.com/fhir/r4/FFBJCD";
    let found = verified(Smart, fhir, &ecw, &[]);
    assert_eq!(found, Err(MetadataError::OtherHost));
    let confirmed = ["oauthserver.eclinicalworks.com"];
    assert!(verified(Smart, fhir, &ecw, &confirmed).is_ok());

    // The issuer of Auth0 ends with a slash.
    let auth0 = json!({
        "issuer": "https://tenant.auth0.com/",
        "token_endpoint": "https://tenant.auth0.com/oauth/token",
    });
    let found = verified(OpenId, "https://tenant.auth0.com/", &auth0, &[]);
    assert_eq!(
        found.unwrap().1.as_deref(),
        Some("https://tenant.auth0.com/")
    );
    let found = verified(OpenId, "https://tenant.auth0.com", &auth0, &[]);
    assert_eq!(found, Err(MetadataError::IssuerSlash));

    // Another server than the one for machines.
    let redox = json!({
        "issuer": "https://api.redoxengine.com",
        "token_endpoint": "https://api.redoxengine.com/platform/v1/oauth/token",
        "grant_types_supported": ["authorization_code", "refresh_token"],
    });
    for (asked, kind) in [
        ("https://api.redoxengine.com", OAuth),
        ("https://API.redoxengine.com:443", OAuth),
        ("https://api.ca.redoxengine.com", OpenId),
        (
            "https://api.redoxengine.com/fhir/R4/clinic/Production",
            Smart,
        ),
    ] {
        let found = verified(kind, asked, &redox, &["api.redoxengine.com"]);
        assert_eq!(found, Err(MetadataError::Redox), "{asked}");
    }
}

#[test]
fn errors_say_what_to_do() {
    for (error, part) in [
        (MetadataError::Missing("issuer"), "`issuer` is missing"),
        (MetadataError::IssuerSlash, "as the server writes it"),
        (MetadataError::OtherIssuer, "must not be used"),
        (
            MetadataError::TokenEndpoint(UrlError::PlainHttp),
            "`token_endpoint`: expected https",
        ),
        (MetadataError::OtherHost, "confirm that host"),
        (MetadataError::Redox, "without discovery"),
    ] {
        let shown = error.to_string();
        assert!(shown.contains(part), "{shown}");
    }
}

/// Pieces of which URLs can be made that look like another.
fn url() -> impl Strategy<Value = String> {
    let pieces = [
        "https://",
        "http://",
        "login.example",
        "evil.example",
        "127.0.0.1",
        "@",
        ":",
        "443",
        "8443",
        "/",
        "?",
        "#",
        "\\",
        ".",
        "%2f",
        "[::1]",
        " ",
        "\t",
        "é",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 1..8).prop_map(|it| it.concat())
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
    fn whatever_is_trusted_begins_with_the_origin_that_was_asked(token_endpoint in url()) {
        if endpoint(&token_endpoint, &[]).is_ok() {
            let rest = token_endpoint.strip_prefix("https://login.example");
            let rest = rest.map(|it| it.strip_prefix(":443").unwrap_or(it));
            prop_assert!(rest.is_some_and(|it| it.is_empty() || it.starts_with('/')), "{token_endpoint}");
        }
    }

    #[test]
    fn any_bytes_are_metadata_or_an_error(mut body in prop::collection::vec(any::<u8>(), 0..200)) {
        let len = body.len();
        if let Err(error) = ServerMetadata::parse(&mut body) {
            prop_assert!(error.at <= len);
        }
    }
}
