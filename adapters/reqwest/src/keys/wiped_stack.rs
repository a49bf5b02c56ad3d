/// Overwrites the stack frames of functions that have just returned. Each value wipes itself, but a moved value leaves a
/// copy without an owner.
#[inline(never)]
pub(super) fn wipe_stack() {
    core::hint::black_box(&mut [0_u8; STACK_LEN]);
}

/// More than the stack for reading a key, in bytes.
const STACK_LEN: usize = 64 * 1024;
