use core::cell::Cell;

use cortex_m::asm::wfi;
use cortex_m::interrupt::{self, Mutex};
use cortex_m::peripheral::{SYST, syst::SystClkSource};
use cortex_m_rt::exception;

/// The board's clock: the system timer, and an interrupt each millisecond. It knows no date.
#[derive(Clone, Copy, Debug)]
pub struct Clock(());

impl Clock {
    /// Starts the timer and its interrupt.
    #[must_use]
    pub fn start(mut timer: SYST) -> Self {
        timer.set_clock_source(SystClkSource::Core);
        timer.set_reload(TICKS_PER_MS - 1);
        timer.clear_current();
        timer.enable_interrupt();
        timer.enable_counter();
        Self(())
    }

    /// Milliseconds since the start.
    #[must_use]
    pub fn millis(self) -> u64 {
        millis()
    }

    /// Instructions since the start, to the next 40: with `-icount shift=0` QEMU lets one take one nanosecond. While the
    /// processor sleeps, time goes on all the same.
    #[must_use]
    pub fn instructions(self) -> u64 {
        loop {
            let before = self.millis();
            // It counts down.
            let ticks = TICKS_PER_MS - 1 - SYST::get_current();
            if self.millis() == before {
                let ticks = before * u64::from(TICKS_PER_MS) + u64::from(ticks);
                return ticks * INSTRUCTIONS_PER_TICK;
            }
        }
    }

    /// Sleeps until the next interrupt, a millisecond at most.
    pub fn sleep(self) {
        let before = self.instructions();
        wfi();
        let slept = self.instructions() - before;
        interrupt::free(|section| {
            let total = SLEPT.borrow(section);
            total.set(total.get() + slept);
        });
    }

    /// [`instructions`](Self::instructions) without those that nobody executed, because the processor slept.
    #[must_use]
    pub fn executed(self) -> u64 {
        self.instructions() - interrupt::free(|section| SLEPT.borrow(section).get())
    }
}

/// Milliseconds since the clock was started.
pub(crate) fn millis() -> u64 {
    interrupt::free(|section| MILLIS.borrow(section).get())
}

#[exception]
fn SysTick() {
    interrupt::free(|section| {
        let millis = MILLIS.borrow(section);
        millis.set(millis.get() + 1);
    });
}

static MILLIS: Mutex<Cell<u64>> = Mutex::new(Cell::new(0));
static SLEPT: Mutex<Cell<u64>> = Mutex::new(Cell::new(0));

/// It runs at 25 MHz on this board.
const TICKS_PER_MS: u32 = 25_000;
const INSTRUCTIONS_PER_TICK: u64 = 40;
