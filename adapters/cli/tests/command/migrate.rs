use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

use redox_auth_sandbox::{Fault, LegacyKey, Place, Times};
use serde_json::Value;

use crate::running::Running;
use crate::support::{Call, Redox, assert_hidden};

/// A sandbox with a client and a legacy API key.
struct Migration {
    redox: Redox,
    legacy: LegacyKey,
}

impl Migration {
    fn start() -> Self {
        let redox = Redox::start();
        let legacy = redox.server.sandbox().register_legacy_key(&redox.source_id);
        let legacy = legacy.unwrap();
        Self { redox, legacy }
    }

    fn call(&self, options: &[&str]) -> Call {
        let call = self.redox.call(&["migrate"]).args(options);
        call.env("REDOX_LEGACY_API_KEY", self.legacy.api_key())
            .env("REDOX_LEGACY_SECRET", self.legacy.expose_secret())
    }

    fn disable(&self) {
        let mut state = self.redox.server.sandbox();
        state.disable_client(&self.redox.client_id).unwrap();
    }
}

/// Checks that each line begins so.
fn assert_lines(shown: &str, beginnings: &[&str]) {
    let lines: Vec<_> = shown.lines().collect();
    assert_eq!(lines.len(), beginnings.len(), "{shown}");
    for (line, beginning) in lines.iter().zip(beginnings) {
        assert!(line.starts_with(beginning), "{line}, not {beginning}");
    }
}

#[test]
fn three_tokens_at_once_show_that_it_is_ready_and_what_to_do() {
    for option in ["--now", "--once"] {
        let migration = Migration::start();
        let shown = migration.call(&[option]).run().done();
        assert_lines(
            &shown,
            &[
                "legacy API key: obtains a token",
                "OAuth API key: obtains a token",
                "sources: if the environment has several sources",
                "serving: the OAuth API key, key ID",
                "legacy secret: needed; 1 of 3",
                "legacy secret: needed; 2 of 3",
                "legacy secret: not needed here, as far as tokens without waits can show",
                "next: check that no program still uses",
            ],
        );
        for part in [
            "`Meta.Source.ID`",
            "`Redox-Source-Id`",
            "revokes the old secret at once",
        ] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
        assert!(shown.contains(migration.legacy.api_key()), "{shown}");
        let counters = migration.redox.server.counters();
        // One trial, and three in a row.
        assert_eq!(
            (counters.tokens_minted, counters.legacy_authenticates),
            (4, 1)
        );
    }
}

#[test]
fn once_says_why_it_is_not_ready() {
    let migration = Migration::start();
    migration.disable();
    let outcome = migration.call(&["--once"]).run();
    assert_eq!(outcome.code, Some(1), "{outcome:#?}");
    assert_lines(
        &outcome.stdout,
        &[
            "legacy API key: obtains a token",
            "OAuth API key: obtains no token: the server refused with status 400",
            "sources: ",
            "serving: the legacy API key; last, the server refused with status 400",
            "legacy secret: needed; the OAuth API key does not obtain the tokens",
        ],
    );
    for part in [
        "Public key not found",
        &migration.redox.client_id,
        "check both",
    ] {
        assert!(outcome.stdout.contains(part), "{part}: {outcome:#?}");
    }
    let told = "redox-auth: not ready yet: the secret of the legacy API key is still needed\n";
    assert_eq!(outcome.stderr, told);
}

#[test]
fn once_without_any_token_ends_with_the_refusal() {
    let migration = Migration::start();
    migration.disable();
    let call = migration.call(&["--once"]);
    let outcome = call.env("REDOX_LEGACY_SECRET", "wrong-wrong-wrong").run();
    assert_eq!(outcome.code, Some(1), "{outcome:#?}");
    assert_lines(
        &outcome.stdout,
        &[
            "legacy API key: obtains no token: ",
            "OAuth API key: obtains no token: ",
            "sources: ",
        ],
    );
    assert!(
        outcome.stderr.contains("the server refused"),
        "{outcome:#?}"
    );
    assert_hidden(&outcome.stdout, "wrong-wrong-wrong");
    assert_hidden(&outcome.stderr, "wrong-wrong-wrong");
}

