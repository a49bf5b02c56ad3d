use cortex_m::register::msp;

/// Fills the stack below this call, to see later how much of it was used.
///
/// No interrupt may use the stack meanwhile.
#[inline(never)]
pub(crate) fn paint() {
    let end = (msp::read() - OWN_FRAME) as *mut u32;
    let mut word = limit();
    while word < end {
        // SAFETY: from the stack's limit to a good way below the stack pointer nothing is in use, and no interrupt uses
        // it meanwhile.
        unsafe {
            word.write_volatile(PAINT);
            word = word.add(1);
        }
    }
}

/// The lowest address of the stack that is no longer as it was painted.
///
/// # Panics
///
/// When all of it was used, for then more may have been overwritten.
pub(crate) fn lowest_use() -> u32 {
    let mut word = limit();
    // SAFETY: the words above the limit are the stack's; the first one that is not painted ends the search at the
    // latest in our own frame.
    unsafe {
        assert!(word.read_volatile() == PAINT, "the stack is used up");
        while word.read_volatile() == PAINT {
            word = word.add(1);
        }
    }
    word as u32
}

/// How much of the stack was in use at once since it was painted, from its very beginning.
pub(crate) fn peak() -> u32 {
    unsafe extern "C" {
        /// Set by the linker script of `cortex-m-rt`, above the stack. Only its address means something.
        static _stack_start: u32;
    }
    &raw const _stack_start as u32 - lowest_use()
}

fn limit() -> *mut u32 {
    unsafe extern "C" {
        /// Set by the linker script of `cortex-m-rt`, above all variables. Only its address means something.
        static mut _stack_end: u32;
    }
    &raw mut _stack_end
}

/// More than what `paint` itself has on the stack, in bytes.
const OWN_FRAME: u32 = 128;

const PAINT: u32 = 0xa5a5_5a5a;
