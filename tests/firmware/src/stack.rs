use cortex_m::register::msp;

/// Fills the stack below this call, to see later how much of it was used.
///
/// No interrupt may use the stack meanwhile.
#[inline(never)]
pub fn paint() {
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

/// How often eight bytes of `number` in a row, from its beginning, stand in the stack below this call, in either order: what
/// calls that have returned left there of it.
#[inline(never)]
pub fn copies(number: &[u8]) -> usize {
    let mut byte = limit().cast::<u8>();
    let end = msp::read() as *mut u8;
    let mut window = 0_u64;
    let mut found = 0;
    while byte < end {
        // SAFETY: from the stack's limit to the stack pointer there is only memory, and nobody else uses it meanwhile.
        let next = unsafe { byte.read_volatile() };
        // SAFETY: the end is not behind the stack.
        byte = unsafe { byte.add(1) };
        window = window << 8 | u64::from(next);
        for piece in number.as_chunks().0 {
            let piece = u64::from_be_bytes(*piece);
            found += usize::from(window == piece || window == piece.swap_bytes());
        }
    }
    found
}

/// How many words of the stack below this call are neither painted nor zero.
#[inline(never)]
pub fn marked() -> usize {
    let mut word = limit();
    let end = msp::read() as *mut u32;
    let mut marked = 0;
    while word < end {
        // SAFETY: as above, by words.
        let found = unsafe { word.read_volatile() };
        marked += usize::from(found != PAINT && found != 0);
        // SAFETY: as above.
        word = unsafe { word.add(1) };
    }
    marked
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
