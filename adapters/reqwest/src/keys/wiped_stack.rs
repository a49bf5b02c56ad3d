/// Covers what the functions that have just returned have left on the stack. Each value wipes itself, but a value that is
/// moved leaves a copy that nobody owns.
#[inline(never)]
pub(super) fn wipe_stack() {
    core::hint::black_box(&mut [0_u8; STACK_LEN]);
}

/// More than reading a key takes, in bytes.
const STACK_LEN: usize = 64 * 1024;
