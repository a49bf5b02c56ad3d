//! Hands the linker the memories of the board that is built for, and the script that lays the image out.

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let variable = |name: &str| env::var(name).unwrap_or_else(|_| panic!("cargo sets {name}"));
    let boards = ["an385", "an386", "an505", "microbit", "virt"];
    let is_chosen =
        |board: &&&str| env::var_os(format!("CARGO_FEATURE_{}", board.to_uppercase())).is_some();
    let chosen: Vec<_> = boards.iter().filter(is_chosen).collect();
    let [board] = chosen.as_slice() else {
        panic!("build with one of the features {boards:?}, found {chosen:?}");
    };
    let memory = Path::new(&variable("CARGO_MANIFEST_DIR")).join(format!("memory/{board}.x"));
    let folder = PathBuf::from(variable("OUT_DIR"));
    fs::copy(&memory, folder.join("memory.x")).expect("each board has its file in `memory`");
    let script = match variable("CARGO_CFG_TARGET_ARCH").as_str() {
        "arm" => "link.x",
        _ => "memory.x",
    };
    println!("cargo::rustc-link-search={}", folder.display());
    println!("cargo::rustc-link-arg-bins=-T{script}");
    println!("cargo::rerun-if-changed={}", memory.display());
    println!("cargo::rerun-if-changed=build.rs");
}
