//! Sets a `cfg` if the target's processor can run the assembly of `p256-cortex-m4`.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(cortex_m4)");
    let target = env::var("TARGET").unwrap_or_default();
    // The same targets as in that crate's own build script: Cortex-M4, M7 and M33.
    if target.starts_with("thumbv7em") || target.starts_with("thumbv8m.main") {
        println!("cargo::rustc-cfg=cortex_m4");
    } else if env::var_os("CARGO_FEATURE_P256_CORTEX_M4").is_some() {
        println!(
            "cargo::warning=feature `p256-cortex-m4` does nothing for {target}: there is no `Es256CortexM4Key`, which \
             needs thumbv7em or thumbv8m.main; use `redox_auth_core::Es256Key`"
        );
    }
}
