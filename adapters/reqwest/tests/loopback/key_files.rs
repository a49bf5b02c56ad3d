//! Key files that change while a client uses them.

mod support;
#[cfg(unix)]
mod swaps;
#[cfg(unix)]
mod traffic;
mod unusable;

use std::sync::Mutex;
use std::sync::mpsc::channel;

use redox_auth_reqwest::{Algorithm, Error, FileProblem, KeyFile, Redox};
use redox_auth_sandbox::http::StatusCode;
use redox_auth_sandbox::{Fault, RetryAfter, Times};

use crate::support::canned::{Answer, Canned};
use crate::support::clocks::Clocks;
use crate::support::{Sandbox, assert_hidden, good_token, keys};
use support::Place;

#[tokio::test]
async fn the_next_token_is_that_of_the_next_key_and_no_token_is_lost() {
    let place = Place::with_key("first").await;
    let token = place.redox.token().await.unwrap();
    assert_eq!(token.key_id(), Some("first"));
    let second = place.write("second");
    place.register(&["first", "second"]);
    assert_eq!(place.key_id().await, "first");
    place.clocks.advance_secs(300);
    assert_eq!(place.key_id().await, "second");
    let file = &place.redox.files()[0];
    assert_eq!(file.key, Some(("second".to_owned(), Algorithm::Es256)));
    assert_eq!((file.changes, file.problem.is_none()), (1, true));
    // The same again in other bytes is no other key.
    std::fs::write(place.file(), format!("{second}\n")).unwrap();
    assert_eq!(place.redox.read_files_again().await[0].changes, 1);
    assert_eq!(place.requests(), 2);
}

#[tokio::test]
async fn the_key_before_is_tried_while_the_server_knows_no_other() {
    let place = Place::with_key("first").await;
    place.write("second");
    assert_eq!(place.key_id().await, "first");
    let refused = place.redox.last_failure().unwrap();
    let sent = refused.refused().unwrap().sent.clone().unwrap();
    assert_eq!(sent.key_id, "second");
    // From then on this key works, until the server has the other one.
    place.clocks.advance_secs(300);
    assert_eq!(place.key_id().await, "first");
    assert_eq!(place.requests(), 3);
    place.register(&["second"]);
    place.clocks.advance_secs(300);
    assert_eq!(place.key_id().await, "second");
    assert_eq!(place.requests(), 5);
}

#[tokio::test]
async fn no_more_than_two_keys_of_a_file_are_kept() {
    let place = Place::with_key("first").await;
    place.write("second");
    place.redox.read_files_again().await;
    place.write("third");
    place.redox.read_files_again().await;
    let error = place.redox.token().await.unwrap_err();
    assert!(matches!(error, Error::NoToken { .. }), "{error}");
    assert_eq!(place.requests(), 2);
    place.register(&["second"]);
    place.clocks.advance_secs(300);
    assert_eq!(place.key_id().await, "second");
}

#[tokio::test]
async fn the_key_that_got_the_last_token_stays_whatever_comes_after_it() {
    let place = Place::with_key("first").await;
    assert_eq!(place.key_id().await, "first");
    for key_id in ["second", "third"] {
        place.write(key_id);
        place.redox.read_files_again().await;
    }
    place.clocks.advance_secs(300);
    assert_eq!(place.key_id().await, "first");
    assert_eq!(place.requests(), 4);
}

#[tokio::test]
async fn a_file_that_changes_at_every_refusal_is_read_twice_for_a_token() {
    let place = Place::with_key("first").await;
    let (file, next) = (place.file(), Mutex::new(0));
    let server = Canned::choosing(|_| {
        move |_, _: &str| {
            let mut next = next.lock().unwrap();
            *next += 1;
            let jwk = keys::jwk(&keys::pkcs8(Algorithm::Es256), &next.to_string());
            std::fs::write(&file, jwk.to_string()).unwrap();
            let refusal = r#"{"error":"invalid_client","error_description":"Key not found"}"#;
            Some(Answer::json("401 Unauthorized", refusal))
        }
    });
    let redox = Redox::builder()
        .base_url(server.url())
        .key_file(&place.client_id, place.file())
        .clock(place.clocks.now())
        .build()
        .unwrap();
    // The key at the start; then the one that came with its refusal, and the one before it.
    redox.token().await.unwrap_err();
    assert_eq!(server.requests().len(), 3);
    redox.token().await.unwrap_err();
    assert_eq!(server.requests().len(), 3);
    // A second later, the file is read for those who ask: as above, with one key more at the start.
    place.clocks.advance_secs(1);
    redox.token().await.unwrap_err();
    assert_eq!(server.requests().len(), 7);
}

