use std::fs;
use std::os::unix::fs::symlink;

use redox_auth_interop::SftpServer;

use crate::sender::{Sender, outcome, run};

const PASSWORD: [&str; 3] = [
    "UsePAM no",
    "PasswordAuthentication yes",
    "KbdInteractiveAuthentication no",
];
const KEYBOARD_INTERACTIVE: [&str; 3] = [
    "UsePAM yes",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication yes",
];

#[test]
fn openssh_with_passwords() {
    let server = SftpServer::openssh(&PASSWORD);
    every_outcome(&server, "ed25519", "Failed password");
    an_rsa_key_alone_is_enough(&server);
    known_hosts_are_enough(&server);
}

#[test]
fn openssh_with_keyboard_interactive_alone() {
    let server = SftpServer::openssh(&KEYBOARD_INTERACTIVE);
    every_outcome(&server, "ed25519", "Failed keyboard-interactive");
}

#[test]
fn proftpd_with_and_without_hidden_stores() {
    for options in [&[][..], &["HiddenStores on"]] {
        let server = SftpServer::proftpd(options);
        every_outcome(&server, "rsa", "Incorrect password");
    }
}

#[test]
fn asyncssh_and_paramiko() {
    for (package, kind) in [("asyncssh", "ed25519"), ("paramiko", "rsa")] {
        let server = SftpServer::of_pypi(package);
        every_outcome(&server, kind, "password for redox-sftp");
    }
}

/// `attempt` is what the log has for each wrong password, and perhaps for others.
fn every_outcome(server: &SftpServer, kind: &str, attempt: &str) {
    let key = &server.host_key(kind);
    let sender = Sender::new();
    let content: Vec<u8> = (0..3_000_001_u32).map(|it| it.to_le_bytes()[0]).collect();
    sender.write("new.csv", &content);
    let sent = sender.send(server, key, &[], &["new.csv"]);
    assert_eq!(outcome(&sent).0, "ok", "{sent:?}");
    assert_eq!(sent.exit_code(), Some(0));
    assert!(fs::read(server.file("new.csv")).unwrap() == content);

    sender.write("new.csv", "another content");
    let stays = sender.send(server, key, &[], &["new.csv"]);
    let (verdict, error) = outcome(&stays);
    assert_eq!((&*verdict, stays.exit_code()), ("not_sent", Some(2)));
    assert!(error.contains("3000001 bytes"), "{error}");
    assert!(error.contains("--replace"), "{error}");
    assert!(fs::read(server.file("new.csv")).unwrap() == content);

    let replaced = sender.send(server, key, &["--replace"], &["new.csv"]);
    assert_eq!(outcome(&replaced).0, "ok", "{replaced:?}");
    assert_eq!(
        fs::read_to_string(server.file("new.csv")).unwrap(),
        "another content"
    );

    what_is_no_file_stays(server, key, &sender);
    assert_eq!(
        server.names(),
        ["folder", "link", "new.csv"],
        "nothing unfinished is left"
    );
    wrong_key(server, key, &sender);
    wrong_password(server, key, &sender, attempt);

    let doctor = sender.doctor(server, key);
    let found = doctor.result();
    assert!(found.contains("ok    password: accepted"), "{found}");
    assert!(found.contains("ok    writing: "), "{found}");
    assert_eq!(
        server.names(),
        ["folder", "link", "new.csv"],
        "the probe is gone"
    );
}

fn what_is_no_file_stays(server: &SftpServer, key: &str, sender: &Sender) {
    fs::create_dir(server.file("folder")).unwrap();
    symlink("new.csv", server.file("link")).unwrap();
    for (name, expected) in [
        ("folder", "a folder of this name"),
        ("link", "a symbolic link"),
    ] {
        sender.write(name, "content");
        let sent = sender.send(server, key, &["--replace"], &[name]);
        let (verdict, error) = outcome(&sent);
        assert_eq!((&*verdict, sent.exit_code()), ("not_sent", Some(2)));
        assert!(error.contains(expected), "{error}");
    }
    let link = fs::symlink_metadata(server.file("link")).unwrap();
    assert!(link.is_symlink());
    let mut arguments = sender.arguments("send", server, key);
    arguments[2].push_str("/new.csv");
    arguments.push(sender.path("new.csv"));
    let into_file = run(&arguments);
    assert_eq!(into_file.exit_code(), Some(2));
    assert!(
        into_file
            .stderr()
            .contains("is a file, and must be a folder"),
        "{into_file:?}"
    );
}

