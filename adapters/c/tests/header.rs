//! The header is made from the sources, and is the one that is checked in.
//!
//! To write it anew after a change: `UPDATE_HEADER=1 cargo test -p redox-auth-c --test header`.

use std::path::{Path, PathBuf};
use std::{env, fs};

use cbindgen::{Builder, Config};

#[test]
fn the_header_is_what_the_sources_say() {
    let made = made();
    if env::var_os("UPDATE_HEADER").is_some() {
        fs::write(header_path(), &made).unwrap();
    }
    let found = fs::read_to_string(header_path()).unwrap();
    for (number, (found, made)) in found.lines().zip(made.lines()).enumerate() {
        assert_eq!(found, made, "line {}; {HOW_TO_UPDATE}", number + 1);
    }
    assert!(found == made, "it ends elsewhere; {HOW_TO_UPDATE}");
}

#[test]
fn a_function_in_the_sources_is_in_the_header() {
    let header = fs::read_to_string(header_path()).unwrap();
    let mut count = 0;
    for name in functions_in(&here().join("src")) {
        assert!(header.contains(&format!("{name}(")), "{name}");
        count += 1;
    }
    assert_eq!(count, 47, "functions; count them here, too");
}

fn made() -> String {
    let config = Config::from_file(here().join("cbindgen.toml")).expect("cbindgen.toml is right");
    let mut made = Vec::new();
    Builder::new()
        .with_crate(here())
        .with_config(config)
        .generate()
        .expect("cbindgen can read the sources")
        .write(&mut made);
    String::from_utf8(made).expect("cbindgen writes UTF-8")
}

/// The names of all functions that C can call.
fn functions_in(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).expect("the sources are here") {
        let path = entry.expect("it can be listed").path();
        if path.is_dir() {
            names.extend(functions_in(&path));
            continue;
        }
        let source = fs::read_to_string(path).expect("it can be read");
        for (at, start) in source.match_indices(START) {
            let rest = source.split_at(at).1.strip_prefix(start);
            let name = rest.and_then(|rest| rest.split('(').next());
            names.extend(name.map(|name| format!("redox_auth_{name}")));
        }
    }
    names
}

fn here() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn header_path() -> PathBuf {
    here().join("include/redox_auth.h")
}

const START: &str = "extern \"C\" fn redox_auth_";

const HOW_TO_UPDATE: &str =
    "UPDATE_HEADER=1 cargo test -p redox-auth-c --test header writes it anew";
