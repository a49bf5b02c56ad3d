use core::future::ready;

use futures_util::future::join_all;
use redox_auth_reqwest::{Discovery, MetadataKind};
use serde_json::json;

use super::{OAUTH, document, issuers, paths};
use crate::support::canned::{Answer, Canned};
use crate::support::clocks::Clocks;

/// An issuer whose document comes with this header.
fn with_header(header: &'static str) -> Canned {
    Canned::by_path(|url| {
        let document = json!({ "issuer": url, "token_endpoint": format!("{url}/t") });
        vec![(OAUTH, Answer::with("200 OK", header, &document.to_string()))]
    })
}

#[tokio::test]
async fn a_document_is_kept_as_long_as_the_server_wants_within_bounds() {
    for (header, secs) in [
        ("x: y", 3600),
        ("cache-control: max-age=300", 300),
        ("cache-control: public, max-age=59", 60),
        ("cache-control: max-age=0", 60),
        ("cache-control: no-store", 60),
        ("cache-control: max-age=31536000", 86_400),
        ("cache-control: max-age=18446744073709551615", 86_400),
    ] {
        let server = with_header(header);
        let clocks = Clocks::alone();
        let discovery = Discovery::new().clock(clocks.now());
        let look = async || discovery.issuer(&server.url()).await.unwrap();
        look().await;
        clocks.advance_secs(secs - 1);
        look().await;
        discovery.clone().issuer(&server.url()).await.unwrap();
        assert_eq!(server.requests().len(), 1, "{header}");
        clocks.advance_secs(1);
        look().await;
        look().await;
        assert_eq!(server.requests().len(), 2, "{header}");
    }
}

#[tokio::test]
async fn a_failure_is_not_kept() {
    let busy = Answer::json("503 Busy", "{}");
    let server = Canned::start(vec![busy, document(&json!({ "token_endpoint": "a" }))]);
    let discovery = Discovery::new();
    let look = async || discovery.metadata(MetadataKind::Smart, &server.url()).await;
    assert!(look().await.is_err());
    assert!(look().await.is_ok());
    assert!(look().await.is_ok());
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_crowd_asks_once_even_if_the_request_fails() {
    let server = Canned::by_path(|url| vec![(OAUTH, issuers(url))]);
    let discovery = Discovery::new();
    for (kind, is_there) in [(MetadataKind::OAuth, true), (MetadataKind::Udap, false)] {
        let url = server.url();
        let all = join_all((0..50).map(|_| discovery.metadata(kind, &url))).await;
        assert!(all.iter().all(|found| found.is_ok() == is_there));
    }
    assert_eq!(paths(&server), [OAUTH, "/.well-known/udap"]);
}

#[tokio::test]
async fn the_others_get_an_answer_when_one_caller_gives_up() {
    let server = Canned::by_path(|url| vec![(OAUTH, issuers(url))]);
    let discovery = Discovery::new();
    let url = server.url();
    tokio::select! {
        biased;
        _ = discovery.issuer(&url) => panic!("an answer at once"),
        () = ready(()) => {}
    }
    discovery.issuer(&url).await.unwrap();
}

#[tokio::test]
async fn no_more_than_64_documents_are_kept() {
    let server = Canned::always(document(&json!({})));
    let clocks = Clocks::alone();
    let discovery = Discovery::new().clock(clocks.now());
    let look = async |number: u32| {
        let base = format!("{}/{number}", server.url());
        discovery
            .metadata(MetadataKind::Smart, &base)
            .await
            .unwrap();
    };
    for number in 0..65 {
        look(number).await;
        clocks.advance_secs(1);
    }
    assert_eq!(server.requests().len(), 65);
    // The one that would have ended first made room.
    for number in 1..65 {
        look(number).await;
    }
    assert_eq!(server.requests().len(), 65);
    look(0).await;
    assert_eq!(server.requests().len(), 66);
}
