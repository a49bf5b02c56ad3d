use semihosting::println;

use crate::board::{Counter, stack_pointer};
use crate::stack;

/// Measures calls: their instructions by the board's counter, their stack by painting it.
pub(crate) struct Meter(pub(crate) Counter);

impl Meter {
    /// How many instructions `call` takes.
    #[cfg(feature = "flash-tables")]
    #[inline(never)]
    pub(crate) fn count(&self, call: impl FnOnce()) -> u64 {
        let before = self.0.now();
        out_of_line(call);
        self.0.now() - before
    }

    /// Runs `call` and prints one row of a table: what it was, its instructions, its bytes of stack.
    ///
    /// # Panics
    ///
    /// When `call` used all of the stack, for then it may have overwritten more, or when it used more than `limit` bytes.
    #[inline(never)]
    pub(crate) fn measure<R>(
        &self,
        (algorithm, limit): (&str, usize),
        what: &str,
        call: impl FnOnce() -> R,
    ) -> R {
        let top = stack_pointer();
        stack::paint();
        let before = self.0.now();
        let result = out_of_line(call);
        let instructions = self.0.now() - before;
        let stack_bytes = stack::used_below(top);
        println!("  {algorithm}: {what:<33}{instructions:>12}{stack_bytes:>8}");
        assert!(stack_bytes <= limit, "more than {limit} bytes of stack");
        result
    }
}

/// A frame of its own for what the optimizer would put into the caller's, above where the count begins.
#[inline(never)]
fn out_of_line<R>(call: impl FnOnce() -> R) -> R {
    call()
}
