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
        let answer = redox.call(&["send", from]).input(input).run().sent("1 ok");
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
    // If the environment has two sources, the caller must name one.
    let shown = redox.call(&["send", "-"]).input(&message).run().failed(1);
    assert!(
        shown.contains("Missing required field: Meta.Source.ID"),
        "{shown}"
    );

    let named = redox.call(&["send", "-", "--source-id", &other_id]);
    let answer: Value = serde_json::from_str(&named.input(&message).run().sent("1 ok")).unwrap();
    assert_eq!(answer["Meta"]["Source"]["Name"], "Another clinic");
    let by_environment = redox.call(&["send", "-"]).env("REDOX_SOURCE_ID", &other_id);
    by_environment.input(&message).run().sent("1 ok");

    // A message that names another is not changed, and not sent.
    let before = redox.server.counters().requests;
    let call = redox.call(&["send", "-", "--source-id", &other_id]);
    let shown = call.input(redox.message().to_string()).run().failed(2);
    assert!(shown.contains("`Meta.Source.ID` must be "), "{shown}");
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
    let answer = send(&folder, &server, &["--source-id", "source-1"]).sent("1 ok");
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
    let source = r#","Source":{"ID":"source-1"}}}"#;
    let expected = format!("\r\n\r\n{}{source}", SMALL.strip_suffix("}}").unwrap());
    assert!(requests[1].ends_with(&expected), "{}", requests[1]);
}

/// The smallest message that may be sent.
const SMALL: &str =
    r#"{"Meta":{"DataModel":"Order","EventType":"New","Destinations":[{"ID":"somebody"}]}}"#;

/// Sends a small message to a server of canned answers.
fn send(folder: &Folder, server: &Canned, args: &[&str]) -> crate::support::Outcome {
    folder
        .call(&["send", "-", "--base-url", &server.url()])
        .args(&["--client-id", "client-1", "--key", "key.pem"])
        .args(args)
        .input(SMALL)
        .run()
}

