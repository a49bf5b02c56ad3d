use core::panic::PanicInfo;

/// Nothing of ours panics, and `cargo xtask test c` shows that the linker drops this. Should a change of somebody else's
/// ever reach it, nothing unwinds into C: a device stands still until its watchdog resets it, and a call into a module of
/// WebAssembly ends with an exception of its host.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    #[cfg(target_arch = "wasm32")]
    core::arch::wasm32::unreachable();
    #[cfg(not(target_arch = "wasm32"))]
    loop {
        core::hint::spin_loop();
    }
}
