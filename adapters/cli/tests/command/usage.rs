use crate::canned::{Answer, Canned};
use crate::support::{Folder, Redox};

#[test]
fn every_way_to_end_has_its_exit_code() {
    let redox = Redox::start();
    redox.call(&["token"]).run().done();
    let unknown = redox.call(&["token", "--key-id", "unknown"]);
    unknown.run().failed(1);
    let mistaken = redox.call(&["token", "--audience", "no URL"]);
    mistaken.run().failed(2);
    let closing = Canned::always(Answer::raw(""));
    let unanswered = redox.call(&["token", "--token-url", &closing.url()]);
    unanswered.run().failed(3);
}

#[test]
fn wrong_use_is_told_on_standard_error_with_exit_code_2() {
    let folder = Folder::new();
    for args in [
        &[][..],
        &["no-such-command"],
        &["token", "--no-such-option"],
        &["token", "--secret", "s"],
        &["token", "--legacy-secret", "s"],
        &["token", "--region", "eu"],
        &["token", "--typ", "jwt+x"],
        &["key"],
        &["key", "new"],
        &["key", "new", "--alg", "HS256", "--out", "key.pem"],
        &[
            "key", "new", "--alg", "RS256", "--bits", "1024", "--out", "key.pem",
        ],
        &["token", "--alg", "none"],
        &["key", "new", "--alg", "ES384"],
        &["key", "jwks"],
        &["key", "rotate"],
        &["key", "rotate", "--out", "new.pem", "--wait", "-1"],
        &["migrate"],
        &["send"],
        &["send", "m.ndjson", "--jobs", "0"],
        &["send", "m.ndjson", "--ndjson", "--upload"],
        &["sandbox", "--listen", "nowhere"],
        &["inspect", "a.b.c", "d"],
    ] {
        let outcome = folder.run(args);
        assert_eq!(
            (outcome.code, outcome.stdout.as_str()),
            (Some(2), ""),
            "{args:?}"
        );
        assert!(!outcome.stderr.is_empty(), "{args:?}");
    }
    assert_eq!(folder.names(), [""; 0]);
}

#[test]
fn help_and_version_are_results() {
    let folder = Folder::new();
    let version = folder.run(&["--version"]).done();
    assert_eq!(version, concat!("redox-auth ", env!("CARGO_PKG_VERSION")));
    for args in [
        &["--help"][..],
        &["help"],
        &["token", "--help"],
        &["key", "new", "--help"],
        &["key", "rotate", "--help"],
        &["migrate", "--help"],
        &["send", "-h"],
    ] {
        let help = folder.run(args).done();
        assert!(help.contains("Usage: redox-auth"), "{args:?}: {help}");
    }
    let help = folder.run(&["--help"]).done();
    for part in [
        "demo",
        "key",
        "assertion",
        "token",
        "send",
        "serve",
        "doctor",
        "inspect",
        "migrate",
        "sandbox",
        "completions",
        "man",
        "--profile",
        "--config",
        "Exit codes",
    ] {
        assert!(help.contains(part), "{part}: {help}");
    }
    let help = folder.run(&["send", "--help"]).done();
    for variable in [
        "REDOX_CLIENT_ID",
        "REDOX_KEY_FILE",
        "REDOX_KEY_ID",
        "REDOX_REGION",
        "REDOX_BASE_URL",
        "REDOX_TOKEN_URL",
        "REDOX_SOURCE_ID",
        "REDOX_PRIVATE_KEY",
        "REDOX_LEGACY_API_KEY",
        "REDOX_LEGACY_SECRET",
        "REDOX_LEGACY_SECRET_FILE",
        "REDOX_UPLOAD_URL",
        "REDOX_LOG",
        "--repeat-unknown",
        "not_sent  2",
    ] {
        assert!(help.contains(variable), "{variable}: {help}");
    }
}

