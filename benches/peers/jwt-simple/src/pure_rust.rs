//! Assertions by `jwt-simple` without BoringSSL.

use std::io;

use peer_jwt_simple::{es256, es384, rs384};
use redox_auth_contender::{KeyName, serve};

fn main() -> io::Result<()> {
    serve(|task| {
        vec![
            es256(task),
            es384(task),
            rs384(task, KeyName::Rs384Of2048),
            rs384(task, KeyName::Rs384Of4096),
        ]
    })
}
