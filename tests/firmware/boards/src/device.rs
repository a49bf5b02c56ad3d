use core::ffi::CStr;
use core::hint::black_box;

use redox_auth_core::{
    Algorithm, Api, Channel, Client, Digest, Instant, JwtId, KeyError, KeyMaterial, KeyRoom, Next,
    Now, OAuthKey, PrivateKey, Received, Region, Response, Server, Session, Signer, UnixTime,
};
use semihosting::fs::File;
use semihosting::io::Read as _;
use semihosting::println;

use crate::meter::Meter;
use crate::stack;

/// A device with a key of type `K`.
pub(crate) struct Device<K> {
    pub(crate) algorithm: &'static str,
    /// Its key, as PEM, in the folder that the host started us in.
    pub(crate) file: &'static CStr,
    pub(crate) parse: Parse<K>,
    /// The most stack that its key takes.
    pub(crate) stack_len: usize,
}

type Parse<K> = for<'r> fn(&'r mut KeyRoom<K>, &[u8]) -> Result<&'r K, KeyError>;

/// What a device has beside its stack, in bytes.
pub(crate) struct Memory {
    file: [u8; 2048],
    message: [u8; 1280],
}

impl Memory {
    pub(crate) const fn new() -> Self {
        Self {
            file: [0; 2048],
            message: [0; 1280],
        }
    }
}

impl<K: Signer> Device<K> {
    /// From the key in its file to a message with a token on it, then once more to look at what stays on the stack.
    pub(crate) fn live(&self, meter: &Meter, memory: &mut Memory) {
        let Memory { file, message } = memory;
        let len = File::open(self.file).and_then(|mut open| open.read(file));
        let pem = &file[..len.expect("the host made this file")];
        self.send(meter, pem, message);
        self.leave_nothing(pem, message);
    }

    fn send(&self, meter: &Meter, pem: &[u8], message: &mut [u8]) {
        let measured = (self.algorithm, self.stack_len);
        let mut room = KeyRoom::new();
        let key = meter.measure(measured, "a key read in place", || {
            (self.parse)(&mut room, pem)
        });
        let keys = [OAuthKey::new(
            "device",
            "key-1",
            key.expect("the host made it"),
        )];
        let client = Client::new(Server::redox(Region::Us)).with_oauth_keys(&keys);
        let mut session = Session::<_, [u8; 512]>::new(client);
        assert!(
            matches!(session.next(at(0).instant), Next::Fetch),
            "no token yet"
        );
        let request = meter.measure(measured, "a request signed", || {
            session.request(at(0), jwt_id(), black_box(message))
        });
        let request = request.expect("the buffer is long enough");
        let digest = Digest::of(Algorithm::Es256, request.expose_body().as_bytes());
        println!(
            "bytes of {}: {:02x?}",
            self.algorithm,
            &digest.as_bytes()[..8]
        );
        let ticket = request.ticket;

        let mut body = *ANSWER;
        let response = Response::new(200, Channel::Authenticated, &mut body)
            .with_date(Some(b"Fri, 15 Jan 2027 08:00:00 GMT"));
        let received = session.receive(ticket, at(100), response);
        assert!(matches!(received, Received::Token(_)), "it is a token");
        let url = "https://api.redoxengine.com/endpoint";
        let authorized = session.authorize(at(200).instant, Api::DataModel, url);
        assert!(authorized.is_ok(), "there is a token for it");
    }

    /// After a key was read, used and ended, no part of a private number is left on the stack.
    fn leave_nothing(&self, pem: &[u8], message: &mut [u8]) {
        let secret = PrivateKey::parse(pem, message).expect("it was read before");
        let secrets = Secrets(secret.material());
        far_below(|| secrets.leave());
        assert!(secrets.copies() > 0, "the search finds nothing");
        stack::paint();
        far_below(|| self.sign(pem));
        assert!(secrets.copies() == 0, "a private number is left");
        println!("{}: nothing of the key is left", self.algorithm);
    }

    /// Reads a key, signs and ends the key, all of it on the stack.
    #[inline(never)]
    fn sign(&self, pem: &[u8]) {
        let mut room = KeyRoom::new();
        let key = (self.parse)(&mut room, pem).expect("it was read before");
        let mut signature = [0; 256];
        let signature = &mut signature[..key.signature_len()];
        key.sign(b"a message", signature).expect("the key is whole");
    }
}

/// So far below the caller that looking at the stack afterwards does not overwrite what is to be seen.
#[inline(never)]
fn far_below(call: impl FnOnce()) {
    let distance = black_box([0_u8; 512]);
    call();
    black_box(&distance);
}

/// The numbers that must not stay.
struct Secrets<'s>(KeyMaterial<'s>);

impl Secrets<'_> {
    fn each(&self, mut with: impl FnMut(&[u8])) {
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

    /// Leaves a copy of each on the stack.
    #[inline(never)]
    fn leave(&self) {
        self.each(|number| {
            let mut copy = [0; 256];
            copy[..number.len()].copy_from_slice(number);
            black_box(&copy);
        });
    }

    fn copies(&self) -> usize {
        let mut copies = 0;
        self.each(|number| copies += stack::copies(number));
        copies
    }
}

fn at(ms: u64) -> Now {
    Now {
        instant: Instant::from_millis(black_box(ms)),
        unix: black_box(Some(UnixTime::from_secs(1_800_000_000 + ms / 1_000))),
    }
}

fn jwt_id() -> JwtId {
    JwtId::from_random(black_box([7; 16]))
}

const ANSWER: &[u8; 63] = br#"{"access_token":"t0k3n","token_type":"Bearer","expires_in":300}"#;