#[test]
fn an_empty_variable_is_as_good_as_none() {
    let redox = Redox::start();
    let call = redox
        .call(&["send", "-"])
        .input(redox.message().to_string());
    let call = [
        "REDOX_PROFILE",
        "REDOX_CONFIG",
        "REDOX_REGION",
        "REDOX_UPLOAD_URL",
        "REDOX_TOKEN_URL",
        "REDOX_AUDIENCE",
        "REDOX_TYP",
        "REDOX_KEY_ID",
        "REDOX_LEGACY_API_KEY",
        "REDOX_LEGACY_SECRET_FILE",
        "REDOX_SOURCE_ID",
        "REDOX_LOG",
    ]
    .into_iter()
    .fold(call, |call, variable| call.env(variable, ""));
    call.run().sent("1 ok");
    let call = redox.folder.call(&["token", "--client-id", "me"]);
    let shown = call.env("REDOX_PRIVATE_KEY", "").run().failed(2);
    assert!(shown.contains("expected a private key"), "{shown}");
    let call = redox.call(&["token", "--legacy-key", "old"]);
    let shown = call.env("REDOX_LEGACY_SECRET", "").run().failed(2);
    assert!(shown.contains("expected the secret"), "{shown}");
}

#[cfg(target_os = "linux")]
#[test]
fn what_nobody_takes_from_standard_error_ends_nothing() {
    let redox = Redox::start();
    redox.folder.make_key("other.pem", "ES256");
    let full = || std::fs::File::options().write(true).open("/dev/full");
    for (args, code) in [
        // It has a note to tell, and lines to log.
        (&["token", "--log", "trace", "--key", "other.pem"][..], 0),
        (&["key", "rotate", "--out", "new.pem"], 0),
        (&["token", "--audience", "no URL"], 2),
    ] {
        let mut command = redox.call(args).command;
        let status = command.stderr(full().unwrap()).status().unwrap();
        assert_eq!(status.code(), Some(code), "{args:?}");
    }
}

#[test]
fn help_shows_no_value_of_the_environment_that_is_secret() {
    let folder = Folder::new();
    let call = folder.call(&["token", "--help"]);
    let call = call.env("REDOX_LEGACY_SECRET", "hush-hush");
    let help = call.env("REDOX_PRIVATE_KEY", "hush-hush").run().done();
    assert!(!help.contains("hush-hush"), "{help}");
    // Nor the text of a key in the place of its file.
    let key = "-----BEGIN PRIVATE KEY-----\nhush-hush\n";
    let call = folder.call(&["token", "--help"]);
    let call = call.env("REDOX_KEY_FILE", key).env("REDOX_ALG", key);
    let help = call.env("REDOX_CLIENT_ID", "client-1").run().done();
    assert!(!help.contains("hush-hush"), "{help}");
    assert!(help.contains("REDOX_CLIENT_ID=client-1"), "{help}");
}

