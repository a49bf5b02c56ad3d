//! A device with ES384 in software and its key as a bare number. It is weighed, not run.
#![no_std]
#![no_main]

mod device;
mod halt;

use core::hint::black_box;

use cortex_m::asm::wfi;
use cortex_m_rt::entry;
use redox_auth_core::Es384Key;

#[entry]
fn main() -> ! {
    match Es384Key::from_secret_scalar(black_box(&[1; 48])) {
        Ok(signer) => device::run(&signer),
        Err(_) => loop {
            wfi();
        },
    }
}
