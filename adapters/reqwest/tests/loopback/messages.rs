//! Data Model messages: what is sent, and what is made of the answers.

use redox_auth_reqwest::{
    Error, MessageError, Redox, RefusedMessage, Retries, Sent, StatusCode, Uploaded,
};
use serde_json::{Value, json};

use crate::support::canned::{Answer, Canned};
use crate::support::{
    LEGACY_TOKEN, Sandbox, assert_hidden, client_of, everything, good_token, keys,
};

/// The smallest message that may be sent, by a patient who must not be seen.
const SMALL: &str = r#"{"Meta":{"DataModel":"Order","EventType":"New","Destinations":[{"ID":"somebody"}]},"Patient":"Bixby"}"#;

/// A client whose API gives this answer, and keeps giving it.
fn client(answer: Answer) -> (Canned, Redox) {
    let server = Canned::start(vec![good_token(), answer]);
    let redox = client_of(&server).build().unwrap();
    (server, redox)
}

async fn send(answer: Answer) -> Result<Sent, MessageError> {
    let (_server, redox) = client(answer);
    redox.message_json(SMALL).send().await
}

fn refused(error: MessageError) -> RefusedMessage {
    let shown = everything(&error);
    match error {
        MessageError::Refused(refused) => *refused,
        _ => panic!("{shown}"),
    }
}

#[tokio::test]
async fn redox_takes_a_message_and_names_its_log() {
    let sandbox = Sandbox::start().await;
    let builder = sandbox.client(keys::es256()).source_id(&sandbox.source_id);
    let redox = builder.build().unwrap();
    let message = json!({
        "Meta": {
            "DataModel": "PatientAdmin",
            "EventType": "NewPatient",
            "Destinations": [{ "ID": sandbox.destination_id }],
        },
    });
    for message in [
        redox.message(&message),
        redox.message_json(message.to_string()),
    ] {
        let sent = message.send().await.unwrap();
        assert_eq!(sent.status, 200);
        let body: Value = sent.body.json().unwrap();
        assert_eq!(body["Meta"]["Source"]["ID"], sandbox.source_id);
        let log_id = sent.logs[0].id.as_deref();
        assert_eq!(log_id, body["Meta"]["Logs"][0]["ID"].as_str());
        assert!(log_id.is_some() && sent.logs.len() == 1, "{sent:?}");
    }
    let mut unknown = message;
    unknown["Meta"]["Destinations"] = json!([{ "ID": "nobody" }]);
    let error = redox.message(&unknown).send().await.unwrap_err();
    assert!(!error.is_ambiguous());
    assert!(error.to_string().contains("No subscriptions."), "{error}");
    assert_eq!(refused(error).status, 400);
}

