#![doc = include_str!("../README.md")]
#![no_std]

#[cfg(test)]
extern crate std;

mod asynchronous;
mod blocking;
mod counted;
mod error;
mod records;

pub use asynchronous::{AsyncTls, AsyncTlsStream};
pub use blocking::{Tls, TlsStream};
pub use error::ConnectError;
pub use records::Records;

// This crate's public interface uses types of `embedded-tls`.
pub use embedded_tls;
