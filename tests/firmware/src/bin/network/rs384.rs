//! A gateway on the network that signs with RS384: see `board::wait_through`.
#![no_std]
#![no_main]

use cortex_m_rt::{ExceptionFrame, entry, exception};
use redox_auth_core::RsaKey2048;

#[entry]
fn main() -> ! {
    board::wait_through(c"rs384.pem", RsaKey2048::parse)
}

#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    board::fault(frame)
}
