use redox_auth_reqwest::{Api, Error, Method, Redox, Retries};

use crate::support::canned::{Answer, Canned};
use crate::support::clocks::Clocks;
use crate::support::{LEGACY_TOKEN, client_of, everything, good_token};

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
            assert!(error.refused().is_some(), "{status}: {error}");
            let shown = error.to_string();
            assert!(shown.contains(&status[..3]), "{shown}");
            assert!(shown.contains("it redirects to \"http://"), "{shown}");
            assert!(shown.contains("no redirect is followed"), "{shown}");
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
    for status in REDIRECTS {
        let elsewhere = Canned::always(Answer::json("200 OK", LEGACY_TOKEN));
        let clocks = Clocks::alone();
        let client = |answers| {
            let server = Canned::start(answers);
            let redox = Redox::builder()
                .base_url(server.url())
                .legacy_key("key-1", "secret")
                .clock(clocks.now())
                .build()
                .unwrap();
            (server, redox)
        };
        let good = Answer::json("200 OK", LEGACY_TOKEN);
        let (server, redox) = client(vec![good, redirect(status, &elsewhere.url())]);
        redox.token().await.unwrap();
        clocks.advance_secs(100 * 366 * 24 * 60 * 60);
        // Neither that of the refresh token nor, at once after it, that of the secret.
        assert!(redox.token().await.is_err(), "{status}");
        let paths = [
            "/auth/authenticate",
            "/auth/refreshToken",
            "/auth/authenticate",
        ];
        for (request, path) in server.requests().iter().zip(paths) {
            assert!(request.starts_with(&format!("POST {path} ")), "{request}");
        }
        assert_eq!(server.requests().len(), 3, "{status}");
        assert_eq!(elsewhere.requests(), [""; 0], "{status}");
    }
}

#[tokio::test]
async fn a_redirect_of_the_api_takes_no_token_elsewhere() {
    for status in REDIRECTS {
        let elsewhere = Canned::always(good_token());
        let server = Canned::start(vec![good_token(), redirect(status, &elsewhere.url())]);
        let redox = client_of(&server).source_id("source-1").build().unwrap();
        let request = redox.request(Method::GET, "/endpoint").unwrap();
        let answer = redox.send(Api::DataModel, request).await.unwrap();
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
    for path in [
        String::new(),
        "endpoint".to_owned(),
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
        match redox.request(Method::GET, &path) {
            Err(error @ Error::Path(_)) => {
                let shown = error.to_string();
                assert!(
                    shown.contains("needs a path") && shown.contains("found"),
                    "{shown}"
                );
            }
            Err(other) => panic!("{path:?}: {other}"),
            Ok(_) => panic!("{path:?} was taken"),
        }
    }
    for url in [
        evil.clone(),
        format!("{evil}/endpoint"),
        format!("{own}@{authority}"),
        own.replace("http://", "https://"),
        own.replace("127.0.0.1", "127.0.0.2"),
    ] {
        let refused = redox.request(Method::GET, &url);
        assert!(matches!(refused, Err(Error::Authorize(_))), "{url}");
        // Nor does a request that was made elsewhere take it there.
        let request = reqwest::Client::new().get(&url);
        let refused = redox.send(Api::DataModel, request).await;
        assert!(matches!(refused, Err(Error::Authorize(_))), "{url}");
    }
    assert_eq!(server.requests(), [""; 0]);
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
        let request = redox.request(Method::GET, &path).unwrap();
        let built = request.try_clone().unwrap().build().unwrap();
        assert_eq!(built.url().origin().ascii_serialization(), own, "{path:?}");
        redox.send(Api::DataModel, request).await.unwrap();
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
    let request = redox.request(Method::GET, "/endpoint").unwrap();
    let url = request.build().unwrap().url().to_string();
    assert_eq!(url, format!("{}/tenant-1/endpoint", server.url()));
    for path in [
        "/../tenant-2/endpoint",
        "/%2E%2e/tenant-2",
        "/..",
        "/a/../../b",
    ] {
        let request = redox.request(Method::GET, path);
        assert!(matches!(request, Err(Error::Path(_))), "{path}");
    }
}

#[tokio::test]
async fn an_error_of_the_api_shows_neither_the_token_nor_the_patient() {
    let server = Canned::start(vec![good_token(), Answer::raw("garbage")]);
    let redox = client_of(&server).retries(Retries::NONE).build().unwrap();
    let path = "/endpoint/patient-4711?family=Bixby";
    let request = redox.request(Method::GET, path).unwrap();
    let error = redox.send(Api::DataModel, request).await.unwrap_err();
    let shown = everything(&error);
    assert!(shown.contains(&server.url()), "{shown}");
    for secret in ["granted", "4711", "Bixby"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
