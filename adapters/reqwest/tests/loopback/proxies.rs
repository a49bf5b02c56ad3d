use redox_auth_reqwest::{Api, Method};

use crate::support::canned::Canned;
use crate::support::{client_of, good_token, is_inner, run_inner};

const VARIABLES: [&str; 6] = [
    "http_proxy",
    "HTTP_PROXY",
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
];

#[tokio::test]
async fn what_is_for_this_machine_goes_to_no_proxy() {
    if is_inner() {
        return exchange().await;
    }
    let proxy = Canned::always(good_token());
    let url = proxy.url();
    run_inner(
        "proxies::what_is_for_this_machine_goes_to_no_proxy",
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
