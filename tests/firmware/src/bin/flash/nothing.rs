//! What any image takes: a vector table and the start of `cortex-m-rt`. To be compared with `core.rs` beside it.
#![no_std]
#![no_main]

mod halt;

use cortex_m::asm::wfi;
use cortex_m_rt::entry;

#[entry]
fn main() -> ! {
    loop {
        wfi();
    }
}
