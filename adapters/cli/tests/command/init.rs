use std::fs;
use std::os::unix::fs::PermissionsExt;

use redox_auth_sandbox::{OAuthKey, Server, ServerOptions};

use crate::running::Running;
use crate::support::{Folder, Redox, assert_hidden};

const CONFIG: &str = ".config/redox-auth/config.toml";

/// Whether a file is for its owner only.
fn is_private(folder: &Folder, name: &str) -> bool {
    let mode = fs::metadata(folder.path(name))
        .unwrap()
        .permissions()
        .mode();
    mode & 0o077 == 0
}

/// Reads standard error up to a line that contains this text, and returns everything.
fn said_until(running: &Running, part: &str) -> String {
    let mut all = String::new();
    loop {
        let line = running.said();
        all.push_str(&line);
        all.push('\n');
        if line.contains(part) {
            return all;
        }
    }
}

#[test]
fn without_a_terminal_it_makes_a_key_prints_the_set_and_says_what_is_missing() {
    let folder = Folder::new();
    let first = folder.run(&["init"]);
    assert_eq!(first.code, Some(2), "{first:#?}");
    for part in [
        "made a private key for ES384: ",
        "Developer > Sources > New OAuth API key",
        "standard input is not a terminal",
        "--client-id",
    ] {
        assert!(first.stderr.contains(part), "{part}: {first:#?}");
    }
    let key = ".config/redox-auth/default.pem";
    let pem = folder.read(key);
    assert!(is_private(&folder, key) && is_private(&folder, ".config/redox-auth"));
    assert!(!folder.path(CONFIG).exists());
    // Once more: the same key, found and not made.
    let second = folder.run(&["init"]);
    assert_eq!((second.code, &second.stdout), (Some(2), &first.stdout));
    assert!(
        second.stderr.contains("found the private key in "),
        "{second:#?}"
    );
    assert_eq!(folder.read(key), pem);
    let printed = folder.run(&["key", "jwks", key]).done();
    assert_eq!(first.stdout.trim_end(), printed);
    for shown in [first, second] {
        assert_hidden(&shown.stdout, &pem);
        assert_hidden(&shown.stderr, &pem);
    }
}

#[test]
fn with_the_client_id_it_writes_a_profile_and_checks_it_and_a_second_run_changes_nothing() {
    let folder = Folder::new();
    let jwks = folder.run(&["init"]).stdout;
    let redox = Redox::with(folder, &jwks);
    let folder = &redox.folder;
    let init = || {
        let options = ["init", "--client-id", &redox.client_id, "--base-url"];
        folder.call(&options).args(&[redox.server.base_url()]).run()
    };
    let done = init();
    assert_eq!(done.code, Some(0), "{done:#?}");
    assert!(done.stdout.contains("ok    token: "), "{done:#?}");
    assert!(
        done.stderr.contains("wrote the profile \"default\" to "),
        "{done:#?}"
    );
    let config = folder.read(CONFIG);
    assert!(config.contains("key = \"default.pem\"\n"), "{config}");
    let again = init();
    assert_eq!(again.code, Some(0), "{again:#?}");
    assert!(again.stderr.contains("nothing is changed"), "{again:#?}");
    // Nor does one without any option, because the profile says it all.
    folder.run(&["init"]).result();
    assert_eq!(folder.read(CONFIG), config);
    // Every command takes its options from the profile, without a word about it.
    folder.run(&["token"]).done();
    let inspected = folder.run(&["inspect", "Bearer a-token"]).done();
    assert!(inspected.contains("access token"), "{inspected}");

    // Another ID for the same name is refused, and the profile stays.
    let other = folder.run(&["init", "--client-id", "other"]);
    assert_eq!(other.code, Some(2), "{other:#?}");
    for part in [
        "which the command does not change",
        "--profile",
        "\n  client-id = \"other\"",
    ] {
        assert!(other.stderr.contains(part), "{part}: {other:#?}");
    }
    assert_eq!(folder.read(CONFIG), config);
    // A second profile with the same key is added after the first one.
    let second = folder
        .call(&[
            "init",
            "--profile",
            "second",
            "--client-id",
            &redox.client_id,
        ])
        .args(&["--base-url", redox.server.base_url()])
        .args(&[
            "--key",
            ".config/redox-auth/default.pem",
            "--source-id",
            &redox.source_id,
        ])
        .run();
    assert_eq!(second.code, Some(0), "{second:#?}");
    assert!(folder.read(CONFIG).starts_with(&config));
    let names = folder.run(&["profile", "list"]).done();
    assert_eq!(names, "default\nsecond");
    folder.run(&["--profile", "second", "token"]).done();
    let pem = folder.read(".config/redox-auth/default.pem");
    for shown in [done, again, other, second] {
        assert_hidden(&shown.stdout, &pem);
        assert_hidden(&shown.stderr, &pem);
    }
}

