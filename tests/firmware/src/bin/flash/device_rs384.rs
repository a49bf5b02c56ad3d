//! A device with RS384 in software, 2048 bits, and its key in PEM, DER or as a JWK. It is weighed, not run.
#![no_std]
#![no_main]

mod device;
mod halt;

use core::hint::black_box;

use cortex_m::asm::wfi;
use cortex_m_rt::entry;
use redox_auth_core::RsaKey2048;

#[entry]
fn main() -> ! {
    match RsaKey2048::parse(black_box(&[0; 2048])) {
        Ok(signer) => device::run(&signer),
        Err(_) => loop {
            wfi();
        },
    }
}
