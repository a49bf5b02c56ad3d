//! A gateway on the network that signs with ES256: see `board::wait_through`.
#![no_std]
#![no_main]

use cortex_m_rt::{ExceptionFrame, entry, exception};
use redox_auth_core::Es256Key;

#[entry]
fn main() -> ! {
    board::wait_through(c"es256.pem", Es256Key::parse)
}

#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    board::fault(frame)
}
