use std::os::unix::fs::PermissionsExt;

use redox_auth_sandbox::{Disconnect, Fault, Place, Times};
use serde_json::Value;

use crate::held::Held;
use crate::running::Running;
use crate::send_many::{count, held_call, messages, results, small};
use crate::support::{Folder, Redox};

const SEND: [&str; 6] = ["send", "m.ndjson", "--results", "r", "--jobs", "1"];

#[test]
fn a_second_run_sends_the_rest_and_what_was_not_taken() {
    let redox = Redox::start();
    let messages = messages(&redox, 4);
    let lines = |lines: &[&str]| redox.folder.write("m.ndjson", lines.join("\n"));
    let accepted = || redox.server.counters().messages_accepted;
    lines(&[&messages[0], "bad", &messages[1]]);
    let outcome = redox.call(&SEND).run();
    assert_eq!(outcome.code, Some(2), "{outcome:#?}");
    assert_eq!(accepted(), 2);
    let mode = std::fs::metadata(redox.folder.path("r")).unwrap();
    assert_eq!(mode.permissions().mode() & 0o777, 0o600);

    // Mended, with lines before and behind, and none of the old ones where it was.
    lines(&[&messages[3], &messages[0], &messages[2], &messages[1]]);
    let outcome = redox.call(&SEND).run();
    assert_eq!(count(&results(&outcome), "ok"), 2, "{outcome:#?}");
    outcome.sent("2 ok, 2 done before");
    assert_eq!(accepted(), 4);
    let outcome = redox.call(&SEND).run();
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(0), ""));
    assert_eq!(accepted(), 4);

    // The same message twice is two messages, of which one is done.
    lines(&[&messages[0], &messages[0]]);
    assert_eq!(results(&redox.call(&SEND).run()).len(), 1);
    assert_eq!(accepted(), 5);
    assert_eq!(results(&redox.call(&SEND).run()).len(), 0);
    // Also in a file by itself, and under another name.
    redox.folder.write("n.json", &messages[1]);
    let call = redox.call(&["send", "n.json", "--results", "r"]);
    assert_eq!(results(&call.run()).len(), 0);
    assert_eq!(accepted(), 5);
}

#[test]
fn what_is_unknown_is_sent_again_only_when_asked_for() {
    let redox = Redox::start();
    let fault = Fault::Disconnect(Disconnect::BeforeBody);
    let mut state = redox.server.sandbox();
    state.spare(Place::Api, 1);
    state.inject(Place::Api, fault, Times::Next(1));
    drop(state);
    redox
        .folder
        .write("m.ndjson", messages(&redox, 3).join("\n"));
    let accepted = || redox.server.counters().messages_accepted;
    for _ in 0..2 {
        let outcome = redox.call(&SEND).run();
        assert_eq!(outcome.code, Some(3), "{outcome:#?}");
        assert_eq!(count(&results(&outcome), "unknown"), 1, "{outcome:#?}");
        assert_eq!(accepted(), 3);
    }
    for (lines, code) in [(1, 0), (0, 0)] {
        let outcome = redox.call(&SEND).args(&["--repeat-unknown"]).run();
        assert_eq!(outcome.code, Some(code), "{outcome:#?}");
        assert_eq!(results(&outcome).len(), lines, "{outcome:#?}");
        assert_eq!(accepted(), 4);
    }
    let outcome = redox.call(&SEND).run();
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(0), ""));
}

/// A run that has one message under way, which is held.
fn begun(folder: &Folder, held: &Held) -> Running {
    folder.make_key("key.pem", "ES256");
    folder.write("m.ndjson", small(3));
    Running::start(held_call(folder, held, &SEND))
}

fn number(text: &str) -> u64 {
    let message: Value = serde_json::from_str(text).unwrap();
    message["Number"].as_u64().unwrap()
}

#[test]
fn an_interrupted_run_finishes_what_is_under_way_and_the_next_one_goes_on() {
    let (folder, held) = (Folder::new(), Held::start());
    let running = begun(&folder, &held);
    let first = held.message();
    assert_eq!(number(&first.body), 1);
    running.signal("-INT");
    assert!(running.said().contains("waiting for requests under way"));
    first.answer();
    let result: Value = serde_json::from_str(&running.line()).unwrap();
    assert_eq!(
        (&result["line"], &result["outcome"]),
        (&1.into(), &"ok".into())
    );
    let (code, said) = running.end();
    assert_eq!(code, Some(130), "{said:?}");
    let said = said.join("\n");
    assert!(said.contains("interrupted"), "{said}");
    assert!(
        said.contains("to resume:    run the same command"),
        "{said}"
    );
    assert_eq!(held.left(), 0);

    let running = Running::start(held_call(&folder, &held, &SEND));
    for expected in [2, 3] {
        let message = held.message();
        assert_eq!(number(&message.body), expected);
        message.answer();
        running.line();
    }
    let tally = "redox-auth: 2 ok, 1 done before".to_owned();
    assert_eq!(running.end(), (Some(0), vec![tally]));
    assert_eq!(held.left(), 0);
}

