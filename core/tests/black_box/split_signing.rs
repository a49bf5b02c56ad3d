//! Signing in two steps: the text first, and the signature later, from any source.

use core::cell::Cell;
use core::future::poll_fn;
use core::mem::replace;
use core::pin::{Pin, pin};
use core::task::{Context, Poll, Waker};

use crate::support::keys::EcKey;
use crate::support::signers::{Constant, Failing, Unreachable};
use aws_lc_rs::digest::{SHA256, SHA384, SHA512, digest};
use p256::ecdsa::signature::hazmat::PrehashSigner;
use redox_auth_core::{
    Algorithm, AsyncSigner, BlockingSigner, Digest, Es256Key, JwtId, OAuthKey, SignError, Signer,
    TokenRequest, UnixTime, Unsigned, WriteError,
};

const CLIENT_ID: &str = "client-1";
const KEY_ID: &str = "key-1";
const AUDIENCE: &str = "https://api.redoxengine.com/v2/auth/token";
const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);
const EVERY_KIND: [Constant; 7] = [
    Constant::ES256,
    Constant::ES384,
    Constant::ES512,
    Constant::RS256,
    Constant::RS384,
    Constant::RS512,
    Constant::PS256,
];

fn jwt_id() -> JwtId {
    JwtId::from_random([7; 16])
}

fn request<'a, S: ?Sized>(key: OAuthKey<'a, S>, jwt_id: &'a JwtId) -> TokenRequest<'a, S> {
    TokenRequest::new(key.assertion(AUDIENCE, jwt_id, NOW)).scope("a b/c")
}

/// The key of `signer`, without the signer.
fn key(signer: &impl Signer) -> OAuthKey<'static, ()> {
    let (algorithm, signature_len) = (signer.algorithm(), signer.signature_len());
    OAuthKey::without_signer(CLIENT_ID, KEY_ID, algorithm, signature_len)
}

fn prepare<'o>(signer: &impl Signer, buffer: &'o mut [u8]) -> Unsigned<'o> {
    request(key(signer), &jwt_id()).prepare(buffer).unwrap()
}

fn software_key() -> Es256Key {
    Es256Key::parse(&EcKey::published(Algorithm::Es256).sec1()).unwrap()
}

/// The result of signing in one step.
fn written(signer: &impl Signer) -> String {
    let mut buffer = [0; 1024];
    request(OAuthKey::new(CLIENT_ID, KEY_ID, signer), &jwt_id())
        .write(&mut buffer)
        .unwrap()
        .to_owned()
}

#[test]
fn a_text_finished_with_a_signature_from_elsewhere_is_the_text_written_in_one_step() {
    for signer in EVERY_KIND {
        let mut buffer = [0; 1024];
        let unsigned = prepare(&signer, &mut buffer);
        assert_eq!(unsigned.algorithm(), signer.algorithm);
        assert_eq!(unsigned.signature_len(), signer.signature_len);
        let mut signature = vec![0; unsigned.signature_len()];
        signer
            .sign(unsigned.signing_input(), &mut signature)
            .unwrap();
        assert_eq!(unsigned.finish(&signature), Ok(&*written(&signer)));
        let unsigned = prepare(&signer, &mut buffer);
        assert_eq!(unsigned.sign(&signer), Ok(&*written(&signer)));
    }
}

#[test]
fn an_assertion_alone_is_split_in_the_same_way() {
    for signer in EVERY_KIND {
        let (jwt_id, mut buffer, mut other) = (jwt_id(), [0; 1024], [0; 1024]);
        let expected = OAuthKey::new(CLIENT_ID, KEY_ID, &signer)
            .assertion(AUDIENCE, &jwt_id, NOW)
            .write(&mut buffer)
            .unwrap();
        let unsigned = key(&signer)
            .assertion(AUDIENCE, &jwt_id, NOW)
            .prepare(&mut other)
            .unwrap();
        let (signing_input, _) = expected.rsplit_once('.').unwrap();
        assert_eq!(unsigned.signing_input(), signing_input.as_bytes());
        assert_eq!(unsigned.sign(&signer), Ok(expected));
    }
}

