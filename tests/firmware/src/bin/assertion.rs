//! Signs an assertion with each algorithm, writes it into a file for the host to verify, and prints what it cost.
#![no_std]
#![no_main]

use core::ffi::CStr;

use board::Meter;
use cortex_m::Peripherals;
use cortex_m_rt::{ExceptionFrame, entry, exception};
use redox_auth_core::{
    Algorithm, Es256Key, Es384Key, Es512Key, JwtId, KeyError, OAuthKey, PublicKey, RsaKey2048,
    Signer, UnixTime,
};
use semihosting::fs::File;
use semihosting::io::{Read, Write};
use semihosting::process;
use semihosting::sys::arm_compat::sys_time;

#[entry]
fn main() -> ! {
    let peripherals = Peripherals::take().expect("nothing took them before");
    let mut meter = Meter::new(peripherals.SYST);
    // In the folder that the host started us in. It made the keys for this run.
    let mut assertions = File::create(c"assertions.txt").expect("the host lets us write");
    run(
        &mut meter,
        &mut assertions,
        c"es256.pem",
        Es256Key::parse,
        Es256Key::public_key,
    );
    run(
        &mut meter,
        &mut assertions,
        c"es384.pem",
        Es384Key::parse,
        Es384Key::public_key,
    );
    run(
        &mut meter,
        &mut assertions,
        c"es512.pem",
        Es512Key::parse,
        Es512Key::public_key,
    );
    run(
        &mut meter,
        &mut assertions,
        c"rs384.pem",
        RsaKey2048::parse,
        RsaKey2048::public_key,
    );
    run(
        &mut meter,
        &mut assertions,
        c"rs256.pem",
        |pem| RsaKey2048::parse_with_algorithm(Algorithm::Rs256, pem),
        RsaKey2048::public_key,
    );
    run(
        &mut meter,
        &mut assertions,
        c"rs512.pem",
        |pem| RsaKey2048::parse_with_algorithm(Algorithm::Rs512, pem),
        RsaKey2048::public_key,
    );
    run(
        &mut meter,
        &mut assertions,
        c"ps256.pem",
        |pem| RsaKey2048::parse_with_algorithm(Algorithm::Ps256, pem),
        RsaKey2048::public_key,
    );
    process::exit(0)
}

/// Reads a key and signs with it.
fn run<S: Signer>(
    meter: &mut Meter,
    assertions: &mut File,
    file: &CStr,
    parse: fn(&[u8]) -> Result<S, KeyError>,
    public_key: fn(&S) -> PublicKey,
) {
    let mut pem = [0; 2048];
    let len = File::open(file)
        .and_then(|mut file| file.read(&mut pem))
        .expect("the host made this file");
    let (signer, cost) = meter.measure(|| parse(&pem[..len]));
    let signer = signer.expect("the host made this key");
    let algorithm = signer.algorithm();
    cost.print(names(algorithm).0);

    let key_id = public_key(&signer).thumbprint();
    let key = OAuthKey::new(CLIENT_ID, key_id.as_str(), &signer);
    // Nobody redeems these assertions, so nobody minds that they repeat.
    let jwt_id = JwtId::from_random([7; 16]);
    let mut out = [0; 1024];
    let assertion = key.assertion(AUDIENCE, &jwt_id, now());
    let (written, cost) = meter.measure(|| assertion.write(&mut out));
    cost.print(names(algorithm).1);
    let written = written.expect("the buffer is long enough");
    for part in [algorithm.as_str(), " ", written, "\n"] {
        assertions
            .write_all(part.as_bytes())
            .expect("the host has room");
    }
}

const fn names(algorithm: Algorithm) -> (&'static str, &'static str) {
    match algorithm {
        Algorithm::Es256 => (
            "ES256: a key read and checked",
            "ES256: an assertion signed",
        ),
        Algorithm::Es384 => (
            "ES384: a key read and checked",
            "ES384: an assertion signed",
        ),
        Algorithm::Es512 => (
            "ES512: a key read and checked",
            "ES512: an assertion signed",
        ),
        Algorithm::Rs256 => (
            "RS256: a key read and checked",
            "RS256: an assertion signed",
        ),
        Algorithm::Rs384 => (
            "RS384: a key read and checked",
            "RS384: an assertion signed",
        ),
        Algorithm::Rs512 => (
            "RS512: a key read and checked",
            "RS512: an assertion signed",
        ),
        Algorithm::Ps256 => (
            "PS256: a key read and checked",
            "PS256: an assertion signed",
        ),
        _ => (
            "another algorithm: a key read and checked",
            "another algorithm: an assertion signed",
        ),
    }
}

/// The host's time; the board has none.
fn now() -> UnixTime {
    let secs = sys_time().expect("the host knows the time");
    UnixTime::from_secs(u64::try_from(secs).expect("32 bits fit in 64"))
}

#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    board::fault(frame)
}

const CLIENT_ID: &str = "firmware";
const AUDIENCE: &str = "https://api.redoxengine.com/v2/auth/token";
