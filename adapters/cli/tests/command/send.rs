use serde_json::{Value, json};

use crate::canned::{Answer, Canned};
use crate::support::{Folder, Redox, assert_hidden};

const TOKEN: &str = r#"{"access_token":"an-access-token-to-hide","expires_in":300}"#;

#[test]
fn a_message_from_a_file_or_standard_input_is_sent_and_its_answer_printed() {
    let redox = Redox::start();
    let message = redox.message().to_string();
    redox.folder.write("message.json", &message);
    for (from, input) in [("message.json", ""), ("-", message.as_str())] {
        let answer = redox.call(&["send", from]).input(input).run().done();
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert!(answer["Meta"]["Logs"][0]["ID"].is_string(), "{answer}");
        assert_eq!(answer["Meta"]["Source"]["Name"], "Clinic");
    }
    assert_eq!(redox.server.counters().messages_accepted, 2);
}

#[test]
fn a_source_is_put_into_a_message_that_names_none() {
    let redox = Redox::start();
    let mut message = redox.message();
    message["Meta"].as_object_mut().unwrap().remove("Source");
    let message = message.to_string();
    let source = redox_auth_sandbox::Source::new("Another clinic");
    let other_id = redox.server.sandbox().add_source(source).unwrap();
    // With two sources in the environment one has to be named.
    let shown = redox.call(&["send", "-"]).input(&message).run().failed(1);
    assert!(
        shown.contains("Missing required field: Meta.Source.ID"),
        "{shown}"
    );

    let named = redox.call(&["send", "-", "--source-id", &other_id]);
    let answer: Value = serde_json::from_str(&named.input(&message).run().done()).unwrap();
    assert_eq!(answer["Meta"]["Source"]["Name"], "Another clinic");
    let by_environment = redox.call(&["send", "-"]).env("REDOX_SOURCE_ID", &other_id);
    by_environment.input(&message).run().done();

    // A message that names another is not changed, and not sent.
    let before = redox.server.counters().requests;
    let call = redox.call(&["send", "-", "--source-id", &other_id]);
    let shown = call.input(redox.message().to_string()).run().failed(2);
    assert!(shown.contains("expected `Meta.Source.ID` to be"), "{shown}");
    assert!(shown.contains(&redox.source_id), "{shown}");
    assert_eq!(redox.server.counters().requests, before);
}

#[test]
fn the_source_stands_in_the_header_too() {
    let server = Canned::start(vec![
        Answer::json("200 OK", TOKEN),
        Answer::json("200 OK", r#"{"Meta":{}}"#),
    ]);
    let folder = Folder::new();
    folder.make_key("key.pem", "ES256");
    let answer = send(&folder, &server, &["--source-id", "source-1"]).done();
    assert_eq!(answer, r#"{"Meta":{}}"#);
    let requests = server.requests();
    let head = requests[1].to_lowercase();
    assert!(head.starts_with("post /endpoint http/1.1\r\n"), "{head}");
    assert!(head.contains("\r\nredox-source-id: source-1\r\n"), "{head}");
    assert!(
        head.contains("\r\nauthorization: bearer an-access-token-to-hide\r\n"),
        "{head}"
    );
    assert!(
        head.contains("\r\ncontent-type: application/json\r\n"),
        "{head}"
    );
    assert!(requests[1].ends_with(r#"{"Meta":{"Source":{"ID":"source-1"}}}"#));
}

/// Sends a small message to a server of canned answers.
fn send(folder: &Folder, server: &Canned, args: &[&str]) -> crate::support::Outcome {
    folder
        .call(&["send", "-", "--base-url", &server.url()])
        .args(&["--client-id", "client-1", "--key", "key.pem"])
        .args(args)
        .input(r#"{"Meta":{}}"#)
        .run()
}

#[test]
fn what_is_no_message_is_not_sent() {
    let redox = Redox::start();
    for message in [
        "",
        "garbage",
        "[]",
        "{}",
        r#"{"Meta":1}"#,
        "{\"Meta\":{}",
        "\u{0}",
    ] {
        let shown = redox.call(&["send", "-"]).input(message).run().failed(2);
        assert!(
            shown.contains("message in -: expected"),
            "{message:?}: {shown}"
        );
    }
    let deep = format!(r#"{{"Meta":{}"#, "[".repeat(100_000));
    redox.call(&["send", "-"]).input(deep).run().failed(2);
    let shown = redox.call(&["send", "no-such-file"]).run().failed(2);
    assert!(
        shown.contains("message: cannot read no-such-file"),
        "{shown}"
    );
    assert_eq!(redox.server.counters().requests, 0);
}

#[test]
fn a_refused_message_ends_with_the_servers_words() {
    let redox = Redox::start();
    let mut message = redox.message();
    message["Meta"]["Destinations"] = json!([{ "ID": "nobody" }]);
    let shown = redox
        .call(&["send", "-"])
        .input(message.to_string())
        .run()
        .failed(1);
    assert!(
        shown.contains("the API refused the message with status 400"),
        "{shown}"
    );
    assert!(shown.contains("No subscriptions."), "{shown}");
    assert_eq!(redox.server.counters().messages_refused, 1);
}

#[test]
fn each_bad_answer_of_the_api_ends_as_it_should() {
    let folder = Folder::new();
    folder.make_key("key.pem", "ES256");
    let errors = r#"{"Meta":{"Errors":[{"Text":"nobody subscribed"},{"Text":"\u001b[2J"}]}}"#;
    let html = |status| Answer::with(status, "content-type: text/html", "<html>a page</html>");
    for (case, answer, code, part) in [
        (
            "an error in a success",
            Answer::json("200 OK", errors),
            1,
            "nobody subscribed",
        ),
        (
            "a dead token",
            html("401 Unauthorized"),
            1,
            "the token was not accepted",
        ),
        (
            "too many requests",
            html("429 Too Many Requests"),
            1,
            "wait and try again",
        ),
        ("a fault", html("500 Internal Server Error"), 1, "a page"),
        (
            "a redirect",
            Answer::with("302 Found", "location: https://as.example/", ""),
            1,
            "status 302",
        ),
        ("a closed connection", Answer::raw(""), 3, "no answer"),
        ("no HTTP", Answer::raw("garbage"), 3, "no answer"),
        (
            "half an answer",
            Answer::raw("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"Meta\":{"),
            3,
            "end of file",
        ),
        ("a web page", html("200 OK"), 3, "expected JSON"),
    ] {
        let server = Canned::start(vec![Answer::json("200 OK", TOKEN), answer]);
        let outcome = send(&folder, &server, &[]);
        assert_eq!(outcome.code, Some(code), "{case}: {outcome:#?}");
        let shown = outcome.failed(code);
        assert!(shown.contains(part), "{case}: {shown}");
        assert!(!shown.trim_end().contains('\u{1b}'), "{case}: {shown:?}");
        assert_hidden(&shown, "an-access-token-to-hide");
        // A message that may have arrived is not sent again.
        assert_eq!(server.requests().len(), 2, "{case}");
    }
}