#[test]
fn what_the_server_refuses_is_explained_and_everything_is_kept() {
    let redox = Redox::start();
    let options = [
        "init",
        "--client-id",
        "nobody",
        "--base-url",
        redox.server.base_url(),
    ];
    let refused = redox.folder.run(&options);
    assert_eq!(refused.code, Some(1), "{refused:#?}");
    // The check has the server's words, and the last line has what to do next.
    assert!(
        refused.stdout.contains("Public key not found"),
        "{refused:#?}"
    );
    for part in ["the profile and the key are kept", "redox-auth doctor"] {
        assert!(refused.stderr.contains(part), "{part}: {refused:#?}");
    }
    assert!(redox.folder.read(CONFIG).contains("nobody"));
}

#[test]
fn what_counts_more_than_the_profile_is_named() {
    let redox = Redox::start();
    let options = ["init", "--client-id", &redox.client_id, "--key", "key.pem"];
    let done = redox
        .folder
        .call(&options)
        .args(&["--base-url", redox.server.base_url()])
        .env("REDOX_CLIENT_ID", "another")
        .env("REDOX_KEY_FILE", "/nowhere/key.pem")
        .run();
    // The check goes by the profile alone.
    assert_eq!(done.code, Some(0), "{done:#?}");
    assert!(
        done.stderr
            .contains("unset REDOX_CLIENT_ID, REDOX_KEY_FILE"),
        "{done:#?}"
    );
}

#[test]
fn at_a_terminal_it_asks_until_the_answer_can_be_a_client_id() {
    let folder = Folder::new();
    let jwks = folder.run(&["init"]).stdout;
    let redox = Redox::with(folder, &jwks);
    let options = ["init", "--base-url", redox.server.base_url()];
    let (terminal, input) = terminal();
    let running = Running::start_at(redox.folder.call(&options), input);
    said_until(&running, "register the JWK Set above");
    type_in(&terminal, "\nno id\n-----BEGIN PRIVATE KEY-----\n");
    type_in(&terminal, &format!("  {} \n", redox.client_id));
    let all = said_until(&running, "ready: ");
    for part in [
        "a client ID is needed",
        "has no spaces",
        "this is the text of a key",
    ] {
        assert!(all.contains(part), "{part}: {all}");
    }
    assert!(!all.contains("no id"), "{all}");
    assert_eq!(running.end().0, Some(0));
    assert!(redox.folder.read(CONFIG).contains(&redox.client_id));

    // The end of the input ends the question, too, and the key is kept.
    let folder = Folder::new();
    let (terminal, input) = self::terminal();
    let running = Running::start_at(folder.call(&["init"]), input);
    said_until(&running, "paste the JWK Set above");
    type_in(&terminal, "\u{4}");
    said_until(&running, "stopped without a client ID");
    assert_eq!(running.end().0, Some(2));
    assert!(folder.path(".config/redox-auth/default.pem").exists());
}

/// A terminal: what a person types at, and what the command reads from.
fn terminal() -> (fs::File, fs::File) {
    use rustix::fs::{Mode, OFlags};
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&terminal).unwrap();
    unlockpt(&terminal).unwrap();
    let name = ptsname(&terminal, Vec::new()).unwrap();
    let input = rustix::fs::open(&name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
    (terminal.into(), input.into())
}