#[test]
fn a_secure_element_that_takes_a_digest_signs_as_the_key_in_software() {
    // Both derive their nonce from key and digest (RFC 6979), and make the same signature.
    let signer = software_key();
    let secret = EcKey::published(Algorithm::Es256).secret;
    let element = p256::ecdsa::SigningKey::from_slice(&secret).unwrap();
    let mut buffer = [0; 1024];
    let unsigned = prepare(&signer, &mut buffer);
    let signature: p256::ecdsa::Signature =
        element.sign_prehash(unsigned.digest().as_bytes()).unwrap();
    let body = unsigned.finish(&signature.to_bytes());
    assert_eq!(body, Ok(&*written(&signer)));
}

#[test]
fn the_digest_is_that_of_the_signing_input_by_the_algorithms_hash() {
    for signer in EVERY_KIND {
        let mut buffer = [0; 1024];
        let unsigned = prepare(&signer, &mut buffer);
        let hash = match signer.algorithm {
            Algorithm::Es256 | Algorithm::Rs256 | Algorithm::Ps256 => &SHA256,
            Algorithm::Es384 | Algorithm::Rs384 => &SHA384,
            Algorithm::Es512 | Algorithm::Rs512 => &SHA512,
            other => panic!("an algorithm without a test: {other}"),
        };
        let expected = digest(hash, unsigned.signing_input());
        assert_eq!(unsigned.digest().as_bytes(), expected.as_ref());
        let of_the_same = Digest::of(signer.algorithm, unsigned.signing_input());
        assert_eq!(unsigned.digest(), of_the_same, "{}", signer.algorithm);
    }
}

#[test]
fn every_shorter_buffer_is_refused_with_the_exact_need_before_anything_is_signed() {
    for signer in EVERY_KIND {
        let (jwt_id, mut buffer) = (jwt_id(), [0; 1024]);
        let request = request(key(&signer), &jwt_id);
        let needed = written(&signer).len();
        for short in 0..needed {
            let got = request.prepare(&mut buffer[..short]).map(drop);
            assert_eq!(got, Err(WriteError::BufferTooSmall { needed }));
        }
        let exact = request.prepare(&mut buffer[..needed]).unwrap();
        assert_eq!(exact.sign(&signer).map(str::len), Ok(needed));
    }
}

#[test]
fn a_signature_of_another_length_is_refused() {
    for signer in EVERY_KIND {
        let expected = signer.signature_len;
        for found in [0, expected - 1, expected + 1, 71, 72] {
            let mut buffer = [0; 1024];
            let error = prepare(&signer, &mut buffer)
                .finish(&vec![0x55; found])
                .unwrap_err();
            assert_eq!(error, WriteError::SignatureLen { found, expected });
            let display = format!("signature of {found} bytes, expected {expected}");
            assert_eq!(error.to_string(), display);
        }
    }
}

#[test]
fn a_length_that_no_signature_on_the_curve_has_is_refused_before_anything_is_written() {
    for (algorithm, expected) in [
        (Algorithm::Es256, 64),
        (Algorithm::Es384, 96),
        (Algorithm::Es512, 132),
    ] {
        for found in [0, expected - 1, expected + 1, 72, usize::MAX] {
            let (jwt_id, mut buffer) = (jwt_id(), [0; 1024]);
            let key = OAuthKey::without_signer(CLIENT_ID, KEY_ID, algorithm, found);
            let got = request(key, &jwt_id).prepare(&mut buffer).map(drop);
            let refused = WriteError::SignatureLen { found, expected };
            assert_eq!(got, Err(refused), "{algorithm}");
        }
    }
}

#[test]
fn a_signer_other_than_the_one_prepared_for_is_refused_unasked() {
    let mut buffer = [0; 1024];
    let error = prepare(&Constant::ES384, &mut buffer)
        .sign(&Unreachable)
        .unwrap_err();
    let expected = Algorithm::Es384;
    let found = Algorithm::Es256;
    assert_eq!(error, WriteError::WrongAlgorithm { found, expected });
    assert_eq!(
        error.to_string(),
        "signer for ES256, expected one for ES384"
    );
    let longer = Constant {
        signature_len: 384,
        ..Constant::RS384
    };
    let refused = WriteError::SignatureLen {
        found: 384,
        expected: 256,
    };
    let got = prepare(&Constant::RS384, &mut buffer).sign(&longer);
    assert_eq!(got, Err(refused));
    let unsigned = prepare(&Constant::RS384, &mut buffer);
    let got = ready(unsigned.sign_async(&BlockingSigner(longer)));
    assert_eq!(got, Err(refused));
    let unsigned = prepare(&Constant::RS384, &mut buffer);
    let got = ready(unsigned.sign_async(&BlockingSigner(Unreachable)));
    let expected = Algorithm::Rs384;
    assert_eq!(got, Err(WriteError::WrongAlgorithm { found, expected }));
}

