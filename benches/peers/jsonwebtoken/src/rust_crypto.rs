//! Assertions by `jsonwebtoken` with the crates of RustCrypto.

use std::io;

use jsonwebtoken::crypto::rust_crypto::DEFAULT_PROVIDER;
use peer_jsonwebtoken::serve_with;
use redox_auth_contender::Class;

fn main() -> io::Result<()> {
    serve_with(&DEFAULT_PROVIDER, "RustCrypto", Class::Rust)
}
