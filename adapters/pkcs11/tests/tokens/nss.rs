//! NSS softokn, the key store of Firefox, through `p11-kit`, which gives it the settings that it needs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use redox_auth_reqwest::Algorithm;

use crate::crowds::{eight_at_once, rounds};
use crate::namespace::within;
use crate::support::{Token, client, first_of, in_own_process, run, sandbox, send_message};

fn prepared(folder: &Path, command: Command) -> Command {
    let (keys, modules) = (folder.join("nss"), folder.join("modules"));
    fs::create_dir(&keys).unwrap();
    fs::create_dir(&modules).unwrap();
    fs::write(folder.join("pin"), format!("{PIN}\n")).unwrap();
    run(Command::new("certutil")
        .args(["-N", "-d", &format!("sql:{}", keys.display()), "-f"])
        .arg(folder.join("pin")));
    let softokn = first_of(&SOFTOKN, "libnss3");
    let lines = format!(
        "module: {}\nx-init-reserved: configdir='sql:{}'\n",
        softokn.display(),
        keys.display()
    );
    fs::write(modules.join("nss.module"), lines).unwrap();
    let script = format!(
        "mount --bind '{}' /usr/share/p11-kit/modules",
        modules.display()
    );
    within(&script, &command)
}

fn token(folder: PathBuf) -> Token {
    Token {
        folder,
        module: first_of(&PROXIES, "p11-kit"),
        label: "NSS Certificate DB",
        slot_id: None,
        pin: PIN,
    }
}

#[test]
fn nss_signs_and_sends() {
    in_own_process("nss::nss_signs_and_sends", prepared, async |folder| {
        let token = token(folder);
        let server = sandbox().await;
        for algorithm in Algorithm::ALL {
            token.generate(algorithm);
            let key = token.open(algorithm.as_str()).unwrap();
            send_message(&client(&server, key)).await;
        }
        assert_eq!(server.counters().messages_accepted, 7);
    });
}

#[test]
fn eight_threads_open_a_key_of_nss_at_once() {
    let test = "nss::eight_threads_open_a_key_of_nss_at_once";
    if eight_at_once(token, "ES256") {
        return;
    }
    in_own_process(test, prepared, async |folder| {
        token(folder).generate(Algorithm::Es256);
        rounds(test, 200);
    });
}

const PIN: &str = "swordfish-2718";

/// The paths of Debian on each architecture.
const SOFTOKN: [&str; 2] = [
    "/usr/lib/x86_64-linux-gnu/libsoftokn3.so",
    "/usr/lib/aarch64-linux-gnu/libsoftokn3.so",
];

/// The module of all modules that `p11-kit` knows.
const PROXIES: [&str; 2] = [
    "/usr/lib/x86_64-linux-gnu/p11-kit-proxy.so",
    "/usr/lib/aarch64-linux-gnu/p11-kit-proxy.so",
];
