//! How the library of a module is found and loaded.

use core::time::Duration;
use std::fs::{self, File};
use std::path::Path;
use std::process::Command;
use std::sync::mpsc;

use redox_auth_pkcs11::{Error, KeyUri, ModuleProblem, Pin, Pkcs11Key};
use redox_auth_reqwest::Algorithm;

use crate::softhsm::{self, token, with_token};
use crate::support::{in_own_process, run, with_variable};

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
fn a_module_that_is_being_loaded_keeps_no_other_from_being_used() {
    let test = "modules::a_module_that_is_being_loaded_keeps_no_other_from_being_used";
    with_token(test, async |token| {
        token.generate(Algorithm::Es256);
        token.open("ES256").unwrap();
        let pipe = token.folder.join("pipe.so");
        run(Command::new("mkfifo").arg(&pipe));
        let loading = {
            let uri = KeyUri::new().module(&pipe);
            std::thread::spawn(move || Pkcs11Key::at(uri).open().unwrap_err())
        };
        // Returns when the loader has opened it, and then waits for the library.
        let slow = File::options().write(true).open(&pipe).unwrap();
        let (sender, opened) = mpsc::channel();
        std::thread::spawn(move || sender.send(token.open("ES256")));
        let opened = opened.recv_timeout(LIMIT);
        drop(slow);
        opened.unwrap().unwrap();
        let error = loading.join().unwrap();
        let Error::Module { problem, .. } = &error else {
            panic!("{error}");
        };
        assert!(matches!(problem, ModuleProblem::NotLoaded(_)), "{error}");
    });
}

const LIMIT: Duration = Duration::from_secs(60);
