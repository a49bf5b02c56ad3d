//! A sandbox that stays the same over restarts.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::running::Running;
use crate::support::{Folder, assert_hidden};

/// A running sandbox, and the variables that it printed.
struct Sandbox {
    running: Running,
    variables: Vec<(String, String)>,
}

impl Sandbox {
    /// With so many variables.
    fn start(folder: &Folder, options: &[&str], count: usize) -> Self {
        let running = Running::start(folder.call(&["sandbox"]).args(options));
        let variable = || {
            let line = running.line();
            let (name, value) = line
                .strip_prefix("export ")
                .unwrap()
                .split_once('=')
                .unwrap();
            (name.to_owned(), value.trim_matches('\'').to_owned())
        };
        let variables = (0..count).map(|_| variable()).collect();
        Self { running, variables }
    }

    fn value(&self, name: &str) -> &str {
        let found = self.variables.iter().find(|(it, _)| it == name);
        &found.unwrap().1
    }

    /// Runs a command with the variables.
    fn run(&self, folder: &Folder, words: &[&str]) -> crate::support::Outcome {
        let mut call = folder.call(words);
        for (name, value) in &self.variables {
            call = call.env(name, value);
        }
        call.run()
    }

    /// Ends it; returns what it has said.
    fn end(self) -> String {
        let (code, left) = self.running.end_by("-TERM");
        assert_eq!(code, Some(0), "{left:#?}");
        left.join("\n")
    }
}

