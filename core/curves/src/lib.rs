#![doc = include_str!("../README.md")]
#![no_std]

#[cfg(test)]
extern crate std;

#[cfg(any(feature = "es256", feature = "es384", feature = "es512"))]
mod key;

#[cfg(any(feature = "es256", feature = "es384", feature = "es512"))]
pub use key::NotSigned;
#[cfg(feature = "es256")]
pub use key::P256Key;
#[cfg(feature = "es384")]
pub use key::P384Key;
#[cfg(feature = "es512")]
pub use key::P521Key;
