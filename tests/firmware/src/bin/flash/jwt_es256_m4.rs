//! A key read from PEM, DER or a JWK, and assertions signed with it by `p256-cortex-m4`. It is weighed, not run.
#![no_std]
#![no_main]

mod halt;
mod jwt;

use core::hint::black_box;

use cortex_m_rt::entry;
use redox_auth_gateway::Es256CortexM4Key;

#[entry]
fn main() -> ! {
    jwt::run(Es256CortexM4Key::parse(black_box(&[0; 2048])))
}
