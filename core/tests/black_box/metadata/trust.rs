use proptest::prelude::*;
use redox_auth_core::MetadataKind::{self, OAuth, OpenId, Smart, Udap};
use redox_auth_core::{MetadataError, MetadataUrl, ServerMetadata, UrlError};
use serde_json::{Value, json};

const ISSUER: &str = "https://login.example/tenant-1";

/// The token URL and the issuer from a document.
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

/// Verifies an issuer's document with this token endpoint.
fn endpoint(token_endpoint: &str, confirmed: &[&str]) -> Result<(), MetadataError> {
    let document = json!({ "issuer": ISSUER, "token_endpoint": token_endpoint });
    verified(OAuth, ISSUER, &document, confirmed).map(|_| ())
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
fn the_issuer_of_a_fhir_server_is_an_audience_only_beside_the_token_endpoint() {
    let fhir = "https://fhir.example/r4";
    for (issuer, confirmed, expected) in [
        (json!("https://fhir.example/auth"), &[][..], true),
        (json!("https://other.example"), &[], false),
        // A server that was confirmed for another purpose must not be impersonated.
        (json!("https://other.example"), &["other.example"], false),
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
    // The issuer is Okta's, and the token endpoint is their own.
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

    // The document describes another server than the one for machines.
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

/// Parts for URLs that look like other URLs.
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

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_trusted_begins_with_the_origin_that_was_asked(token_endpoint in url()) {
        if endpoint(&token_endpoint, &[]).is_ok() {
            let rest = token_endpoint.strip_prefix("https://login.example");
            let rest = rest.map(|it| it.strip_prefix(":443").unwrap_or(it));
            prop_assert!(rest.is_some_and(|it| it.is_empty() || it.starts_with('/')), "{token_endpoint}");
        }
    }
}
