//! A device with ES256 in software and its key as a bare number. It is weighed, not run.
#![no_std]
#![no_main]

mod device;
mod halt;

use core::hint::black_box;

use cortex_m::asm::wfi;
use cortex_m_rt::entry;
use redox_auth_core::Es256Key;

#[entry]
fn main() -> ! {
    match Es256Key::from_secret_scalar(black_box(&[1; 32])) {
        Ok(signer) => device::run(&signer),
        Err(_) => loop {
            wfi();
        },
    }
}
