//! Prints how much stack keys take when they are read where they lie and when they sign, and ends with 101 when one takes
//! more than its type says, or leaves a part of a private number on the stack.
#![no_std]
#![no_main]

use core::ffi::CStr;
use core::hint::black_box;

use board::{Meter, read_file, stack};
use cortex_m::Peripherals;
use cortex_m_rt::{ExceptionFrame, entry, exception};
use redox_auth_core::{
    Es256Key, Es384Key, Es512Key, KeyError, KeyMaterial, KeyRoom, PRIVATE_KEY_SCRATCH_LEN,
    PrivateKey, RsaKey2048, RsaKey4096, Signer,
};
use semihosting::{println, process};
use static_cell::ConstStaticCell;

#[entry]
fn main() -> ! {
    let peripherals = Peripherals::take().expect("nothing took them before");
    let mut meter = Meter::new(peripherals.SYST);
    let files = Files {
        pem: PEM.take(),
        scratch: SCRATCH.take(),
    };
    let mut scene = Scene {
        meter: &mut meter,
        files,
    };
    scene.show(Show {
        names: ["ES256: a key read in place", "ES256: a message signed"],
        file: c"es256.pem",
        parse: KeyRoom::<Es256Key>::parse,
        limit: Es256Key::STACK_LEN,
    });
    scene.show(Show {
        names: ["ES384: a key read in place", "ES384: a message signed"],
        file: c"es384.pem",
        parse: KeyRoom::<Es384Key>::parse,
        limit: Es384Key::STACK_LEN,
    });
    scene.show(Show {
        names: ["ES512: a key read in place", "ES512: a message signed"],
        file: c"es512.pem",
        parse: KeyRoom::<Es512Key>::parse,
        limit: Es512Key::STACK_LEN,
    });
    scene.show(Show {
        names: [
            "RSA 2048: a key read in place",
            "RSA 2048: a message signed",
        ],
        file: c"rs384.pem",
        parse: KeyRoom::<RsaKey2048>::parse,
        limit: RsaKey2048::STACK_LEN,
    });
    scene.show(Show {
        names: [
            "RSA 4096: a key read in place",
            "RSA 4096: a message signed",
        ],
        file: c"rsa_4096.pem",
        parse: KeyRoom::<RsaKey4096>::parse,
        limit: RsaKey4096::STACK_LEN,
    });
    process::exit(0)
}

/// One type of keys.
struct Show<K: 'static> {
    names: [&'static str; 2],
    file: &'static CStr,
    parse: Parse<K>,
    limit: usize,
}

type Parse<K> = for<'r> fn(&'r mut KeyRoom<K>, &[u8]) -> Result<&'r K, KeyError>;

struct Scene<'m> {
    meter: &'m mut Meter,
    files: Files,
}

/// Apart from the stack, for they hold the key.
struct Files {
    pem: &'static mut [u8],
    scratch: &'static mut [u8],
}

impl Scene<'_> {
    fn show<K: Signer>(&mut self, show: Show<K>) {
        let pem = read_file(show.file, self.files.pem);
        let mut room = KeyRoom::new();
        let (key, reading) = self.meter.measure(|| (show.parse)(&mut room, pem));
        let key = key.expect("the host made this key");
        let mut signature = [0; 512];
        let signature = &mut signature[..key.signature_len()];
        let (signed, signing) = self.meter.measure(|| key.sign(MESSAGE, signature));
        signed.expect("the key is whole");
        for (name, cost) in show.names.into_iter().zip([reading, signing]) {
            cost.print(name);
            let limit = show.limit;
            assert!(cost.stack_bytes as usize <= limit, "more than {limit}");
        }
        drop(room);

        let secret = PrivateKey::parse(pem, self.files.scratch).expect("it was read before");
        let secrets = Secrets(secret.material());
        stack::paint();
        far_below(|| leave(secrets));
        assert!(secrets.copies() > 0, "the search finds nothing");
        stack::paint();
        far_below(|| live(show.parse, pem));
        let (copies, marked) = (secrets.copies(), stack::marked());
        println!(
            "  {}: {copies} copies left, {marked} words marked",
            show.names[1]
        );
        assert!(copies == 0, "a private number is left");
    }
}

/// Reads a key, signs and ends the key, all of it on the stack.
#[inline(never)]
fn live<K: Signer>(parse: Parse<K>, pem: &[u8]) {
    let mut room = KeyRoom::new();
    let key = parse(&mut room, pem).expect("it was read before");
    let mut signature = [0; 512];
    let signature = &mut signature[..key.signature_len()];
    key.sign(MESSAGE, signature).expect("the key is whole");
}

/// Leaves a copy of each number on the stack.
#[inline(never)]
fn leave(secrets: Secrets<'_>) {
    secrets.each(|number| {
        let mut copy = [0; 256];
        copy[..number.len()].copy_from_slice(number);
        black_box(&copy);
    });
}

/// So far below the caller that looking at the stack afterwards does not overwrite what is to be seen.
#[inline(never)]
fn far_below(call: impl FnOnce()) {
    let distance = black_box([0_u8; 512]);
    call();
    black_box(&distance);
}

/// The numbers that must not stay.
#[derive(Clone, Copy)]
struct Secrets<'s>(KeyMaterial<'s>);

impl Secrets<'_> {
    fn each(self, mut with: impl FnMut(&[u8])) {
        match self.0 {
            KeyMaterial::Ec(key) => with(key.secret),
            KeyMaterial::Rsa(key) => {
                for number in [key.p, key.q, key.dp, key.dq, key.q_inv] {
                    with(number);
                }
            }
            _ => panic!("a kind of key without a test"),
        }
    }

    fn copies(self) -> usize {
        let mut copies = 0;
        self.each(|number| copies += stack::copies(number));
        copies
    }
}

#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    board::fault(frame)
}

static PEM: ConstStaticCell<[u8; 4096]> = ConstStaticCell::new([0; 4096]);

static SCRATCH: ConstStaticCell<[u8; PRIVATE_KEY_SCRATCH_LEN]> =
    ConstStaticCell::new([0; PRIVATE_KEY_SCRATCH_LEN]);

const MESSAGE: &[u8] = b"a message";
