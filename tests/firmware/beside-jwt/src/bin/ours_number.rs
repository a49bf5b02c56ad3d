//! Prints what an ES256 assertion costs from a key that is a bare number, and its claims: `iss`, `sub`, `aud`, `jti`, `iat` and `exp`.
#![no_std]
#![no_main]

use core::hint::black_box;

use board::Meter;
use cortex_m::Peripherals;
use cortex_m_rt::{ExceptionFrame, entry, exception};
use redox_auth_core::{Es256Key, JwtId, OAuthKey, UnixTime};
use semihosting::{println, process};

#[entry]
fn main() -> ! {
    let peripherals = Peripherals::take().expect("nothing took them before");
    let mut meter = Meter::new(peripherals.SYST);
    let mut out = [0; 1024];
    let (token, cost) = meter.measure(|| {
        let signer = Es256Key::from_secret_scalar(black_box(&SECRET)).expect("it is published");
        let key = OAuthKey::new(black_box("redox-auth"), black_box("key-1"), &signer);
        let jwt_id = JwtId::from_random(black_box([7; 16]));
        let now = black_box(UnixTime::from_secs(1_800_000_000));
        let assertion = key.assertion(black_box("redox-auth"), &jwt_id, now);
        let token = assertion.write(&mut out);
        token.expect("the buffer is long enough")
    });
    cost.print("ES256: key from a number and a JWT");
    println!("{token}");
    process::exit(0)
}

#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    board::fault(frame)
}

/// The private number of RFC 7515, appendix A.3.
const SECRET: [u8; 32] = [
    0x8e, 0x9b, 0x10, 0x9e, 0x71, 0x90, 0x98, 0xbf, 0x98, 0x04, 0x87, 0xdf, 0x1f, 0x5d, 0x77, 0xe9,
    0xcb, 0x29, 0x60, 0x6e, 0xbe, 0xd2, 0x26, 0x3b, 0x5f, 0x57, 0xc2, 0x13, 0xdf, 0x84, 0xf4, 0xb2,
];
