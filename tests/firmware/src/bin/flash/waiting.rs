//! A session whose signatures are waited for, beside one whose signatures are not. It is weighed, not run.
#![no_std]
#![no_main]

mod function;
mod halt;
mod session_calls;
mod waiting_calls;

use core::hint::black_box;

use cortex_m::asm::wfi;
use cortex_m_rt::entry;

#[entry]
fn main() -> ! {
    black_box((&session_calls::SESSION, &waiting_calls::WAITING));
    loop {
        wfi();
    }
}
