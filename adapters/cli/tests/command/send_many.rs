use redox_auth_sandbox::{Disconnect, Fault, Place, RetryAfter, Times};
use serde_json::{Value, json};

use crate::canned::{Answer, Canned};
use crate::held::Held;
use crate::running::Running;
use crate::support::{Call, Folder, Outcome, Redox, assert_hidden};

/// The results, by their order.
pub(crate) fn results(outcome: &Outcome) -> Vec<Value> {
    let lines = outcome.stdout.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{outcome:#?}")))
        .collect()
}

/// So many different messages from the sandbox's source to its destination.
pub(crate) fn messages(redox: &Redox, count: usize) -> Vec<String> {
    (1..=count)
        .map(|number| {
            let mut message = redox.message();
            message["Number"] = number.into();
            message.to_string()
        })
        .collect()
}

/// Messages for a server that takes everything.
pub(crate) fn small(count: usize) -> String {
    let message = |number| {
        let meta =
            json!({ "DataModel": "Order", "EventType": "New", "Destinations": [{ "ID": "x" }] });
        json!({ "Meta": meta, "Number": number }).to_string() + "\n"
    };
    (1..=count).map(message).collect()
}

/// Sends to a server that answers when the test says so.
pub(crate) fn held_call(folder: &Folder, held: &Held, args: &[&str]) -> Call {
    let call = folder.call(args).args(&["--base-url", &held.url]);
    call.args(&["--client-id", "client-1", "--key", "key.pem"])
}

pub(crate) fn count(results: &[Value], outcome: &str) -> usize {
    let is_so = |it: &&Value| it["outcome"] == outcome;
    results.iter().filter(is_so).count()
}

#[test]
fn lines_and_whole_files_are_sent_and_each_has_its_result() {
    let redox = Redox::start();
    let messages = messages(&redox, 6);
    let with_blanks = format!("{}\r\n\n  \n{}", messages[0], messages[1]);
    redox.folder.write("a.ndjson", with_blanks);
    redox.folder.write("b.jsonl", format!("{}\n", messages[2]));
    redox.folder.write("c.json", &messages[3]);
    let files = ["send", "a.ndjson", "b.jsonl", "c.json", "--jobs", "1"];
    let outcome = redox.call(&files).run();
    let found = results(&outcome);
    outcome.sent("4 ok");
    for (result, (file, line)) in found.iter().zip([
        ("a.ndjson", json!(1)),
        ("a.ndjson", json!(4)),
        ("b.jsonl", json!(1)),
        ("c.json", Value::Null),
    ]) {
        assert_eq!(
            (&result["file"], &result["line"]),
            (&json!(file), &line),
            "{found:#?}"
        );
        assert_eq!(
            (&result["outcome"], &result["status"]),
            (&json!("ok"), &json!(200))
        );
        assert!(result["logs"][0].is_string(), "{result}");
        assert_eq!(result.get("errors"), None);
    }
    let input = format!("{}\n{}\n", messages[4], messages[5]);
    let from_input = redox.call(&["send", "--ndjson", "-"]).input(input).run();
    assert_eq!(count(&results(&from_input), "ok"), 2);
    from_input.sent("2 ok");
    let counters = redox.server.counters();
    assert_eq!((counters.messages_accepted, counters.tokens_minted), (6, 2));
}

#[test]
fn what_is_done_first_is_printed_first_and_no_more_are_under_way_than_allowed() {
    let folder = Folder::new();
    folder.make_key("key.pem", "ES256");
    folder.write("m.ndjson", small(20));
    let held = Held::start();
    let args = ["send", "m.ndjson", "--jobs", "3"];
    let running = Running::start(held_call(&folder, &held, &args));
    let mut waiting = vec![held.message(), held.message(), held.message()];
    let mut order = Vec::new();
    for number in 0..20 {
        // Never the one that came first, as long as there is another.
        let message = waiting.pop().unwrap();
        let body: Value = serde_json::from_str(&message.body).unwrap();
        message.answer();
        let result: Value = serde_json::from_str(&running.line()).unwrap();
        assert_eq!(result["line"], body["Number"], "{result}");
        order.push(body["Number"].as_u64().unwrap());
        if number < 17 {
            waiting.push(held.message());
        }
    }
    let tally = "redox-auth: 20 ok".to_owned();
    assert_eq!(running.end(), (Some(0), vec![tally]));
    assert!(!order.is_sorted(), "{order:?}");
    order.sort_unstable();
    assert!(order.into_iter().eq(1..=20));
    assert_eq!(held.most_under_way(), 3);
}

#[test]
fn each_kind_of_bad_line_is_named_and_the_good_ones_are_sent_once() {
    let redox = Redox::start();
    let without = |path: &str| {
        let mut message = redox.message();
        *message.pointer_mut(path).unwrap() = Value::Null;
        message.to_string()
    };
    let mut elsewhere = redox.message();
    elsewhere["Meta"]["Destinations"] = json!([{ "ID": "nobody" }]);
    let bad = [
        ("garbage-to-hide".to_owned(), "found something else"),
        ("[]".to_owned(), "found something else"),
        ("{}".to_owned(), "`Meta` is missing"),
        (r#"{"Meta":1}"#.to_owned(), "`Meta` to be an object"),
        ("{\"Meta\":{}".to_owned(), "found an early end"),
        ("\u{0}".to_owned(), "found something else"),
        ("[".repeat(100_000), "found something else"),
        (without("/Meta/DataModel"), "`Meta.DataModel` is missing"),
        (without("/Meta/EventType"), "`Meta.EventType` is missing"),
        (
            without("/Meta/Destinations/0/ID"),
            "`Meta.Destinations[].ID` is missing",
        ),
    ];
    let good = messages(&redox, bad.len());
    let mut lines = String::new();
    for ((bad, _), good) in bad.iter().zip(&good) {
        lines.push_str(&format!("{bad}\n{good}\n"));
    }
    redox.folder.write("m.ndjson", lines);
    let outcome = redox.call(&["send", "m.ndjson", "no-such-file.json"]).run();
    assert_eq!(outcome.code, Some(2), "{outcome:#?}");
    assert!(
        outcome.stderr.contains("10 ok, 11 not sent"),
        "{outcome:#?}"
    );
    let found = results(&outcome);
    for (index, (line, part)) in bad.iter().enumerate() {
        let number = json!(index * 2 + 1);
        let result = found.iter().find(|it| it["line"] == number).unwrap();
        assert_eq!(result["outcome"], "not_sent", "{line}: {result}");
        let error = result["errors"][0].as_str().unwrap();
        assert!(error.contains(part), "{line}: {result}");
    }
    let missing = found.iter().find(|it| it["file"] == "no-such-file.json");
    let error = missing.unwrap()["errors"][0].as_str().unwrap();
    assert!(error.contains("cannot read"), "{error}");
    assert_eq!(count(&found, "ok"), 10);
    assert_eq!(redox.server.counters().messages_accepted, 10);
    assert_hidden(&outcome.stdout, "garbage-to-hide");

    // What the API refuses does not weigh as much.
    redox.folder.write("n.ndjson", format!("{elsewhere}\n"));
    let outcome = redox.call(&["send", "n.ndjson"]).run();
    assert_eq!(outcome.code, Some(1), "{outcome:#?}");
    let [result] = &results(&outcome)[..] else {
        panic!("{outcome:#?}");
    };
    assert_eq!(result["outcome"], "refused");
    assert_eq!(result["status"], 400);
    assert!(
        result["errors"][0].as_str().unwrap().contains("No subscr"),
        "{result}"
    );
    let both = redox.call(&["send", "n.ndjson", "no-such-file.json"]).run();
    assert_eq!(both.code, Some(2), "{both:#?}");
}

#[test]
fn one_bad_line_among_ten_thousand_is_found_and_all_others_are_sent_once() {
    let redox = Redox::start();
    let mut messages = messages(&redox, 10_000);
    messages[6_788] = r#"{"Meta":{"DataModel":"A"}}"#.to_owned();
    redox.folder.write("m.ndjson", messages.join("\n"));
    let outcome = redox.call(&["send", "m.ndjson", "--jobs", "8"]).run();
    assert_eq!(outcome.code, Some(2), "{}", outcome.stderr);
    let found = results(&outcome);
    assert_eq!((found.len(), count(&found, "ok")), (10_000, 9_999));
    let bad = found.iter().find(|it| it["outcome"] != "ok").unwrap();
    let expected = json!({
        "file": "m.ndjson",
        "line": 6_789,
        "outcome": "not_sent",
        "errors": ["`Meta.EventType` is missing"],
    });
    assert_eq!(*bad, expected);
    assert_eq!(redox.server.counters().messages_accepted, 9_999);
}

#[test]
fn a_line_that_is_too_long_is_not_kept_and_the_next_one_is_sent() {
    let redox = Redox::start();
    let [first, last] = messages(&redox, 2).try_into().unwrap();
    let longest = format!("{}{first}", " ".repeat(40_000_000 - first.len()));
    let lines = format!("{longest}x\n{longest}\n{last}\n");
    redox.folder.write("m.ndjson", lines);
    let call = redox.call(&["send", "m.ndjson", "--jobs", "1"]);
    let outcome = call.run();
    assert_eq!(outcome.code, Some(2), "{outcome:#?}");
    let found = results(&outcome);
    let error = found[0]["errors"][0].as_str().unwrap();
    assert_eq!(error, "expected at most 40000000 bytes, found more");
    assert_eq!(count(&found, "ok"), 2, "{outcome:#?}");
}

#[test]
fn what_the_api_does_not_do_for_the_moment_is_sent_again() {
    let redox = Redox::start();
    let mut state = redox.server.sandbox();
    for fault in [
        Fault::TooManyRequests(RetryAfter::Secs(0)),
        Fault::Unavailable("503".parse().unwrap(), RetryAfter::Secs(0)),
        Fault::Revoked,
    ] {
        state.spare(Place::Api, 2);
        state.inject(Place::Api, fault, Times::Next(1));
    }
    drop(state);
    redox
        .folder
        .write("m.ndjson", messages(&redox, 10).join("\n"));
    let outcome = redox.call(&["send", "m.ndjson", "--jobs", "2"]).run();
    assert_eq!(count(&results(&outcome), "ok"), 10, "{outcome:#?}");
    outcome.sent("10 ok");
    let counters = redox.server.counters();
    assert_eq!((counters.messages_accepted, counters.faults), (10, 3));
}

#[test]
fn a_pause_that_the_api_asks_for_is_kept_by_all_and_nothing_is_refused() {
    let redox = Redox::start();
    let busy = Fault::TooManyRequests(RetryAfter::Secs(1));
    redox
        .server
        .sandbox()
        .inject(Place::Api, busy, Times::Next(2));
    redox
        .folder
        .write("m.ndjson", messages(&redox, 40).join("\n"));
    let outcome = redox.call(&["send", "m.ndjson", "--jobs", "16"]).run();
    assert_eq!(count(&results(&outcome), "ok"), 40, "{outcome:#?}");
    outcome.sent("40 ok");
    let counters = redox.server.counters();
    assert_eq!((counters.messages_accepted, counters.faults), (40, 2));
}

#[test]
fn a_key_that_the_api_does_not_know_stops_the_run_at_the_first_message() {
    let redox = Redox::start();
    let refused = Fault::Unavailable("401".parse().unwrap(), RetryAfter::Absent);
    redox
        .server
        .sandbox()
        .inject(Place::Api, refused, Times::UntilCleared);
    redox
        .folder
        .write("m.ndjson", messages(&redox, 10).join("\n"));
    let outcome = redox.call(&["send", "m.ndjson", "--jobs", "1"]).run();
    assert_eq!(outcome.code, Some(2), "{outcome:#?}");
    let results = results(&outcome);
    assert_eq!((results.len(), count(&results, "not_sent")), (1, 1));
    assert!(outcome.stderr.contains("status 401"), "{outcome:#?}");
}

#[test]
fn what_may_have_been_done_is_unknown_and_not_sent_again() {
    let unavailable = |status: &str| {
        let status = status.parse().unwrap();
        Fault::Unavailable(status, RetryAfter::Absent)
    };
    for (fault, verdict, code, done) in [
        (Fault::Disconnect(Disconnect::Unanswered), "unknown", 3, 0),
        (Fault::Disconnect(Disconnect::BeforeBody), "unknown", 3, 1),
        (Fault::Disconnect(Disconnect::WithinBody), "unknown", 3, 1),
        (Fault::Junk(redox_auth_sandbox::Junk::Html), "unknown", 3, 0),
        (unavailable("504"), "unknown", 3, 0),
        (unavailable("500"), "refused", 1, 0),
    ] {
        let redox = Redox::start();
        let mut state = redox.server.sandbox();
        state.spare(Place::Api, 1);
        state.inject(Place::Api, fault.clone(), Times::Next(1));
        drop(state);
        redox
            .folder
            .write("m.ndjson", messages(&redox, 3).join("\n"));
        let call = redox.call(&["send", "m.ndjson", "--jobs", "1"]);
        let outcome = call.run();
        assert_eq!(outcome.code, Some(code), "{fault:?}: {outcome:#?}");
        let found = results(&outcome);
        let verdicts: Vec<_> = found.iter().map(|it| &it["outcome"]).collect();
        assert_eq!(verdicts, ["ok", verdict, "ok"], "{fault:?}");
        assert!(found[1]["errors"][0].is_string(), "{fault:?}: {found:#?}");
        let counters = redox.server.counters();
        assert_eq!(counters.messages_accepted, 2 + done, "{fault:?}");
        assert_eq!(counters.requests, 4, "{fault:?}");
    }
}

#[test]
fn when_nothing_can_be_sent_any_more_the_rest_is_left_alone() {
    let folder = Folder::new();
    folder.make_key("key.pem", "ES256");
    folder.write("m.ndjson", small(5));
    let token = r#"{"access_token":"an-access-token-to-hide","expires_in":300}"#;
    let refusal = r#"{"error":"invalid_client","error_description":"Key not found"}"#;
    let server = Canned::start(vec![
        Answer::json("200 OK", token),
        Answer::json("200 OK", r#"{"Meta":{}}"#),
        Answer::json("401 Unauthorized", "{}"),
        Answer::json("401 Unauthorized", refusal),
    ]);
    let call = folder.call(&["send", "m.ndjson", "--jobs", "1"]);
    let call = call.args(&["--base-url", &server.url(), "--client-id", "c"]);
    let outcome = call.args(&["--key", "key.pem"]).run();
    assert_eq!(outcome.code, Some(2), "{outcome:#?}");
    let verdicts: Vec<_> = results(&outcome);
    assert_eq!(verdicts.len(), 2, "{outcome:#?}");
    assert_eq!(count(&verdicts, "not_sent"), 1, "{outcome:#?}");
    for part in ["Key not found", "1 ok, 1 not sent", "--results FILE"] {
        assert!(outcome.stderr.contains(part), "{outcome:#?}");
    }
    assert_eq!(server.requests().len(), 4);

    // Without a token nothing is begun.
    let unknown = Canned::always(Answer::json("401 Unauthorized", refusal));
    let call = folder.call(&["send", "m.ndjson", "--results", "r"]);
    let call = call.args(&["--base-url", &unknown.url(), "--client-id", "c"]);
    call.args(&["--key", "key.pem"]).run().failed(1);
    assert_eq!(folder.read("r"), "");
}
