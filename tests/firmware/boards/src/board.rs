//! What differs between the boards: how a program starts, how instructions are counted, where the stack is.

#[cfg(target_arch = "arm")]
mod cortex_m;
#[cfg(any(target_arch = "riscv32", target_arch = "riscv64"))]
mod risc_v;

#[cfg(target_arch = "arm")]
pub(crate) use self::cortex_m::{Counter, stack_pointer};
#[cfg(any(target_arch = "riscv32", target_arch = "riscv64"))]
pub(crate) use self::risc_v::{Counter, stack_pointer};

/// The lowest word of the stack.
pub(crate) fn stack_limit() -> *mut u32 {
    unsafe extern "C" {
        /// Set by the linker script, above all variables. Only its address means something.
        static mut _stack_end: u32;
    }
    &raw mut _stack_end
}