fn type_in(mut terminal: &fs::File, text: &str) {
    use std::io::Write;

    terminal.write_all(text.as_bytes()).unwrap();
}

#[test]
fn with_a_local_redox_it_does_everything_and_the_next_run_continues() {
    let folder = Folder::new();
    let mut first = None;
    for word in ["wrote", "found"] {
        let running = Running::start(folder.call(&["init", "--sandbox", "--config", "my/c.toml"]));
        let all = said_until(&running, "next, in another terminal: ");
        assert!(
            all.contains(&format!("{word} the profile \"sandbox\"")),
            "{all}"
        );
        let (_, command) = all.trim_end().rsplit_once("redox-auth ").unwrap();
        let words: Vec<_> = command.split(' ').collect();
        let sent = folder.run(&words).result();
        assert!(sent.contains("Logs"), "{sent}");
        // The request is shown where the local Redox runs.
        let all = all + &said_until(&running, "POST /endpoint 200");
        let checks: Vec<_> = (0..10).map(|_| running.line()).collect();
        assert!(
            checks.iter().any(|line| line.starts_with("ok    token: ")),
            "{checks:#?}"
        );

        // A second one on the same files says so, and leaves them alone.
        let second = folder
            .run(&["init", "--sandbox", "--config", "my/c.toml"])
            .failed(2);
        assert!(
            second.contains("sandbox.json is in use by another sandbox"),
            "{second}"
        );

        let (code, left) = running.end_by("-INT");
        assert_eq!(code, Some(0), "{left:#?}");
        let shown = [all, checks.join("\n"), left.join("\n"), sent, second].concat();
        assert_hidden(&shown, &folder.read("my/sandbox.key.pem"));
        let files = ["my/c.toml", "my/sandbox.json", "my/sandbox.key.pem"];
        assert!(files.iter().all(|file| is_private(&folder, file)));
        let kept = files.map(|file| folder.read(file));
        assert_eq!(first.get_or_insert_with(|| kept.clone()), &kept);
    }
    let told = folder.run(&["init", "--sandbox", "--region", "us"]);
    assert_eq!(told.code, Some(2));
}

#[test]
fn a_profile_that_cannot_be_called_so_and_a_broken_configuration_are_refused() {
    let folder = Folder::new();
    for name in ["", "a b", "../a", "-a", "ä", "a.b"] {
        let shown = folder
            .run(&[&format!("--profile={name}"), "init"])
            .failed(2);
        assert!(
            shown.contains("expected a name of letters"),
            "{name}: {shown}"
        );
    }
    assert_eq!(folder.names(), [""; 0]);
    folder.write("config.toml", "[default\nclient-id = 1\n");
    let shown = folder.run(&["init", "--config", "config.toml"]).failed(2);
    assert!(shown.contains("config.toml, line 1"), "{shown}");
    assert_eq!(folder.read("config.toml"), "[default\nclient-id = 1\n");
    // A key that is named and is not there is never made.
    let shown = folder.run(&["init", "--key", "typo.pem"]).failed(2);
    assert!(shown.contains("cannot read "), "{shown}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_rsa_key_for_another_algorithm_is_one_in_the_profile_too() {
    let folder = Folder::new();
    let jwks = folder
        .run(&["init", "--alg", "PS256", "--bits", "2048"])
        .stdout;
    let server = Server::start(ServerOptions::new()).await.unwrap();
    let key = OAuthKey::new().client_id("client-1").jwks(&jwks);
    server.sandbox().register_oauth_key(key).unwrap();
    let options = [
        "init",
        "--alg",
        "PS256",
        "--client-id",
        "client-1",
        "--base-url",
    ];
    let done = folder.call(&options).args(&[server.base_url()]).run();
    assert_eq!(done.code, Some(0), "{done:#?}");
    assert!(folder.read(CONFIG).contains("alg = \"PS256\""));
}
