use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::support::{Folder, Redox};

fn set_mode(folder: &Folder, name: &str, mode: u32) {
    set_permissions(folder.path(name), Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_key_that_others_can_read_is_used_and_pointed_out_once_with_what_mends_it() {
    let folder = Folder::new();
    let name = "it's a key.pem";
    let jwks = folder.make_key(name, "ES256");
    let redox = Redox::with(folder, &jwks);
    let folder = &redox.folder;
    let token = || {
        let call = folder.call(&["token", "--base-url", redox.server.base_url()]);
        call.args(&["--client-id", &redox.client_id, "--key", name])
            .run()
    };
    for mode in [0o400, 0o600, 0o611, 0o711] {
        set_mode(folder, name, mode);
        token().done();
    }
    for mode in [0o644, 0o640, 0o604, 0o622] {
        set_mode(folder, name, mode);
        let outcome = token();
        assert_eq!(outcome.code, Some(0), "{mode:o}: {outcome:#?}");
        let (note, command) = outcome.stderr.split_once("run: ").unwrap();
        assert_eq!(
            note,
            "redox-auth: note: others can read or change it's a key.pem, which holds a secret; "
        );
        let mut shell = Command::new("sh");
        shell.args(["-c", command]).current_dir(folder.path(""));
        assert!(shell.status().unwrap().success(), "{command}");
        token().done();
    }
    set_mode(folder, name, 0o644);
    let outcome = folder.run(&["key", "jwks", name]);
    assert_eq!(outcome.code, Some(0));
    assert_eq!(outcome.stderr.lines().count(), 1, "{outcome:#?}");
}

#[test]
fn a_legacy_secret_that_others_can_read_is_pointed_out_and_what_is_no_file_is_not() {
    let redox = Redox::start();
    let key = redox.server.sandbox().register_legacy_key(&redox.source_id);
    let key = key.unwrap();
    redox.folder.write("secret", key.expose_secret());
    let token = |file| {
        let call = redox
            .folder
            .call(&["token", "--base-url", redox.server.base_url()]);
        let call = call.args(&["--legacy-key", key.api_key(), "--legacy-secret-file", file]);
        call.input(key.expose_secret()).run()
    };
    set_mode(&redox.folder, "secret", 0o644);
    let outcome = token("secret");
    assert_eq!(outcome.code, Some(0), "{outcome:#?}");
    assert!(
        outcome.stderr.contains("others can read or change secret"),
        "{outcome:#?}"
    );
    set_mode(&redox.folder, "secret", 0o600);
    token("secret").done();
    token("-").done();
    token("/dev/stdin").done();

    let path = redox.folder.path("pipe");
    let mkfifo = Command::new("mkfifo")
        .args(["-m", "644"])
        .arg(&path)
        .status();
    assert!(mkfifo.unwrap().success());
    let secret = key.expose_secret().to_owned();
    let writer = std::thread::spawn(move || std::fs::write(path, secret).unwrap());
    token("pipe").done();
    writer.join().unwrap();
}
