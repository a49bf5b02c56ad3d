use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use redox_auth_reqwest::{Algorithm, FileProblem, Key, KeyFile, Redox};

use super::support::Place;
use crate::logs::recorder::RECORDER;
use crate::support::{assert_hidden, is_inner, keys, run_inner};

/// A key in every form that is read.
fn forms() -> Vec<Vec<u8>> {
    let (ec, rsa) = (keys::pkcs8(Algorithm::Es256), keys::pkcs8(Algorithm::Rs384));
    let [ec_pem, rsa_pem] = [&ec, &rsa].map(|der| keys::pem("PRIVATE KEY", der));
    let jwk = keys::jwk(&ec, "next").to_string();
    let set = format!(r#"{{"keys":[{jwk}]}}"#);
    let utf_16 = ec_pem.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let texts = [
        STANDARD.encode(&ec),
        STANDARD.encode(&ec_pem),
        ec_pem.replace('\n', "\\n"),
        keys::jwk(&rsa, "next").to_string(),
        ec_pem,
        rsa_pem,
        jwk,
        set,
    ];
    let texts = texts.map(|text| text.trim_end().as_bytes().to_owned());
    texts.into_iter().chain([ec, rsa, utf_16]).collect()
}

#[test]
fn no_part_of_a_key_is_a_key() {
    for whole in forms() {
        assert!(Key::parse(&whole).is_ok());
        // At the end of PEM a line end may be missing, be it in two characters or in UTF-16.
        let len = whole.len() - 5;
        for end in 0..len {
            let key = Key::parse(&whole[..end]);
            let shown = String::from_utf8_lossy(&whole);
            assert!(key.is_err(), "{end} of {len} bytes of {shown}");
        }
    }
}

#[tokio::test]
async fn no_part_of_a_key_is_taken_for_one() {
    for whole in forms() {
        let place = Place::with_key("first").await;
        let len = whole.len() - 5;
        for end in [0, len / 2, len - 1] {
            fs::write(place.file(), &whole[..end]).unwrap();
            let files = place.redox.read_files_again().await;
            assert_eq!(files[0].changes, 0, "{end} of {len} bytes");
            assert!(files[0].problem.is_some(), "{end} of {len} bytes");
        }
        assert_eq!(place.key_id().await, "first");
        fs::write(place.file(), &whole).unwrap();
        let files = place.redox.read_files_again().await;
        assert_eq!((files[0].changes, files[0].problem.is_none()), (1, true));
    }
}

#[cfg(unix)]
#[tokio::test]
async fn whatever_takes_the_place_of_a_file_leaves_the_key_in_use() {
    use std::os::unix::fs::symlink;

    let place = Place::with_key("first").await;
    let file = place.file();
    let (first, second) = (place.prepare("first"), place.prepare("second"));
    let found = async |part: &str| {
        let files = place.redox.read_files_again().await;
        let problem = files[0].problem.as_ref().unwrap().to_string();
        assert!(problem.contains(part), "{problem}");
        assert_eq!(files[0].changes, 0, "{part}");
        place.clocks.advance_secs(300);
        assert_eq!(place.key_id().await, "first", "{part}");
        let _ = fs::remove_file(&file);
    };
    fs::remove_file(&file).unwrap();
    found("cannot be read: ").await;
    fs::create_dir(&file).unwrap();
    found("expected a file, found a directory").await;
    fs::remove_dir(&file).unwrap();
    let made = std::process::Command::new("mkfifo").arg(&file).status();
    assert!(made.unwrap().success());
    found("found a pipe or a device").await;
    symlink("/dev/zero", &file).unwrap();
    found("found a pipe or a device").await;
    symlink("nowhere", &file).unwrap();
    found("cannot be read: ").await;
    symlink(&file, &file).unwrap();
    found("cannot be read: ").await;
    fs::File::create(&file).unwrap().set_len(1 << 30).unwrap();
    found("expected at most 65536 bytes").await;
    fs::write(&file, "").unwrap();
    found("expected").await;
    let pem = || keys::pem("PRIVATE KEY", &keys::pkcs8(Algorithm::Es256));
    fs::write(&file, pem() + &pem()).unwrap();
    found("found two that differ").await;
    fs::write(&file, second.replace("second", "")).unwrap();
    found("the key ID is empty").await;
    fs::write(&file, second.replace("second", "second\\n")).unwrap();
    found("key ID: it ends with a line end").await;
    // The file is as it was, and there is nothing to report.
    fs::write(&file, &first).unwrap();
    let files = place.redox.read_files_again().await;
    assert_eq!((files[0].changes, files[0].problem.is_none()), (0, true));
    fs::write(&file, &second).unwrap();
    assert_eq!(place.redox.read_files_again().await[0].changes, 1);
}

#[cfg(unix)]
#[tokio::test]
async fn a_pipe_is_read_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    assert!(made.unwrap().success());
    let writer = std::thread::spawn({
        let path = path.clone();
        move || {
            fs::write(
                path,
                keys::pem("PRIVATE KEY", &keys::pkcs8(Algorithm::Es256)),
            )
        }
    });
    let file = KeyFile::new(&path).key_id("key-1");
    let redox = Redox::builder().key_file("client-1", file).build().unwrap();
    writer.join().unwrap().unwrap();
    let files = redox.read_files_again().await;
    assert_eq!((files[0].changes, files[0].problem.is_none()), (0, true));
}

#[tokio::test]
async fn a_problem_is_logged_once_with_the_path_and_no_secret() {
    if !is_inner() {
        return run_inner(
            "key_files::unusable::a_problem_is_logged_once_with_the_path_and_no_secret",
            &[],
        );
    }
    RECORDER.start();
    let place = Place::with_key("first").await;
    let half = place.prepare("second");
    let half = &half[..half.len() - 2];
    for _ in 0..3 {
        fs::write(place.file(), half).unwrap();
        place.redox.read_files_again().await;
    }
    place.write("second");
    let files = place.redox.read_files_again().await;
    assert_eq!(files[0].changes, 1);
    let lines = RECORDER.lines();
    let ours = lines
        .iter()
        .filter(|line| line.target.starts_with("redox_auth"));
    let ours: Vec<_> = ours.map(|line| line.text.as_str()).collect();
    let about = |part: &str| ours.iter().filter(|line| line.contains(part)).count();
    assert_eq!(about("the file is unusable"), 1, "{ours:#?}");
    assert_eq!(about("key.jwk: "), 1, "{ours:#?}");
    assert_eq!(about("the key file changed"), 1, "{ours:#?}");
    let jwk: serde_json::Value = serde_json::from_str(&place.prepare("second")).unwrap();
    assert_hidden(&ours.join("\n"), &[jwk["d"].as_str().unwrap().as_bytes()]);
    let shown = format!("{:?}", place.redox.files());
    assert_hidden(&shown, &[jwk["d"].as_str().unwrap().as_bytes()]);
    assert!(!matches!(
        files[0].problem.as_ref().map(|it| &it.problem),
        Some(FileProblem::Key(_))
    ));
}
