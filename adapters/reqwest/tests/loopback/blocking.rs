//! The client for programs without async.

use std::thread;

use redox_auth_reqwest::blocking::{Redox, Tenants};
use redox_auth_reqwest::{
    Api, Environment, Error, MessageError, Method, Preference, Rejected, TenantError,
    TokenSource as _,
};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

use crate::support::canned::{Answer, Canned};
use crate::support::{Sandbox, client_of, everything, good_token, keys};

/// The smallest message that may be sent.
const MESSAGE: &str = r#"{"Meta":{"DataModel":"A","EventType":"B","Destinations":[{"ID":"c"}]}}"#;

/// A client whose API gives this answer.
fn client(answer: Answer) -> (Canned, Redox) {
    let server = Canned::start(vec![good_token(), answer]);
    let redox = Redox::new(client_of(&server).build().unwrap()).unwrap();
    (server, redox)
}

#[test]
fn whatever_can_be_awaited_can_be_waited_for() {
    let runtime = Runtime::new().unwrap();
    let sandbox = runtime.block_on(Sandbox::start());
    let builder = sandbox
        .client(keys::es256())
        .source_id(&sandbox.source_id)
        .upload_url(format!("{}/upload", sandbox.server.base_url()));
    let redox = Redox::new(builder.build().unwrap()).unwrap();

    let token = redox.token().unwrap();
    let meta = json!({
        "DataModel": "PatientAdmin",
        "EventType": "NewPatient",
        "Source": { "ID": sandbox.source_id },
        "Destinations": [{ "ID": sandbox.destination_id }],
    });
    let message = json!({ "Meta": meta });
    let sent = redox.message(&message).repeatable().send().unwrap();
    assert_eq!((sent.status.as_u16(), sent.logs.len()), (200, 1));
    let json = redox.message(&message).into_json().unwrap();
    assert_eq!(redox.message_json(json).send().unwrap().status, 200);
    let posted = redox
        .post("/endpoint")
        .header("x-note", "1")
        .json(&message)
        .send();
    let answer: Value = posted.unwrap().json().unwrap();
    assert_eq!(answer["Meta"]["Source"]["ID"], sandbox.source_id);
    let posted = redox.post("/endpoint").json(&message).send().unwrap();
    assert_eq!(posted.sent(1_000).unwrap().logs.len(), 1);
    let request = sandbox.message(&redox);
    let sent = redox.send(Api::DataModel, request).unwrap();
    assert_eq!(sent.status(), 200);

    let fhir = redox.fhir("hospital", Environment::Development);
    let search = fhir.post("Patient/_search").form(&[("family", "Bixby")]);
    let found = search.send().unwrap();
    assert_eq!(found.status(), 200);
    assert!(found.headers().contains_key("content-type"));
    assert!(found.text().unwrap().contains("Bundle"));
    let upload = redox.upload("scan.pdf", "%PDF").send().unwrap();
    let uploaded = upload.uploaded().unwrap();
    assert_eq!(uploaded.status, 201);
    let nowhere = redox.call(Method::DELETE, "/nowhere").query(&[("a", "b")]);
    assert_eq!(nowhere.send().unwrap().status(), 404);

    let url = format!("{}/endpoint", sandbox.server.base_url());
    let authorization = redox.authorize(Api::DataModel, &url).unwrap();
    assert_eq!(redox.rejected(&authorization), Rejected::Dropped);
    let next = redox.token_after(&token).unwrap();
    assert_ne!(next.expose(), token.expose());
    let assertion = redox.assertion(sandbox.now()).unwrap();
    assert!(redox.exchange(&assertion).is_ok());
    // What waits for nothing is the client's own.
    redox.prefer(Preference::OAuthOnly);
    assert_eq!(redox.clone().counters().oauth_tokens, 2);
}

#[test]
fn many_threads_wait_for_one_token() {
    let (server, redox) = client(Answer::json("200 OK", "{}"));
    thread::scope(|threads| {
        let waiting: Vec<_> = (0..8)
            .map(|_| threads.spawn(|| redox.clone().token().unwrap().expose().to_owned()))
            .collect();
        for thread in waiting {
            assert_eq!(thread.join().unwrap(), "granted");
        }
    });
    server.only_request();
}

