//! A gateway on the network that signs with ES384 and is awaited, by embassy's executor: see `board::await_through`.
#![no_std]
#![no_main]

use cortex_m_rt::{ExceptionFrame, entry, exception};

#[entry]
fn main() -> ! {
    board::await_through()
}

#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    board::fault(frame)
}
