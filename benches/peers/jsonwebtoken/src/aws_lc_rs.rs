//! Assertions by `jsonwebtoken` with aws-lc-rs.

use std::io;

use jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER;
use peer_jsonwebtoken::serve_with;
use redox_auth_contender::Class;

fn main() -> io::Result<()> {
    serve_with(&DEFAULT_PROVIDER, "aws-lc-rs", Class::Native)
}