/// A message that waits for its turn is not under way: it is given up at once, and the next run sends it.
#[test]
fn an_interrupted_run_gives_up_what_waits_for_the_pace() {
    let (folder, held) = (Folder::new(), Held::start());
    folder.make_key("key.pem", "ES256");
    folder.write("m.ndjson", format!("bad\n{}", small(2)));
    // The request for the token takes the first turn, and the next one comes in a minute.
    let waiting = ["send", "m.ndjson", "--results", "r", "--rate", "1/min"];
    let running = Running::start(held_call(&folder, &held, &waiting));
    assert!(running.line().contains(r#""line":1,"outcome":"not_sent""#));
    running.signal("-INT");
    let (code, said) = running.end();
    assert_eq!(code, Some(130), "{said:?}");
    assert_eq!(held.left(), 0);
    assert!(!folder.read("r").contains("started"));

    let running = Running::start(held_call(&folder, &held, &SEND));
    assert!(running.line().contains("not_sent"));
    for expected in [1, 2] {
        let message = held.message();
        assert_eq!(number(&message.body), expected);
        message.answer();
        assert!(running.line().contains(r#""outcome":"ok""#));
    }
    assert_eq!(running.end().0, Some(2));
}

/// A message that the server sent back undone waits again: it is no longer under way.
#[test]
fn an_interrupted_run_gives_up_what_waits_after_a_429() {
    let (folder, held) = (Folder::new(), Held::start());
    folder.make_key("key.pem", "ES256");
    folder.write("m.ndjson", small(1));
    let call = held_call(&folder, &held, &SEND);
    let running = Running::start(call.args(&["--log", "debug"]));
    held.message().put_off();
    while !running.said().contains("sent again") {}
    running.signal("-INT");
    let result: Value = serde_json::from_str(&running.line()).unwrap();
    assert_eq!(result["outcome"], "not_sent", "{result}");
    let (code, said) = running.end();
    assert_eq!(code, Some(130), "{said:?}");

    let running = Running::start(held_call(&folder, &held, &SEND));
    let message = held.message();
    assert_eq!(number(&message.body), 1);
    message.answer();
    assert!(running.line().contains(r#""outcome":"ok""#));
    let tally = "redox-auth: 1 ok".to_owned();
    assert_eq!(running.end(), (Some(0), vec![tally]));
    assert_eq!(held.left(), 0);
}

#[test]
fn whatever_ends_a_run_what_was_under_way_is_not_sent_twice() {
    for signals in [&["-KILL"][..], &["-INT", "-INT"]] {
        let (folder, held) = (Folder::new(), Held::start());
        let running = begun(&folder, &held);
        let first = held.message();
        for (index, signal) in signals.iter().enumerate() {
            if index > 0 {
                running.said();
            }
            running.signal(signal);
        }
        let (code, said) = running.end();
        let expected = if signals.len() > 1 { Some(3) } else { None };
        assert_eq!(code, expected, "{said:?}");
        // Torn by the same end.
        let torn = folder.read("r") + r#"{"digest":"mess"#;
        folder.write("r", torn);

        let running = Running::start(held_call(&folder, &held, &SEND));
        let unknown: Value = serde_json::from_str(&running.line()).unwrap();
        assert_eq!(unknown["line"], 1, "{unknown}");
        assert_eq!(unknown["outcome"], "unknown", "{unknown}");
        for expected in [2, 3] {
            let message = held.message();
            assert_eq!(number(&message.body), expected);
            message.answer();
        }
        let (code, said) = running.end();
        assert_eq!(code, Some(3), "{said:?}");
        assert_eq!(held.left(), 0);
        drop(first);
        for line in folder.read("r").lines() {
            let record: Value = serde_json::from_str(line).unwrap();
            assert!(record["digest"].is_string(), "{record}");
        }
    }
}

#[test]
fn results_are_one_runs_at_a_time() {
    let (folder, held) = (Folder::new(), Held::start());
    let running = begun(&folder, &held);
    let first = held.message();
    let (code, said) = Running::start(held_call(&folder, &held, &SEND)).end();
    assert_eq!(code, Some(2), "{said:?}");
    assert!(said[0].contains("another run is using them"), "{said:?}");
    assert_eq!(held.left(), 0);
    first.answer();
    for _ in 0..2 {
        held.message().answer();
    }
    assert_eq!(running.end().0, Some(0));
}

#[test]
fn what_holds_something_else_is_not_touched() {
    let redox = Redox::start();
    let [message] = messages(&redox, 1).try_into().unwrap();
    redox.folder.write("m.ndjson", &message);
    let record = r#"{"digest":"message:x","file":"m","outcome":"ok"}"#;
    for (content, line) in [
        (message.clone(), 1),
        (format!("{message}\n"), 1),
        (format!("{record}\n{message}\n"), 2),
        (format!("{record}\n\n"), 2),
        (format!("{}\n", record.replace("ok", "done")), 1),
        ("{}".to_owned(), 1),
    ] {
        redox.folder.write("r", &content);
        let shown = redox.call(&SEND).run().failed(2);
        let expected = format!("found something else in line {line}");
        assert!(shown.contains(&expected), "{content}: {shown}");
        assert_eq!(redox.folder.read("r"), content);
    }
    let shown = redox.call(&["send", "m.ndjson", "--results", "."]).run();
    assert!(shown.failed(2).contains("results in .: cannot be used"));
    assert_eq!(redox.server.counters().requests, 0);
    let alone = redox.call(&["send", "m.ndjson", "--repeat-unknown"]).run();
    assert_eq!(alone.code, Some(2), "{alone:#?}");
}