#[tokio::test]
async fn a_message_goes_out_as_it_is_but_for_a_source_that_it_lacks() {
    let (server, redox) = client(Answer::json("200 OK", r#"{"Meta":{}}"#));
    let body = |index: usize| {
        let request = server.requests().swap_remove(index);
        let head = request.to_lowercase();
        assert!(head.starts_with("post /endpoint http/1.1\r\n"), "{head}");
        assert!(head.contains("\r\ncontent-type: application/json\r\n"));
        assert!(head.contains("\r\nauthorization: bearer granted\r\n"));
        (request.split_once("\r\n\r\n").unwrap().1.to_owned(), head)
    };
    let spaced = SMALL.replace(':', ": ");
    redox.message_json(spaced.clone()).send().await.unwrap();
    assert_eq!(body(1).0, spaced);
    let named = SMALL.replace("}]}", r#"}],"Source":{"ID":"ward"}}"#);
    let message = redox.message_json(SMALL).source_id("ward");
    message.send().await.unwrap();
    let (body, head) = body(2);
    assert_eq!(body, named);
    assert!(head.contains("\r\nredox-source-id: ward\r\n"), "{head}");
}

#[tokio::test]
async fn the_source_is_the_clients_or_that_of_the_legacy_key() {
    let named = |id: &str| SMALL.replace("}]}", &format!(r#"}}],"Source":{{"ID":"{id}"}}}}"#));
    let good = Answer::json("200 OK", r#"{"Meta":{}}"#);
    let body = |server: &Canned| {
        let request = server.requests().swap_remove(1);
        request.split_once("\r\n\r\n").unwrap().1.to_owned()
    };
    let server = || Canned::start(vec![good_token(), good.clone()]);
    type Case<'a> = (Option<&'a str>, Option<&'a str>, String);
    let cases: [Case<'_>; 4] = [
        (None, None, SMALL.to_owned()),
        (Some("ward"), None, named("ward")),
        (None, Some("legacy"), named("legacy")),
        (Some("ward"), Some("legacy"), named("ward")),
    ];
    for (source_id, legacy_key, expected) in cases {
        let server = server();
        let mut builder = client_of(&server);
        if let Some(id) = source_id {
            builder = builder.source_id(id);
        }
        if let Some(id) = legacy_key {
            builder = builder.legacy_key(id, "secret");
        }
        let redox = builder.build().unwrap();
        redox.message_json(SMALL).send().await.unwrap();
        assert_eq!(body(&server), expected, "{source_id:?} {legacy_key:?}");
        // A message with another source is an error only if the caller gave one.
        let outcome = redox.message_json(named("other")).send().await;
        assert_eq!(outcome.is_err(), source_id.is_some(), "{source_id:?}");
    }
    // A legacy API key alone belongs to a source.
    let server = Canned::start(vec![Answer::json("200 OK", LEGACY_TOKEN), good.clone()]);
    let builder = Redox::builder().base_url(server.url());
    let redox = builder.legacy_key("legacy", "secret").build().unwrap();
    redox.message_json(SMALL).send().await.unwrap();
    assert_eq!(body(&server), SMALL);
    let tefca = redox.message_json(SMALL).tefca().send().await.unwrap_err();
    assert!(
        matches!(tefca, MessageError::Call(Error::Authorize(_))) && !tefca.is_ambiguous(),
        "{tefca}"
    );
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn an_invalid_message_costs_no_request() {
    let (server, redox) = client(Answer::json("200 OK", "{}"));
    for (json, part) in [
        ("", "found nothing"),
        ("[]", "found something else"),
        (r#"{"Meta":{}}"#, "`Meta.DataModel` is missing"),
    ] {
        let error = redox.message_json(json).send().await.unwrap_err();
        assert!(matches!(error, MessageError::Meta(_)), "{error}");
        assert!(error.to_string().contains(part), "{error}");
        assert!(redox.message_json(json).into_json().is_err());
    }
    let no_json = std::collections::HashMap::from([([1], 1)]);
    let error = redox.message(&no_json).send().await.unwrap_err();
    assert!(matches!(error, MessageError::Json(_)), "{error}");
    let other = redox.message_json(SMALL.replace("}]}", r#"}],"Source":{"ID":"s"}}"#));
    let error = other.source_id("t").into_json().unwrap_err();
    assert!(
        matches!(error, MessageError::OtherSource { .. }),
        "{error:?}"
    );
    assert_eq!(server.requests(), [""; 0]);
}

#[tokio::test]
async fn every_error_is_kept_and_shown_without_control_characters() {
    let body = r#"{"Meta":{
        "Errors":[
            {"ID":4002,"Text":"No \u001b[2Jpatients","Type":"query","Module":"Send"},
            {"Text":"and \u202e more"}
        ],
        "Logs":[{"ID":"log-1","AttemptID":"attempt-1"},{"ID":"log\u0007"}]
    },"Patient":"Bixby"}"#;
    for status in ["200 OK", "400 Bad Request"] {
        let error = send(Answer::json(status, body)).await.unwrap_err();
        assert!(!error.is_ambiguous());
        let shown = everything(&error);
        assert!(
            error.to_string().ends_with(
                r": No \u{1b}[2Jpatients (ID 4002, type query, module Send); and \u{202e} more"
            ),
            "{shown}"
        );
        assert_hidden(&shown, &[b"Bixby"]);
        assert!(!shown.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{shown}");
        let refused = refused(error);
        let first = &refused.errors[0];
        let parts = [&first.id, &first.text, &first.fault_type, &first.module];
        assert_eq!(
            parts.map(|part| part.as_deref().unwrap()),
            ["4002", r"No \u{1b}[2Jpatients", "query", "Send"]
        );
        assert_eq!((refused.errors.len(), refused.logs.len()), (2, 2));
        assert_eq!(refused.logs[0].attempt_id.as_deref(), Some("attempt-1"));
        assert_eq!(&*refused.body, body.as_bytes());
    }
    let many = format!(r#"{{"Text":"{}"}},"#, "x".repeat(1_000)).repeat(100);
    let many = format!(r#"{{"Meta":{{"Errors":[{}null]}}}}"#, many);
    let error = send(Answer::json("200 OK", &many)).await.unwrap_err();
    assert!(error.to_string().len() < 10_000);
    assert_eq!(refused(error).errors.len(), 101);
}

#[tokio::test]
async fn an_ambiguous_message_differs_from_one_that_did_not_arrive() {
    let html = |status| Answer::with(status, "content-type: text/html", "<p>Bixby</p>");
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n";
    let refusal = "HTTP/1.1 400 Bad Request\r\ncontent-length: 100\r\n\r\n<p>";
    for (case, answer, is_ambiguous, part) in [
        ("timeout", html("504 Too Late"), true, "status 504"),
        ("cut off", Answer::raw(""), true, "may have been done"),
        ("half a head", Answer::raw("HTTP/1.1 2"), true, "no answer"),
        ("half a body", Answer::raw(head), true, "may have been done"),
        ("a web page", html("200 OK"), true, "found HTML"),
        (
            "no end",
            Answer::endless("HTTP/1.1 200 OK\r\n\r\n", "xxxx"),
            true,
            "at most 32 bytes",
        ),
        ("a fault", html("500 Oh"), false, "status 500"),
        ("half a refusal", Answer::raw(refusal), false, "status 400"),
        (
            "an endless refusal",
            Answer::endless("HTTP/1.1 400 No\r\n\r\n", "xxxx"),
            false,
            "status 400",
        ),
        (
            "a redirect",
            Answer::with("302 Found", "location: https://as.example/", ""),
            false,
            "status 302",
        ),
    ] {
        let (server, redox) = client(answer);
        let message = redox.message_json(SMALL).answer_limit(32);
        let error = message.send().await.expect_err(case);
        let shown = everything(&error);
        assert_eq!(error.is_ambiguous(), is_ambiguous, "{case}: {shown}");
        assert!(shown.contains(part), "{case}: {shown}");
        assert_hidden(&shown, &[b"Bixby"]);
        assert_eq!(server.requests().len(), 2, "{case}");
    }
    // Nobody listens.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = nobody.local_addr().unwrap();
    drop(nobody);
    let server = Canned::start(vec![good_token()]);
    let redox = client_of(&server)
        .base_url(format!("http://{address}"))
        .token_url(server.url())
        .retries(Retries::NONE)
        .build()
        .unwrap();
    for is_repeatable in [false, true] {
        let message = redox.message_json(SMALL);
        let message = match is_repeatable {
            true => message.repeatable(),
            false => message,
        };
        let error = message.send().await.unwrap_err();
        assert!(!error.is_ambiguous(), "{error}");
    }
    // There is no token.
    let server = Canned::always(Answer::json("400 Bad Request", "{}"));
    let redox = client_of(&server).build().unwrap();
    let error = redox.message_json(SMALL).send().await.unwrap_err();
    assert!(matches!(error, MessageError::Call(_)) && !error.is_ambiguous());
}

#[tokio::test]
async fn the_longest_answer_is_read_and_one_byte_more_is_not() {
    let body = r#"{"Meta":{}}"#;
    for (limit, is_read) in [(body.len(), true), (body.len() - 1, false)] {
        let (_server, redox) = client(Answer::json("200 OK", body));
        let message = redox.message_json(SMALL).answer_limit(limit);
        assert_eq!(message.send().await.is_ok(), is_read, "{limit}");
    }
}

#[tokio::test]
async fn a_message_that_may_be_repeated_is() {
    let good = || Answer::json("200 OK", r#"{"Meta":{}}"#);
    for bad in [Answer::json("504 Too Late", ""), Answer::raw("")] {
        let server = Canned::start(vec![good_token(), bad.clone(), good()]);
        let redox = client_of(&server).build().unwrap();
        let sent = redox.message_json(SMALL).repeatable().send().await.unwrap();
        assert_eq!(sent.status, StatusCode::OK);
        assert_eq!(server.requests().len(), 3);
        // It may have been stored, after any number of attempts.
        let server = Canned::start(vec![good_token(), bad]);
        let redox = client_of(&server).retries(Retries::NONE).build().unwrap();
        let message = redox.message_json(SMALL).repeatable();
        let error = message.send().await.unwrap_err();
        assert!(error.is_ambiguous(), "{error:?}");
    }
}

#[tokio::test]
async fn a_file_that_was_taken_has_its_uri_and_any_other_answer_is_an_error() {
    let uploaded = async |answer: Answer| {
        let (_server, redox) = client(answer);
        Uploaded::read(redox.post("/upload").send().await.unwrap()).await
    };
    let taken = uploaded(Answer::json("201 Created", r#"{"URI":"https://blob/1"}"#));
    assert_eq!(taken.await.unwrap().uri, "https://blob/1");
    for body in ["{}", r#"{"URI":1}"#, "", "<p>Bixby</p>"] {
        let error = uploaded(Answer::json("201 Created", body)).await;
        let error = error.unwrap_err();
        assert!(error.is_ambiguous(), "{body}: {error}");
        let shown = everything(&error);
        assert!(shown.contains("the member `URI`, found none"), "{shown}");
        assert_hidden(&shown, &[b"Bixby"]);
        assert!(
            matches!(error, MessageError::Answer { body: found, .. } if *found == *body.as_bytes())
        );
    }
    let detail = r#"{"errorDetail":"no such source"}"#;
    for status in ["403 Forbidden", "200 OK"] {
        let error = uploaded(Answer::json(status, detail)).await.unwrap_err();
        assert!(!error.is_ambiguous(), "{error}");
        assert_eq!(refused(error).errors[0].to_string(), "no such source");
    }
}
