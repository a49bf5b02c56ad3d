//! A device gateway: takes ADT messages over MLLP and sends each as a Data Model message. See `board::relay`.
#![no_std]
#![no_main]

use cortex_m_rt::{ExceptionFrame, entry, exception};
use redox_auth_core::Es384Key;

#[entry]
fn main() -> ! {
    board::relay(c"es384.pem", Es384Key::parse)
}

#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    board::fault(frame)
}
