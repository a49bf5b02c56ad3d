use core::hint::black_box;

use redox_auth_core::{Algorithm, Digest, Signer};
use semihosting::println;

use crate::meter::Meter;

/// Counts the instructions of signatures with different keys of the same kind on different messages of the same length.
/// They may differ by a ten thousandth: the counter of some boards ticks every 40 instructions, and its interrupt counts.
pub(crate) fn check<K: Signer>(meter: &Meter, algorithm: Algorithm, key_of: impl Fn(&[u8]) -> K) {
    let (mut least, mut most) = (u64::MAX, 0);
    for number in 0..KEYS {
        let key = key_of(Digest::of(algorithm, &[number]).as_bytes());
        for message in 0..MESSAGES {
            let mut signature = [0; 96];
            let signature = &mut signature[..key.signature_len()];
            let message = black_box([message; 64]);
            let count = meter.count(|| key.sign(&message, signature).expect("the key is whole"));
            (least, most) = (least.min(count), most.max(count));
        }
    }
    println!("{algorithm}: {KEYS} keys, {MESSAGES} messages each: {least} to {most} instructions");
    assert!((most - least) * 10_000 <= most, "time depends on a secret");
}

const KEYS: u8 = 8;

/// 100 by hand; each costs millions of instructions on every board.
const MESSAGES: u8 = 2;