#[tokio::test]
async fn reading_the_files_again_allows_another_try_with_a_refused_key() {
    let place = Place::with_key("first").await;
    place.register(&["second"]);
    place.redox.token().await.unwrap_err();
    place.register(&["first"]);
    place.redox.token().await.unwrap_err();
    assert_eq!(place.requests(), 1);
    place.redox.read_files_again().await;
    assert_eq!(place.key_id().await, "first");
    assert_eq!(place.requests(), 2);
}

#[tokio::test]
async fn a_change_of_the_file_does_not_end_a_pause_that_the_server_asked_for() {
    let place = Place::with_key("first").await;
    let busy = Fault::Unavailable(StatusCode::SERVICE_UNAVAILABLE, RetryAfter::Secs(30));
    place.sandbox.fail_at_tokens(&busy, Times::Next(1));
    place.redox.token().await.unwrap_err();
    place.write("second");
    place.register(&["second"]);
    place.clocks.advance_secs(29);
    place.redox.token().await.unwrap_err();
    // The one that the fault answered does not count.
    assert_eq!(place.requests(), 0);
    place.clocks.advance_secs(1);
    assert_eq!(place.key_id().await, "second");
}

#[tokio::test]
async fn a_key_that_comes_after_a_refusal_ends_the_pause_that_followed_it() {
    let place = Place::with_key("first").await;
    place.prepare("second");
    place.register(&["second"]);
    let error = place.redox.token().await.unwrap_err();
    let Error::NoToken { retry_in, .. } = error else {
        panic!("{error}");
    };
    assert!(retry_in.as_secs() >= 2, "{retry_in:?}");
    place.write("second");
    // Not more often than once a second, however many ask.
    place.clocks.advance_secs(1);
    assert_eq!(place.key_id().await, "second");
    assert_eq!(place.requests(), 2);
}

