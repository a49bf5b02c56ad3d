//! The library for C as a module of WebAssembly.

use std::fs;
use std::path::PathBuf;

use crate::bare_metal::{self, Toolchain};
use crate::command::{Failure, Run, on_path};
use crate::members::Member;
use crate::tools;

/// Builds the module, weighs it, and has Node.js and Chromium sign token requests with it and verify them.
pub(crate) fn run(_: &[Member]) -> Result<(), Failure> {
    tools::ensure(&[tools::NODE, tools::CHROMIUM])?;
    let toolchain = Toolchain::for_targets(&[TARGET], tools::WASM_RUST)?;
    let mut build = toolchain
        .cargo_for(&[TARGET], "rustc")
        .args("-p redox-auth-c --lib --crate-type cdylib --profile c")
        .within(FOLDER);
    if matches!(toolchain, Toolchain::Distribution) {
        tools::ensure(&[tools::WASM_LINKER])?;
        build = build.env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER",
            linker().unwrap_or_default(),
        );
    }
    build.run()?;
    let module = bare_metal::target_dir()
        .join(TARGET)
        .join("c/redox_auth.wasm");
    let size = fs::metadata(&module)?.len();
    println!("the whole library as a module: {size} bytes, of at most {SIZE_LIMIT}");
    if size > SIZE_LIMIT {
        return Err(Failure::new(format!(
            "the module takes {size} bytes, more than its limit"
        )));
    }
    for script in ["node.mjs", "chromium.mjs"] {
        Run::new("node")
            .arg(format!("tests/wasm/{script}"))
            .path(&module)
            .within(FOLDER)
            .run()?;
    }
    Ok(())
}

/// What links WebAssembly: the linker of `rustup`, or the distribution's.
pub(crate) fn linker() -> Option<String> {
    let sysroot = Run::new("rustc").args("--print sysroot").output().ok()?;
    let version = Run::new("rustc").args("-vV").output().ok()?;
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))?;
    let own = PathBuf::from(sysroot.trim())
        .join("lib/rustlib")
        .join(host)
        .join("bin/rust-lld");
    if own.exists() {
        return Some(own.display().to_string());
    }
    on_path("wasm-ld").then(|| String::from("wasm-ld"))
}

const TARGET: &str = "wasm32-unknown-unknown";
const FOLDER: &str = "adapters/c";

/// In bytes, every function and every algorithm but ES512 included.
const SIZE_LIMIT: u64 = 300_000;
