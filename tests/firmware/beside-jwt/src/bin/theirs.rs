//! Prints what an ES256 JWT of `google-cloud-iot-jwt` costs from a key in PEM. Its claims are `aud`, `iat` and `exp`, and no
//! others can be added.
#![no_std]
#![no_main]

use core::hint::black_box;

use board::Meter;
use cortex_m::Peripherals;
use cortex_m_rt::{ExceptionFrame, entry, exception};
use google_cloud_iot_jwt::create_google_jwt_es256;
use semihosting::{println, process};

#[entry]
fn main() -> ! {
    let peripherals = Peripherals::take().expect("nothing took them before");
    let mut meter = Meter::new(peripherals.SYST);
    let (token, cost) = meter.measure(|| {
        let audience = black_box("redox-auth");
        create_google_jwt_es256(audience, black_box(KEY), black_box(1_800_000_000))
    });
    cost.print("ES256: key from PEM and a JWT");
    println!("{}", token.expect("it reads such keys"));
    process::exit(0)
}

#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    board::fault(frame)
}

/// The key of RFC 7515, appendix A.3.
const KEY: &str = include_str!("../key.pem");