#[test]
fn a_token_that_fails_among_those_at_once_is_one_too_few() {
    let migration = Migration::start();
    let mut state = migration.redox.server.sandbox();
    state.spare(Place::Token, 2);
    state.inject(Place::Token, Fault::UnknownKey, Times::Next(1));
    drop(state);
    let outcome = migration.call(&["--once"]).run();
    assert_eq!(outcome.code, Some(1), "{outcome:#?}");
    let lines: Vec<_> = outcome.stdout.lines().collect();
    assert!(
        lines
            .last()
            .unwrap()
            .starts_with("OAuth API key: obtains no token"),
        "{outcome:#?}"
    );
    assert!(outcome.stdout.contains("1 of 3"), "{outcome:#?}");
    assert!(!outcome.stdout.contains("2 of 3"), "{outcome:#?}");
}

#[test]
fn as_json_each_line_is_an_object() {
    let migration = Migration::start();
    let shown = migration.call(&["--once", "--json"]).run().done();
    let lines: Vec<Value> = shown
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let events: Vec<_> = lines
        .iter()
        .map(|line| line["event"].as_str().unwrap())
        .collect();
    assert_eq!(
        events,
        [
            "legacy", "oauth", "sources", "serving", "rotation", "rotation", "rotation", "next"
        ]
    );
    assert_eq!(lines[0]["works"], true);
    assert_eq!(lines[2]["source_id"], migration.legacy.api_key());
    assert_eq!(lines[3]["credential"], "oauth");
    assert_eq!(
        (&lines[5]["ready"], &lines[5]["found"], &lines[5]["needed"]),
        (&false.into(), &2.into(), &3.into())
    );
    assert_eq!(lines[6]["ready"], true);
    assert!(lines.iter().all(|line| line["text"].is_string()), "{shown}");
    assert_hidden(&shown, migration.legacy.expose_secret());
}

#[test]
fn both_credentials_may_stand_in_a_profile_and_are_read_once() {
    let migration = Migration::start();
    let folder = &migration.redox.folder;
    folder.write("secret", migration.legacy.expose_secret());
    let lines = [
        ("base-url", migration.redox.server.base_url()),
        ("client-id", &migration.redox.client_id),
        ("key", "key.pem"),
        ("legacy-key", migration.legacy.api_key()),
        ("legacy-secret-file", "secret"),
        ("source-id", &migration.redox.source_id),
    ];
    let lines = lines.map(|(name, value)| format!("{name} = {value:?}\n"));
    folder.write("config.toml", format!("[both]\n{}", lines.concat()));
    for file in ["key.pem", "secret"] {
        fs::set_permissions(folder.path(file), Permissions::from_mode(0o644)).unwrap();
    }
    let call = folder.call(&["migrate", "--once", "--profile", "both"]);
    let outcome = call.args(&["--config", "config.toml"]).run();
    assert_eq!(outcome.code, Some(0), "{outcome:#?}");
    let notes = outcome.stderr.matches("others can read");
    assert_eq!(notes.count(), 2, "{outcome:#?}");
}

#[test]
fn it_goes_on_until_it_is_interrupted() {
    let migration = Migration::start();
    migration.disable();
    for options in [&[][..], &["--now"]] {
        let running = Running::start(migration.call(options));
        while !running.line().starts_with("legacy secret: needed") {}
        let (code, left) = running.end_by("-INT");
        assert_eq!(code, Some(1), "{options:?}: {left:?}");
        let told = "redox-auth: not ready yet: the secret of the legacy API key is still needed";
        assert_eq!(left, [told], "{options:?}");
    }
}

#[test]
fn both_credentials_are_needed() {
    let migration = Migration::start();
    let without_legacy = migration.redox.call(&["migrate"]).run().failed(2);
    assert!(
        without_legacy.contains("expected a legacy API key (--legacy-key or"),
        "{without_legacy}"
    );
    let folder = &migration.redox.folder;
    let without_oauth = folder.call(&["migrate", "--legacy-key", "a"]);
    let without_oauth = without_oauth
        .env("REDOX_LEGACY_SECRET", "s")
        .run()
        .failed(2);
    assert!(
        without_oauth.contains("expected a client ID"),
        "{without_oauth}"
    );
    assert_eq!(migration.redox.server.counters().requests, 0);
}
