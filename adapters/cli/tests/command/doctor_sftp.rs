use crate::sandbox_sftp::{Door, with_path};

#[test]
fn every_step_of_the_way_is_shown() {
    let door = Door::open(&["sftp:full"]);
    let found = door.run("doctor", &[]);
    // The probe is the file that finds the disk full.
    assert_eq!(found.code, Some(1), "{found:#?}");
    let checks: Vec<_> = found
        .stdout
        .lines()
        .filter_map(|line| line.split_once(':').map(|it| it.0))
        .collect();
    assert_eq!(
        checks,
        [
            "ok    ssh",
            "ok    connection",
            "ok    server",
            "ok    host key",
            "ok    methods",
            "ok    password",
            "ok    sftp",
            "ok    folder",
            "ok    writing",
            "FAIL  space",
        ]
    );
    assert!(found.stdout.contains(&door.host_key), "{found:#?}");
    assert!(
        found
            .stdout
            .contains("posix-rename, fsync, limits, statvfs"),
        "{found:#?}"
    );
}

#[test]
fn the_first_step_that_fails_is_named() {
    let door = Door::open(&[]);
    door.folder.write("wrong", "wrong");
    let other = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let nowhere = "sandbox@127.0.0.1:1/in";
    let missing = door.to.replace("/in", "/out");
    let (to, key) = (door.to.as_str(), door.host_key.as_str());
    let password = door.password_file.as_str();
    for (to, key, password, code, expected) in [
        (nowhere, key, password, 3, "FAIL  connection: "),
        (to, other, password, 2, "FAIL  host key: "),
        (to, key, "wrong", 1, "FAIL  password: "),
        (&missing, key, password, 2, "FAIL  folder: "),
        (to, key, "missing", 2, "FAIL  options: "),
    ] {
        let call = door
            .folder
            .call(&["doctor", "--sftp", to, "--host-key", key]);
        let found = with_path(call.args(&["--sftp-password-file", password])).run();
        assert_eq!(found.code, Some(code), "{expected}{found:#?}");
        let last = found.stdout.lines().last().unwrap();
        assert!(last.starts_with(expected), "{expected}{found:#?}");
    }
}
