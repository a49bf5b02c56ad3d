use cortex_m::peripheral::{SYST, syst::SystClkSource};
use cortex_m::register::msp;
use semihosting::println;

use crate::stack;

/// Measures calls: their instructions by the system timer, their stack by painting it.
///
/// With `-icount shift=0` QEMU lets one instruction take one nanosecond of the board's time, so a count is repeatable
/// and exact to 40 instructions. On a real board the figures would be cycles, and mean something else.
pub struct Meter {
    timer: SYST,
}

impl Meter {
    /// Starts the system timer.
    #[must_use]
    pub fn new(mut timer: SYST) -> Self {
        timer.set_clock_source(SystClkSource::Core);
        timer.set_reload(TIMER_MAX);
        timer.clear_current();
        timer.enable_counter();
        Self { timer }
    }

    /// Runs `call` and tells what it cost.
    ///
    /// # Panics
    ///
    /// When `call` used all of the stack, for then it may have overwritten more; and when it took longer than the timer
    /// can count, 671 million instructions.
    #[inline(never)]
    pub fn measure<R>(&mut self, call: impl FnOnce() -> R) -> (R, Cost) {
        let top = msp::read();
        stack::paint();
        self.timer.clear_current();
        let before = SYST::get_current();
        let result = out_of_line(call);
        let after = SYST::get_current();
        assert!(
            !self.timer.has_wrapped(),
            "the call took longer than the timer can count"
        );
        // It counts down.
        let ticks = before.wrapping_sub(after) & TIMER_MAX;
        let cost = Cost {
            instructions: ticks * INSTRUCTIONS_PER_TICK,
            stack_bytes: top - stack::lowest_use(),
        };
        (result, cost)
    }
}

/// A frame of its own for what the optimizer would put into the caller's, above where the count begins.
#[inline(never)]
fn out_of_line<R>(call: impl FnOnce() -> R) -> R {
    call()
}

/// What a call took.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// Instructions, to the next 40.
    pub instructions: u32,
    /// The most stack that was in use at once, in bytes.
    pub stack_bytes: u32,
}

impl Cost {
    /// Prints one row of a table: what it was, its instructions, its bytes of stack.
    pub fn print(self, what: &str) {
        let Self {
            instructions,
            stack_bytes,
        } = self;
        println!("  {what:<40}{instructions:>12}{stack_bytes:>8}");
    }
}

/// The system timer has 24 bits.
const TIMER_MAX: u32 = 0x00ff_ffff;

/// It runs at 25 MHz on this board, and an instruction takes 1 ns.
const INSTRUCTIONS_PER_TICK: u32 = 40;
