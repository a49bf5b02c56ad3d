//! A device with signatures made elsewhere. It is weighed, not run.
#![no_std]
#![no_main]

mod device;
mod halt;

use core::hint::black_box;

use cortex_m_rt::entry;
use redox_auth_core::{Algorithm, SignError, Signer};

#[entry]
fn main() -> ! {
    device::run(&Element)
}

/// Somewhere else.
struct Element;

impl Signer for Element {
    fn algorithm(&self) -> Algorithm {
        black_box(Algorithm::Es256)
    }

    fn signature_len(&self) -> usize {
        black_box(64)
    }

    fn sign(&self, message: &[u8], signature: &mut [u8]) -> Result<(), SignError> {
        black_box((message, signature));
        black_box(Ok(()))
    }
}
