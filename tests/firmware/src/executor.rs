use core::cell::RefCell;
use core::ptr;
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::Waker;

use cortex_m::interrupt::{self, Mutex};
use embassy_executor::{Spawner, raw};
use embassy_time_driver::{Driver, time_driver_impl};
use embassy_time_queue_utils::Queue;
use static_cell::StaticCell;

use crate::Clock;
use crate::clock::millis;

/// Runs tasks for ever, and lets the processor sleep while none can go on.
///
/// The executor of embassy's own for Cortex-M waits with `WFE`, which QEMU does not sleep in.
pub(crate) fn run(clock: Clock, spawn: impl FnOnce(Spawner)) -> ! {
    let executor = EXECUTOR.init_with(|| raw::Executor::new(ptr::null_mut()));
    spawn(executor.spawner());
    loop {
        interrupt::free(|section| {
            TIMERS
                .borrow(section)
                .borrow_mut()
                .next_expiration(millis());
        });
        while IS_PENDING.swap(false, Ordering::Acquire) {
            // SAFETY: this is the one place that polls it, and no task gets here.
            unsafe { executor.poll() };
        }
        // What an interrupt wakes just now waits for the next one, a millisecond at most.
        clock.sleep();
    }
}

/// What the executor calls when a task can go on.
#[unsafe(export_name = "__pender")]
fn pend(_: *mut ()) {
    IS_PENDING.store(true, Ordering::Release);
}

/// Tells embassy the time, by the board's clock.
struct Milliseconds;

impl Driver for Milliseconds {
    fn now(&self) -> u64 {
        millis()
    }

    fn schedule_wake(&self, at: u64, waker: &Waker) {
        interrupt::free(|section| {
            TIMERS.borrow(section).borrow_mut().schedule_wake(at, waker);
        });
    }
}

time_driver_impl!(static DRIVER: Milliseconds = Milliseconds);

static EXECUTOR: StaticCell<raw::Executor> = StaticCell::new();
static IS_PENDING: AtomicBool = AtomicBool::new(false);
static TIMERS: Mutex<RefCell<Queue>> = Mutex::new(RefCell::new(Queue::new()));
