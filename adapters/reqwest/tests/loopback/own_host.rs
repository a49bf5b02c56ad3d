use redox_auth_reqwest::{Error, Method, Redox};

use crate::support::canned::{Answer, Canned};
use crate::support::{client_of, everything, good_token};

const REDIRECTS: [&str; 5] = [
    "301 Moved Permanently",
    "302 Found",
    "303 See Other",
    "307 Temporary Redirect",
    "308 Permanent Redirect",
];

fn redirect(status: &str, location: &str) -> Answer {
    Answer::with(status, &format!("location: {location}"), "")
}

#[tokio::test]
async fn a_redirect_of_the_token_endpoint_is_not_followed() {
    for status in REDIRECTS {
        for path in ["/v2/auth/token", "//", "/\u{e4}"] {
            let elsewhere = Canned::always(good_token());
            let location = format!("{}{path}", elsewhere.url());
            let server = Canned::always(redirect(status, &location));
            let redox = client_of(&server).build().unwrap();
            let error = redox.token().await.unwrap_err();
            assert!(matches!(error, Error::Refused(_)), "{status}: {error}");
            let shown = error.to_string();
            assert!(shown.contains(&status[..3]), "{shown}");
            assert!(
                shown.contains("does not look like a token endpoint"),
                "{shown}"
            );
            assert!(server.only_request().contains("client_assertion="));
            assert_eq!(elsewhere.requests(), [""; 0], "{status}");
        }
        // Nor to the same server, where the assertion would be used up.
        let server = Canned::start(vec![redirect(status, "/v2/auth/token"), good_token()]);
        assert!(client_of(&server).build().unwrap().token().await.is_err());
        server.only_request();
    }
}

#[tokio::test]
async fn a_redirect_of_the_legacy_endpoints_is_not_followed() {
    let body = r#"{"accessToken":"one","expires":"2026-11-21T20:52:35.000Z","refreshToken":"two"}"#;
    for status in REDIRECTS {
        let elsewhere = Canned::always(Answer::json("200 OK", body));
        let server = Canned::start(vec![
            Answer::json("200 OK", body),
            redirect(status, &elsewhere.url()),
        ]);
        let redox = Redox::builder()
            .base_url(server.url())
            .legacy_key("key-1", "secret")
            .build()
            .unwrap();
        let token = redox.token().await.unwrap();
        assert!(redox.refresh(&token).await.is_err(), "{status}");
        assert!(redox.token().await.is_err(), "{status}");
        assert_eq!(elsewhere.requests(), [""; 0], "{status}");
    }
}

#[tokio::test]
async fn a_redirect_of_the_api_takes_no_token_elsewhere() {
    for status in REDIRECTS {
        let elsewhere = Canned::always(good_token());
        let server = Canned::start(vec![good_token(), redirect(status, &elsewhere.url())]);
        let redox = client_of(&server).source_id("source-1").build().unwrap();
        let token = redox.token().await.unwrap();
        let request = redox.request(&token, Method::GET, "/endpoint").unwrap();
        let answer = request.send().await.unwrap();
        // The caller sees it, and decides.
        assert!(status.starts_with(answer.status().as_str()));
        assert_eq!(server.requests().len(), 2);
        assert_eq!(elsewhere.requests(), [""; 0], "{status}");
    }
}

#[tokio::test]
async fn a_path_never_takes_the_token_to_another_host() {
    let elsewhere = Canned::always(good_token());
    let evil = elsewhere.url();
    let authority = evil.strip_prefix("http://").unwrap();
    let server = Canned::always(good_token());
    let own = server.url();
    let redox = client_of(&server).build().unwrap();
    let token = redox.token().await.unwrap();
    for path in [
        String::new(),
        "endpoint".to_owned(),
        evil.clone(),
        format!("@{authority}"),
        format!("@{authority}/endpoint"),
        format!(":80@{authority}/endpoint"),
        format!(".{authority}"),
        format!("\\\\{authority}\\endpoint"),
        format!("\t//{authority}"),
        "?a=b".to_owned(),
        "/endpoint#fragment".to_owned(),
        "/endpoint#".to_owned(),
    ] {
        match redox.request(&token, Method::GET, &path) {
            Err(Error::Endpoint(error)) => {
                let shown = error.to_string();
                assert!(
                    shown.contains("expected") && shown.contains("found"),
                    "{shown}"
                );
            }
            Err(other) => panic!("{path:?}: {other}"),
            Ok(_) => panic!("{path:?} was taken"),
        }
    }
    // These stay where they belong, whatever they look like.
    for (path, sent) in [
        (
            format!("//{authority}/endpoint"),
            format!("//{authority}/endpoint"),
        ),
        (format!("///{authority}"), format!("///{authority}")),
        (format!("/\\{authority}"), format!("//{authority}")),
        (format!("/@{authority}"), format!("/@{authority}")),
        ("/../x".to_owned(), "/x".to_owned()),
        ("/%2e%2e/x".to_owned(), "/x".to_owned()),
        ("/\r\nhost: evil".to_owned(), "/host:%20evil".to_owned()),
        ("/a b?c d".to_owned(), "/a%20b?c%20d".to_owned()),
        (
            format!("/endpoint?next={evil}"),
            format!("/endpoint?next={evil}"),
        ),
    ] {
        let request = redox.request(&token, Method::GET, &path).unwrap();
        let built = request.try_clone().unwrap().build().unwrap();
        assert_eq!(built.url().origin().ascii_serialization(), own, "{path:?}");
        request.send().await.unwrap();
        let last = server.requests().pop().unwrap();
        assert!(
            last.starts_with(&format!("GET {sent} HTTP/1.1\r\n")),
            "{path:?}: {last}"
        );
    }
    assert_eq!(elsewhere.requests(), [""; 0]);
}

#[tokio::test]
async fn a_path_stays_below_the_base_url() {
    let server = Canned::always(good_token());
    let redox = client_of(&server)
        .base_url(format!("{}/tenant-1", server.url()))
        .build()
        .unwrap();
    let token = redox.token().await.unwrap();
    let request = redox.request(&token, Method::GET, "/endpoint").unwrap();
    let url = request.build().unwrap().url().to_string();
    assert_eq!(url, format!("{}/tenant-1/endpoint", server.url()));
    for path in [
        "/../tenant-2/endpoint",
        "/%2E%2e/tenant-2",
        "/..",
        "/a/../../b",
    ] {
        let request = redox.request(&token, Method::GET, path);
        assert!(matches!(request, Err(Error::Endpoint(_))), "{path}");
    }
}

#[tokio::test]
async fn an_error_of_the_api_does_not_show_the_token() {
    let server = Canned::start(vec![good_token(), Answer::raw("garbage")]);
    let redox = client_of(&server).build().unwrap();
    let token = redox.token().await.unwrap();
    let request = redox.request(&token, Method::GET, "/endpoint").unwrap();
    let error = Error::from(request.send().await.unwrap_err());
    assert!(!everything(&error).contains(token.expose()));
}
