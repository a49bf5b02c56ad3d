use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use redox_auth_sandbox::{Fault, Place, RetryAfter, Times};
use serde_json::Value;

use crate::send_many::{count, messages, results};
use crate::support::{Call, Folder, Redox};

/// Uploads to the sandbox.
fn upload(redox: &Redox, args: &[&str]) -> Call {
    let url = format!("{}/upload", redox.server.base_url());
    let call = redox.call(&["send", "--upload", "--upload-url", &url]);
    call.args(args)
}

#[test]
fn a_file_is_uploaded_and_its_uri_printed() {
    let redox = Redox::start();
    redox.folder.write("a.pdf", "%PDF");
    let uri = upload(&redox, &["a.pdf"]).run().sent("1 ok");
    assert!(uri.starts_with(redox.server.base_url()), "{uri}");
    let uri = upload(&redox, &["-"]).input("content").run().sent("1 ok");
    assert!(uri.starts_with(redox.server.base_url()), "{uri}");
    assert_eq!(redox.server.counters().uploads, 2);

    let without_url = redox.call(&["send", "--upload", "a.pdf"]).run();
    let shown = without_url.failed(2);
    assert!(shown.contains("URL for uploads"), "{shown}");
    let mut state = redox.server.sandbox();
    let fault = Fault::Unavailable("500".parse().unwrap(), RetryAfter::Absent);
    state.inject(Place::Upload, fault, Times::Next(1));
    drop(state);
    let shown = upload(&redox, &["a.pdf"]).run().failed(1);
    assert!(
        shown.contains("refused the file with status 500"),
        "{shown}"
    );
}

#[test]
fn many_files_are_uploaded_once_each() {
    let redox = Redox::start();
    redox.folder.write("a.pdf", "a");
    redox.folder.write("b.ndjson", "not lines\nbut a file");
    redox.folder.write("c.bin", vec![0; 30_000_001]);
    redox.folder.write("d.bin", vec![0; 30_000_000]);
    let mut state = redox.server.sandbox();
    state.inject(Place::Upload, Fault::Revoked, Times::Next(1));
    let busy = Fault::TooManyRequests(RetryAfter::Secs(0));
    state.inject(Place::Upload, busy, Times::Next(1));
    drop(state);
    let files = ["a.pdf", "b.ndjson", "c.bin", "d.bin", "--results", "r"];
    let outcome = upload(&redox, &files).run();
    assert_eq!(outcome.code, Some(2), "{outcome:#?}");
    let found = results(&outcome);
    assert_eq!(count(&found, "ok"), 3, "{outcome:#?}");
    for result in &found {
        let is_too_long = result["file"] == "c.bin";
        assert_eq!(result["uri"].is_string(), !is_too_long, "{result}");
        assert_eq!(result["outcome"] == "not_sent", is_too_long, "{result}");
    }
    assert_eq!(redox.server.counters().uploads, 3);
    let outcome = upload(&redox, &files).run();
    assert_eq!(results(&outcome).len(), 1, "{outcome:#?}");
    assert_eq!(redox.server.counters().uploads, 3);
}

/// What the command prints on a terminal, but for its results.
pub(crate) fn on_a_terminal(folder: &Folder, call: Call) -> String {
    let command = call.command;
    let mut line = command.get_program().to_str().unwrap().to_owned();
    for arg in command.get_args() {
        line.push_str(&format!(" '{}'", arg.to_str().unwrap()));
    }
    let output = Command::new("script")
        .args(["-q", "-e", "-c", &format!("{line} >out"), "/dev/null"])
        .current_dir(folder.path(""))
        .env("TERM", "xterm")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{shown}");
    shown
}

#[cfg(target_os = "linux")]
#[test]
fn on_a_terminal_a_person_sees_how_far_it_is() {
    let redox = Redox::start();
    let mut message = redox.message();
    message["Text"] = "x".repeat(5_000_000).into();
    let message = message.to_string();
    redox.folder.write("large.json", &message);
    redox.folder.write("large.bin", &message);
    redox
        .folder
        .write("m.ndjson", messages(&redox, 3).join("\n"));
    let send = redox.call(&["send", "large.json"]);
    for (place, call) in [
        (Place::Api, send),
        (Place::Upload, upload(&redox, &["large.bin"])),
    ] {
        // What is streamed is sent again like everything else.
        let mut state = redox.server.sandbox();
        state.inject(place, Fault::Revoked, Times::Next(1));
        let busy = Fault::Unavailable("503".parse().unwrap(), RetryAfter::Secs(0));
        state.inject(place, busy, Times::Next(1));
        drop(state);
        let shown = on_a_terminal(&redox.folder, call);
        assert!(shown.contains("of 4.77 MiB"), "{shown}");
        assert!(!redox.folder.read("out").contains("MiB"));
    }
    let counters = redox.server.counters();
    assert_eq!((counters.messages_accepted, counters.uploads), (1, 1));
    assert!(redox.folder.read("out").contains("/"));

    let shown = on_a_terminal(&redox.folder, redox.call(&["send", "m.ndjson"]));
    assert!(shown.contains("3 of 3"), "{shown}");
    assert!(shown.contains("3 ok"), "{shown}");
    assert_eq!(redox.folder.read("out").lines().count(), 3);
}

#[cfg(target_os = "linux")]
#[test]
fn a_long_file_is_not_read_whole() {
    let redox = Redox::start();
    let mut call = redox.call(&["send", "--ndjson", "-"]);
    let mut child = call
        .command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = format!("{{\"Text\":\"{}\"}}\n", "x".repeat(50_000));
    let writer = std::thread::spawn(move || {
        for _ in 0..3_000 {
            input.write_all(line.as_bytes()).unwrap();
        }
        input
    });
    for number in 1..=3_000 {
        let result: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        assert_eq!(result["line"], number, "{result}");
    }
    // From a file of 150 MB that is not complete yet.
    let input = writer.join().unwrap();
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let peak = status.split("VmHWM:").nth(1).unwrap();
    let peak: u64 = peak.split_whitespace().next().unwrap().parse().unwrap();
    assert!(peak < 100_000, "{peak} kB");
    drop(input);
    assert_eq!(child.wait().unwrap().code(), Some(2));
}