#[tokio::test]
async fn a_refusal_of_the_key_before_says_nothing_about_one_that_came_meanwhile() {
    let place = Place::with_key("first").await;
    let (let_go, held) = channel();
    let held = Mutex::new(held);
    let server = Canned::choosing(|_| {
        move |index, _: &str| match index {
            0 => {
                held.lock().unwrap().recv().unwrap();
                let refusal = r#"{"error":"invalid_client","error_description":"Key not found"}"#;
                Some(Answer::json("401 Unauthorized", refusal))
            }
            _ => Some(good_token()),
        }
    });
    let redox = Redox::builder()
        .base_url(server.url())
        .key_file(&place.client_id, place.file())
        .build()
        .unwrap();
    let token = tokio::spawn({
        let redox = redox.clone();
        async move { redox.token().await.unwrap() }
    });
    while server.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    place.write("second");
    redox.read_files_again().await;
    let_go.send(()).unwrap();
    assert_eq!(token.await.unwrap().key_id(), Some("second"));
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn keys_of_the_caller_take_the_place_of_those_in_files() {
    let place = Place::with_key("first").await;
    let own = keys::key_called("own", Algorithm::Es384);
    place.redox.replace_keys([own]).unwrap();
    place.write("second");
    place.register(&["second"]);
    let error = place.redox.token().await.unwrap_err();
    let sent = error.refused().unwrap().sent.clone().unwrap();
    assert_eq!(sent.key_id, "own");
    assert!(place.redox.read_files_again().await.is_empty());
}

#[tokio::test]
async fn the_secret_before_is_tried_until_the_server_has_the_next() {
    let sandbox = Sandbox::start().await;
    let clocks = Clocks::with(sandbox.server.clock());
    let key = sandbox.register_legacy();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    std::fs::write(&path, key.expose_secret()).unwrap();
    let redox = Redox::builder()
        .base_url(sandbox.server.base_url())
        .legacy_secret_file(key.api_key(), &path)
        .clock(clocks.now())
        .build()
        .unwrap();
    std::fs::write(&path, "a secret that the server does not have yet\n").unwrap();
    let first = redox.token().await.unwrap();
    assert!(redox.last_failure().is_some());
    assert_eq!(redox.files()[0].changes, 1);

    let rotated = sandbox.rotate_legacy();
    std::fs::write(&path, rotated.expose_secret()).unwrap();
    clocks.advance_secs(24 * 3_600);
    let second = redox.token().await.unwrap();
    assert_ne!(first.expose(), second.expose());

    // A secret of the caller's takes the place of the file.
    redox.replace_legacy_secret("wrong").unwrap();
    sandbox.rotate_legacy();
    std::fs::write(&path, "another").unwrap();
    clocks.advance_secs(24 * 3_600);
    let error = redox.token().await.unwrap_err();
    assert!(error.refused().is_some(), "{error}");
}

#[tokio::test]
async fn further_keys_are_in_files_too_and_a_key_in_two_places_is_tried_once() {
    let place = Place::with_key("first").await;
    let other = place.folder.path().join("other.jwk");
    std::fs::write(&other, place.prepare("second")).unwrap();
    let redox = Redox::builder()
        .base_url(place.sandbox.server.base_url())
        .key_file(&place.client_id, place.file().as_path())
        .also_key_file(other.as_path())
        .clock(place.clocks.now())
        .build()
        .unwrap();
    // The second takes the place of the first, and a third that of the second; the server knows none of them.
    place.write("second");
    std::fs::write(&other, place.prepare("third")).unwrap();
    place.register(&["fourth"]);
    let before = place.requests();
    redox.token().await.unwrap_err();
    assert_eq!(place.requests() - before, 3);
}

#[test]
fn build_names_an_unusable_file() {
    let folder = tempfile::tempdir().unwrap();
    let none = folder.path().join("none");
    let error = Redox::builder()
        .key_file("client-1", none.as_path())
        .build();
    let said = error.unwrap_err().to_string();
    assert!(said.contains("none: cannot be read: "), "{said}");
    std::fs::write(&none, " \n").unwrap();
    let error = Redox::builder().legacy_secret_file("id", &none).build();
    let said = error.unwrap_err().to_string();
    assert!(said.contains("none: the secret is empty"), "{said}");
    assert_eq!(
        FileProblem::Empty("key ID").to_string(),
        "the key ID is empty"
    );

    let pem = keys::pem("PRIVATE KEY", &keys::pkcs8(Algorithm::Es256));
    let mistaken = Redox::builder().key_file("client-1", pem.as_str());
    let mistaken = mistaken.legacy_secret_file("id", &pem);
    let secret = [pem.lines().nth(1).unwrap().as_bytes()];
    assert_hidden(&format!("{mistaken:?}"), &secret);
    let said = mistaken.build().unwrap_err().to_string();
    assert!(said.contains("found the text of a private key"), "{said}");
    assert_hidden(&said, &secret);
    std::fs::write(&none, &pem).unwrap();
    let file = KeyFile::new(&none).algorithm(Algorithm::Rs384);
    let error = Redox::builder().key_file("client-1", file).build();
    let said = error.unwrap_err().to_string();
    assert!(said.contains("ES256") && said.contains("RS384"), "{said}");
    let file = KeyFile::new(&none)
        .key_id("key-1")
        .algorithm(Algorithm::Es256);
    let redox = Redox::builder().key_file("client-1", file).build().unwrap();
    assert_eq!(redox.files()[0].key.as_ref().unwrap().0, "key-1");
}
