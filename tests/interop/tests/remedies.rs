//! What the command advises where a file is no usable private key: each command of `adapters/reqwest/KEYS.md` is run with the
//! real tool on each file that the table names, and the command reads what comes out.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use redox_auth_interop::{python_folder, redox_auth};
use serde_json::Value;

/// A line of the first table: the command, and the files that it is for.
struct Remedy {
    command: String,
    files: Vec<String>,
}

fn remedies() -> Vec<Remedy> {
    let table = fs::read_to_string(KEYS.to_owned() + "KEYS.md").expect("the table is there");
    let lines = table.lines().map(|line| line.replace(r"\|", "\0"));
    lines
        .filter_map(|line| {
            let cells: Vec<_> = line.split('|').map(str::trim).collect();
            match cells.as_slice() {
                [_, _, _, command, files, _] if files.starts_with('`') => Some(Remedy {
                    command: command.trim_matches('`').replace('\0', "|"),
                    files: files
                        .split(", ")
                        .map(|it| it.trim_matches('`').to_owned())
                        .collect(),
                }),
                _ => None,
            }
        })
        .collect()
}

/// The passwords that a person would type, as options.
fn with_passwords(command: &str) -> String {
    command
        .replace("openssl pkcs12", "openssl pkcs12 -passin pass:secret")
        .replace("openssl pkey", "openssl pkey -passin pass:secret")
        .replace(
            "-importkeystore",
            "-importkeystore -srcstorepass secret -deststorepass secret",
        )
        .replace("ssh-keygen -p", "ssh-keygen -p -P secret")
        .replace("puttygen ", "puttygen --old-passphrase password ")
        .replace("bcprov.jar", "/usr/share/java/bcprov.jar")
}

fn run(command: &str, folder: &Path) -> Output {
    let own = [python_folder(), redox_auth_folder()];
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(own.into_iter().chain(std::env::split_paths(&path)))
        .expect("paths without colons");
    // It asks for the password on a terminal only.
    let script = command.contains("jose ");
    // As on most machines: others may read new files.
    let command = &format!("umask 022; {command}");
    let mut shell = match script {
        true => Command::new("script"),
        false => Command::new("sh"),
    };
    match script {
        true => shell.args(["-qec", command, "/dev/null"]),
        false => shell.args(["-c", command]),
    };
    let mut child = shell
        .current_dir(folder)
        .env("PATH", path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the shell starts");
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    // A command that asks for none does not read it.
    let _ = std::io::Write::write_all(&mut stdin, b"secret\n");
    drop(stdin);
    child.wait_with_output().expect("the command ends")
}

fn redox_auth_folder() -> PathBuf {
    redox_auth_interop::redox_auth_binary()
        .parent()
        .expect("it is in a folder")
        .to_owned()
}

#[test]
fn every_remedy_makes_a_key_that_the_command_reads() {
    let remedies = remedies();
    assert!(remedies.len() > 30, "{}", remedies.len());
    for Remedy { command, files } in remedies {
        for file in files {
            let folder = tempfile::tempdir().unwrap();
            let original = Path::new(KEYS).join("tests/keys/corpus").join(&file);
            fs::copy(original, folder.path().join(&file)).unwrap();
            fs::write(folder.path().join("password"), "secret").unwrap();
            own_only(&folder.path().join(&file));
            let command = with_passwords(&command.replace("FILE", &file));
            let output = run(&command, folder.path());
            let case = format!(
                "{file}: {command}: {}",
                String::from_utf8_lossy(&output.stderr)
            );
            assert!(output.status.success(), "{case}");
            let given = [file.as_str(), "password"];
            let names = fs::read_dir(folder.path()).unwrap();
            let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
            let mut names: Vec<_> = names.filter(|it| !given.contains(&it.as_str())).collect();
            let made = names.pop().expect(&case);
            assert!(["key.pem", "key.jwk"].contains(&made.as_str()), "{case}");
            assert_eq!(names, [""; 0], "{case}");
            let made = folder.path().join(made);
            assert_eq!(mode(&made) & 0o077, 0, "{case}");
            let printed = redox_auth(&["key", "jwks", made.to_str().unwrap()]);
            let set: Value = serde_json::from_str(printed.result()).expect(&case);
            assert!(set["keys"][0]["kid"].is_string(), "{case}");
        }
    }
}

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).expect("a file").permissions().mode()
}

/// As a private key should be: tools refuse others.
fn own_only(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("the file is ours");
}

/// The crate whose table and files these are.
const KEYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../adapters/reqwest/");
