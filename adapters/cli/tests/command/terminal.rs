//! The output on a terminal, and closed pipes.

use std::process::{Command, Stdio};

use crate::canned::{Answer, Canned};
use crate::support::{Call, Folder, Redox};

/// What the command shows on a terminal of this width, on standard output and standard error.
fn on_a_terminal(redox: &Redox, call: &Call, width: u16, environment: &[(&str, &str)]) -> String {
    let mut line = format!(
        "stty cols {width} rows 24; {}",
        call.command.get_program().to_str().unwrap()
    );
    for arg in call.command.get_args() {
        line.push_str(&format!(" '{}'", arg.to_str().unwrap()));
    }
    let output = Command::new("script")
        .args(["-q", "-e", "-c", &line, "/dev/null"])
        .current_dir(redox.folder.path(""))
        .env_remove("NO_COLOR")
        .env("TERM", "xterm")
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// A command whose standard output nobody reads.
fn unread(mut call: Call) -> (Option<i32>, String) {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = call
        .command
        .stdin(Stdio::null())
        .stdout(writer)
        .output()
        .unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn a_closed_pipe_ends_every_command_silently() {
    let redox = Redox::start();
    redox.folder.write("m.json", redox.message().to_string());
    let assertion = redox.call(&["assertion"]).run().done();
    for args in [
        &["assertion"][..],
        &["token"],
        &["doctor"],
        &["token", "--watch"],
    ] {
        assert_eq!(
            unread(redox.call(args)),
            (Some(141), String::new()),
            "{args:?}"
        );
    }
    for args in [
        &["key", "jwks", "key.pem"][..],
        &["inspect", &assertion],
        &["man"],
        &["completions", "bash"],
        &["sandbox"],
    ] {
        let call = redox.folder.call(args);
        assert_eq!(unread(call), (Some(141), String::new()), "{args:?}");
    }
    // The tally is no complaint.
    let sent = unread(redox.call(&["send", "m.json"]));
    assert_eq!(sent, (Some(141), "redox-auth: 1 ok\n".to_owned()));
    let many = redox.call(&["send", "m.json", "m.json", "--jobs", "1"]);
    let (code, said) = unread(many);
    assert_eq!(code, Some(141), "{said}");
    assert!(said.starts_with("redox-auth: 1 ok"), "{said}");
}

#[test]
fn a_key_that_was_made_is_named_though_its_public_half_is_not_printed() {
    let folder = Folder::new();
    let (code, said) = unread(folder.call(&["key", "new", "--alg", "es384", "--out", "new.pem"]));
    assert_eq!(code, Some(141));
    assert!(said.contains("the private key is in new.pem"), "{said}");
    assert!(said.contains("redox-auth key jwks new.pem"), "{said}");
    assert!(folder.read("new.pem").contains("PRIVATE KEY"));
}

#[test]
fn an_answer_is_in_lines_on_a_terminal_and_as_it_came_elsewhere() {
    let token = Answer::json("200 OK", r#"{"access_token":"token","expires_in":300}"#);
    let answer = Answer::json("200 OK", "{\"Meta\":{},\"b\":1.50,\"a\":\"\u{9b}2J\"}");
    let redox = Redox::start();
    redox.folder.write("m.json", redox.message().to_string());
    let server = Canned::start(vec![token, answer]);
    let call = redox
        .folder
        .call(&["send", "m.json", "--base-url", &server.url()]);
    let call = call.args(&["--client-id", "client-1", "--key", "key.pem"]);
    let shown = on_a_terminal(&redox, &call, 80, &[]);
    let expected = "{\r\n  \"Meta\": {},\r\n  \"b\": 1.50,\r\n  \"a\": \"\\u{9b}2J\"\r\n}\r\n";
    assert!(shown.contains(expected), "{shown}");
    assert!(shown.ends_with("redox-auth: 1 ok\r\n"), "{shown}");
}

#[test]
fn the_page_about_an_error_is_a_link_on_a_terminal_only() {
    let redox = Redox::start();
    let call = || redox.call(&["token", "--audience", "https://other.example"]);
    let shown = on_a_terminal(&redox, &call(), 80, &[]);
    assert!(
        shown.contains("\u{1b}]8;;https://docs.redoxengine.com/"),
        "{shown}"
    );
    let dumb = on_a_terminal(&redox, &call(), 80, &[("TERM", "dumb")]);
    let plain = call().run().failed(1);
    for shown in [dumb, plain] {
        assert!(
            shown.contains("see https://docs.redoxengine.com/"),
            "{shown}"
        );
        assert!(!shown.contains('\u{1b}'), "{shown}");
    }
}

#[test]
fn the_doctors_lines_fit_the_terminal_and_only_its_verdicts_are_coloured() {
    let redox = Redox::start();
    for width in [30, 60] {
        let shown = on_a_terminal(&redox, &redox.call(&["doctor"]), width, &[]);
        assert!(shown.contains("\u{1b}[32mok\u{1b}[0m    "), "{shown}");
        assert!(shown.contains("\u{1b}[2mskip\u{1b}[0m  source"), "{shown}");
        let plain = on_a_terminal(
            &redox,
            &redox.call(&["doctor"]),
            width,
            &[("NO_COLOR", "1")],
        );
        assert!(!plain.contains('\u{1b}'), "{plain}");
        for line in plain.lines().map(str::trim_end) {
            // A word that is longer than the line is not broken.
            let is_one_word = line.split_whitespace().count() <= 3;
            let len = line.chars().count();
            assert!(len < usize::from(width) || is_one_word, "{width}: {line:?}");
        }
    }
}

#[test]
fn progress_is_one_line_on_a_narrow_terminal() {
    let redox = Redox::start();
    let message = redox.message().to_string();
    redox
        .folder
        .write("m.ndjson", format!("{message}\n").repeat(30));
    let call = redox.call(&["send", "m.ndjson", "--jobs", "1", "--rate", "20"]);
    let shown = on_a_terminal(&redox, &call, 20, &[]);
    let bars = shown.split(['\r', '\n', '\u{1b}']);
    let bars: Vec<_> = bars.filter(|it| it.contains("/30 ")).collect();
    assert!(!bars.is_empty(), "{shown}");
    for bar in bars {
        // After the sequence that clears the line.
        let bar = bar.trim_start_matches("[2K");
        assert!(bar.chars().count() <= 20, "{bar:?}");
    }
    assert!(shown.contains("redox-auth: 30 ok"), "{shown}");
}