#[test]
fn a_state_file_keeps_everything_over_a_restart_and_shows_no_secret() {
    let folder = Folder::new();
    let options = ["--state", "local.json", "--legacy"];
    let first = Sandbox::start(&folder, &options, 8);
    first.run(&folder, &["token"]).done();
    first.run(&folder, &["migrate", "--now"]).result();
    let variables = first.variables.clone();
    let mut shown = first.end();
    for name in ["local.json", "local.key.pem", "local.legacy-secret"] {
        let mode = fs::metadata(folder.path(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    let kept = folder.read("local.json");

    let second = Sandbox::start(&folder, &options, 8);
    assert_eq!(
        second.variables, variables,
        "IDs, files and the port are the same"
    );
    second.run(&folder, &["token"]).done();
    second.run(&folder, &["migrate", "--now"]).result();
    // A second sandbox says that the file is in use.
    let other = folder.run(&["sandbox", "--state", "local.json"]).failed(2);
    assert!(
        other.contains("local.json is in use by another sandbox"),
        "{other}"
    );
    shown.push_str(&second.end());
    assert_eq!(folder.read("local.json"), kept);
    assert!(
        shown.contains("local.json keeps its IDs and keys"),
        "{shown}"
    );
    assert_hidden(&shown, &folder.read("local.key.pem"));
    assert_hidden(&shown, &folder.read("local.legacy-secret"));

    // Without its private key the state is of no use to a client, and neither is replaced.
    fs::rename(folder.path("local.key.pem"), folder.path("moved.pem")).unwrap();
    let shown = folder.run(&["sandbox", "--state", "local.json"]).failed(2);
    for part in ["local.key.pem is missing", "--key"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert_eq!(folder.read("local.json"), kept);
    let options = ["--state", "local.json", "--key", "moved.pem"];
    let third = Sandbox::start(&folder, &options, 6);
    assert_eq!(third.value("REDOX_CLIENT_ID"), variables[2].1);
    third.run(&folder, &["token"]).done();
}

#[test]
fn a_state_file_that_cannot_be_used_stays_as_it_is() {
    let folder = Folder::new();
    Sandbox::start(&folder, &["--state", "good.json"], 6).end();
    let good = folder.read("good.json");
    let half = good.get(..good.len() / 2).unwrap().to_owned();
    for (content, expected) in [
        (half, "ends in the middle"),
        (
            good.replace("\"version\": 1", "\"version\": 99"),
            "has version 99",
        ),
        ("{}".to_owned(), "is not a state file of a sandbox"),
        (
            "a shopping list".to_owned(),
            "is not a state file of a sandbox",
        ),
        (String::new(), "is empty"),
    ] {
        folder.write("bad.json", &content);
        let shown = folder.run(&["sandbox", "--state", "bad.json"]).failed(2);
        assert!(shown.contains("the state file "), "{shown}");
        assert!(shown.contains(expected), "{expected}: {shown}");
        assert_eq!(folder.read("bad.json"), content);
        assert!(!folder.path("bad.key.pem").exists());
    }
}

#[test]
fn each_part_can_be_fixed_by_an_option() {
    let folder = Folder::new();
    let jwks = folder.make_key("mine.pem", "RS384");
    folder.write("jwks.json", &jwks);
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port().to_string();
    drop(free);
    let options = [
        "--client-id",
        "client-1",
        "--source",
        "source-1",
        "--destination",
        "dest-1",
    ];
    let fixed = |more: &[&str], count| Sandbox::start(&folder, &[&options, more].concat(), count);
    let by_key = fixed(&["--key", "mine.pem", "--port", &port], 6);
    assert_eq!(
        by_key.value("REDOX_BASE_URL"),
        format!("http://127.0.0.1:{port}")
    );
    for (name, value) in [
        ("REDOX_CLIENT_ID", "client-1"),
        ("REDOX_SOURCE_ID", "source-1"),
        ("REDOX_DESTINATION_ID", "dest-1"),
    ] {
        assert_eq!(by_key.value(name), value);
    }
    by_key.run(&folder, &["token"]).done();
    let taken = folder.run(&["sandbox", "--port", &port]).failed(2);
    for part in [
        &*format!("cannot listen on 127.0.0.1:{port}"),
        "give another --port",
    ] {
        assert!(taken.contains(part), "{part}: {taken}");
    }
    let taken = folder.run(&["sandbox", "--dashboard", &port]).failed(2);
    assert!(taken.contains("give another --dashboard"), "{taken}");
    by_key.end();
    // With the public keys alone: only the client has the private one.
    let by_set = fixed(&["--jwks", "jwks.json"], 5);
    let token = by_set.run(&folder, &["token", "--key", "mine.pem"]);
    token.done();
}

#[test]
fn keys_of_a_wrong_kind_are_refused_by_name() {
    let folder = Folder::new();
    folder.make_key("mine.pem", "ES384");
    folder.write("empty", "");
    folder.write("none.json", r#"{"keys":[]}"#);
    let private =
        r#"{"keys":[{"kid":"a","kty":"EC","crv":"P-384","x":"","y":"","d":"hush-hush-hush"}]}"#;
    folder.write("private.json", private);
    for (options, expected) in [
        (
            ["--jwks", "mine.pem"],
            "mine.pem: JWK Set: not JSON; --jwks takes public keys",
        ),
        (["--jwks", "empty"], "empty: JWK Set: not JSON"),
        (
            ["--jwks", "none.json"],
            "none.json: JWK Set: the JWK Set is empty",
        ),
        (["--jwks", "private.json"], "private.json: JWK Set: "),
        (["--jwks", "nowhere"], "--jwks: cannot read nowhere"),
        (["--key", "none.json"], "none.json: "),
        (["--key", "nowhere"], "private key: cannot read nowhere"),
    ] {
        let shown = folder.run(&["sandbox", options[0], options[1]]).failed(2);
        assert!(shown.contains(expected), "{expected}: {shown}");
        assert!(!shown.contains("hush-hush"), "{shown}");
    }
    let shown = folder.run(&["sandbox", "--jwks", "a", "--key", "b"]);
    assert_eq!(shown.code, Some(2));
}

#[test]
fn each_request_is_shown_and_a_message_that_is_too_long_is_refused() {
    let folder = Folder::new();
    let sandbox = Sandbox::start(&folder, &[], 6);
    let message = |destination: &str, padding: usize| {
        format!(
            r#"{{"Meta":{{"DataModel":"Order","EventType":"New","Destinations":[{{"ID":"{destination}"}}]}},"a":"{}"}}"#,
            "a".repeat(padding)
        )
    };
    let known = sandbox.value("REDOX_DESTINATION_ID");
    folder.write("good.json", message(known, 0));
    folder.write("bad.json", message("nowhere", 0));
    folder.write("long.json", message(known, 40_000_000));
    let token = sandbox.run(&folder, &["token"]).done();
    sandbox.run(&folder, &["send", "good.json"]).result();
    assert_eq!(sandbox.run(&folder, &["send", "bad.json"]).code, Some(1));
    let long = sandbox.run(&folder, &["send", "long.json"]);
    // The command does not even send it.
    let long = long.failed(2);
    assert!(long.contains("at most 40000000 bytes"), "{long}");
    let shown = sandbox.end();
    for line in [
        "redox-auth: POST /v2/auth/token 200",
        "redox-auth: POST /endpoint 200",
        "redox-auth: POST /endpoint 400: No subscriptions. Meta.Destinations names no destination of this environment; \
         there is af394f14-b34a-464f-8d24-895f370af4c9",
    ] {
        assert!(shown.lines().any(|it| it == line), "{line}: {shown}");
    }
    assert_hidden(&shown, &token);
}
