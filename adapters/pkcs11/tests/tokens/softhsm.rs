//! SoftHSM: an HSM in software.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Token, first_of, in_own_process, run, with_variable};

/// Runs a test, given by its path, with a token that has no keys yet.
pub(crate) fn with_token(test: &str, body: impl AsyncFnOnce(Token)) {
    in_own_process(test, prepared, async |folder| body(token(folder)).await);
}

/// The same, in a process whose token is there already.
pub(crate) fn prepared(folder: &Path, command: Command) -> Command {
    let settings = folder.join("softhsm2.conf");
    let tokens = folder.join("tokens");
    fs::create_dir(&tokens).unwrap();
    let lines = format!(
        "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
        tokens.display()
    );
    fs::write(&settings, lines).unwrap();
    initialize(&settings, LABEL);
    with_variable(command, "SOFTHSM2_CONF", settings)
}

/// One more token, for the modules that read these settings.
pub(crate) fn initialize(settings: &Path, label: &str) {
    let arguments = format!("--init-token --free --label {label} --so-pin {SO_PIN} --pin {PIN}");
    run(Command::new("softhsm2-util")
        .args(arguments.split(' '))
        .env("SOFTHSM2_CONF", settings));
}

pub(crate) fn token(folder: PathBuf) -> Token {
    Token {
        folder,
        module: first_of(&MODULES, "softhsm2"),
        label: LABEL,
        slot_id: None,
        pin: PIN,
    }
}

/// Where `softhsm2` keeps its tokens.
pub(crate) fn tokens(token: &Token) -> PathBuf {
    token.folder.join("tokens")
}

pub(crate) const LABEL: &str = "redox";
pub(crate) const PIN: &str = "swordfish-2718";
const SO_PIN: &str = "of-nobody-here";

/// The paths of Debian, Fedora and Homebrew.
const MODULES: [&str; 3] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
];
