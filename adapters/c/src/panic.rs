use core::panic::PanicInfo;

/// Nothing of ours panics, and `cargo xtask test c` shows that the linker drops this. Should a change of somebody else's
/// ever reach it, the device stands still until its watchdog resets it; nothing unwinds into C.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {
        core::hint::spin_loop();
    }
}
