use core::ffi::{CStr, c_char};
use core::ptr;

use redox_auth::{
    redox_auth_jwt_type, redox_auth_metadata, redox_auth_metadata_kind as Kind,
    redox_auth_metadata_read, redox_auth_metadata_url, redox_auth_server,
    redox_auth_status as Status,
};

use super::signing::claims_and_header;
use super::support::{Device, at, text};

const ISSUER: &CStr = c"https://login.example/tenant-1";

const DOCUMENT: &str = r#"{"issuer":"https://login.example/tenant-1",
    "token_endpoint":"https:\/\/login.example\/tenant-1\/token",
    "token_endpoint_auth_signing_alg_values_supported":["ES256","a b","RS\u0033\u00384","\u0000",""],
    "scopes_supported":["system/*.rs"]}"#;

/// Reads a document that is no longer there afterwards.
fn read(
    kind: Kind,
    base_url: &CStr,
    document: &str,
    confirmed: &[&CStr],
    out: &mut [u8],
) -> (Status, redox_auth_metadata) {
    let mut document = document.as_bytes().to_vec();
    let confirmed: Vec<_> = confirmed.iter().map(|host| host.as_ptr()).collect();
    let mut metadata = redox_auth_metadata::default();
    // SAFETY: all of them are there.
    let status = unsafe {
        redox_auth_metadata_read(
            kind as i32,
            base_url.as_ptr(),
            document.as_mut_ptr().cast(),
            document.len(),
            confirmed.as_ptr(),
            confirmed.len(),
            out.as_mut_ptr().cast(),
            out.len(),
            &raw mut metadata,
        )
    };
    (status, metadata)
}

/// The text behind a pointer into a buffer that is still there.
fn shown(text: *const c_char) -> Option<String> {
    // SAFETY: it ends with a NUL.
    let text = (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) });
    text.map(|text| text.to_str().unwrap().to_owned())
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[test]
fn the_url_of_each_document_is_known() {
    for (kind, expected) in [
        (
            Kind::Oauth,
            "https://login.example/.well-known/oauth-authorization-server/tenant-1",
        ),
        (
            Kind::Openid,
            "https://login.example/tenant-1/.well-known/openid-configuration",
        ),
        (
            Kind::Smart,
            "https://login.example/tenant-1/.well-known/smart-configuration",
        ),
        (
            Kind::Udap,
            "https://login.example/tenant-1/.well-known/udap",
        ),
    ] {
        let write = |out: &mut [u8]| {
            let (mut len, url) = (0, ISSUER.as_ptr());
            // SAFETY: all of them are there.
            let status = unsafe {
                let out_at = out.as_mut_ptr().cast();
                redox_auth_metadata_url(kind as i32, url, out_at, out.len(), &raw mut len)
            };
            (status, len)
        };
        for short in [0, 1, expected.len()] {
            let found = write(&mut vec![0; short]);
            assert_eq!(found, (Status::BufferTooSmall, expected.len()), "{short}");
        }
        let mut out = vec![7; expected.len() + 1];
        assert_eq!(write(&mut out), (Status::Ok, expected.len()));
        assert_eq!(
            CStr::from_bytes_with_nul(&out).unwrap().to_str(),
            Ok(expected)
        );
    }
}

#[test]
fn a_document_gives_what_a_session_needs() {
    let mut device = Device::new();
    let mut out = [0xff; 200];
    let (status, found) = read(Kind::Oauth, ISSUER, DOCUMENT, &[], &mut out);
    assert_eq!(status, Status::Ok);
    let token_url = "https://login.example/tenant-1/token";
    assert_eq!(shown(found.token_url), some(token_url));
    assert_eq!(shown(found.issuer), some("https://login.example/tenant-1"));
    // What is no name of an algorithm is left out.
    assert_eq!(shown(found.algorithms), some("ES256 RS384"));
    assert_eq!(shown(found.scopes), some("system/*.rs"));

    device.config.server = redox_auth_server::Custom as i32;
    device.config.base_url = c"https://login.example/api".as_ptr();
    device.config.token_url = found.token_url;
    device.config.audience = found.issuer;
    device.config.scope = found.scopes;
    device.config.jwt_type = redox_auth_jwt_type::ClientAuthentication as i32;
    assert_eq!(device.init(), Status::Ok);
    let request = device.request(at(0));
    assert_eq!(text(request.path), "/tenant-1/token");
    assert!(text(request.body).contains("&scope=system%2F*.rs"));
    let (_, claims) = claims_and_header(&text(request.body));
    assert_eq!(claims["aud"], "https://login.example/tenant-1");
}