fn wrong_key(server: &SftpServer, key: &str, sender: &Sender) {
    // That of nobody: its first characters are others.
    let wrong = format!("SHA256:AAAA{}", &key["SHA256:AAAA".len()..]);
    let before = server.log().len();
    let sent = sender.send(server, &wrong, &[], &["new.csv"]);
    assert_eq!(sent.exit_code(), Some(2), "{sent:?}");
    assert!(sent.outcomes().is_empty());
    assert!(sent.stderr().contains("is not the pinned one"), "{sent:?}");
    assert!(sent.stderr().contains(key), "{sent:?}");
    let log = server.log();
    let after = log.get(before..).unwrap();
    assert!(!after.contains("Failed"), "no password was tried: {after}");
}

fn wrong_password(server: &SftpServer, key: &str, sender: &Sender, attempt: &str) {
    sender.write("password", "wrong\r\n");
    let before = server.log().matches(attempt).count();
    let sent = sender.send(server, key, &[], &["new.csv"]);
    assert_eq!(sent.exit_code(), Some(1), "{sent:?}");
    assert!(
        sent.stderr().contains("did not accept the password"),
        "{sent:?}"
    );
    assert!(!sent.stderr().contains("wrong"), "{sent:?}");
    let attempts = server.log().matches(attempt).count().saturating_sub(before);
    assert_eq!(attempts, 1, "{}", server.log());
    let doctor = sender.doctor(server, key);
    assert_eq!(doctor.exit_code(), Some(1), "{doctor:?}");
    sender.write("password", SftpServer::PASSWORD);
}

fn an_rsa_key_alone_is_enough(server: &SftpServer) {
    let sender = Sender::new();
    sender.write("rsa.csv", "by RSA");
    let sent = sender.send(server, &server.host_key("rsa"), &[], &["rsa.csv"]);
    assert_eq!(outcome(&sent).0, "ok", "{sent:?}");
}

fn known_hosts_are_enough(server: &SftpServer) {
    let sender = Sender::new();
    sender.write("known.csv", "by known hosts");
    let (host, port) = server.host_and_port().split_once(':').unwrap();
    let scan = std::process::Command::new("ssh-keyscan")
        .args(["-p", port, "-t", "rsa", host])
        .output()
        .unwrap();
    let lines = String::from_utf8(scan.stdout).unwrap();
    sender.write("known", &lines);
    sender.write(
        "changed",
        lines.replace("AAAAB3NzaC1yc2EAAAADAQAB", "AAAAB3NzaC1yc2EAAAADAQAC"),
    );
    for (file, code) in [("known", 0), ("changed", 2)] {
        let arguments = [
            "send",
            "--sftp",
            &server.address(),
            "--sftp-password-file",
            &sender.path("password"),
            "--known-hosts",
            &sender.path(file),
            "--replace",
            &sender.path("known.csv"),
        ];
        let sent = redox_auth_interop::redox_auth(&arguments);
        assert_eq!(sent.exit_code(), Some(code), "{sent:?}");
    }
}

#[test]
fn a_wrong_chroot_is_told_from_a_wrong_password() {
    let server = SftpServer::openssh(&["UsePAM no", "ChrootDirectory %h"]);
    let sender = Sender::new();
    sender.write("a.csv", "a");
    let key = server.host_key("ed25519");
    let sent = sender.send(&server, &key, &[], &["a.csv"]);
    assert_eq!(sent.exit_code(), Some(3), "{sent:?}");
    let expected = "the password was accepted, then the server ended the session";
    assert!(sent.stderr().contains(expected), "{sent:?}");
    let doctor = sender.doctor(&server, &key);
    assert_eq!(doctor.exit_code(), Some(3), "{doctor:?}");
}

#[test]
fn a_full_disk_is_named_and_nothing_is_left_on_it() {
    let server = SftpServer::openssh_with_disk("1M");
    let sender = Sender::new();
    sender.write("large.csv", vec![7; 2 << 20]);
    sender.write("small.csv", vec![7; 1000 << 10]);
    let key = server.host_key("ed25519");
    let sent = sender.send(&server, &key, &[], &["large.csv"]);
    let (verdict, error) = outcome(&sent);
    assert_eq!((&*verdict, sent.exit_code()), ("refused", Some(1)));
    assert!(error.contains("no space left on the server"), "{error}");
    // It fits only where the unfinished file is gone.
    let sent = sender.send(&server, &key, &[], &["small.csv"]);
    assert_eq!(outcome(&sent).0, "ok", "{sent:?}");
}
