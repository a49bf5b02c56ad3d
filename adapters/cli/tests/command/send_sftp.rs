use std::fs;
use std::os::unix::fs::symlink;

use serde_json::Value;

use crate::sandbox_sftp::{Door, with_path};
#[cfg(target_os = "linux")]
use crate::send_files::on_a_terminal;
use crate::send_many::results;
use crate::support::{Folder, Outcome, assert_hidden};

/// Each fault with options of `send`, the outcome of the file, and the exit code.
const FAULTS: [(&str, &[&str], &str, i32, &str); 13] = [
    ("full", &[], "refused", 1, "no space left on the server"),
    (
        "drop=1000",
        &[],
        "not_sent",
        3,
        "an unfinished file stays there",
    ),
    (
        "drop=1000",
        &["--no-temp"],
        "unknown",
        3,
        "may be there under its name",
    ),
    (
        "drop-before-rename",
        &[],
        "unknown",
        3,
        "was renaming the finished file",
    ),
    ("drop-after-rename", &[], "ok", 0, ""),
    ("rename=3", &[], "refused", 1, "permission denied"),
    ("rename=4", &[], "refused", 1, "use --no-temp"),
    (
        "rename=11",
        &[],
        "refused",
        1,
        "a code that SFTP version 3 does not have",
    ),
    (
        "rename=11",
        &["--replace"],
        "refused",
        1,
        "did not rename the finished file",
    ),
    ("rename=4", &["--no-temp"], "ok", 0, ""),
    ("rename=replaces", &[], "ok", 0, ""),
    ("slow=1ms", &[], "ok", 0, ""),
    (
        "slow=1h",
        &["--sftp-timeout", "1"],
        "not_sent",
        3,
        "no answer within 1 s",
    ),
];

#[test]
fn every_fault_of_the_sandbox_has_its_outcome() {
    let orders: Vec<_> = FAULTS
        .iter()
        .map(|it| format!("sftp:{}:times=1", it.0))
        .collect();
    let orders: Vec<_> = orders.iter().map(String::as_str).collect();
    let door = Door::open(&orders);
    for (number, (fault, options, expected, code, error)) in FAULTS.into_iter().enumerate() {
        let name = format!("{number}.csv");
        door.folder.write(&name, vec![b'x'; 5000]);
        let sent = door.run("send", &[options, &[name.as_str()]].concat());
        let outcome = only(&sent);
        assert_eq!(
            outcome["outcome"], expected,
            "{fault} {options:?}: {sent:#?}"
        );
        assert_eq!(sent.code, Some(code), "{fault} {options:?}: {sent:#?}");
        let found = outcome["errors"][0].as_str().unwrap_or_default();
        assert!(found.contains(error), "{fault} {options:?}: {found}");
        let is_left = matches!(
            (fault, options),
            ("drop=1000" | "slow=1h", [] | ["--sftp-timeout", _]) | ("drop-before-rename", _)
        );
        assert_eq!(outcome["part"].is_string(), is_left, "{fault}: {sent:#?}");
    }
    door.close();
}

#[test]
fn a_file_that_is_there_stays_also_where_the_server_would_replace_it() {
    let door = Door::open(&["sftp:rename=replaces"]);
    door.folder.write("a.csv", "first");
    door.run("send", &["a.csv"]).sent("1 ok");
    door.folder.write("a.csv", "second");
    let stays = door.run("send", &["a.csv"]);
    assert_eq!(only(&stays)["outcome"], "not_sent", "{stays:#?}");
    assert_eq!(stays.code, Some(2));
    let replaced = door.run("send", &["--replace", "a.csv"]);
    assert_eq!(only(&replaced)["outcome"], "ok", "{replaced:#?}");
}

#[test]
fn what_cannot_be_sent_is_named_and_the_rest_is_sent() {
    let door = Door::open(&[]);
    let files = ["a.csv", "line\nend.csv", "back\\slash.csv"];
    for file in files {
        door.folder.write(file, "content");
    }
    fs::create_dir(door.folder.path("folder")).unwrap();
    fs::create_dir(door.folder.path("again")).unwrap();
    door.folder.write("again/a.csv", "another");
    symlink("a.csv", door.folder.path("link.csv")).unwrap();
    let args = [
        "a.csv",
        "line\nend.csv",
        "back\\slash.csv",
        "folder",
        "again/a.csv",
        "missing",
        "-",
        "link.csv",
    ];
    let sent = door.run("send", &args);
    let found = results(&sent);
    let expected = [
        ("ok", ""),
        ("not_sent", "line end"),
        ("not_sent", "slash"),
        ("not_sent", "it is a folder"),
        ("not_sent", "the same name"),
        ("not_sent", "cannot read it"),
        ("not_sent", "standard input has no name"),
        ("ok", ""),
    ];
    assert_eq!(found.len(), expected.len(), "{sent:#?}");
    for (found, (outcome, error)) in found.iter().zip(expected) {
        assert_eq!(found["outcome"], outcome, "{found}");
        assert!(
            found["errors"][0]
                .as_str()
                .unwrap_or_default()
                .contains(error),
            "{found}"
        );
    }
    assert_eq!(sent.code, Some(2));
    let missing = door.to.replace("/in", "/out");
    let call = door
        .folder
        .call(&["send", "--sftp", &missing, "--host-key", &door.host_key]);
    let call = call.args(&["--sftp-password-file", &door.password_file, "a.csv"]);
    let error = with_path(call).run().failed(2);
    assert!(error.contains("there is no folder /out"), "{error}");
}

