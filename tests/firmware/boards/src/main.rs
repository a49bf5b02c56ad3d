//! What a device does, on whichever board: it reads a key from PEM where it is going to lie, gets a token with it and
//! puts that on a message, once with each algorithm. With the feature `flash-tables` it leaves out RSA, which has no tables.
//!
//! Prints what the calls cost, and a digest of each request, which must be the same on every board. Ends with 101 when a
//! call takes more stack than the type of its key says, or leaves a part of a private number there.
#![no_std]
#![no_main]

mod board;
mod device;
mod meter;
mod stack;

#[cfg(not(feature = "flash-tables"))]
use redox_auth_core::RsaKey2048;
use redox_auth_core::{Es256Key, Es384Key, KeyRoom};
use semihosting::process;

use board::Counter;
use device::{Device, Memory};
use meter::Meter;

fn main(counter: Counter) -> ! {
    let meter = Meter(counter);
    let mut memory = Memory::new();
    Device {
        algorithm: "ES256",
        file: c"es256.pem",
        parse: KeyRoom::<Es256Key>::parse,
        stack_len: Es256Key::STACK_LEN,
    }
    .live(&meter, &mut memory);
    Device {
        algorithm: "ES384",
        file: c"es384.pem",
        parse: KeyRoom::<Es384Key>::parse,
        stack_len: Es384Key::STACK_LEN,
    }
    .live(&meter, &mut memory);
    #[cfg(not(feature = "flash-tables"))]
    Device {
        algorithm: "RS384",
        file: c"rs384.pem",
        parse: KeyRoom::<RsaKey2048>::parse,
        stack_len: RsaKey2048::STACK_LEN,
    }
    .live(&meter, &mut memory);
    process::exit(0)
}
