//! Hands the linker the memories of the target's board, and the script that lays the image out.

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let variable = |name: &str| env::var(name).unwrap_or_else(|_| panic!("cargo sets {name}"));
    let target = variable("TARGET");
    let found = BOARDS.iter().find(|(it, _)| *it == target);
    let Some((_, board)) = found else {
        panic!("no board has a processor of {target}; those that have one: {BOARDS:?}");
    };
    println!(
        "cargo::rustc-check-cfg=cfg(board, values(\"an385\", \"an386\", \"an505\", \"microbit\", \"virt\"))"
    );
    println!("cargo::rustc-cfg=board=\"{board}\"");
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

/// The board of each target.
const BOARDS: [(&str, &str); 6] = [
    ("thumbv6m-none-eabi", "microbit"),
    ("thumbv7m-none-eabi", "an385"),
    ("thumbv7em-none-eabihf", "an386"),
    ("thumbv8m.main-none-eabi", "an505"),
    ("riscv32imac-unknown-none-elf", "virt"),
    ("riscv64imac-unknown-none-elf", "virt"),
];
