//! What the images share: how the emulated board measures a call, and what it does when a program panics.
#![no_std]

mod cost;

pub use cost::{Cost, Meter};

// Its panic handler tells the host and ends the emulator with code 101.
use semihosting as _;
