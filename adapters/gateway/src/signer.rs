#[cfg(all(feature = "p256-cortex-m4", cortex_m4))]
mod cortex_m4;
#[cfg(all(feature = "p256-cortex-m4", any(test, cortex_m4)))]
mod nonces;

#[cfg(all(feature = "p256-cortex-m4", cortex_m4))]
pub use cortex_m4::{Es256CortexM4Key, Hedge};
