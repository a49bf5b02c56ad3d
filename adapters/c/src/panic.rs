use core::panic::PanicInfo;

/// This library does not panic, and `cargo xtask test c` shows that the linker drops this function. If other code ever
/// reaches it, nothing unwinds into C: a device stops until its watchdog resets it, and a call into a WebAssembly
/// module ends with an exception of its host.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    #[cfg(target_arch = "wasm32")]
    core::arch::wasm32::unreachable();
    #[cfg(not(target_arch = "wasm32"))]
    loop {
        core::hint::spin_loop();
    }
}
