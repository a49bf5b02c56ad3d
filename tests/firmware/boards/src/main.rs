//! What a device does, on whichever board: it reads a key from PEM where it is going to lie, gets a token with it and
//! puts that on a message, once with each algorithm. With the feature `flash-tables` it leaves out RSA, which has no
//! tables, and shows that signatures take the same number of instructions whatever the key.
//!
//! Prints what the calls cost, and a digest of each request, which must be the same on every board. Ends with 101 when a
//! call takes more stack than the type of its key says, or leaves a part of a private number there.
#![no_std]
#![no_main]

mod board;
mod device;
mod meter;
#[cfg(feature = "flash-tables")]
mod spread;
mod stack;

#[cfg(feature = "flash-tables")]
use redox_auth_core::Algorithm;
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
    #[cfg(feature = "flash-tables")]
    {
        spread::check(&meter, Algorithm::Es256, |secret| {
            let secret = secret.try_into().expect("a digest is as long");
            Es256Key::from_secret_scalar(secret).expect("it is in the range")
        });
        spread::check(&meter, Algorithm::Es384, |secret| {
            let secret = secret.try_into().expect("a digest is as long");
            Es384Key::from_secret_scalar(secret).expect("it is in the range")
        });
    }
    process::exit(0)
}
