//! A server that is found by what it publishes: what is used of it, and what is refused before anything is signed.

mod bad_documents;
mod kept;

use redox_auth_reqwest::{
    Algorithm, BuildError, Builder, Discovered, Discovery, DiscoveryError, JwtType, Method, Redox,
};
use redox_auth_sandbox::ServerOptions;
use serde_json::{Value, json};

use crate::support::canned::{Answer, Canned};
use crate::support::{CLIENT_ID, Sandbox, decode, good_token, is_inner, keys, run_inner};

const OAUTH: &str = "/.well-known/oauth-authorization-server";
const OPENID: &str = "/.well-known/openid-configuration";
const SMART: &str = "/fhir/r4/.well-known/smart-configuration";
const UDAP: &str = "/fhir/r4/.well-known/udap";

fn document(document: &Value) -> Answer {
    Answer::json("200 OK", &document.to_string())
}

/// What an issuer without a path says of itself.
fn issuers(url: &str) -> Answer {
    document(&json!({ "issuer": url, "token_endpoint": format!("{url}/token") }))
}

/// The paths that a server was asked for.
fn paths(server: &Canned) -> Vec<String> {
    let path = |request: &String| request.split(' ').nth(1).unwrap().to_owned();
    server.requests().iter().map(path).collect()
}

fn client(server: &Discovered) -> Builder {
    Redox::builder()
        .discovered(server)
        .oauth_key(CLIENT_ID, keys::es256())
}

/// The claims of the assertion that came last.
fn last_claims(server: &Canned) -> Value {
    let request = server.requests().pop().unwrap();
    let (_, assertion) = request.split_once("&client_assertion=").unwrap();
    decode(assertion).1
}

#[tokio::test]
async fn an_issuer_leads_to_a_token() {
    let server = Canned::by_path(|url| vec![(OAUTH, issuers(url)), ("/token", good_token())]);
    let found = Discovery::new().issuer(&server.url()).await.unwrap();
    assert_eq!(found.token_url(), format!("{}/token", server.url()));
    assert_eq!(found.issuer(), Some(&*server.url()));
    assert_eq!(found.metadata().url(), format!("{}{OAUTH}", server.url()));
    let redox = client(&found).build().unwrap();
    assert_eq!(redox.token().await.unwrap().expose(), "granted");
    assert_eq!(paths(&server), [OAUTH, "/token"]);
    assert_eq!(last_claims(&server)["aud"], found.token_url());
}

#[tokio::test]
async fn the_second_document_is_asked_for_where_the_first_is_missing() {
    let page = || Answer::with("200 OK", "content-type: text/html", "<!DOCTYPE html>");
    let gone = || Answer::json("403 Forbidden", "{}");
    for first in [page(), gone()] {
        let first = || first.clone();
        let server = Canned::by_path(|url| vec![(OAUTH, first()), (OPENID, issuers(url))]);
        let found = Discovery::new().issuer(&server.url()).await.unwrap();
        assert_eq!(found.token_url(), format!("{}/token", server.url()));
        assert_eq!(paths(&server), [OAUTH, OPENID]);

        let server = Canned::by_path(|url| vec![(SMART, first()), (UDAP, issuers(url))]);
        let fhir = format!("{}/fhir/r4/", server.url());
        Discovery::new().fhir_server(&fhir).await.unwrap();
        assert_eq!(paths(&server), [SMART, UDAP]);
    }
    let server = Canned::by_path(|_| Vec::new());
    let error = Discovery::new().issuer(&server.url()).await.unwrap_err();
    assert!(error.is_absence());
    let shown = error.to_string();
    for path in [OAUTH, OPENID] {
        let part = format!("{path}: no document, but an answer with status 404");
        assert!(shown.contains(&part), "{shown}");
    }
}

#[tokio::test]
async fn a_fhir_server_is_where_the_api_is_unless_the_caller_knows_better() {
    let server = Canned::by_path(|url| {
        let token_endpoint = format!("{url}/token");
        vec![
            (
                SMART,
                document(&json!({ "token_endpoint": token_endpoint })),
            ),
            ("/token", good_token()),
        ]
    });
    let fhir = format!("{}/fhir/r4", server.url());
    let found = Discovery::new().fhir_server(&fhir).await.unwrap();
    assert_eq!(found.issuer(), None);
    let redox = client(&found).build().unwrap();
    assert_eq!(api_url(&redox), format!("{fhir}/Patient"));
    let elsewhere = client(&found).base_url("https://api.example").build();
    assert_eq!(api_url(&elsewhere.unwrap()), "https://api.example/Patient");
}

/// Where a path of the API leads.
fn api_url(redox: &Redox) -> String {
    let request = redox.request(Method::GET, "/Patient").unwrap();
    request.build().unwrap().url().to_string()
}

