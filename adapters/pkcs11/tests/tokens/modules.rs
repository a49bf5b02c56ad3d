//! How the library of a module is found and loaded.

use core::time::Duration;
use std::fs;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;
use std::sync::mpsc;

use redox_auth_pkcs11::{Error, Pin, Pkcs11Key};
use redox_auth_reqwest::Algorithm;

use crate::remote;
use crate::softhsm::{self, token};
use crate::support::{in_own_process, with_variable};

#[test]
fn a_bare_name_is_the_systems_to_find_and_not_a_file_of_the_current_folder() {
    let test = "modules::a_bare_name_is_the_systems_to_find_and_not_a_file_of_the_current_folder";
    let prepared = |folder: &Path, command: Command| {
        let mut command = softhsm::prepared(folder, command);
        let module = token(folder.to_owned()).module;
        let name = module.file_name().unwrap();
        fs::write(folder.join(name), "not a library").unwrap();
        command.current_dir(folder);
        with_variable(command, "LD_LIBRARY_PATH", module.parent().unwrap())
    };
    in_own_process(test, prepared, async |folder| {
        let token = token(folder);
        token.generate(Algorithm::Es256);
        let name = token.module.file_name().unwrap();
        let open = |module: &Path| {
            let uri = token.uri("ES256").module(module);
            Pkcs11Key::at(uri).pin(Pin::new(token.pin)).open()
        };
        open(Path::new(name)).unwrap();
        let error = open(&Path::new(".").join(name)).unwrap_err();
        assert!(matches!(error, Error::Module { .. }), "{error}");
    });
}

#[test]
fn a_module_that_does_not_begin_keeps_no_other_from_being_used() {
    let test = "modules::a_module_that_does_not_begin_keeps_no_other_from_being_used";
    in_own_process(test, remote::prepared, async |folder| {
        let token = token(folder.clone());
        token.generate(Algorithm::Es256);
        token.open("ES256").unwrap();
        // A server that never says a word, and a module that begins by asking it.
        let server = UnixListener::bind(folder.join(remote::SOCKET)).unwrap();
        let slow = remote::token(folder);
        let beginning = std::thread::spawn(move || slow.open("ES256").map(|_| ()));
        let asked = server.accept().unwrap();
        let (sender, opened) = mpsc::channel();
        std::thread::spawn(move || sender.send(token.open("ES256")));
        let opened = opened.recv_timeout(LIMIT);
        drop((server, asked));
        opened.unwrap().unwrap();
        beginning.join().unwrap().unwrap_err();
    });
}

const LIMIT: Duration = Duration::from_secs(60);
