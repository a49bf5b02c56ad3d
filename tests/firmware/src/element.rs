use core::future::poll_fn;
use core::hint::black_box;
use core::task::Poll;

use redox_auth_core::{Algorithm, AsyncSigner, SignError, Signer};

/// Stands for a secure element: its signatures are none, and cost nothing.
#[derive(Clone, Copy, Debug)]
pub struct Element;

impl Signer for Element {
    fn algorithm(&self) -> Algorithm {
        black_box(Algorithm::Es256)
    }

    fn signature_len(&self) -> usize {
        black_box(64)
    }

    fn sign(&self, message: &[u8], signature: &mut [u8]) -> Result<(), SignError> {
        black_box(message);
        signature.fill(black_box(7));
        black_box(Ok(()))
    }
}

/// The same behind a bus that is not ready at first.
#[derive(Clone, Copy, Debug)]
pub struct SlowElement;

impl AsyncSigner for SlowElement {
    fn algorithm(&self) -> Algorithm {
        Signer::algorithm(&Element)
    }

    fn signature_len(&self) -> usize {
        Signer::signature_len(&Element)
    }

    fn sign(
        &self,
        message: &[u8],
        signature: &mut [u8],
    ) -> impl Future<Output = Result<(), SignError>> {
        let mut polls = 0_u8;
        poll_fn(move |_| {
            polls = polls.saturating_add(1);
            if black_box(polls) < 2 {
                return Poll::Pending;
            }
            Poll::Ready(Signer::sign(&Element, message, signature))
        })
    }
}