#[test]
fn a_signer_that_takes_its_time_makes_the_same_text() {
    let element = SlowElement::new(5);
    let (jwt_id, mut buffer) = (jwt_id(), [0; 1024]);
    let key = OAuthKey::with_async_signer(CLIENT_ID, KEY_ID, &element);
    let unsigned = request(key, &jwt_id).prepare(&mut buffer).unwrap();
    let (body, polls) = block_on(pin!(unsigned.sign_async(key.signer())));
    assert_eq!(body, Ok(&*written(&element.key)));
    assert_eq!(polls, 6);
}

#[test]
fn a_software_key_serves_where_an_asynchronous_one_is_asked_for() {
    let signer = BlockingSigner(software_key());
    let (jwt_id, mut buffer) = (jwt_id(), [0; 1024]);
    let key = OAuthKey::with_async_signer(CLIENT_ID, KEY_ID, &signer);
    let unsigned = request(key, &jwt_id).prepare(&mut buffer).unwrap();
    // Signers are passed by reference, and by reference to that.
    let body = ready(unsigned.sign_async(&&signer));
    assert_eq!(body, Ok(&*written(&signer.0)));
}

#[test]
fn a_future_dropped_at_any_point_leaves_the_key_usable_and_no_signature() {
    let waits = 4;
    let element = SlowElement::new(waits);
    let key = OAuthKey::with_async_signer(CLIENT_ID, KEY_ID, &element);
    let expected = written(&element.key);
    for polls in 0..=waits {
        let (jwt_id, mut buffer) = (jwt_id(), [0; 1024]);
        let unsigned = request(key, &jwt_id).prepare(&mut buffer).unwrap();
        let mut future = Box::pin(unsigned.sign_async(&element));
        for _ in 0..polls {
            assert!(poll(future.as_mut()).is_pending());
        }
        drop(future);
        assert_no_signature(&buffer, &expected);

        let unsigned = request(key, &jwt_id).prepare(&mut buffer).unwrap();
        let (body, _) = block_on(pin!(unsigned.sign_async(&element)));
        assert_eq!(body, Ok(&*expected), "after {polls} polls");
    }
}

#[test]
fn an_abandoned_text_and_a_failed_signature_leave_none_in_the_buffer() {
    let expected = written(&Constant::ES256);
    let mut buffer = [0x55; 1024];
    drop(prepare(&Constant::ES256, &mut buffer));
    assert_no_signature(&buffer, &expected);

    let mut buffer = [0x55; 1024];
    let got = prepare(&Constant::ES256, &mut buffer).sign(&HalfWay);
    assert_eq!(got, Err(WriteError::Sign(SignError::Faulty)));
    assert_no_signature(&buffer, &expected);

    let mut buffer = [0x55; 1024];
    let unsigned = prepare(&Constant::ES256, &mut buffer);
    let got = ready(unsigned.sign_async(&BlockingSigner(HalfWay)));
    assert_eq!(got, Err(WriteError::Sign(SignError::Faulty)));
    assert_no_signature(&buffer, &expected);

    let mut buffer = [0x55; 1024];
    let got = prepare(&Constant::ES256, &mut buffer).finish(&[0x55; 63]);
    assert!(got.is_err());
    assert_no_signature(&buffer, &expected);
}

/// The buffer holds everything except the signature, and zeros in the signature's place.
fn assert_no_signature(buffer: &[u8], expected: &str) {
    let (unsigned, _) = expected.rsplit_once('.').unwrap();
    let (written, rest) = buffer.split_at(unsigned.len());
    assert_eq!(written, unsigned.as_bytes());
    assert_eq!(rest[..=64], [&b"."[..], &[0; 64]].concat());
}

#[test]
fn a_signer_that_fills_nothing_signs_with_zeros_and_not_with_what_the_buffer_held() {
    struct Lazy;
    impl Signer for Lazy {
        fn algorithm(&self) -> Algorithm {
            Algorithm::Es256
        }
        fn signature_len(&self) -> usize {
            64
        }
        fn sign(&self, _: &[u8], _: &mut [u8]) -> Result<(), SignError> {
            Ok(())
        }
    }
    let mut buffer = [b's'; 1024];
    let body = prepare(&Lazy, &mut buffer).sign(&Lazy).unwrap();
    let (_, signature) = body.rsplit_once('.').unwrap();
    assert_eq!(signature, "A".repeat(86));
}

