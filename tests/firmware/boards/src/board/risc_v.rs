use core::arch::{asm, global_asm};

// The stack, zeros in the variables, the program.
global_asm!(
    ".section .init, \"ax\"",
    ".globl _start",
    "_start:",
    "la sp, _stack_start",
    "la t0, _bss_start",
    "la t1, _bss_end",
    "1:",
    "bgeu t0, t1, 2f",
    "sw zero, 0(t0)",
    "addi t0, t0, 4",
    "j 1b",
    "2:",
    "call start",
);

#[unsafe(no_mangle)]
extern "C" fn start() -> ! {
    crate::main(Counter(()))
}

/// Counts instructions by the processor's own counter; with `-icount` QEMU counts them exactly.
pub(crate) struct Counter(());

impl Counter {
    /// How many instructions were done since the start.
    #[cfg(target_arch = "riscv32")]
    pub(crate) fn now(&self) -> u64 {
        loop {
            let (high, low, again): (u32, u32, u32);
            // SAFETY: it reads three registers.
            unsafe {
                asm!(
                    "csrr {0}, minstreth",
                    "csrr {1}, minstret",
                    "csrr {2}, minstreth",
                    out(reg) high, out(reg) low, out(reg) again,
                    options(nomem, nostack),
                );
            }
            if high == again {
                return u64::from(high) << 32 | u64::from(low);
            }
        }
    }

    /// How many instructions were done since the start.
    #[cfg(target_arch = "riscv64")]
    pub(crate) fn now(&self) -> u64 {
        let count: u64;
        // SAFETY: it reads a register.
        unsafe { asm!("csrr {0}, minstret", out(reg) count, options(nomem, nostack)) };
        count
    }
}

pub(crate) fn stack_pointer() -> *mut u32 {
    let pointer: *mut u32;
    // SAFETY: it reads a register.
    unsafe { asm!("mv {0}, sp", out(reg) pointer, options(nomem, nostack)) };
    pointer
}
