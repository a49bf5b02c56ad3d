//! All of core but signing, and the metadata of a server. It is weighed, not run.
#![no_std]
#![no_main]

mod function;
mod halt;
mod metadata_calls;
mod other_calls;
mod session_calls;
mod text_calls;

use core::hint::black_box;

use cortex_m::asm::wfi;
use cortex_m_rt::entry;

#[entry]
fn main() -> ! {
    black_box((
        &session_calls::SESSION,
        &other_calls::TOKENS,
        &other_calls::REST,
        &text_calls::TEXTS,
        &metadata_calls::METADATA,
    ));
    loop {
        wfi();
    }
}