#[test]
fn a_token_is_renewed_in_the_background() {
    let runtime = Runtime::new().unwrap();
    let (sandbox, clocks, redox) = runtime.block_on(Sandbox::with_client());
    let redox = Redox::new(redox).unwrap();
    let first = redox.token().unwrap();
    // Answered by the thread that got the token, which by then has done with that.
    redox.get("/nowhere").send().unwrap();
    clocks.advance_secs(240);
    assert_eq!(redox.token().unwrap().expose(), first.expose());
    while redox.counters().oauth_tokens < 2 {
        thread::yield_now();
    }
    let second = redox.token().unwrap();
    assert_ne!(second.expose(), first.expose());
    assert_eq!(sandbox.token_requests(), 2);
    // Unless somebody wants to.
    clocks.advance_secs(240);
    let third = redox.token_after(&second).unwrap();
    assert_ne!(third.expose(), second.expose());
}

/// Tries whatever waits.
fn assert_refused(redox: &Redox) {
    for error in [
        redox.token().unwrap_err(),
        redox.exchange("a.b.c").unwrap_err(),
        redox.get("/endpoint").send().unwrap_err(),
    ] {
        assert!(matches!(error, Error::InRuntime), "{error}");
        let shown = everything(&error);
        for part in ["async client", "thread"] {
            assert!(shown.contains(part), "{shown}");
        }
    }
    let error = redox.message_json(MESSAGE).send().unwrap_err();
    assert!(matches!(error, MessageError::Call(Error::InRuntime)));
    assert!(!error.is_ambiguous());
}

#[test]
fn within_a_runtime_nothing_is_waited_for_and_nothing_panics() {
    for mut kind in [Builder::new_current_thread(), Builder::new_multi_thread()] {
        let runtime = kind.enable_all().build().unwrap();
        let (server, redox) = client(Answer::json("200 OK", "{}"));
        let clone = || redox.clone();
        runtime.block_on(async {
            assert_refused(&redox);
            let redox = clone();
            let task = tokio::spawn(async move { assert_refused(&redox) });
            task.await.unwrap();
            let redox = clone();
            let blocking = tokio::task::spawn_blocking(move || assert_refused(&redox));
            blocking.await.unwrap();
        });
        // A thread of nobody's that has been given the runtime.
        let entered = runtime.enter();
        assert_refused(&redox);
        drop(entered);
        assert_eq!(server.requests(), [""; 0]);

        runtime.block_on(async {
            // A thread of nobody's that a task waits for.
            let redox = clone();
            let response = thread::spawn(move || redox.get("/endpoint").send().unwrap());
            let response = response.join().unwrap();
            assert!(matches!(response.body(), Err(Error::InRuntime)));
        });
        assert_eq!(server.requests().len(), 2);
        // The last of it goes within the runtime.
        runtime.block_on(async { drop(redox) });
    }
}

#[test]
fn a_body_is_read_up_to_its_limit() {
    let (_server, redox) = client(Answer::json("200 OK", "[1, 2]"));
    let get = || redox.get("/endpoint").send().unwrap();
    assert_eq!(&*get().body_up_to(6).unwrap(), b"[1, 2]");
    let error = get().body_up_to(5).unwrap_err();
    assert!(matches!(error, Error::BodyTooLong { limit: 5 }), "{error}");
    assert_eq!(get().text().unwrap(), "[1, 2]");
    assert_eq!(get().body().unwrap().into_bytes(), b"[1, 2]");
    assert_eq!(get().json::<[u8; 2]>().unwrap(), [1, 2]);
    let error = get().json::<String>().unwrap_err();
    assert!(matches!(error, Error::NotJson { line: 1, .. }), "{error}");
    let (_server, redox) = client(Answer::raw("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nB"));
    let error = redox.get("/fhir/R4/a/Staging/Bixby").send().unwrap().text();
    let error = error.unwrap_err();
    assert!(matches!(error, Error::Transport(_)), "{error}");
    assert!(!everything(&error).contains("Bixby"));
}

#[test]
fn the_clients_of_tenants_share_a_runtime() {
    let server = Canned::always(good_token());
    let url = server.url();
    let tenants = redox_auth_reqwest::Tenants::new(move |tenant: &u8| {
        redox_auth_reqwest::Redox::builder()
            .base_url(&url)
            .oauth_key(format!("client-{tenant}"), keys::es256())
            .build()
    });
    let tenants = Tenants::new(tenants).unwrap();
    assert_eq!(tenants.token(&1).unwrap().expose(), "granted");
    let client = tenants.get(&2).unwrap();
    assert_eq!(client.token().unwrap().expose(), "granted");
    assert_eq!((tenants.len(), server.requests().len()), (2, 2));
    let within = Runtime::new()
        .unwrap()
        .block_on(async { tenants.token(&1) });
    match within.unwrap_err() {
        TenantError::Token(error) => assert!(matches!(*error, Error::InRuntime), "{error}"),
        other => panic!("{other}"),
    }
}
