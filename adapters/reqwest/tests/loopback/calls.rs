//! Requests to the API, as they are put together.

use redox_auth_reqwest::{Api, AuthorizeError, Call, Environment, Error, Policy, Redox};
use serde_json::json;

use crate::support::canned::{Answer, Canned};
use crate::support::{LEGACY_TOKEN, Sandbox, client_of, good_token, keys};

/// The one request to the API that this is, line by line, with the lines' order of no account.
async fn sent(call: impl FnOnce(&Redox) -> Call) -> String {
    let server = Canned::start(vec![good_token(), Answer::json("200 OK", "{}")]);
    let redox = client_of(&server)
        .source_id("source-1")
        .upload_url(format!("{}/upload", server.url()))
        .build()
        .unwrap();
    call(&redox).send().await.unwrap();
    server.requests().swap_remove(1)
}

#[tokio::test]
async fn a_message_goes_out_as_json_with_token_and_source() {
    let request = sent(|redox| redox.post("/endpoint").json(&json!({ "Meta": {} }))).await;
    assert!(
        request.starts_with("POST /endpoint HTTP/1.1\r\n"),
        "{request}"
    );
    let head = request.to_lowercase();
    for line in [
        "authorization: bearer granted",
        "redox-source-id: source-1",
        "content-type: application/json",
    ] {
        assert!(head.contains(&format!("\r\n{line}\r\n")), "{request}");
    }
    assert!(request.ends_with("\r\n\r\n{\"Meta\":{}}"), "{request}");
}

#[tokio::test]
async fn a_fhir_request_goes_below_its_destination_and_stays_there() {
    let request = sent(|redox| {
        redox
            .fhir("clinic", Environment::Staging)
            .get("Patient")
            .query(&[("family", "Bixby")])
            .source_id("source-2")
    })
    .await;
    assert!(
        request.starts_with("GET /fhir/R4/clinic/Staging/Patient?family=Bixby HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(
        request
            .to_lowercase()
            .contains("\r\nredox-source-id: source-2\r\n")
    );
    let request = sent(|redox| {
        let fhir = redox.fhir("clinic", Environment::Production);
        fhir.post("Patient/_search").form(&[("_id", "1 2")])
    })
    .await;
    assert!(
        request.contains("/clinic/Production/Patient/_search"),
        "{request}"
    );
    assert!(request.ends_with("\r\n\r\n_id=1+2"), "{request}");

    let redox = Redox::builder().no_key().build().unwrap();
    for (destination, path) in [
        ("a/b", "Patient"),
        ("..", "Patient"),
        ("", "Patient"),
        ("clinic", "../../x"),
        ("clinic", "../../../../../x"),
        ("clinic", "Patient#1"),
    ] {
        let call = redox.fhir(destination, Environment::Development).get(path);
        let error = call.send().await.unwrap_err();
        assert!(
            matches!(error, Error::Path(_)),
            "{destination} {path}: {error}"
        );
    }
}

#[tokio::test]
async fn the_last_source_and_stream_go_out() {
    let open = |content: &'static str| move || reqwest::Body::from(content);
    let request = sent(|redox| {
        let call = redox.post("/x").source_id("source-2").stream(1, open("1"));
        call.source_id("source-3").stream(3, open("234"))
    })
    .await
    .to_lowercase();
    for (header, value) in [("redox-source-id", "source-3"), ("content-length", "3")] {
        let header = format!("\r\n{header}: ");
        assert_eq!(request.matches(&header).count(), 1, "{request}");
        assert!(request.contains(&(header + value)), "{request}");
    }
    assert!(request.ends_with("\r\n\r\n234"), "{request}");
}

#[tokio::test]
async fn a_file_goes_out_in_a_form_and_once_more_after_a_401() {
    let request = sent(|redox| redox.upload("scan.pdf", "%PDF")).await;
    assert!(
        request.starts_with("POST /upload HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(
        request.contains("name=\"file\"; filename=\"scan.pdf\""),
        "{request}"
    );
    assert!(request.contains("\r\n\r\n%PDF\r\n--"), "{request}");

    let refusal = Answer::with("401 Unauthorized", "a: b", "");
    let server = Canned::start(vec![
        good_token(),
        refusal,
        good_token(),
        Answer::json("201 Created", "{}"),
    ]);
    let redox = client_of(&server)
        .upload_url(format!("{}/upload", server.url()))
        .build()
        .unwrap();
    let status = redox.upload("a", "b").send().await.unwrap().status();
    assert_eq!(status, 201);
    assert_eq!(server.requests().len(), 4);

    let nowhere = Redox::builder()
        .base_url("https://api.example")
        .no_key()
        .build()
        .unwrap();
    let error = nowhere.upload("a", "b").send().await.unwrap_err();
    assert!(error.to_string().contains("uploads"), "{error}");
}

#[tokio::test]
async fn the_url_shows_the_api_and_a_legacy_token_goes_only_to_some() {
    let server = Canned::start(vec![
        Answer::json("200 OK", LEGACY_TOKEN),
        Answer::json("200 OK", "{}"),
    ]);
    let redox = Redox::builder()
        .base_url(server.url())
        .legacy_key("id", "secret")
        .build()
        .unwrap();
    assert!(redox.post("/endpoint").send().await.is_ok());
    for (path, api) in [
        ("/fhir/R4/a/Staging/Patient", Api::Fhir),
        ("/platform/v1/logs", Api::Platform),
        ("/else", Api::Other),
    ] {
        let error = redox.get(path).send().await.unwrap_err();
        let found =
            matches!(error, Error::Authorize(AuthorizeError::LegacyToken(found)) if found == api);
        assert!(found, "{path}: {error}");
    }
    let tefca = redox.post("/endpoint").api(Api::Tefca);
    assert!(tefca.send().await.is_err());
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn the_sandbox_accepts_requests_from_this_builder() {
    let sandbox = Sandbox::start().await;
    let redox = sandbox
        .client(keys::es256())
        .source_id(&sandbox.source_id)
        .upload_url(format!("{}/upload", sandbox.server.base_url()))
        .policy(Policy::Tefca)
        .build()
        .unwrap();
    let meta = json!({
        "DataModel": "PatientAdmin",
        "EventType": "NewPatient",
        "Source": { "ID": sandbox.source_id },
        "Destinations": [{ "ID": sandbox.destination_id }],
    });
    let message = redox.post("/endpoint").json(&json!({ "Meta": meta }));
    assert_eq!(message.api(Api::Tefca).send().await.unwrap().status(), 200);
    let fhir = redox.fhir("hospital", Environment::Development);
    let upload = redox.upload("scan.pdf", "%PDF").send().await.unwrap();
    assert_eq!(upload.status(), 201);
    let found = fhir.post("Patient/_search").form(&[("family", "Bixby")]);
    assert_eq!(found.send().await.unwrap().status(), 200);
    assert_eq!(sandbox.token_requests(), 1);
}
