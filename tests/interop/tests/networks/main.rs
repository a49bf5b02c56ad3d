//! The command and the client behind the servers, proxies and networks of others.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    reason = "a test: a panic is a failure with a place"
)]

mod clinic;
mod idle;
mod limits;
mod middlemen;
mod silent;
