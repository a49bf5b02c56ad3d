use core::sync::atomic::{AtomicU32, Ordering};

use cortex_m::Peripherals;
use cortex_m::peripheral::{SYST, syst::SystClkSource};
use cortex_m::register::msp;
use cortex_m_rt::{ExceptionFrame, entry, exception};
use semihosting::{eprintln, process};

#[entry]
fn start() -> ! {
    let peripherals = Peripherals::take().expect("nothing took them before");
    crate::main(Counter::start(peripherals.SYST))
}

/// Counts instructions by the system timer, which has 24 bits; each time that it begins anew it interrupts the program.
///
/// With `-icount shift=0` QEMU lets one instruction take one nanosecond of the board's time.
pub(crate) struct Counter(());

impl Counter {
    fn start(mut timer: SYST) -> Self {
        timer.set_clock_source(SystClkSource::Core);
        timer.set_reload(TIMER_MAX);
        timer.clear_current();
        timer.enable_interrupt();
        timer.enable_counter();
        Self(())
    }

    /// How many instructions were done since the start, to the next tick of the timer.
    pub(crate) fn now(&self) -> u64 {
        loop {
            let rounds = ROUNDS.load(Ordering::Relaxed);
            let left = SYST::get_current();
            if rounds == ROUNDS.load(Ordering::Relaxed) {
                let ticks = u64::from(rounds) * (u64::from(TIMER_MAX) + 1);
                return (ticks + u64::from(TIMER_MAX - left)) * 1_000_000_000 / TIMER_HZ;
            }
        }
    }
}

pub(crate) fn stack_pointer() -> *mut u32 {
    msp::read() as *mut u32
}

#[exception]
fn SysTick() {
    let rounds = ROUNDS.load(Ordering::Relaxed);
    ROUNDS.store(rounds + 1, Ordering::Relaxed);
}

/// Such as a stack that grew into the variables, and on beyond the memory.
#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    eprintln!("{frame:?}");
    process::exit(1)
}

static ROUNDS: AtomicU32 = AtomicU32::new(0);

const TIMER_MAX: u32 = 0x00ff_ffff;

/// The emulator's clock for the processor.
const TIMER_HZ: u64 = if cfg!(board = "microbit") {
    16_000_000
} else if cfg!(board = "an505") {
    20_000_000
} else {
    25_000_000
};
