//! `opencryptoki` and its daemon, with its token in software. Debian's build of that knows RSA only.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use redox_auth_pkcs11::{Error, Pin, Pkcs11Key};
use redox_auth_reqwest::Algorithm;

use crate::crowds::{eight_at_once, rounds};
use crate::namespace::within;
use crate::support::{Token, client, first_of, in_own_process, said, sandbox, send_message};

fn prepared(folder: &Path, command: Command) -> Command {
    fs::create_dir_all(folder.join("tokens/swtok/TOK_OBJ")).unwrap();
    fs::create_dir(folder.join("settings")).unwrap();
    let lines = "version opencryptoki-3.1\nslot 3\n{\nstdll = libpkcs11_sw.so\n}\n";
    fs::write(folder.join("settings/opencryptoki.conf"), lines).unwrap();
    // The user must change the PIN from the security officer first. Until then the token stays closed.
    let script = format!(
        "mount --bind '{folder}/settings' /etc/opencryptoki
        mount --bind '{folder}/tokens' /var/lib/opencryptoki
        mount -t tmpfs none /run
        mkdir -p /run/lock/opencryptoki/swtok
        mount -t tmpfs none /dev/shm
        pkcsslotd
        trap 'kill $(cat /run/pkcsslotd.pid)' EXIT
        printf '87654321\\n{LABEL}\\n' | pkcsconf -c 3 -I
        pkcsconf -c 3 -P -S 87654321 -n 13572718
        pkcsconf -c 3 -u -S 13572718 -n 87651234
        pkcsconf -c 3 -p -U 87651234 -n {PIN}",
        folder = folder.display()
    );
    within(&script, &command)
}

fn token(folder: PathBuf) -> Token {
    Token {
        folder,
        module: first_of(&MODULES, "opencryptoki"),
        label: LABEL,
        slot_id: Some(3),
        pin: PIN,
    }
}

#[test]
fn opencryptoki_signs_and_sends_rsa() {
    let test = "opencryptoki::opencryptoki_signs_and_sends_rsa";
    in_own_process(test, prepared, async |folder| {
        let token = token(folder);
        let server = sandbox().await;
        // It has no mechanism that hashes for RS256, RS384 and RS512.
        for algorithm in Algorithm::ALL.into_iter().filter(|it| it.is_rsa()) {
            token.generate(algorithm);
            let key = token.open(algorithm.as_str()).unwrap();
            send_message(&client(&server, key)).await;
        }
        assert_eq!(server.counters().messages_accepted, 4);
        let wrong = Pkcs11Key::at(token.uri("RS256")).pin(Pin::new("99999999"));
        // The login of the keys before has ended with them.
        let error = wrong.open().unwrap_err();
        assert!(matches!(error, Error::PinRefused { .. }), "{error}");
        assert!(!said(&error).contains("99999999"));
    });
}

#[test]
fn eight_threads_open_a_key_of_opencryptoki_at_once() {
    let test = "opencryptoki::eight_threads_open_a_key_of_opencryptoki_at_once";
    if eight_at_once(token, "RS256") {
        return;
    }
    in_own_process(test, prepared, async |folder| {
        token(folder).generate(Algorithm::Rs256);
        rounds(test, 200);
    });
}

const LABEL: &str = "clinic";
/// It takes 4 to 8 characters.
const PIN: &str = "27182818";

/// The paths of Debian on each architecture.
const MODULES: [&str; 2] = [
    "/usr/lib/x86_64-linux-gnu/pkcs11/libopencryptoki.so",
    "/usr/lib/aarch64-linux-gnu/pkcs11/libopencryptoki.so",
];