#[tokio::test]
async fn another_host_is_used_once_it_is_confirmed() {
    let tokens = Canned::always(good_token());
    let token_url = format!("{}/token", tokens.url());
    let document = document(&json!({ "issuer": tokens.url(), "token_endpoint": token_url }));
    let server = Canned::by_path(|_| vec![(SMART, document)]);
    let fhir = format!("{}/fhir/r4", server.url());
    let discovery = Discovery::new();
    let error = discovery.fhir_server(&fhir).await.unwrap_err();
    let host = tokens.url().replace("http://", "");
    let DiscoveryError::OtherHost { host: found, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(*found, host);
    let shown = error.to_string();
    assert!(shown.contains(&format!("--confirm-host {host}")), "{shown}");

    // The port is a part of it.
    let elsewhere = discovery.clone().confirm_host("127.0.0.1");
    assert!(elsewhere.fhir_server(&fhir).await.is_err());
    let found = discovery
        .clone()
        .confirm_host(host)
        .fhir_server(&fhir)
        .await
        .unwrap();
    assert_eq!(found.issuer(), Some(&*tokens.url()));
    assert!(tokens.requests().is_empty());
    client(&found).build().unwrap().token().await.unwrap();
    assert_eq!(paths(&tokens), ["/token"]);
    assert_eq!(last_claims(&tokens)["aud"], token_url);
    // The documents are shared, what is confirmed is not.
    assert_eq!(paths(&server), [SMART]);
    assert!(discovery.fhir_server(&fhir).await.is_err());

    for host in [
        "",
        "https://a.example",
        "a.example/",
        "a b",
        "me@a.example",
        "a.example:0",
        "*",
    ] {
        let error = Discovery::new()
            .confirm_host(host)
            .fhir_server(&fhir)
            .await
            .unwrap_err();
        assert!(
            matches!(&error, DiscoveryError::Host { found } if found == host),
            "{error}"
        );
        assert!(error.to_string().contains("login.example:8443"), "{error}");
    }
}

#[tokio::test]
async fn the_issuer_is_the_audience_only_where_the_draft_wants_it() {
    let server = Canned::by_path(|url| vec![(OAUTH, issuers(url)), ("/token", good_token())]);
    let found = Discovery::new().issuer(&server.url()).await.unwrap();
    let audience = async |builder: Builder| {
        builder.build().unwrap().token().await.unwrap();
        last_claims(&server)["aud"].as_str().unwrap().to_owned()
    };
    let long = || client(&found).typ(JwtType::ClientAuthentication);
    assert_eq!(audience(client(&found)).await, found.token_url());
    assert_eq!(audience(long()).await, server.url());
    let named = "https://as.example/";
    assert_eq!(audience(long().audience(named)).await, named);
    assert_eq!(audience(client(&found).audience(named)).await, named);
}

#[tokio::test]
async fn the_callers_settings_take_precedence_over_discovery() {
    let server = Canned::by_path(|url| vec![(OAUTH, issuers(url)), ("/mine", good_token())]);
    let found = Discovery::new().issuer(&server.url()).await.unwrap();
    let mine = format!("{}/mine", server.url());
    for builder in [
        client(&found).token_url(&mine),
        Redox::builder()
            .token_url(&mine)
            .discovered(&found)
            .oauth_key(CLIENT_ID, keys::es256()),
    ] {
        builder.build().unwrap().token().await.unwrap();
        assert_eq!(last_claims(&server)["aud"], mine);
    }
}

#[tokio::test]
async fn a_key_that_the_server_does_not_list_is_refused_before_it_signs() {
    let with = |algorithms: Value| {
        Canned::by_path(|url| {
            let name = "token_endpoint_auth_signing_alg_values_supported";
            let document =
                json!({ "issuer": url, "token_endpoint": format!("{url}/t"), name: algorithms });
            vec![(OAUTH, self::document(&document))]
        })
    };
    for (algorithms, is_fine) in [
        (Value::Null, true),
        (json!([]), true),
        (json!(["RS384", "ES256"]), true),
        (json!(["RS384", "ES384"]), false),
        (json!(["es256"]), false),
    ] {
        let server = with(algorithms.clone());
        let found = Discovery::new().issuer(&server.url()).await.unwrap();
        let built = client(&found).build();
        assert_eq!(built.is_ok(), is_fine, "{algorithms}");
        let Err(error) = built else { continue };
        assert!(matches!(error, BuildError::Algorithm { .. }));
        let shown = error.to_string();
        let listed = algorithms
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it.as_str().unwrap());
        let listed = listed.collect::<Vec<_>>().join(", ");
        let part = format!("signs with ES256, but the server's metadata list {listed}:");
        assert!(shown.contains(&part), "{shown}");
    }
}

#[tokio::test]
async fn over_tls_the_certificate_is_verified() {
    let sandbox = Sandbox::start_with(ServerOptions::new().tls()).await;
    let url = sandbox.server.base_url();
    let error = Discovery::new().issuer(url).await.unwrap_err();
    assert!(matches!(error, DiscoveryError::Transport { .. }), "{error}");
    assert_eq!(sandbox.server.counters().requests, 0);
}

#[tokio::test]
async fn the_environment_may_name_a_server_to_be_found() {
    if is_inner() {
        let builder = Builder::discover_from_env(&Discovery::new()).await;
        builder.unwrap().build().unwrap().token().await.unwrap();
        return;
    }
    let pem = keys::pem("PRIVATE KEY", &keys::pkcs8(Algorithm::Es256));
    let tokens = Canned::always(good_token());
    let endpoint = json!({ "token_endpoint": format!("{}/token", tokens.url()) });
    let fhir_server = Canned::by_path(|_| vec![(SMART, document(&endpoint))]);
    let issuer = Canned::by_path(|url| vec![(OAUTH, issuers(url)), ("/token", good_token())]);
    let fhir_url = format!("{}/fhir/r4", fhir_server.url());
    let hosts = tokens.url().replace("http://", "a.example,");
    for (variables, server) in [
        (&[("REDOX_ISSUER", &*issuer.url())][..], &issuer),
        (
            &[
                ("REDOX_FHIR_URL", &fhir_url),
                ("REDOX_CONFIRM_HOST", &hosts),
            ],
            &tokens,
        ),
    ] {
        let key = [("REDOX_CLIENT_ID", CLIENT_ID), ("REDOX_PRIVATE_KEY", &pem)];
        let test = "discovery::the_environment_may_name_a_server_to_be_found";
        run_inner(test, &[variables, &key].concat());
        assert_eq!(paths(server).last().map(String::as_str), Some("/token"));
    }
}