#[test]
fn results_lead_the_same_command_to_its_end_and_show_no_password() {
    let door = Door::open(&["sftp:drop-before-rename:times=1"]);
    for file in ["a.csv", "b.csv"] {
        door.folder.write(file, format!("content of {file}"));
    }
    let args = ["--results", "results", "a.csv", "b.csv"];
    let first = door.run("send", &args);
    assert_eq!(first.code, Some(3), "{first:#?}");
    let outcomes = |run: &Outcome| -> Vec<Value> {
        results(run)
            .iter()
            .map(|it| it["outcome"].clone())
            .collect()
    };
    // The server is there again, so the second file is sent.
    assert_eq!(outcomes(&first), ["unknown", "ok"]);
    let second = door.run("send", &args);
    assert_eq!(second.code, Some(0), "{second:#?}");
    assert_eq!(outcomes(&second), ["ok"]);
    let third = door.run("send", &args);
    assert_eq!(
        (third.code, third.stdout.as_str()),
        (Some(0), ""),
        "{third:#?}"
    );
    let password = fs::read_to_string(&door.password_file).unwrap();
    assert_hidden(&door.folder.read("results"), &password);
    assert_hidden(&format!("{first:?} {second:?}"), &password);
}

#[cfg(target_os = "linux")]
#[test]
fn on_a_terminal_a_person_sees_how_many_bytes_are_there() {
    let door = Door::open(&[]);
    door.folder.write("large.csv", vec![b'x'; 5_000_000]);
    door.folder.write("small.csv", vec![b'x'; 1_000_000]);
    let call = door.call("send", &["large.csv", "small.csv"]);
    let shown = on_a_terminal(&door.folder, call);
    let is_on_its_way = |line: &str| {
        // The bytes of both files, the time that is left, and the rate.
        let begins = line.contains("KiB of 5.72 MiB, ") || line.contains("MiB of 5.72 MiB, ");
        begins && line.contains("s left, ") && line.contains("iB/s")
    };
    assert!(shown.split('\r').any(is_on_its_way), "{shown}");
    assert!(shown.contains("1 ok"), "{shown}");
    let printed = door.folder.read("out");
    assert_eq!(printed.lines().count(), 2, "{printed}");
    assert!(!printed.contains("MiB"), "{printed}");
}

#[test]
fn without_a_host_key_the_command_names_the_one_it_sees_and_sends_nothing() {
    let door = Door::open(&[]);
    door.folder.write("a.csv", "a");
    let call = door.folder.call(&["send", "--sftp", &door.to, "a.csv"]);
    let call = call.args(&["--sftp-password-file", &door.password_file]);
    let error = with_path(call).run().failed(2);
    assert!(error.contains("none is trusted on first use"), "{error}");
    assert!(
        error.contains(&format!("--host-key {}", door.host_key)),
        "{error}"
    );
}

#[test]
fn a_password_file_may_have_one_line_end_and_no_more() {
    let door = Door::open(&[]);
    let password = fs::read_to_string(&door.password_file).unwrap();
    door.folder.write("a.csv", "a");
    for (end, is_right) in [
        ("\n", true),
        ("\r\n", true),
        ("\n\n", false),
        ("\nmore", false),
    ] {
        door.folder.write("password", format!("{password}{end}"));
        let call = door
            .folder
            .call(&["send", "--sftp", &door.to, "--host-key", &door.host_key]);
        let call = call.args(&["--sftp-password-file", "password", "--replace", "a.csv"]);
        let sent = with_path(call).run();
        if is_right {
            sent.sent("1 ok");
        } else {
            let error = sent.failed(2);
            assert!(error.contains("in one line"), "{end:?}: {error}");
            assert_hidden(&error, &password);
        }
    }
    door.folder.write("password", "");
    let call = door
        .folder
        .call(&["send", "--sftp", &door.to, "--host-key", &door.host_key]);
    let error = call
        .args(&["--sftp-password-file", "password", "a.csv"])
        .run()
        .failed(2);
    assert!(error.contains("it is empty"), "{error}");
}

#[test]
fn a_wrong_use_is_refused_before_anything_is_sent() {
    let folder = Folder::new();
    for (args, expected) in [
        (
            &["send", "--sftp", "u@h/in", "a"][..],
            "--sftp-password-file",
        ),
        (
            &[
                "send",
                "--sftp",
                "u:secret@h/in",
                "--sftp-password-file",
                "p",
                "a",
            ],
            "must not hold a password",
        ),
        (
            &["send", "--sftp", "h/in", "--sftp-password-file", "p", "a"],
            "USER@HOST",
        ),
        (&["send", "--replace", "a"], "--sftp"),
        (
            &[
                "send",
                "--sftp",
                "u@h/in",
                "--sftp-password-file",
                "p",
                "--client-id",
                "c",
                "a",
            ],
            "need no token",
        ),
        (
            &[
                "send",
                "--sftp",
                "u@h/in",
                "--sftp-password-file",
                "p",
                "--mllp",
                "h:1",
                "a",
            ],
            "--mllp",
        ),
        (
            &[
                "send",
                "--sftp",
                "u@h/in",
                "--sftp-password-file",
                "p",
                "--upload",
                "a",
            ],
            "--upload",
        ),
        (
            &[
                "send",
                "--sftp",
                "u@h/in",
                "--sftp-password-file",
                "p",
                "--jobs",
                "2",
                "a",
            ],
            "--jobs",
        ),
    ] {
        let outcome = folder.run(args);
        assert_eq!(outcome.code, Some(2), "{args:?}: {outcome:#?}");
        assert!(outcome.stderr.contains(expected), "{args:?}: {outcome:#?}");
        assert!(!outcome.stderr.contains("secret@"), "{outcome:#?}");
    }
}

fn only(run: &Outcome) -> Value {
    let found = results(run);
    assert_eq!(found.len(), 1, "{run:#?}");
    found[0].clone()
}
