//! What the images share: how the emulated board measures a call, what it does when a program panics, and inputs that the
//! optimizer does not know.
#![no_std]

mod cost;
mod element;
mod opaque;

pub use cost::{Cost, Meter};
pub use element::{Element, SlowElement};
pub use opaque::{ok, show, text};

// Its panic handler tells the host and ends the emulator with code 101.
use semihosting as _;
