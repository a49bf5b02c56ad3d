//! The authorities of the operating system.

#[cfg(all(unix, not(target_vendor = "apple"), not(target_os = "android")))]
mod files;
#[cfg(not(all(unix, not(target_vendor = "apple"), not(target_os = "android"))))]
mod platform;

#[cfg(all(unix, not(target_vendor = "apple"), not(target_os = "android")))]
pub(super) use files::{add_to, verifier};
#[cfg(not(all(unix, not(target_vendor = "apple"), not(target_os = "android"))))]
pub(super) use platform::{add_to, verifier};
