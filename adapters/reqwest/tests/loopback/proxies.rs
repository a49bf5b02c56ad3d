use redox_auth_reqwest::{
    Api, Connections, Discovery, DiscoveryError, Error, Method, ProxyProblem, Redox,
};

use crate::support::canned::{Answer, Canned};
use crate::support::{
    CLIENT_ID, assert_hidden, client_of, everything, good_token, is_inner, keys, run_inner,
};

const VARIABLES: [&str; 6] = [
    "http_proxy",
    "HTTP_PROXY",
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
];

#[tokio::test]
async fn requests_to_this_machine_use_no_proxy() {
    if is_inner() {
        return exchange().await;
    }
    let proxy = Canned::always(good_token());
    let url = proxy.url();
    run_inner(
        "proxies::requests_to_this_machine_use_no_proxy",
        &VARIABLES.map(|name| (name, url.as_str())),
    );
    assert_eq!(proxy.requests(), [""; 0]);
}

async fn exchange() {
    let server = Canned::always(good_token());
    let redox = client_of(&server).build().unwrap();
    let request = redox.request(Method::GET, "/endpoint").unwrap();
    redox.send(Api::DataModel, request).await.unwrap();
    assert_eq!(server.requests().len(), 2);

    // A token endpoint of one's own beside an API that is far away.
    let server = Canned::always(good_token());
    let redox = client_of(&server)
        .base_url("https://api.redoxengine.com")
        .token_url(server.url())
        .build()
        .unwrap();
    redox.token().await.unwrap();
    assert_eq!(server.requests().len(), 1);

    // An API of one's own beside a token endpoint that is far away.
    let server = Canned::always(good_token());
    let redox = client_of(&server)
        .token_url("https://as.example/token")
        .build()
        .unwrap();
    let request = redox.request(Method::GET, "/endpoint").unwrap();
    request.send().await.unwrap();
    assert_eq!(server.requests().len(), 1);

    // A place for uploads of one's own beside the rest, which is far away.
    let server = Canned::always(good_token());
    let redox = client_of(&server)
        .base_url("https://api.redoxengine.com")
        .upload_url(format!("{}/upload", server.url()))
        .build()
        .unwrap();
    let url = format!("{}/upload?a=b", server.url());
    let request = redox.request(Method::POST, &url).unwrap();
    request.send().await.unwrap();
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_proxy_that_refuses_is_named_with_its_variable_and_status_and_without_its_password() {
    if is_inner() {
        return through_a_proxy().await;
    }
    let proxy = Canned::always(Answer::raw("HTTP/1.1 403 Forbidden\r\n\r\n"));
    let url = proxy.url().replace("http://", "http://nurse:to-be-hidden@");
    run_inner(
        "proxies::a_proxy_that_refuses_is_named_with_its_variable_and_status_and_without_its_password",
        &[("all_proxy", &url), ("NO_PROXY", "as.example:8443")],
    );
    for request in proxy.requests() {
        assert!(request.starts_with("CONNECT as.example:443 "), "{request}");
    }
    assert!(!proxy.requests().is_empty());
}

async fn through_a_proxy() {
    let url = "https://as.example";
    let redox = Redox::builder()
        .base_url(url)
        .oauth_key(CLIENT_ID, keys::es256());
    let error = redox.build().unwrap().token().await.unwrap_err();
    let Error::Proxy(proxy) = error.cause() else {
        panic!("{error}");
    };
    assert_eq!(proxy.variable, "all_proxy");
    assert_eq!(proxy.server, "as.example:443");
    assert!(matches!(
        proxy.problem,
        ProxyProblem::Status { status: 403, .. }
    ));
    let found = Discovery::new().issuer(url).await.unwrap_err();
    assert!(matches!(found, DiscoveryError::Proxy { .. }), "{found}");
    for shown in [everything(&error), everything(&found)] {
        let named = "(all_proxy) answered CONNECT with status 403 (Forbidden); ";
        assert!(shown.contains(named), "{shown}");
        assert_hidden(&shown, &[b"to-be-hidden"]);
    }

    let connections = Connections::new();
    let proxy = connections.proxy(url).unwrap().unwrap();
    assert_hidden(&format!("{proxy} {proxy:?}"), &[b"to-be-hidden"]);
    assert_eq!(proxy.variable(), "all_proxy");
    for direct in ["https://as.example:8443", "https://localhost:8443"] {
        assert_eq!(connections.proxy(direct).unwrap(), None, "{direct}");
    }
}
