//! Prints what an ES256 assertion costs beside its signature alone, by `p256` and by `p256-cortex-m4`.
//!
//! Ends with 101 when the two do not sign alike.
#![no_std]
#![no_main]

use core::hint::black_box;

use board::Meter;
use cortex_m::Peripherals;
use cortex_m_rt::{ExceptionFrame, entry, exception};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use redox_auth_core::{Es256Key, JwtId, OAuthKey, Signer, UnixTime};
use redox_auth_gateway::Es256CortexM4Key;
use semihosting::process;

#[entry]
fn main() -> ! {
    let peripherals = Peripherals::take().expect("nothing took them before");
    let mut meter = Meter::new(peripherals.SYST);
    let ours = Es256Key::parse(black_box(KEY)).expect("it is published");
    let fast = Es256CortexM4Key::parse(black_box(KEY)).expect("it is published");

    let mut out = [0; 1024];
    let assertion = assertion(&mut meter, "ES256: a whole assertion", &ours, &mut out);
    let (signing_input, _) = assertion.rsplit_once('.').expect("it has a signature");
    let alone = SigningKey::from_slice(black_box(&SECRET)).expect("it is published");
    let (signature, cost) =
        meter.measure(|| -> Signature { alone.sign(black_box(signing_input.as_bytes())) });
    black_box(signature);
    cost.print("ES256: p256 alone");

    let mut out = [0; 1024];
    let same = self::assertion(
        &mut meter,
        "ES256: a whole assertion, p256-cortex-m4",
        &fast,
        &mut out,
    );
    // By RFC 6979 both draw the same nonce.
    assert!(same == assertion, "the two sign alike");
    process::exit(0)
}

fn assertion<'o, S: Signer>(
    meter: &mut Meter,
    what: &str,
    signer: &S,
    out: &'o mut [u8],
) -> &'o str {
    let key = OAuthKey::new(black_box("firmware"), black_box("key-1"), signer);
    let jwt_id = JwtId::from_random(black_box([7; 16]));
    let now = black_box(UnixTime::from_secs(1_800_000_000));
    let assertion = key.assertion(
        black_box("https://api.redoxengine.com/v2/auth/token"),
        &jwt_id,
        now,
    );
    let (written, cost) = meter.measure(|| assertion.write(out));
    cost.print(what);
    written.expect("the buffer is long enough")
}

#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    board::fault(frame)
}

/// The key of RFC 7515, appendix A.3.
const KEY: &[u8] = br#"{"kty":"EC","crv":"P-256",
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;

/// Its private number.
const SECRET: [u8; 32] = [
    0x8e, 0x9b, 0x10, 0x9e, 0x71, 0x90, 0x98, 0xbf, 0x98, 0x04, 0x87, 0xdf, 0x1f, 0x5d, 0x77, 0xe9,
    0xcb, 0x29, 0x60, 0x6e, 0xbe, 0xd2, 0x26, 0x3b, 0x5f, 0x57, 0xc2, 0x13, 0xdf, 0x84, 0xf4, 0xb2,
];
