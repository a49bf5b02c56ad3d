//! The gateway over each stack, against `redox-auth sandbox`: three messages over two connections with one token.
//!
//! `cargo xtask test stacks` runs it in a network namespace of its own, for the TAP devices.

mod documented;
mod host_streams;
mod modem;
mod older;
mod reqwless;
mod tap;

use redox_auth_stacks::Sandbox;

/// Over TLS, under the name `localhost`, at whichever address that name has.
fn tls_sandbox() -> Sandbox {
    Sandbox::start(&["--tls", "--listen", "[::]:0", "--host", "localhost"])
}

/// Without TLS, on loopback.
fn plain_sandbox() -> Sandbox {
    Sandbox::start(&[])
}
