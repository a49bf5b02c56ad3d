//! Assertions by `jwt-simple` as it is by default, with BoringSSL: RS384 alone, for its ECDSA is Rust here as well.

use std::io;

use peer_jwt_simple::rs384;
use redox_auth_contender::{KeyName, serve};

fn main() -> io::Result<()> {
    serve(|task| {
        [KeyName::Rs384Of2048, KeyName::Rs384Of4096]
            .map(|name| rs384(task, name))
            .into()
    })
}
