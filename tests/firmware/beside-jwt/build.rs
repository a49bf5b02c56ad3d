//! Hands the linker the board's memories and the script of `cortex-m-rt`.

fn main() {
    let directory =
        std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR") + "/..";
    println!("cargo::rustc-link-search={directory}");
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
    println!("cargo::rerun-if-changed=../memory.x");
    println!("cargo::rerun-if-changed=build.rs");
}