#[test]
fn every_shorter_buffer_is_refused_with_the_exact_need() {
    let needed = read(Kind::Oauth, ISSUER, DOCUMENT, &[], &mut [0; 500])
        .1
        .needed;
    for short in 0..needed {
        let (status, found) = read(Kind::Oauth, ISSUER, DOCUMENT, &[], &mut vec![0; short]);
        assert_eq!(
            (status, found.needed),
            (Status::BufferTooSmall, needed),
            "{short}"
        );
        let texts = [
            found.token_url,
            found.issuer,
            found.algorithms,
            found.scopes,
        ];
        assert!(texts.iter().all(|text| text.is_null()), "{short}");
    }
    let (status, _) = read(Kind::Oauth, ISSUER, DOCUMENT, &[], &mut vec![0; needed]);
    assert_eq!(status, Status::Ok);
}

#[test]
fn what_a_document_leaves_out_is_no_text() {
    let document = r#"{"token_endpoint":"https://fhir.example/token","scopes_supported":[]}"#;
    let mut out = [0xff; 200];
    let fhir = c"https://fhir.example/r4";
    let (status, found) = read(Kind::Smart, fhir, document, &[], &mut out);
    assert_eq!(status, Status::Ok);
    assert_eq!(shown(found.token_url), some("https://fhir.example/token"));
    assert_eq!((found.issuer, found.algorithms), (ptr::null(), ptr::null()));
    assert_eq!(shown(found.scopes), some(""));
}

#[test]
fn another_host_is_used_once_it_is_confirmed() {
    let document = r#"{"token_endpoint":"https://login.example:8443/token"}"#;
    for (confirmed, expected) in [
        (&[][..], Status::MetadataOtherHost),
        (&[c"login.example"], Status::MetadataOtherHost),
        (&[c"login.example:8443"], Status::Ok),
        (
            &[c"a.example", c"LOGIN.example:8443", c"b.example"],
            Status::Ok,
        ),
        (
            &[c"", c"8443", c"https://login.example:8443"],
            Status::MetadataOtherHost,
        ),
    ] {
        let fhir = c"https://fhir.example/r4";
        let (status, found) = read(Kind::Udap, fhir, document, confirmed, &mut [0; 200]);
        assert_eq!(status, expected, "{confirmed:?}");
        assert_eq!(found.token_url.is_null(), status != Status::Ok);
    }
}

#[test]
fn a_document_that_must_not_be_used_is_refused() {
    let endpoint = |value: &str| {
        format!(r#"{{"issuer":"https://login.example/tenant-1","token_endpoint":{value}}}"#)
    };
    let long = format!(r#"{{"a":"{}"}}"#, "b".repeat(1_000_000));
    for (document, expected) in [
        (long, Status::MetadataMissing),
        (endpoint("null"), Status::MetadataMissing),
        (
            endpoint(r#""https://evil.example/token""#),
            Status::MetadataOtherHost,
        ),
        (
            endpoint(r#""https://login.example@evil.example""#),
            Status::UrlUserInfo,
        ),
        (
            endpoint(r#""http://login.example/token""#),
            Status::UrlPlainHttp,
        ),
        (endpoint(r#""/token""#), Status::UrlScheme),
        (endpoint("7"), Status::MetadataMalformed),
        (
            endpoint(r#""https://login.example/a","issuer":"b""#),
            Status::MetadataMalformed,
        ),
        (
            endpoint(r#""https://login.example/a","token_endpoint":"b""#),
            Status::MetadataMalformed,
        ),
        (
            DOCUMENT.replace("/tenant-1\",", "/tenant-2\","),
            Status::MetadataIssuer,
        ),
        (
            DOCUMENT.replace("/tenant-1\",", "/tenant-1/\","),
            Status::MetadataIssuer,
        ),
        (DOCUMENT.replace('}', ""), Status::MetadataMalformed),
        ("<!DOCTYPE html>".to_owned(), Status::MetadataMalformed),
        (String::new(), Status::MetadataMalformed),
    ] {
        let start: String = document.chars().take(100).collect();
        let (status, found) = read(Kind::Oauth, ISSUER, &document, &[], &mut [0; 500]);
        assert_eq!(status, expected, "{start}");
        assert!(found.token_url.is_null(), "{start}");
    }
    let redox = c"https://api.redoxengine.com";
    let (status, _) = read(Kind::Smart, redox, DOCUMENT, &[], &mut [0; 500]);
    assert_eq!(status, Status::MetadataRedox);
}
