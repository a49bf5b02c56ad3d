use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// `node` on one of our scripts, with the npm packages that stand beside it.
pub(crate) fn node(script: &str) -> Command {
    let folder = folder();
    prepared(folder.join("node_modules"));
    let mut command = Command::new("node");
    command.arg(folder.join(script));
    command
}

/// The virtual environment's Python on one of our scripts.
pub(crate) fn python(script: &str) -> Command {
    let folder = folder();
    let mut command = Command::new(prepared(folder.join(".venv/bin/python")));
    command.arg(folder.join(script));
    command
}

/// Where the virtual environment's Python is.
///
/// # Panics
/// If it is missing.
#[must_use]
pub fn python_folder() -> PathBuf {
    prepared(folder().join(".venv/bin"))
}

/// The SQL script that makes the tables of Glewlwyd, from its package of Debian.
pub(crate) fn glewlwyd_tables() -> PathBuf {
    prepared(PathBuf::from(
        "/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3",
    ))
}

/// The command under test: `REDOX_AUTH_BIN`, else the one built into the same profile folder as this test.
///
/// # Panics
/// If it is missing.
#[must_use]
pub fn redox_auth_binary() -> PathBuf {
    if let Some(path) = std::env::var_os("REDOX_AUTH_BIN") {
        return prepared(PathBuf::from(path));
    }
    built("redox-auth")
}

/// A program that was built into the same profile folder as this test.
pub(crate) fn built(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own path");
    // target/<profile>/deps/<test>
    let profile = test
        .ancestors()
        .nth(2)
        .expect("a test stands in target/<profile>/deps");
    prepared(profile.join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
}

/// Runs a script that reads one JSON value and writes one.
pub(crate) fn ask(mut script: Command, question: &Value) -> Value {
    let mut child = script
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{script:?}: {error}; {PREPARE}"));
    let mut stdin = child.stdin.take().expect("standard input is a pipe");
    stdin
        .write_all(question.to_string().as_bytes())
        .expect("the script reads its input");
    drop(stdin);
    let output = child.wait_with_output().expect("the script ends");
    assert!(
        output.status.success(),
        "{script:?} failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).expect("the script answers in JSON")
}

/// One of our scripts.
pub(crate) fn script(name: &str) -> PathBuf {
    prepared(folder().join(name))
}

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn prepared(path: PathBuf) -> PathBuf {
    assert!(path.exists(), "{} is missing; {PREPARE}", path.display());
    path
}

pub(crate) const PREPARE: &str =
    "run `cargo xtask test interop`: it prepares what these tests need and runs them";
