//! `tpm2-pkcs11` on a TPM in software.

use std::path::{Path, PathBuf};
use std::process::Command;

use redox_auth_pkcs11::{Error, Pkcs11Key};
use redox_auth_reqwest::Algorithm;

use crate::crowds::eight_at_once;
use crate::support::{Token, client, first_of, in_own_process, run, sandbox, send_message};
use crate::swtpm::{Tpm, bus, variables};
use crate::traffic::fails_only_meanwhile;

/// Runs a test, given by its path, with a TPM that has a token with keys.
fn with_tpm(test: &str, body: impl AsyncFnOnce(Tpm, Token)) {
    in_own_process(test, prepared, async |folder| {
        let _bus = bus(&folder);
        let tpm = Tpm::start(&folder);
        let token = token(folder);
        tool(&format!(
            "init --path {}",
            token.folder.join("store").display()
        ));
        tool(&format!(
            "addtoken --pid=1 --label={LABEL} --userpin={PIN} --sopin=of-nobody-here"
        ));
        for (key, algorithm) in KEYS {
            tool(&format!(
                "addkey --label={LABEL} --userpin={PIN} --key-label={key} --algorithm={algorithm}"
            ));
        }
        body(tpm, token).await;
    });
}

fn prepared(folder: &Path, mut command: Command) -> Command {
    command.envs(variables(folder));
    command
}

fn token(folder: PathBuf) -> Token {
    Token {
        folder,
        module: first_of(&MODULES, "libtpm2-pkcs11-1"),
        label: LABEL,
        slot_id: None,
        pin: PIN,
    }
}

fn tool(arguments: &str) {
    run(Command::new("tpm2_ptool").args(arguments.split(' ')));
}

fn open(token: &Token, algorithm: Algorithm) -> Result<Pkcs11Key, Error> {
    let key = match algorithm {
        Algorithm::Es256 => "ES256",
        Algorithm::Es384 => "ES384",
        _ => "RSA",
    };
    let pin = redox_auth_pkcs11::Pin::new(token.pin);
    token.builder(key).pin(pin).algorithm(algorithm).open()
}

#[test]
fn a_tpm_signs_and_sends() {
    with_tpm("tpm::a_tpm_signs_and_sends", async |_tpm, token| {
        let server = sandbox().await;
        let mut signed = Vec::new();
        for algorithm in Algorithm::ALL {
            match open(&token, algorithm) {
                Ok(key) => {
                    send_message(&client(&server, key)).await;
                    signed.push(algorithm.as_str());
                }
                Err(error) => println!("{algorithm}: {error}"),
            }
        }
        assert_eq!(signed, SIGNED, "as the table of the README says");
    });
}

#[test]
fn a_tpm_that_was_away_is_used_again() {
    with_tpm(
        "tpm::a_tpm_that_was_away_is_used_again",
        async |tpm, token| {
            let key = token.open("ES256").unwrap();
            let folder = token.folder.clone();
            // Nobody signs meanwhile, so nobody notices.
            drop(tpm);
            let tpm = Tpm::start(&folder);
            key.signature(b"message").await.unwrap();
            fails_only_meanwhile(key, tpm, || Tpm::start(&folder)).await;
        },
    );
}

#[test]
fn eight_threads_open_a_key_of_a_tpm_at_once() {
    let test = "tpm::eight_threads_open_a_key_of_a_tpm_at_once";
    if eight_at_once(token, "ES256") {
        return;
    }
    with_tpm(test, async |_tpm, _token| crate::crowds::rounds(test, 200));
}

const LABEL: &str = "clinic";
const PIN: &str = "swordfish-2718";

/// The keys, and what `tpm2_ptool` calls their kinds.
const KEYS: [(&str, &str); 3] = [("ES256", "ecc256"), ("ES384", "ecc384"), ("RSA", "rsa2048")];

/// What this TPM signs.
const SIGNED: [&str; 6] = ["ES256", "ES384", "RS256", "RS384", "RS512", "PS256"];

/// The paths of Debian on each architecture.
const MODULES: [&str; 2] = [
    "/usr/lib/x86_64-linux-gnu/pkcs11/libtpm2_pkcs11.so",
    "/usr/lib/aarch64-linux-gnu/pkcs11/libtpm2_pkcs11.so",
];
