//! The stack as memory: painted before a call, looked at afterwards.

use crate::board::{stack_limit, stack_pointer};

/// Fills the stack below this call.
#[inline(never)]
pub(crate) fn paint() {
    let mut word = stack_limit();
    // SAFETY: this is still the stack, unless it is used up.
    let end = unsafe { stack_pointer().byte_sub(OWN_FRAME) };
    while word < end {
        // SAFETY: from the stack's limit to a good way below the stack pointer nothing is in use.
        unsafe {
            word.write_volatile(PAINT);
            word = word.add(1);
        }
    }
}

/// How many bytes of the stack below `top` were in use at once since it was painted.
///
/// # Panics
///
/// When all of it was used, for then more may have been overwritten.
pub(crate) fn used_below(top: *mut u32) -> usize {
    let mut word = stack_limit();
    // SAFETY: the words above the limit are the stack's; the first one that is not painted ends the search at the latest
    // in our own frame.
    unsafe {
        assert!(word.read_volatile() == PAINT, "the stack is used up");
        while word.read_volatile() == PAINT {
            word = word.add(1);
        }
    }
    top.addr() - word.addr()
}

/// How often eight bytes of `number` in a row, counted from its beginning, stand in the stack below this call, in either
/// order: what calls that have returned left there of it.
#[inline(never)]
pub(crate) fn copies(number: &[u8]) -> usize {
    let mut byte = stack_limit().cast::<u8>();
    let end = stack_pointer().cast::<u8>();
    let mut window = 0_u64;
    let mut found = 0;
    while byte < end {
        // SAFETY: from the stack's limit to the stack pointer there is only memory, and nobody uses it meanwhile.
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

/// More than what `paint` itself has on the stack, in bytes.
const OWN_FRAME: usize = 128;

const PAINT: u32 = 0xa5a5_5a5a;