#[test]
fn a_prepared_text_borrows_only_its_buffer() {
    let mut buffer = [0; 1024];
    let unsigned = {
        let (jwt_id, client_id) = (jwt_id(), String::from(CLIENT_ID));
        let key = OAuthKey::new(&client_id, KEY_ID, &Constant::ES256);
        request(key, &jwt_id).prepare(&mut buffer).unwrap()
    };
    assert_eq!(
        unsigned.sign(&Constant::ES256),
        Ok(&*written(&Constant::ES256))
    );
}

#[test]
fn the_future_of_a_signer_that_can_change_threads_can_change_threads() {
    fn can_change_threads(_: impl Send) {}
    let (signer, mut buffer) = (BlockingSigner(Constant::ES256), [0; 1024]);
    let unsigned = prepare(&Constant::ES256, &mut buffer);
    can_change_threads(unsigned.sign_async(&signer));
}

#[test]
fn debug_of_a_prepared_text_shows_no_text() {
    let mut buffer = [0; 1024];
    let unsigned = prepare(&Constant::ES256, &mut buffer);
    assert_eq!(
        format!("{unsigned:?}"),
        "Unsigned { algorithm: Es256, signature_len: 64, .. }"
    );
}

#[test]
fn a_signer_that_fails_is_the_source_of_the_error_here_too() {
    let mut buffer = [0; 1024];
    let failed = Err(WriteError::Sign(SignError::Backend));
    assert_eq!(prepare(&Failing, &mut buffer).sign(&Failing), failed);
    let unsigned = prepare(&Failing, &mut buffer);
    let got = ready(unsigned.sign_async(&BlockingSigner(Failing)));
    assert_eq!(got, failed);
}

/// A key on a bus that takes several polls, returns half of the signature at a time, and serves one request at a time.
struct SlowElement {
    key: Es256Key,
    waits: usize,
    busy: Cell<bool>,
}

impl SlowElement {
    fn new(waits: usize) -> Self {
        Self {
            key: software_key(),
            waits,
            busy: Cell::new(false),
        }
    }
}

/// The lock on the bus, released when it is dropped.
struct Turn<'a>(&'a Cell<bool>);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

impl AsyncSigner for SlowElement {
    fn algorithm(&self) -> Algorithm {
        self.key.algorithm()
    }

    fn signature_len(&self) -> usize {
        self.key.signature_len()
    }

    async fn sign(&self, message: &[u8], signature: &mut [u8]) -> Result<(), SignError> {
        if self.busy.replace(true) {
            return Err(SignError::Backend);
        }
        let _turn = Turn(&self.busy);
        let mut whole = [0; Es256Key::SIGNATURE_LEN];
        for wait in 0..self.waits {
            yield_once().await;
            if wait == self.waits / 2 {
                self.key.sign(message, &mut whole)?;
                signature[..32].copy_from_slice(&whole[..32]);
            }
        }
        signature.copy_from_slice(&whole);
        Ok(())
    }
}

/// Writes a part of the signature, then reports a fault.
struct HalfWay;

impl Signer for HalfWay {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn signature_len(&self) -> usize {
        64
    }

    fn sign(&self, _: &[u8], signature: &mut [u8]) -> Result<(), SignError> {
        signature[..40].fill(0x55);
        Err(SignError::Faulty)
    }
}

async fn yield_once() {
    let mut yielded = false;
    poll_fn(|_| match replace(&mut yielded, true) {
        true => Poll::Ready(()),
        false => Poll::Pending,
    })
    .await;
}

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls to the end, and counts the polls.
fn block_on<F: Future>(mut future: Pin<&mut F>) -> (F::Output, usize) {
    (1..100)
        .find_map(|polls| match poll(future.as_mut()) {
            Poll::Ready(output) => Some((output, polls)),
            Poll::Pending => None,
        })
        .expect("an end")
}

/// The output of a future that never waits.
fn ready<F: Future>(future: F) -> F::Output {
    let (output, polls) = block_on(pin!(future));
    assert_eq!(polls, 1);
    output
}