#[test]
fn what_is_no_message_is_not_sent() {
    let redox = Redox::start();
    let without = |path: &str| {
        let mut message = redox.message();
        *message.pointer_mut(path).unwrap() = Value::Null;
        message.to_string()
    };
    for (message, part) in [
        (String::new(), "found an empty file"),
        ("garbage".to_owned(), "found plain text"),
        ("[]".to_owned(), "found something else"),
        ("{}".to_owned(), "`Meta` is missing"),
        (r#"{"Meta":1}"#.to_owned(), "`Meta` to be an object"),
        ("{\"Meta\":{}".to_owned(), "found an early end"),
        ("\u{0}".to_owned(), "found bytes that are no text"),
        (without("/Meta/DataModel"), "`Meta.DataModel` is missing"),
        (without("/Meta/EventType"), "`Meta.EventType` is missing"),
        (
            without("/Meta/Destinations"),
            "`Meta.Destinations` is missing",
        ),
        (
            without("/Meta/Destinations/0/ID"),
            "`Meta.Destinations[].ID` is missing",
        ),
    ] {
        for options in [&[][..], &["--source-id", &redox.source_id]] {
            let call = redox.call(&["send", "-"]).args(options).input(&message);
            let shown = call.run().failed(2);
            assert!(shown.contains("message in -: "), "{message:?}: {shown}");
            assert!(shown.contains(part), "{message:?}: {shown}");
        }
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
fn a_neighbouring_file_is_named_with_the_way_that_takes_it() {
    let redox = Redox::start();
    let line = redox.message().to_string();
    for (name, content, way) in [
        (
            "a.hl7",
            "MSH|^~\\&|A|B\rPID|1\r".to_owned(),
            "found HL7 v2; --mllp HOST:PORT sends it over MLLP",
        ),
        (
            "a.csv",
            "a,b\n1,2\n".to_owned(),
            "found CSV; --upload sends it as a file",
        ),
        (
            "a.xml",
            "<?xml version=\"1.0\"?>\n<ClinicalDocument xmlns=\"urn:hl7-org:v3\"/>".to_owned(),
            "found a C-CDA document; --upload sends it as a file",
        ),
        (
            "a.x12",
            "ISA*00*          *00*~".to_owned(),
            "found X12; --upload sends it as a file",
        ),
        (
            "a.pem",
            "-----BEGIN PRIVATE KEY-----\nMIGH\n".to_owned(),
            "found a private key; keep keys and tokens out of messages",
        ),
        (
            "a.txt",
            format!("{line}\n{line}\n"),
            "send it with --ndjson",
        ),
    ] {
        let in_utf16 = format!("\u{feff}{content}");
        let in_utf16: Vec<_> = in_utf16.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for content in [content.as_bytes(), &in_utf16] {
            redox.folder.write(name, content);
            let shown = redox.call(&["send", name]).run().failed(2);
            let expected = format!("message in {name}: expected a message in JSON, ");
            assert!(shown.contains(&expected), "{shown}");
            assert!(shown.contains(way), "{shown}");
        }
    }
    assert_eq!(redox.server.counters().requests, 0);
    redox.folder.write("A.NDJSON", format!("{line}\n{line}\n"));
    let outcome = redox.call(&["send", "A.NDJSON"]).run();
    assert_eq!(outcome.code, Some(0), "{outcome:#?}");
    let marked = [b"\xef\xbb\xbf", line.as_bytes()].concat();
    redox.folder.write("marked.json", marked);
    let outcome = redox.call(&["send", "marked.json"]).run();
    let note = "redox-auth: note: message: a byte-order mark was taken off\nredox-auth: 1 ok\n";
    assert_eq!((outcome.code, outcome.stderr.as_str()), (Some(0), note));
    assert_eq!(redox.server.counters().messages_accepted, 3);
}

#[test]
fn a_token_that_is_not_accepted_is_replaced_once() {
    let folder = Folder::new();
    folder.make_key("key.pem", "ES256");
    let token = Answer::json("200 OK", TOKEN);
    let refused = Answer::with("401 Unauthorized", "content-type: text/html", "");
    let good = Answer::json("200 OK", r#"{"Meta":{}}"#);
    for (second, code) in [(good, 0), (refused.clone(), 1)] {
        let answers = [token.clone(), refused.clone(), token.clone(), second];
        let server = Canned::start(answers.to_vec());
        let outcome = send(&folder, &server, &[]);
        assert_eq!(outcome.code, Some(code), "{outcome:#?}");
        let is_named = outcome.stderr.contains("did not accept the token");
        assert_eq!(is_named, code == 1, "{outcome:#?}");
        assert_eq!(server.requests().len(), 4);
    }
}

#[test]
fn while_both_keys_are_there_the_legacy_keys_source_is_named() {
    let redox = Redox::start();
    let mut state = redox.server.sandbox();
    let source = redox_auth_sandbox::Source::new("Another clinic");
    state.add_source(source).unwrap();
    let key = state.register_legacy_key(&redox.source_id).unwrap();
    drop(state);
    let mut message = redox.message();
    message["Meta"].as_object_mut().unwrap().remove("Source");
    let send = || {
        let call = redox.call(&["send", "-"]).input(message.to_string());
        call.env("REDOX_LEGACY_API_KEY", key.api_key())
            .env("REDOX_LEGACY_SECRET", key.expose_secret())
            .run()
    };
    let answer: Value = serde_json::from_str(&send().sent("1 ok")).unwrap();
    assert_eq!(answer["Meta"]["Source"]["Name"], "Clinic");
    let disabled = redox.server.sandbox().disable_client(&redox.client_id);
    disabled.unwrap();
    let outcome = send();
    assert_eq!(outcome.code, Some(0), "{outcome:#?}");
    assert!(
        outcome.stderr.contains("note: the command used the legacy"),
        "{outcome:#?}"
    );
    assert_eq!(redox.server.counters().messages_accepted, 2);
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
fn another_server_may_take_a_message_and_say_nothing() {
    let folder = Folder::new();
    folder.make_key("key.pem", "ES256");
    for answer in [
        Answer::raw("HTTP/1.1 204 No Content\r\n\r\n"),
        Answer::json("200 OK", ""),
    ] {
        let server = Canned::start(vec![Answer::json("200 OK", TOKEN), answer]);
        let outcome = send(&folder, &server, &[]);
        assert_eq!(
            (outcome.code, outcome.stdout.as_str()),
            (Some(0), ""),
            "{outcome:#?}"
        );
    }
}

#[test]
fn each_bad_answer_of_the_api_ends_as_it_should() {
    let folder = Folder::new();
    folder.make_key("key.pem", "ES256");
    let errors = r#"{"Meta":{"Errors":[{"Text":"nobody subscribed"},{"Text":"\u001b[2J"}]}}"#;
    let html = |status| Answer::with(status, "content-type: text/html", "<html>a page</html>");
    for (case, answer, code, part) in [
        (
            "a refusal without a word",
            Answer::json("400 Bad Request", ""),
            1,
            "server said:  none\n",
        ),
        (
            "an error in a success",
            Answer::json("200 OK", errors),
            1,
            "nobody subscribed",
        ),
        (
            "too many requests",
            Answer::with("429 Too Many Requests", "retry-after: 0", "slow down"),
            1,
            "wait and try again",
        ),
        ("a fault", html("500 Internal Server Error"), 1, "a page"),
        (
            "a redirect",
            Answer::with("302 Found", "location: https://as.example/?next=x", ""),
            1,
            "location:     \"https://as.example/\"\n",
        ),
        (
            "a proxy's page",
            Answer::with(
                "403 Forbidden",
                "content-type: text/html",
                "<html><title>Access\nDenied</title>",
            ),
            1,
            "server said:  the web page \"Access Denied\"\n  likely cause: the server, or a firewall before it,",
        ),
        (
            "too long a message",
            Answer::json("413 Too Large", ""),
            1,
            "Redox accepts messages of up to 40 MB",
        ),
        (
            "another connection is wanted",
            Answer::json("421 Misdirected", ""),
            1,
            "the request was not done",
        ),
        (
            "a coded answer",
            Answer::with("200 OK", "content-encoding: gzip", "\u{1f}\u{8b}"),
            3,
            "the body is coded (gzip)",
        ),
        ("a closed connection", Answer::raw(""), 3, "no answer"),
        ("no HTTP", Answer::raw("garbage"), 3, "no answer"),
        (
            "half an answer",
            Answer::raw("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"Meta\":{"),
            3,
            "the server closed the connection before its answer was complete",
        ),
        (
            "a web page",
            html("200 OK"),
            3,
            "expected a JSON object, found HTML",
        ),
    ] {
        let server = Canned::start(vec![Answer::json("200 OK", TOKEN), answer]);
        let outcome = send(&folder, &server, &[]);
        assert_eq!(outcome.code, Some(code), "{case}: {outcome:#?}");
        let shown = outcome.failed(code);
        assert!(shown.contains(part), "{case}: {shown}");
        assert!(!shown.trim_end().contains('\u{1b}'), "{case}: {shown:?}");
        assert_hidden(&shown, "an-access-token-to-hide");
        // A message that may have arrived is not sent again; one that was turned away is, three times, or once elsewhere.
        let times = match case {
            "too many requests" => 4,
            "another connection is wanted" => 2,
            _ => 1,
        };
        assert_eq!(server.requests().len(), 1 + times, "{case}");
    }
}
