#[cfg(all(feature = "p256-cortex-m4", target_arch = "arm", target_os = "none"))]
mod cortex_m4;
#[cfg(all(
    feature = "p256-cortex-m4",
    any(test, all(target_arch = "arm", target_os = "none"))
))]
mod nonces;

#[cfg(all(feature = "p256-cortex-m4", target_arch = "arm", target_os = "none"))]
pub use cortex_m4::{Es256CortexM4Key, Hedge};
