//! A gateway on the network that signs with ES384: see `board::wait_through`.
#![no_std]
#![no_main]

use cortex_m_rt::{ExceptionFrame, entry, exception};
use redox_auth_core::Es384Key;

#[entry]
fn main() -> ! {
    board::wait_through(c"es384.pem", Es384Key::parse)
}

#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    board::fault(frame)
}
