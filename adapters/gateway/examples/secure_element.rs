//! A key that never leaves a secure element. The element's bus takes 50 ms for a signature, and the executor runs other
//! tasks meanwhile.
//!
//! The element here is a simulation, and its clock is a number. A real element differs only in `Bus`: it takes a digest
//! and returns r‖s. `redox_auth_core::parse_signature_der` converts the signature of an element that returns DER.

use core::cell::Cell;
use core::future::poll_fn;
use core::task::Poll;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use embassy_futures::block_on;
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::signature::hazmat::PrehashSigner;
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use redox_auth_core::{
    Algorithm, AsyncSigner, Client, Digest, Instant, JwtId, Now, OAuthKey, Region, Server, Session,
    SignError, UnixTime,
};

/// A secure element. The session sees only this type.
struct SecureElement<'d> {
    bus: Bus<'d>,
}

impl AsyncSigner for SecureElement<'_> {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn signature_len(&self) -> usize {
        64
    }

    async fn sign(&self, message: &[u8], signature: &mut [u8]) -> Result<(), SignError> {
        let Digest::Sha256(digest) = Digest::of(Algorithm::Es256, message) else {
            return Err(SignError::Backend);
        };
        let signed = self
            .bus
            .sign_digest(0, digest)
            .await
            .ok_or(SignError::Backend)?;
        signature.copy_from_slice(&signed);
        Ok(())
    }
}

/// Simulates an I²C bus with a secure element.
struct Bus<'d> {
    device: &'d Device,
    key_in_slot_0: SigningKey,
}

impl Bus<'_> {
    async fn sign_digest(&self, slot: u8, digest: [u8; 32]) -> Option<[u8; 64]> {
        self.device.wait_ms(50).await;
        let signature: Signature = match slot {
            0 => self.key_in_slot_0.sign_prehash(&digest).ok()?,
            _ => return None,
        };
        Some(signature.to_bytes().into())
    }
}

/// Its clock advances by a millisecond each time the executor reads it.
#[derive(Default)]
struct Device {
    millis: Cell<u64>,
}

impl Device {
    async fn wait_ms(&self, millis: u64) {
        let end = self.millis.get().saturating_add(millis);
        poll_fn(|context| {
            if self.millis.get() >= end {
                return Poll::Ready(());
            }
            self.millis.set(self.millis.get().saturating_add(1));
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }

    fn now(&self) -> Now {
        Now {
            instant: Instant::from_millis(self.millis.get()),
            unix: Some(UnixTime::from_secs(1_800_000_000)),
        }
    }
}

fn main() -> Result<(), Box<dyn core::error::Error>> {
    let device = Device::default();
    let key_in_slot_0 = SigningKey::from_slice(&[7; 32])?;
    let public_key = *key_in_slot_0.verifying_key();
    let element = SecureElement {
        bus: Bus {
            device: &device,
            key_in_slot_0,
        },
    };
    let keys = [OAuthKey::with_async_signer("client-1", "slot-0", &element)];
    let client = Client::new(Server::redox(Region::Us)).with_oauth_keys(&keys);
    let mut session = Session::<_, [u8; 1024]>::new(client);

    // A gateway does this step; see `Gateway::authorize_async`.
    let mut buffer = [0; 1024];
    let jwt_id = JwtId::from_random([7; 16]);
    let request = block_on(session.request_async(device.now(), jwt_id, &mut buffer))?;
    check(request.expose_body(), &public_key)?;
    println!("signed after {} ms", device.millis.get());
    Ok(())
}

/// Verifies the signature with the public key, as the server will.
fn check(body: &str, public_key: &VerifyingKey) -> Result<(), Box<dyn core::error::Error>> {
    let (_, assertion) = body.split_once("client_assertion=").ok_or("no assertion")?;
    let (signed, signature) = assertion.rsplit_once('.').ok_or("no signature")?;
    let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature)?)?;
    public_key.verify(signed.as_bytes(), &signature)?;
    Ok(())
}

#[test]
fn it_runs() {
    main().unwrap();
}
