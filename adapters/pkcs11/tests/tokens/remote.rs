//! A module in another process: `p11-kit server`, which is stopped and started.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use redox_auth_pkcs11::Pin;
use redox_auth_reqwest::Algorithm;

use crate::daemon::Daemon;
use crate::softhsm;
use crate::support::{Token, client, first_of, in_own_process, sandbox, send_message};
use crate::traffic::fails_only_meanwhile;

pub(crate) fn prepared(folder: &Path, command: Command) -> Command {
    let mut command = softhsm::prepared(folder, command);
    let address = format!("unix:path={}", folder.join(SOCKET).display());
    command.env("P11_KIT_SERVER_ADDRESS", address);
    command
}

fn server(folder: &Path) -> Daemon {
    let socket = folder.join(SOCKET);
    // That of the one before.
    let _ = fs::remove_file(&socket);
    let mut server = Command::new("p11-kit");
    server
        .args(["server", "--foreground", "--name"])
        .arg(&socket)
        .arg("--provider")
        .arg(softhsm::token(folder.to_owned()).module)
        .arg(format!("pkcs11:token={}", softhsm::LABEL));
    Daemon::answering_at(&server, &socket)
}

/// A token behind the server at [`SOCKET`].
pub(crate) fn token(folder: PathBuf) -> Token {
    Token {
        module: first_of(&CLIENTS, "p11-kit-modules"),
        ..softhsm::token(folder)
    }
}

#[test]
fn a_module_in_a_server_that_was_away_is_used_again() {
    let test = "remote::a_module_in_a_server_that_was_away_is_used_again";
    in_own_process(test, prepared, async |folder| {
        softhsm::token(folder.clone()).generate(Algorithm::Es256);
        let running = server(&folder);
        // One call at a time, as the README says.
        let token = token(folder.clone());
        let key = token.builder("ES256").pin(Pin::new(token.pin)).sessions(1);
        let key = key.open().unwrap();
        let sandbox = sandbox().await;
        let redox = client(&sandbox, key.clone());
        send_message(&redox).await;

        // Nobody signs meanwhile, so nobody notices.
        drop(running);
        let running = server(&folder);
        send_message(&client(&sandbox, key.clone())).await;
        fails_only_meanwhile(key, running, || server(&folder)).await;
    });
}

/// In the folder of a test.
pub(crate) const SOCKET: &str = "p11-kit";

/// The paths of Debian on each architecture.
const CLIENTS: [&str; 2] = [
    "/usr/lib/x86_64-linux-gnu/pkcs11/p11-kit-client.so",
    "/usr/lib/aarch64-linux-gnu/pkcs11/p11-kit-client.so",
];
