use redox_auth_reqwest::{Algorithm, BuildError, Builder, Error, Redox, Region, UrlError};
use redox_auth_sandbox::{Server, ServerOptions};

use crate::support::canned::Canned;
use crate::support::{CLIENT_ID, client_of, everything, good_token, is_inner, keys, run_inner};

fn builder() -> Builder {
    Redox::builder().oauth_key(CLIENT_ID, keys::es256())
}

fn error(builder: Builder, case: &str) -> (BuildError, String) {
    let error = builder.build().expect_err(case);
    let shown = everything(&error);
    (error, shown)
}

#[test]
fn without_a_say_it_is_redox_in_the_united_states() {
    let redox = builder().build().unwrap();
    assert_eq!(
        redox.token_url().to_string(),
        "https://api.redoxengine.com/v2/auth/token"
    );
    let redox = builder().region(Region::Ca).build().unwrap();
    assert_eq!(
        redox.token_url().to_string(),
        "https://api.ca.redoxengine.com/v2/auth/token"
    );
}

#[test]
fn a_missing_or_empty_setting_is_named() {
    for (builder, name) in [
        (Redox::builder(), "expected a key, found none"),
        (
            Redox::builder().oauth_key("", keys::es256()),
            "the client ID is empty",
        ),
        (
            Redox::builder().oauth_key(CLIENT_ID, keys::key_called("", Algorithm::Es256)),
            "the key ID is empty",
        ),
        (
            Redox::builder().also_key(keys::es256()),
            "expected a client ID, found none",
        ),
        (
            builder().also_key(keys::key_called("", Algorithm::Es384)),
            "the key ID is empty",
        ),
        (
            Redox::builder().legacy_key("", "hush-hush"),
            "the API key is empty",
        ),
        (
            Redox::builder().legacy_key("key-1", ""),
            "the secret is empty",
        ),
    ] {
        let (error, shown) = error(builder, name);
        assert_eq!(error.to_string(), name);
        assert!(!shown.contains("hush-hush"), "{shown}");
    }
}

#[test]
fn a_url_that_secrets_must_not_go_to_is_refused_and_its_password_not_shown() {
    for (url, found) in [
        ("http://api.redoxengine.com", UrlError::PlainHttp),
        ("http://localhost.example", UrlError::PlainHttp),
        ("http://127.0.0.1.nip.example", UrlError::PlainHttp),
        ("http://0.0.0.0", UrlError::PlainHttp),
        ("http://10.0.2.2:8080", UrlError::PlainHttp),
        ("http://[::]", UrlError::PlainHttp),
        ("https://me:hush-hush@as.example", UrlError::UserInfo),
        ("http://hush-hush@127.0.0.1", UrlError::UserInfo),
        ("https://me:hush-hush@[::1", UrlError::UserInfo),
        ("https://[::1", UrlError::Host),
        ("https://xn--zzzzzz--.example", UrlError::Host),
        ("https://as.example/#a", UrlError::Fragment),
        (
            "https://as.example\\evil.example",
            UrlError::Character { at: 18 },
        ),
        ("file:///etc/passwd", UrlError::Scheme),
        ("data:text/plain,x", UrlError::Scheme),
        ("/v2/auth/token", UrlError::Scheme),
        ("https://", UrlError::Host),
        ("", UrlError::Scheme),
    ] {
        for (name, builder) in [
            ("base URL", builder().base_url(url)),
            ("token URL", builder().token_url(url)),
            ("upload URL", builder().upload_url(url)),
        ] {
            let (error, shown) = error(builder, url);
            match error {
                BuildError::Url { error, .. } => assert_eq!(error, found, "{url}"),
                other => panic!("{url}: {other}"),
            }
            assert!(shown.starts_with(&format!("{name}: {found}")), "{shown}");
            assert!(!shown.contains("hush-hush"), "{shown}");
        }
    }
}

#[tokio::test]
async fn a_token_url_may_have_a_query_and_a_base_url_may_not() {
    let (_, shown) = error(builder().base_url("https://as.example/?a=b"), "a query");
    assert!(shown.contains("found a question mark"), "{shown}");
    let server = Canned::always(good_token());
    let token_url = format!("{}/token?tenant=1", server.url());
    let redox = client_of(&server).token_url(token_url).build().unwrap();
    redox.token().await.unwrap();
    assert!(
        server
            .only_request()
            .starts_with("POST /token?tenant=1 HTTP/1.1\r\n")
    );
}

#[test]
fn an_audience_is_a_url_or_the_name_of_a_host() {
    for audience in ["", "redox", "/v2/auth/token", "https://as.example /token"] {
        let (error, _) = error(builder().audience(audience), audience);
        assert!(matches!(error, BuildError::Audience { .. }), "{error}");
        let shown = error.to_string();
        assert!(shown.contains("expected a URL"), "{shown}");
        assert!(shown.contains(&format!("found {audience:?}")), "{shown}");
    }
    // Somebody else's name for themselves: it is compared, not called.
    for audience in [
        "http://as.example",
        "https://as.example/a?b=c#d",
        "HTTPS://AS.example",
        "auth.interop.pagopa.it/client-assertion",
        "account-d.docusign.com",
        "urn:example:as",
    ] {
        assert!(builder().audience(audience).build().is_ok(), "{audience}");
    }
}

#[test]
fn a_source_id_fits_into_a_header() {
    for source_id in ["", "a b", "a\r\nx: y", "\u{e4}", "\0", "\u{7f}"] {
        let (error, shown) = error(builder().source_id(source_id), source_id);
        assert!(matches!(error, BuildError::SourceId), "{shown}");
        assert!(shown.contains("expected visible ASCII, found"), "{shown}");
    }
    assert!(builder().source_id("2f1c7a52").build().is_ok());
}

/// Plain http to this machine needs no certificates, and a container may have none.
#[tokio::test]
async fn a_machine_without_certificates_can_talk_to_itself() {
    if is_inner() {
        let server = Canned::always(good_token());
        let redox = client_of(&server).build().unwrap();
        redox.token().await.unwrap();
        return;
    }
    run_inner(
        "configuration::a_machine_without_certificates_can_talk_to_itself",
        &[
            ("SSL_CERT_FILE", "/nonexistent"),
            ("SSL_CERT_DIR", "/nonexistent"),
        ],
    );
}

// Elsewhere the system is asked for its certificates in other ways.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_error_on_a_machine_without_certificates_names_the_remedy() {
    if is_inner() {
        let options = ServerOptions::new().tls();
        let server = Server::start(options).await.unwrap();
        let redox = builder().base_url(server.base_url()).build().unwrap();
        let error = redox.token().await.unwrap_err();
        let shown = everything(&error);
        assert!(matches!(error.cause(), Error::Transport(_)), "{shown}");
        let part = "this machine has no root certificates; install them";
        assert!(error.to_string().contains(part), "{error}");
        return;
    }
    run_inner(
        "configuration::the_error_on_a_machine_without_certificates_names_the_remedy",
        &[("SSL_CERT_FILE", ""), ("SSL_CERT_DIR", "/nonexistent")],
    );
}