#[test]
fn what_is_missing_is_named_with_the_ways_to_give_it() {
    let folder = Folder::new();
    let shown = folder.run(&["token"]).failed(2);
    assert!(
        shown.contains("expected a client ID (--client-id or REDOX_CLIENT_ID), found none"),
        "{shown}"
    );
    let shown = folder.run(&["token", "--client-id", "client-1"]).failed(2);
    assert!(
        shown.contains(
            "expected a private key (--key, REDOX_KEY_FILE or REDOX_PRIVATE_KEY), found none"
        ),
        "{shown}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_result_that_cannot_be_printed_is_a_failure() {
    use std::fs::File;
    use std::process::Stdio;

    let folder = Folder::new();
    folder.make_key("key.pem", "ES256");
    let mut call = folder.call(&["key", "jwks", "key.pem"]);
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = call.command.stdout(Stdio::from(full)).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let shown = String::from_utf8_lossy(&output.stderr);
    assert!(shown.contains("standard output: "), "{shown}");
}

#[test]
fn an_option_without_a_use_is_refused_with_what_to_do() {
    let folder = Folder::new();
    folder.make_key("key.pem", "ES256");
    folder.write("config.toml", "[p]\nclient-id = \"c\"\nkey = \"key.pem\"\n");
    let ready = ["token", "--assertion", "ready.jwt"];
    let legacy = ["token", "--legacy-key", "old"];
    let signing = [
        ["--claim", "a=1"],
        ["--header", "jku=\"j\""],
        ["--lifetime", "60"],
        ["--backdate", "0"],
        ["--subject", "user"],
        ["--alg", "ES256"],
        ["--key-id", "k"],
        ["--certificate", "chain.pem"],
        ["--certificate-as", "x5t"],
        ["--audience", "https://as.example"],
        ["--typ", "client-authentication+jwt"],
    ];
    let ready_only = [
        &["--nbf"][..],
        &["--no-kid"],
        &["--key", "key.pem"],
        &["--legacy-key", "old"],
        &["--legacy-secret-file", "secret"],
    ];
    let signing = || signing.iter().map(|it| &it[..]);
    let mut cases = Vec::new();
    for option in signing().chain(ready_only) {
        cases.push((
            &ready[..],
            option,
            "signed already; leave out one of the two",
        ));
    }
    for option in signing().chain([&["--scope", "a"][..], &["--grant", "jwt-bearer"]]) {
        cases.push((
            &legacy,
            option,
            "signs no assertion; give --client-id and --key",
        ));
    }
    let sign = ["assertion", "--client-id", "c", "--key", "key.pem"];
    for option in [
        &["--scope", "a"][..],
        &["--field", "a=b"],
        &["--send-client-id"],
        &["--longest-token", "9"],
        &["--dpop"],
        &["--dpop-key", "key.pem"],
    ] {
        cases.push((&sign, option, "`assertion` sends none; give it to `token`"));
    }
    let serve = [
        "serve",
        "--config",
        "config.toml",
        "--profiles",
        "p",
        "--socket",
        "s",
    ];
    for option in [
        &["--scope", "a"][..],
        &["--alg", "ES256"],
        &["--source-id", "s"],
    ] {
        cases.push((&serve, option, "reads this option from the profiles only"));
    }
    let jwks = ["key", "jwks", "key.pem"];
    let in_token = ["key", "jwks", "pkcs11:?module-path=m.so&pin-source=pin"];
    for (args, option, expected) in [
        (
            &sign[..],
            &["--upload-url", "https://u.example"][..],
            "only `send` uploads",
        ),
        (
            &sign,
            &["--confirm-host", "as.example"],
            "give --issuer or --fhir-url",
        ),
        (
            &sign,
            &["--config", "config.toml"],
            "name a profile with --profile",
        ),
        (
            &["token"],
            &["--legacy-secret-file", "s"],
            "give --legacy-key as well",
        ),
        (&jwks, &["--profile", "p"], "takes no option from a profile"),
        (&jwks, &["--pkcs11-module", "m.so"], "each key is in a file"),
        (&jwks, &["--pin-file", "pin"], "each key is in a file"),
        (
            &in_token,
            &["--pkcs11-module", "m.so"],
            "names its module (`module-path`); leave it out",
        ),
        (
            &in_token,
            &["--pin-file", "pin"],
            "names its PIN (`pin-source`); leave it out",
        ),
        (
            &jwks,
            &["--config", "config.toml"],
            "takes no option from a profile",
        ),
    ] {
        cases.push((args, option, expected));
    }
    for (args, option, expected) in cases {
        let shown = folder.call(args).args(option).run().failed(2);
        let name = format!("redox-auth: {}: ", option[0]);
        assert!(
            shown.starts_with(&name) && shown.contains(expected),
            "{args:?} {option:?}: {shown}"
        );
    }
    // Variables and profiles serve all commands.
    let call = folder
        .call(&sign)
        .env("REDOX_SCOPE", "a")
        .env("REDOX_UPLOAD_URL", "https://u.example");
    call.args(&["--config", "config.toml", "--profile", "p"])
        .run()
        .done();
}
