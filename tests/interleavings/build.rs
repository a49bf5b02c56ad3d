//! Says to the source of `redox-auth-reqwest` that it is compiled for shuttle.

fn main() {
    println!("cargo:rustc-cfg=shuttle");
}
